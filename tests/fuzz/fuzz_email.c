/* Addresses of mail: one that is taken must be safe wherever it goes, in a header, an SMTP command or a log line; one that
 * is refused must come with a reason. */
#include "fuzz.h"

#include "model/email.h"

enum { local_size_max = 64 };

static void check_address(struct str address) {
    size_t at = str_find(address, '@');
    CHECK(address.size <= email_size_max);
    CHECK(at > 0 && at <= local_size_max && at + 1 < address.size);
    for (size_t i = 0; i < address.size; i++) {
        CHECK(address.data[i] > ' ' && address.data[i] < 0x7F);
        CHECK(!strchr("\"(),:;<>[\\]", address.data[i]));
        CHECK(address.data[i] != '@' || i == at);
    }
    CHECK(address.data[0] != '.' && address.data[at - 1] != '.');
    CHECK(address.data[at + 1] != '.' && address.data[at + 1] != '-');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char reason[email_reason_size];
    struct str text = {(const char *)data, size};
    memset(reason, 'x', sizeof reason);
    if (email_valid(text, reason)) {
        check_address(text);
    } else {
        size_t length = strnlen(reason, sizeof reason);
        CHECK(length > 0 && length < sizeof reason);
        CHECK(utf8_valid((struct str){reason, length}));
    }
    return 0;
}
