#include "pay/currency.h"

/* Whether `code` is in a list of codes with blanks between. */
static bool currency_in(struct str code, const char *codes) {
    for (struct str rest = str_from(codes); rest.size > 0;)
        if (str_equal(str_cut(&rest, ' '), code))
            return true;
    return false;
}

int currency_digits(struct str code) {
    if (currency_in(code, "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf"))
        return 0;
    return currency_in(code, "bhd jod kwd omr tnd") ? 3 : 2;
}

int64_t currency_amount_min(struct str code) {
    static const struct {
        const char *codes;
        int64_t amount;
    } minima[] = {
        {"gbp", 30},   {"usd aud brl cad chf eur inr jpy nzd sgd", 50},
        {"bgn", 100},  {"aed myr pln ron", 200},
        {"dkk", 250},  {"nok sek", 300},
        {"hkd", 400},  {"mxn thb", 1000},
        {"czk", 1500}, {"huf", 17500},
    };
    for (size_t i = 0; i < sizeof minima / sizeof *minima; i++)
        if (currency_in(code, minima[i].codes))
            return minima[i].amount;
    return 1;
}

/* Eight digits, and more for currencies whose unit is worth little. */
int64_t currency_amount_max(struct str code) {
    if (currency_in(code, "idr"))
        return 999999999999;
    if (currency_in(code, "cop huf jpy krw twd vnd"))
        return 9999999999;
    return currency_in(code, "inr") ? 999999999 : 99999999;
}
