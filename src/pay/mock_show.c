#include "pay/mock_show.h"

#include "base/buf.h"

#include <openssl/evp.h>
#include <string.h>

enum { secret_size = 25, digits62 = 62 };

static const char alphabet[digits62 + 1] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/* 143 random bits, less a trace since 256 is no multiple of 62. */
void mock_make_id(const struct random *random, char out[static mock_id_size]) {
    uint8_t bytes[mock_id_size];
    random_fill(random, bytes, sizeof bytes);
    for (size_t i = 0; i < mock_id_size; i++)
        out[i] = alphabet[bytes[i] % digits62];
}

/* `pi_…_secret_…`. What stands behind is not kept but made again from the ledger's seed. */
static struct str secret_of(const struct mock_store *s, struct arena *arena,
                            const char id[static mock_id_size]) {
    uint8_t input[mock_seed_size + mock_id_size], digest[EVP_MAX_MD_SIZE];
    struct buf text = buf_new(arena);
    memcpy(input, s->seed, mock_seed_size);
    memcpy(input + mock_seed_size, id, mock_id_size);
    if (!EVP_Digest(input, sizeof input, digest, NULL, EVP_sha256(), NULL))
        return (struct str){0};
    buf_put_text(&text, "pi_");
    buf_put(&text, (struct str){id, mock_id_size});
    buf_put_text(&text, "_secret_");
    for (size_t i = 0; i < secret_size; i++)
        buf_put_char(&text, alphabet[digest[i] % digits62]);
    return buf_ok(&text) ? buf_str(&text) : (struct str){0};
}

static struct str with_prefix(struct arena *arena, const char *prefix, const char id[static mock_id_size]) {
    struct buf text = buf_new(arena);
    buf_put_text(&text, prefix);
    buf_put(&text, (struct str){id, mock_id_size});
    return buf_ok(&text) ? buf_str(&text) : (struct str){0};
}

enum status show_intent(const struct mock_store *s, struct arena *arena, const struct stored_intent *i,
                        struct mock_intent *out) {
    const struct test_method *method = i->method == mock_no_method ? NULL : test_method_at(i->method);
    *out = (struct mock_intent){
        .intent =
            {
                .id = with_prefix(arena, "pi_", i->id),
                .client_secret = secret_of(s, arena, i->id),
                .payment = i->payment,
                .status = (enum intent_status)i->status,
                .amount = i->amount,
                .received = i->status == INTENT_SUCCEEDED ? i->amount : 0,
                .refunded = i->refunded,
                .currency = arena_copy(arena, (struct str){i->currency, sizeof i->currency}),
            },
        .order = i->order,
        .created_s = i->created_s,
        .method = method,
    };
    if (i->status == INTENT_SUCCEEDED)
        out->charge = with_prefix(arena, "ch_", i->id);
    if (i->declined && method) {
        out->intent.failure_code = str_from(method->code);
        out->intent.failure_message = str_from(method->message);
    }
    bool whole = out->intent.id.at && out->intent.client_secret.at && out->intent.currency.at &&
                 (out->charge.at || i->status != INTENT_SUCCEEDED);
    return whole ? STATUS_OK : STATUS_NO_MEMORY;
}

enum status show_refund(const struct mock_store *s, struct arena *arena, const struct stored_refund *r,
                        struct mock_refund *out) {
    const struct stored_intent *i = rows_at(&s->intents, (size_t)r->intent);
    *out = (struct mock_refund){
        .id = with_prefix(arena, "re_", r->id),
        .intent = with_prefix(arena, "pi_", i->id),
        .charge = with_prefix(arena, "ch_", i->id),
        .currency = arena_copy(arena, (struct str){i->currency, sizeof i->currency}),
        .amount = r->amount,
        .created_s = r->created_s,
    };
    bool whole = out->id.at && out->intent.at && out->charge.at && out->currency.at;
    return whole ? STATUS_OK : STATUS_NO_MEMORY;
}
