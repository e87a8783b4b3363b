/* Proofs: links in mails, each with 256 random bits, by which whoever opens the mail shows that it came to them. The table
 * has the SHA-256 of a link's token, so that a copy of the database opens nothing.
 *
 *     purpose     opens                                        ends                         made by
 *     invite      the page on which a member of the staff      by its use, by a newer       shop/staff/invitations.c
 *                 chooses a password                           one, after 7 days
 *     order       an order, for reading                        after 180 days               shop/orders/order_link.c */
#pragma once

#include "shop/settings.h"

struct mail_proof {
    const char *purpose;  /* one that the table's CHECK has */
    struct str email_key; /* whose it is; empty: that of the order's contact, which is not repeated here */
    struct maybe_int staff, order_seq;
    int64_t expires_at; /* microseconds since 1970 */
};

/* Writes a new proof; `token` gets its token, which nothing else has, and a NUL. */
MUST_CHECK enum status mail_proof_make(struct shop_ctx *ctx, const struct mail_proof *proof,
                                       char token[static token_text_size + 1]);

/* Hashes a token as the table has it; the result points at `out`. */
struct str mail_proof_hash(struct str token, uint8_t out[static token_hash_size]);

/* Finds a proof of `purpose` by its token; email_key is left out. STATUS_LINK_OVER if there is none: it is wrong, of another
 * purpose, used, ended or expired. */
MUST_CHECK enum status mail_proof_find(struct shop_ctx *ctx, const char *purpose, struct str token,
                                       struct mail_proof *out);

/* Deletes up to `limit` proofs that have expired; `removed` gets how many. */
MUST_CHECK enum status mail_proofs_sweep(struct shop_ctx *ctx, int64_t limit, int64_t *removed);
