#include "shop/orders/order_number.h"

static const char signs[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
enum { bits_of_sign = 5, group = 5, number_signs = 10 };

void order_number_format(const struct uuid *id, char out[static order_number_size]) {
    uint64_t bits = 0;
    for (size_t i = 8; i < sizeof id->bytes; i++)
        bits = bits << 8 | id->bytes[i];
    order_number_write(bits, out);
}

void order_number_write(uint64_t bits, char out[static order_number_size]) {
    for (size_t i = order_number_size; i-- > 0;)
        if (i == group) {
            out[i] = '-';
        } else {
            out[i] = signs[bits & 31];
            bits >>= bits_of_sign;
        }
}

/* Returns the value of a sign; -1 if c is not a sign. */
static int number_sign_value(char c) {
    char upper = ascii_is_letter(c) ? (char)(c & ~0x20) : c;
    char sign = (char)(upper == 'O' ? '0' : upper == 'I' || upper == 'L' ? '1' : upper);
    for (int value = 0; signs[value]; value++)
        if (signs[value] == sign)
            return value;
    return -1;
}

bool order_number_parse(struct str text, uint64_t *bits) {
    size_t count = 0;
    *bits = 0;
    for (size_t i = 0; i < text.size; i++) {
        int value = number_sign_value(text.data[i]);
        if (text.data[i] == '-' || text.data[i] == ' ')
            continue;
        if (value < 0 || ++count > number_signs)
            return false;
        *bits = *bits << bits_of_sign | (uint64_t)value;
    }
    return count == number_signs;
}
