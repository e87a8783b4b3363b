#include "pay/card.h"

enum { card_digits_min = 12, card_digits_max = 19 };

/* Returns whether the last digit is the check digit of the others (ISO/IEC 7812-1, Luhn): from the right,
 * every second digit counts double, as the sum of its two digits if it passes 9; the total must be a multiple
 * of 10. */
static bool card_check_digit_is_right(const uint8_t *digits, size_t count) {
    unsigned sum = 0;
    for (size_t i = 0; i < count; i++) {
        unsigned d = digits[count - 1 - i];
        if (i % 2 == 1)
            d = d * 2 > 9 ? d * 2 - 9 : d * 2;
        sum += d;
    }
    return sum % 10 == 0;
}

/* Returns whether the digits that text starts with, with blanks and hyphens between them, are the number of a
 * card. `used` is set to their length in bytes. */
static bool card_is_at_start(struct str text, size_t *used) {
    uint8_t digits[card_digits_max + 1];
    size_t count = 0, i = 0;
    for (; i < text.size; i++) {
        char c = text.data[i];
        if (ascii_is_digit(c) && count <= card_digits_max)
            digits[count++] = (uint8_t)(c - '0');
        else if (!ascii_is_digit(c) && c != ' ' && c != '-')
            break;
    }
    *used = i;
    return count >= card_digits_min && count <= card_digits_max && card_check_digit_is_right(digits, count);
}

/* Our ids are UUIDs. Some have a long run of digits that passes the check by chance. */
static bool card_text_is_uuid(struct str text) {
    struct uuid id;
    return utf8_valid(text) && uuid_parse(text, &id, NULL);
}

static bool card_in_text(struct str text) {
    if (card_text_is_uuid(text))
        return false;
    while (text.size > 0) {
        size_t used = 0;
        if (ascii_is_digit(text.data[0]) && card_is_at_start(text, &used))
            return true;
        used = used > 0 ? used : 1;
        text = str_skip(text, used);
    }
    return false;
}

/* It calls itself at most json_depth_max times. */
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
