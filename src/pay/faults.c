#include "pay/faults.h"

#include "base/clock.h"

#include <stdio.h>
#include <time.h>

static const struct str kind_names[CALL_KIND_COUNT] = {
    [CALL_CREATE] = {"create", 6}, [CALL_CONFIRM] = {"confirm", 7},   [CALL_CANCEL] = {"cancel", 6},
    [CALL_REFUND] = {"refund", 6}, [CALL_RETRIEVE] = {"retrieve", 8},
};

static const struct str fault_names[FAULT_COUNT] = {
    [FAULT_LOST_REPLY] = {"lost-reply", 10},
    [FAULT_CONFLICT] = {"conflict", 8},
    [FAULT_RATE_LIMIT] = {"rate-limit", 10},
    [FAULT_ERROR] = {"error", 5},
};

enum { fault_calls_max = 1000000, late_ms_usual = 1000 };

/* The place of `name` in a table, or `count`. */
static size_t find(const struct str names[], size_t count, struct str name) {
    size_t i = 0;
    while (i < count && (!names[i].at || !str_equal(names[i], name)))
        i++;
    return i;
}

static bool parse_count(struct str digits, int64_t max, int64_t *out) {
    *out = 0;
    for (size_t i = 0; i < digits.size; i++) {
        if (digits.at[i] < '0' || digits.at[i] > '9' || *out > max)
            return false;
        *out = *out * 10 + (digits.at[i] - '0');
    }
    return digits.size > 0 && *out <= max;
}

static bool parse_webhook(struct str how, struct faults *f) {
    if (str_equal(how, STR("duplicate")))
        f->duplicate = true;
    else if (str_equal(how, STR("reorder")))
        f->reorder = true;
    else if (str_equal(how, STR("late")))
        f->late_ms = f->late_ms ? f->late_ms : late_ms_usual;
    else
        return false;
    return true;
}

static bool parse_item(struct str item, struct faults *f) {
    size_t equals = str_find(item, '='), dot = str_find((struct str){item.at, equals}, '.');
    size_t kind = faults_any_kind;
    struct str name = {item.at, equals};
    if (equals == item.size)
        return false;
    struct str value = {item.at + equals + 1, item.size - equals - 1};
    if (dot < equals) {
        kind = find(kind_names, CALL_KIND_COUNT, (struct str){item.at, dot});
        name = (struct str){item.at + dot + 1, equals - dot - 1};
        if (kind == CALL_KIND_COUNT)
            return false;
    }
    if (str_equal(name, STR("latency")))
        return parse_count(value, latency_ms_max, &f->latency_ms[kind]);
    if (kind == faults_any_kind && str_equal(name, STR("webhook")))
        return parse_webhook(value, f);
    if (kind == faults_any_kind && str_equal(name, STR("late")))
        return parse_count(value, latency_ms_max, &f->late_ms);
    size_t fault = find(fault_names, FAULT_COUNT, name);
    int64_t count;
    if (fault == FAULT_COUNT || !parse_count(value, fault_calls_max, &count))
        return false;
    atomic_init(&f->left[kind][fault], count);
    return true;
}

enum status faults_parse(const char *text, struct faults *out, char *why) {
    struct str rest = str_from(text);
    *out = (struct faults){.duplicate = false};
    while (rest.size > 0) {
        size_t end = str_find(rest, ','), skip = end < rest.size ? end + 1 : end;
        struct str item = str_trim((struct str){rest.at, end});
        if (item.size > 0 && !parse_item(item, out)) {
            snprintf(why, faults_why_size,
                     "'%.*s' is no fault: they are latency=MS, lost-reply=N, conflict=N, rate-limit=N, "
                     "error=N and webhook=duplicate|late|reorder",
                     (int)(item.size < 60 ? item.size : 60), item.at);
            return STATUS_USAGE;
        }
        rest.at += skip, rest.size -= skip;
    }
    return STATUS_OK;
}

/* Takes one of what is left; false where nothing is. */
static bool take(_Atomic int64_t *left) {
    int64_t now = atomic_load(left);
    while (now > 0)
        if (atomic_compare_exchange_weak(left, &now, now - 1))
            return true;
    return false;
}

enum fault faults_meet(struct faults *f, enum call_kind kind) {
    int64_t ms = f->latency_ms[kind] + f->latency_ms[faults_any_kind];
    if (ms > 0) {
        struct timespec wait = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
        nanosleep(&wait, NULL);
    }
    for (int fault = FAULT_LOST_REPLY; fault < FAULT_COUNT; fault++)
        if (take(&f->left[kind][fault]) || take(&f->left[faults_any_kind][fault]))
            return (enum fault)fault;
    return FAULT_NONE;
}
