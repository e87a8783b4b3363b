/* The HTTP parser must read the same messages from the same bytes, however the network cuts them into pieces.
 *
 *     | count | count × cut | bytes of the connection … |
 *
 * The first byte is the number of cuts. Each cut says, in 256ths of what is left, where the next piece ends. The
 * bytes are parsed once whole and once cut, and what was parsed is printed and compared. */
#include "../unit/feeder.h"
#include "fuzz.h"

enum {
    cuts_max = 15,
    bytes_max = 12 * 1024, /* below the limit of a head: when it is exceeded depends on the pieces */
};

struct outcome {
    struct arena arena;
    struct buf text;
    enum status status;
    bool begun;
};

/* A header's name must be a token (RFC 9110 §5.1). Names with a blank, and empty names, serve to smuggle
 * requests past a proxy. */
static void check_names(const struct message *m) {
    static const char marks[] = "!#$%&'*+-.^_`|~";
    for (size_t i = 0; i < m->field_count; i++) {
        const char *name = m->head.data + m->fields[i].name;
        CHECK(m->fields[i].name_size > 0);
        for (size_t j = 0; j < m->fields[i].name_size; j++) {
            bool letter =
                (name[j] >= '0' && name[j] <= '9') || ((name[j] | 0x20) >= 'a' && (name[j] | 0x20) <= 'z');
            CHECK(letter || (name[j] && strchr(marks, name[j])));
        }
    }
}

static void on_message(void *context, const struct message *message) {
    check_names(message);
    feeder_print(context, message);
}

static void parse(struct outcome *o, struct str bytes, const uint8_t cuts[], size_t count) {
    struct feeder f;
    size_t at = 0;
    arena_init(&o->arena, fuzz_arena_bytes_max);
    o->text = buf_new(&o->arena);
    feeder_init(&f, on_message, &o->text);
    for (size_t i = 0; i < count; i++) {
        size_t size = (bytes.size - at) * cuts[i] / 256;
        feeder_feed(&f, bytes.data + at, size);
        at += size;
    }
    feeder_feed(&f, bytes.data + at, bytes.size - at);
    o->status = f.status;
    o->begun = f.begun;
    feeder_free(&f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    size_t count = size ? data[0] % (cuts_max + 1) : 0;
    if (size < 1 + count || size > bytes_max)
        return 0;
    struct str bytes = {(const char *)data + 1 + count, size - 1 - count};
    struct outcome whole, cut;
    parse(&whole, bytes, NULL, 0);
    parse(&cut, bytes, data + 1, count);
    CHECK(buf_ok(&whole.text) && buf_ok(&cut.text));
    if (!str_equal(buf_str(&whole.text), buf_str(&cut.text)) ||
        (whole.status == STATUS_OK) != (cut.status == STATUS_OK)) {
        fprintf(stderr, "whole: %.*s%s\ncut: %.*s%s\n", (int)whole.text.size, buf_str(&whole.text).data,
                status_text(whole.status), (int)cut.text.size, buf_str(&cut.text).data,
                status_text(cut.status));
        abort();
    }
    CHECK(whole.status != STATUS_OK || whole.begun == cut.begun);
    arena_free(&whole.arena);
    arena_free(&cut.arena);
    return 0;
}
