#include "shop/checkout/totals.h"

#include <assert.h>

/* Two factors of at most 2^53 · 10^6 each fit. */
typedef __int128 wide;

const char *const shipping_basis_names[] = {"flat", "weight", "subtotal", NULL};

/* Adds a term to a sum. STATUS_TOTAL_TOO_LARGE if the sum is then more than an amount may be. */
static enum status totals_add(int64_t *sum, wide term) {
    wide added = *sum + term;
    if (added > money_max)
        return STATUS_TOTAL_TOO_LARGE;
    *sum = (int64_t)added;
    return STATUS_OK;
}

/* Gives each line its part of the discount rounded down, and returns how much of it is left: less than a unit for each
 * line that lost something. */
static int64_t discount_spread(const struct totals *totals, struct total_line *lines, size_t count) {
    int64_t left = totals->discount;
    for (size_t i = 0; i < count; i++) {
        lines[i].discount =
            totals->items ? (int64_t)((wide)totals->discount * lines[i].amount / totals->items) : 0;
        left -= lines[i].discount;
    }
    return left;
}

/* Returns what a line lost when its part was rounded down, in parts of a unit: its remainder. */
static wide discount_remainder(const struct totals *totals, const struct total_line *line) {
    return (wide)totals->discount * line->amount % totals->items;
}

/* Gives a unit to the line with the largest remainder that has not got one. An order has a hundred lines at most, so looking
 * through all of them for each unit is quick enough. */
static void discount_give_unit(const struct totals *totals, struct total_line *lines, size_t count,
                               bool given[static order_lines_max]) {
    size_t most = count;
    for (size_t i = 0; i < count; i++)
        if (!given[i] && (most == count ||
                          discount_remainder(totals, &lines[i]) > discount_remainder(totals, &lines[most])))
            most = i;
    assert(most < count);
    given[most] = true;
    lines[most].discount++;
}

enum status totals_items(struct totals *totals, struct total_line *lines, size_t count, int64_t discount) {
    bool given[order_lines_max] = {false};
    assert(count <= order_lines_max);
    totals->items = 0;
    for (size_t i = 0; i < count; i++) {
        wide amount = (wide)lines[i].quantity * lines[i].price;
        TRY(totals_add(&totals->items, amount));
        lines[i].amount = (int64_t)amount;
    }
    totals->discount = discount < totals->items ? discount : totals->items;
    for (int64_t left = discount_spread(totals, lines, count); left > 0; left--)
        discount_give_unit(totals, lines, count, given);
    return STATUS_OK;
}

/* The tax that is in an amount, or comes on top of it. */
static wide tax_of(int64_t amount, int64_t rate, bool is_included) {
    wide unit = is_included ? tax_rate_unit + rate : tax_rate_unit;
    return ((wide)amount * rate * 2 + unit) / (unit * 2);
}

enum status totals_finish(struct totals *totals, struct total_line *lines, size_t count) {
    totals->tax = totals->shipping_tax = 0;
    for (size_t i = 0; i < count; i++) {
        lines[i].tax = 0;
        wide tax = tax_of(lines[i].amount - lines[i].discount, lines[i].tax_rate, totals->includes_tax);
        TRY(totals_add(&lines[i].tax, tax));
        TRY(totals_add(&totals->tax, tax));
    }
    wide tax = tax_of(totals->shipping, totals->shipping_tax_rate, totals->includes_tax);
    TRY(totals_add(&totals->shipping_tax, tax));
    TRY(totals_add(&totals->tax, tax));
    totals->total = totals->items - totals->discount;
    TRY(totals_add(&totals->total, totals->shipping));
    return totals->includes_tax ? STATUS_OK : totals_add(&totals->total, totals->tax);
}

bool shipping_price(enum shipping_basis basis, const struct shipping_tier *tiers, size_t count,
                    struct maybe_int free_from, int64_t weight, int64_t subtotal, int64_t *price) {
    int64_t value = basis == SHIPPING_WEIGHT ? weight : basis == SHIPPING_SUBTOTAL ? subtotal : 0;
    size_t reached = 0;
    while (reached < count && tiers[reached].from <= value)
        reached++;
    if (reached == 0)
        return false;
    *price = free_from.is_set && subtotal >= free_from.value ? 0 : tiers[reached - 1].price;
    return true;
}
