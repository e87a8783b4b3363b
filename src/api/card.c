#include "api/card.h"

enum { card_digits_min = 12, card_digits_max = 19 };

/* The check digit of ISO/IEC 7812-1 (Luhn). */
static bool luhn(const uint8_t *digits, size_t count) {
    unsigned sum = 0;
    for (size_t i = 0; i < count; i++) {
        unsigned d = digits[count - 1 - i];
        if (i % 2 == 1)
            d = d * 2 > 9 ? d * 2 - 9 : d * 2;
        sum += d;
    }
    return sum % 10 == 0;
}

/* Looks at the run of digits that text starts with, blanks and hyphens between them; `used` is how long it
 * is. */
static bool card_run(struct str text, size_t *used) {
    uint8_t digits[card_digits_max + 1];
    size_t count = 0, i = 0;
    for (; i < text.size; i++) {
        char c = text.at[i];
        if (c >= '0' && c <= '9' && count <= card_digits_max)
            digits[count++] = (uint8_t)(c - '0');
        else if (!(c >= '0' && c <= '9') && c != ' ' && c != '-')
            break;
    }
    *used = i;
    return count >= card_digits_min && count <= card_digits_max && luhn(digits, count);
}

/* Ids of ours are UUIDs, whose digits stand between letters by chance. */
static bool is_uuid(struct str text) {
    struct uuid id;
    char reason[uuid_reason_size];
    return utf8_valid(text) && uuid_parse(text, &id, reason);
}

static bool card_in_text(struct str text) {
    if (is_uuid(text))
        return false;
    while (text.size > 0) {
        size_t used = 0;
        if (text.at[0] >= '0' && text.at[0] <= '9' && card_run(text, &used))
            return true;
        used = used > 0 ? used : 1;
        text.at += used, text.size -= used;
    }
    return false;
}

/* The depth is json_depth_max at most. */
bool card_in(const struct json *value) {
    if (!value)
        return false;
    if (value->kind == JSON_STRING || value->kind == JSON_NUMBER)
        return card_in_text(value->kind == JSON_STRING ? value->text : value->raw);
    for (const struct json *member = value->first; member; member = member->next)
        if (card_in_text(member->name) || card_in(member))
            return true;
    return false;
}
