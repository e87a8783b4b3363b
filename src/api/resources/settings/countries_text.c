#include "api/resources/settings/countries_text.h"

#include "api/resources/checkout_model.h"

bool country_check(struct call *call, struct str code, const struct loc *at) {
    if (country_find(code))
        return true;
    error_put(&call->errors, "value_error", at, NULL, NULL, COUNTRY_UNKNOWN);
    return false;
}

void countries_check(struct call *call, const struct list *codes, const char *name) {
    struct loc root = {.name = STR("body")}, list = {.parent = &root, .name = str_from(name)};
    for (size_t i = 0; i < codes->count; i++) {
        struct loc at = {.parent = &list, .index = i};
        country_check(call, ((const struct str *)codes->data)[i], &at);
    }
}

struct str countries_text_join(struct arena *arena, const struct list *codes) {
    struct buf text = buf_new(arena);
    for (size_t i = 0; i < codes->count; i++) {
        buf_put_text(&text, i ? "," : "");
        buf_put(&text, ((const struct str *)codes->data)[i]);
    }
    return codes->count > 0 ? buf_str(&text) : STR("*");
}

enum status comma_text_split(struct arena *arena, struct str text, struct list *out) {
    struct str *items = arena_array(arena, text.size / 2 + 1, sizeof *items);
    size_t count = 0;
    if (!items)
        return STATUS_NO_MEMORY;
    while (text.size > 0)
        items[count++] = str_trim(str_cut(&text, ','));
    *out = (struct list){items, count};
    return STATUS_OK;
}

enum status countries_text_split(struct arena *arena, struct str text, struct list *out) {
    return comma_text_split(arena, str_equal(text, STR("*")) ? STR("") : text, out);
}
