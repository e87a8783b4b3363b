package main

import (
	"fmt"

	"github.com/anishathalye/porcupine"
)

// Each model is what one object of the shop would answer if requests came one at a time.
var models = map[string]func(initial int) porcupine.Model{
	"stock": stockModel,
	"cart":  cartModel,
	"order": orderModel,
}

// model makes one of a step that knows the types.
func model[S comparable](initial S, step func(S, operation) (bool, S)) porcupine.Model {
	return porcupine.Model{
		Init: func() interface{} { return initial },
		Step: func(state, input, _ interface{}) (bool, interface{}) {
			fits, next := step(state.(S), input.(operation))
			return fits, next
		},
		Equal: func(a, b interface{}) bool { return a == b },
		DescribeOperation: func(input, _ interface{}) string {
			o := input.(operation)
			return fmt.Sprintf("%s %d %s → %s %d", o.Do, o.N, o.ID, o.Said, o.Value)
		},
		DescribeState: func(state interface{}) string { return fmt.Sprintf("%+v", state) },
	}
}

// A product's stock. An order takes n, and is refused only if there are fewer; its cancellation and a delivery give n.
func stockModel(initial int) porcupine.Model {
	return model(initial, func(stock int, o operation) (bool, int) {
		switch o.Do + " " + o.Said {
		case "take done":
			return stock >= o.N, stock - o.N
		case "take refused":
			return stock < o.N, stock
		case "give done":
			return true, stock + o.N
		case "adjust done":
			return stock+o.N >= 0 && o.Value == stock+o.N, stock + o.N
		case "adjust refused":
			return stock+o.N < 0, stock
		case "read done":
			return o.Value == stock, stock
		}
		return false, stock
	})
}

// A cart with one product, which several tabs of a browser change. A line that comes again has a new id.
type line struct {
	ID       string
	Quantity int
}

func cartModel(int) porcupine.Model {
	return model(line{}, func(at line, o operation) (bool, line) {
		is_it := at.ID != "" && at.ID == o.ID
		switch o.Do + " " + o.Said {
		case "add done":
			next := line{o.ID, at.Quantity + o.N}
			return (at.ID == "" || is_it) && o.Value == next.Quantity, next
		case "set done":
			return is_it && o.Value == o.N, line{o.ID, o.N}
		case "remove done":
			return is_it, line{}
		case "set missing", "remove missing":
			return !is_it, at
		case "read done":
			return at == line{o.ID, o.Value}, at
		}
		return false, at
	})
}

// An order of a known total, and the money that was given back of it. A shopper pays or cancels it, and clerks refund parts.
type order struct {
	Status   string
	Refunded int
}

func orderModel(total int) porcupine.Model {
	return model(order{Status: "pending"}, func(at order, o operation) (bool, order) {
		paid, cancelled := order{"paid", at.Refunded}, order{"cancelled", 0}
		switch o.Do + " " + o.Said {
		case "pay done":
			return at.Status != "cancelled", order{after(at.Status, "pending", "paid"), at.Refunded}
		case "pay refused":
			return at.Status == "cancelled", at
		case "cancel done":
			return at.Status == "pending", cancelled
		case "cancel refused":
			return at.Status != "pending", at
		case "refund done":
			left := total - at.Refunded
			next := order{"paid", at.Refunded + o.N}
			if next.Refunded == total {
				next.Status = "refunded"
			}
			return at == paid && o.N <= left, next
		case "refund refused":
			return at.Status != "paid" || o.N > total-at.Refunded, at
		case "status done":
			return o.ID == at.Status, at
		case "refunded done":
			charged := at.Status == "cancelled" && o.Value == total // after it was cancelled: all goes back at once
			return o.Value == at.Refunded || charged, order{at.Status, o.Value}
		}
		return false, at
	})
}

// after is `to` in the place of `from`, and anything else as it is.
func after(status, from, to string) string {
	if status == from {
		return to
	}
	return status
}
