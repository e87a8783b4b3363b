#include "pay/mock/faults.h"

#include "base/clock.h"

#include <stdio.h>

static const char *const kind_names[CALL_KIND_COUNT] = {
    [CALL_CREATE] = "create", [CALL_CONFIRM] = "confirm",   [CALL_CANCEL] = "cancel",
    [CALL_REFUND] = "refund", [CALL_RETRIEVE] = "retrieve",
};

static const char *const fault_names[FAULT_COUNT] = {
    [FAULT_NONE] = "",
    [FAULT_LOST_REPLY] = "lost-reply",
    [FAULT_CONFLICT] = "conflict",
    [FAULT_RATE_LIMIT] = "rate-limit",
    [FAULT_ERROR] = "error",
};

enum { fault_calls_max = 1000000 };

/* The index of `name` in a table, or `count`. */
static size_t name_index(const char *const names[], size_t count, struct str name) {
    size_t i = 0;
    while (i < count && !str_equal(str_from(names[i]), name))
        i++;
    return i;
}

static bool faults_parse_webhook(struct str how, struct faults *f) {
    bool is_duplicate = str_equal(how, STR("duplicate")), is_reorder = str_equal(how, STR("reorder"));
    f->duplicate |= is_duplicate;
    f->reorder |= is_reorder;
    return is_duplicate || is_reorder;
}

/* Reads one `[kind.]name=value`; false if it is not a fault. */
static bool faults_parse_item(struct str value, struct faults *f) {
    struct str name = str_cut(&value, '='), kind_name = {0};
    size_t kind = faults_any_kind, fault;
    int64_t count;
    if (str_find(name, '.') < name.size) {
        kind_name = str_cut(&name, '.');
        kind = name_index(kind_names, CALL_KIND_COUNT, kind_name);
        if (kind == CALL_KIND_COUNT)
            return false;
    }
    if (str_equal(name, STR("latency")))
        return str_to_int(value, latency_ms_max, &f->latency_ms[kind]);
    if (!kind_name.data && str_equal(name, STR("webhook")))
        return faults_parse_webhook(value, f);
    if (!kind_name.data && str_equal(name, STR("late")))
        return str_to_int(value, latency_ms_max, &f->late_ms);
    fault = name_index(fault_names, FAULT_COUNT, name);
    if (fault == FAULT_COUNT || fault == FAULT_NONE || !str_to_int(value, fault_calls_max, &count))
        return false;
    atomic_init(&f->left[kind][fault], count);
    return true;
}

enum status faults_parse(const char *text, struct faults *out, char *error) {
    struct str rest = str_from(text);
    *out = (struct faults){.duplicate = false};
    while (rest.size > 0) {
        struct str item = str_trim(str_cut(&rest, ','));
        if (item.size > 0 && !faults_parse_item(item, out)) {
            snprintf(error, faults_error_size,
                     "'%.*s' is no fault: they are latency=MS, lost-reply=N, conflict=N, rate-limit=N, "
                     "error=N, webhook=duplicate, webhook=reorder and late=MS",
                     (int)(item.size < 60 ? item.size : 60), item.data);
            return STATUS_USAGE;
        }
    }
    return STATUS_OK;
}

/* Takes one of those that are left; false if there is nothing left. */
static bool fault_take(_Atomic int64_t *left) {
    int64_t now = atomic_load(left);
    while (now > 0)
        if (atomic_compare_exchange_weak(left, &now, now - 1))
            return true;
    return false;
}

enum fault faults_take(struct faults *f, enum call_kind kind) {
    for (int fault = FAULT_LOST_REPLY; fault < FAULT_COUNT; fault++)
        if (fault_take(&f->left[kind][fault]) || fault_take(&f->left[faults_any_kind][fault]))
            return (enum fault)fault;
    return FAULT_NONE;
}

void faults_wait(const struct faults *f, enum call_kind kind) {
    int64_t ms = f->latency_ms[kind] + f->latency_ms[faults_any_kind];
    if (ms > 0)
        sleep_us(ms * 1000);
}
