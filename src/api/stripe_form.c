#include "api/stripe_form.h"

#include "model/model.h"

#include <openssl/evp.h>

enum { credentials_bytes_max = 1024 };

static const struct str key_prefix = {"sk_test_", 8};

/* What stands behind a scheme; absent where authorization has another. */
static struct str behind_scheme(struct str authorization, struct str scheme) {
    if (authorization.size <= scheme.size ||
        !str_equal_nocase((struct str){authorization.at, scheme.size}, scheme))
        return (struct str){0};
    return str_trim((struct str){authorization.at + scheme.size, authorization.size - scheme.size});
}

/* The user of Basic's `user:password`, in base64; absent where it is none. */
static struct str basic_user(struct arena *arena, struct str credentials) {
    if (credentials.size == 0 || credentials.size > credentials_bytes_max || credentials.size % 4 != 0)
        return (struct str){0};
    unsigned char *bytes = arena_alloc(arena, credentials.size);
    int size =
        bytes ? EVP_DecodeBlock(bytes, (const unsigned char *)credentials.at, (int)credentials.size) : -1;
    if (size < 0)
        return (struct str){0};
    struct str text = {(const char *)bytes, (size_t)size};
    return (struct str){text.at, str_find(text, ':')};
}

bool stripe_authorized(struct arena *arena, struct str authorization) {
    struct str key = behind_scheme(authorization, STR("bearer "));
    if (!key.at)
        key = basic_user(arena, behind_scheme(authorization, STR("basic ")));
    return key.at && str_starts(key, key_prefix) && key.size > key_prefix.size;
}

enum status stripe_form(const struct call *call, const struct json **out) {
    const struct request *r = call->request;
    struct json *fields;
    enum status s = query_read(call->tx.arena, r->method == METHOD_POST ? r->body : r->query, &fields);
    *out = s == STATUS_OK ? fields : NULL;
    return s;
}

struct str form_text(const struct json *form, struct str name) {
    const struct json *field = json_member(form, name);
    return field ? field->text : (struct str){0};
}

bool form_number(const struct json *form, struct str name, int64_t absent, int64_t *out) {
    enum { digits_max = 15 };
    struct str text = form_text(form, name);
    bool minus = text.size > 0 && text.at[0] == '-';
    *out = text.at ? 0 : absent;
    if (text.at && (text.size == minus || text.size > digits_max))
        return false;
    for (size_t i = minus; i < text.size; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
        *out = *out * 10 + (text.at[i] - '0');
    }
    *out = minus ? -*out : *out;
    return true;
}

static bool is_expand(struct str name) {
    return str_starts(name, STR("expand["));
}

bool form_expands_charge(const struct json *form) {
    for (const struct json *f = form->first; f; f = f->next)
        if (is_expand(f->name) && str_equal(f->text, STR("latest_charge")))
            return true;
    return false;
}

static bool is_known(struct str name, const char *const known[]) {
    for (size_t i = 0; known[i]; i++) {
        struct str one = str_from(known[i]);
        bool open = one.at[one.size - 1] == '[';
        if (open ? str_starts(name, one) : str_equal(name, one))
            return true;
    }
    return is_expand(name);
}

struct str form_unknown(const struct json *form, const char *const known[]) {
    for (const struct json *f = form->first; f; f = f->next)
        if (!is_known(f->name, known))
            return f->name;
    return (struct str){0};
}
