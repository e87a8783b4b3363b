/* What must be in the database before the first request. */
#pragma once

#include "db/exec/executor.h"
#include "files/catalogue_file.h"
#include "serve/options.h"
#include "shop/catalogue/shop_currency.h"
#include "shop/settings.h"

struct startup {
    const struct serve_options *options; /* the caller's; the rest is set by startup_run */
    uint8_t admin_hash[token_hash_size];
    char minted_token[token_text_size + 1]; /* empty unless a token was minted now: it is to be shown once */
    char currency[shop_currency_size];      /* the shop's */
    char currency_before[shop_currency_size]; /* if this start has changed it; else empty */
    const struct language *language;          /* of the search index */
    bool reindex_is_due;                      /* an older version made it, or --language is another */
    char error[catalogue_error_size];
};

/* Finds the admin's token, or mints one; lets go of the idempotency keys that an earlier server of this file
 * had running; makes payments due that a crash left in the middle; and fills an empty shop if --demo says so.
 * One transaction, which a second node of the same shop waits for. If the database cannot be written but has
 * a token, the shop starts all the same, to be read. If the search index is of an older version, or of another language
 * than --language, it is made anew before the shop is served. On an error, which has been printed, the shop cannot be served. */
MUST_CHECK enum status startup_run(struct startup *startup, struct executor *executor);
