/* A model with a field of every kind, for the tests and the fuzzers of the model engine. */
#pragma once

#include "model/model.h"

struct part {
    struct str name;
    int64_t count;
};

static const struct field part_fields[] = {
    TEXT_FIELD(struct part, name, LENGTH(1, 3)),
    INT_FIELD(struct part, count, BETWEEN(1, 9)),
};
static const struct model part_model = MODEL("Part", struct part, part_fields);

enum colour { RED, GREEN, BLUE };
static const char *const colour_names[] = {"red", "green", "blue", NULL};

struct every {
    struct str text;
    struct str note;
    int64_t number;
    int64_t size;
    struct maybe_int maybe;
    struct maybe_bool flag;
    struct uuid id;
    int colour;
    struct part part;
    struct list ids, parts, colours;
    struct str email;
    struct maybe_uuid other;
    struct part *extra;
    struct list words;
    struct maybe_int at;
};

static const struct field every_fields[] = {
    TEXT_FIELD(struct every, text, LENGTH(2, 4), .doc = "Two to four characters", .example = "\"abc\""),
    TEXT_FIELD(struct every, note, AT_MOST(100), .optional = true),
    INT_FIELD(struct every, number, BETWEEN(-5, INT64_C(9007199254740991))),
    INT_FIELD(struct every, size, AT_LEAST(1), DEFAULT(7)),
    MAYBE_INT_FIELD(struct every, maybe, BETWEEN(0, 10)),
    MAYBE_BOOL_FIELD(struct every, flag),
    UUID_FIELD(struct every, id),
    ENUM_FIELD(struct every, colour, .names = colour_names, DEFAULT(GREEN)),
    MODEL_FIELD(struct every, part, struct part, .of = &part_model),
    LIST_FIELD(struct every, ids, .item = KIND_UUID, LENGTH(1, 3)),
    LIST_FIELD(struct every, parts, .item = KIND_MODEL, .of = &part_model, LENGTH(2, 3), .optional = true),
    LIST_FIELD(struct every, colours, .item = KIND_ENUM, .names = colour_names, LENGTH(1, 3),
               .optional = true),
    EMAIL_FIELD(struct every, email, .optional = true),
    MAYBE_UUID_FIELD(struct every, other, .may_be_null = true),
    MAYBE_MODEL_FIELD(struct every, extra, struct part, .of = &part_model, .may_be_null = true),
    LIST_FIELD(struct every, words, .item = KIND_TEXT, ITEM_LENGTH(1, 5), AT_MOST(3), .optional = true,
               .may_be_null = true),
    MAYBE_TIME_FIELD(struct every, at, .may_be_null = true),
};
static const struct model every_model = MODEL("Every", struct every, every_fields, .doc = "All \"kinds\"");

#define EVERY_ID "5d9dc9f8-1818-4811-892f-902bd23f0824"

/* The members of the smallest valid object, without its braces, so that a test can add more. */
#define EVERY_LEAST                                                                                          \
    "\"text\":\"abc\",\"number\":1,\"id\":\"" EVERY_ID                                                       \
    "\",\"part\":{\"name\":\"a\",\"count\":1},"                                                              \
    "\"ids\":[\"" EVERY_ID "\"]"

/* A model for output only: times, and a field of every kind that can be read too. */
struct written {
    int64_t created_at;
    struct maybe_int ended_at;
    struct every every;
};

static const struct field written_fields[] = {
    TIME_FIELD(struct written, created_at),
    MAYBE_TIME_FIELD(struct written, ended_at),
    MODEL_FIELD(struct written, every, struct every, .of = &every_model),
};
static const struct model written_model = MODEL("Written", struct written, written_fields);
