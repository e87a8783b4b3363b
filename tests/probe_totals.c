/* Computes totals for tests/api/test_totals.py, which compares them with Python's fractions. A line of numbers is an order:
 *
 *     in    includes_tax discount shipping shipping_tax_rate, then quantity price tax_rate of each line
 *     out   status items discount shipping_tax tax total, then amount discount tax of each line */
#include "shop/checkout/totals.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Reads the next number of a line. False at its end. */
static bool number_next(char **text, int64_t *out) {
    char *end;
    *out = strtoll(*text, &end, 10);
    bool found = end > *text;
    *text = end;
    return found;
}

int main(void) {
    static char text[1 << 16];
    while (fgets(text, sizeof text, stdin)) {
        struct total_line lines[order_lines_max] = {{0}};
        struct totals totals = {0};
        int64_t includes_tax, discount;
        size_t count = 0;
        char *at = text;
        number_next(&at, &includes_tax);
        number_next(&at, &discount);
        number_next(&at, &totals.shipping);
        number_next(&at, &totals.shipping_tax_rate);
        totals.includes_tax = includes_tax != 0;
        while (count < order_lines_max && number_next(&at, &lines[count].quantity)) {
            number_next(&at, &lines[count].price);
            number_next(&at, &lines[count++].tax_rate);
        }
        enum status s = totals_items(&totals, lines, count, discount);
        if (s == STATUS_OK)
            s = totals_finish(&totals, lines, count);
        printf("%d %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64, s == STATUS_OK, totals.items,
               totals.discount, totals.shipping_tax, totals.tax, totals.total);
        for (size_t i = 0; i < count; i++)
            printf(" %" PRId64 " %" PRId64 " %" PRId64, lines[i].amount, lines[i].discount, lines[i].tax);
        putchar('\n');
    }
    return 0;
}
