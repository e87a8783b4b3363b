// Checks that histories are linearizable: each operation seems to happen at one moment between its request and its answer
// (Herlihy and Wing, 1990). The checker is Porcupine; here are only the models of what a shop may answer.
//
//	histories FILE…
//
// A file is a JSON list of histories, as tests/api/histories.py records them. Prints a line for each history that no order of
// its operations explains, writes its picture beside the file, and ends with 1 if there is one.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/anishathalye/porcupine"
)

// What was asked and what was said. Which members count is the model's.
type operation struct {
	Client int    `json:"client"`
	Call   int64  `json:"call"`
	Return int64  `json:"return"`
	Do     string `json:"do"`
	N      int    `json:"n"`
	ID     string `json:"id"`
	Said   string `json:"said"`
	Value  int    `json:"value"`
}

type history struct {
	Model      string      `json:"model"`
	Name       string      `json:"name"`
	Initial    int         `json:"initial"`
	Operations []operation `json:"operations"`
}

// More than a check ever took by two orders of magnitude. It is not a verdict: a check that does not end is a failure.
const limit = 5 * time.Minute

func check(h history, picture string) error {
	make, known := models[h.Model]
	if !known {
		return fmt.Errorf("%s: there is no model %q", h.Name, h.Model)
	}
	model := make(h.Initial)
	operations := []porcupine.Operation{}
	for _, o := range h.Operations {
		operations = append(operations, porcupine.Operation{ClientId: o.Client, Input: o, Call: o.Call, Output: o, Return: o.Return})
	}
	result, info := porcupine.CheckOperationsVerbose(model, operations, limit)
	if result == porcupine.Ok {
		return nil
	}
	if err := porcupine.VisualizePath(model, info, picture); err != nil {
		return err
	}
	return fmt.Errorf("%s: %s, of %d operations: see %s", h.Name, result, len(operations), picture)
}

func run(path string) (checked int, failed bool, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, true, err
	}
	var histories []history
	if err := json.Unmarshal(text, &histories); err != nil {
		return 0, true, fmt.Errorf("%s: %w", path, err)
	}
	for i, h := range histories {
		if err := check(h, fmt.Sprintf("%s.%d.html", path, i)); err != nil {
			fmt.Println(err)
			failed = true
		}
		checked += len(h.Operations)
	}
	return checked, failed, nil
}

func main() {
	total, bad := 0, len(os.Args) < 2
	for _, path := range os.Args[1:] {
		checked, failed, err := run(path)
		if err != nil {
			fmt.Println(err)
		}
		total += checked
		bad = bad || failed
	}
	fmt.Printf("%d operations checked\n", total)
	if bad {
		os.Exit(1)
	}
}
