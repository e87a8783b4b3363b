/* Notes a change of the staff in the audit log, in the transaction of the change:
 *
 *     struct audit_note note = audit_note_new(call);
 *     audit_note_int(&note, "price", &before->price, &after->price);
 *     return audit_note_write(&note, &after->id);
 *
 * Never note a secret, nor a value of a shopper's. */
#pragma once

#include "api/call.h"
#include "shop/staff/audit_log.h"

struct audit_note {
    struct call *call;
    struct change_list changes;
};

struct audit_note audit_note_new(struct call *call);

/* Add a field if its two values differ. NULL, or an absent text: there was none before, or is none now. A long text is
 * cut off (audit_value_bytes). */
void audit_note_text(struct audit_note *note, const char *field, struct str before, struct str after);
void audit_note_maybe_int(struct audit_note *note, const char *field, struct maybe_int before,
                          struct maybe_int after);
void audit_note_bool(struct audit_note *note, const char *field, struct maybe_bool before,
                     struct maybe_bool after);
void audit_note_int(struct audit_note *note, const char *field, const int64_t *before, const int64_t *after);

/* Writes the entry if it has a change. `target`: the id of what was changed; NULL if it has none. */
MUST_CHECK enum status audit_note_write(struct audit_note *note, const struct uuid *target);
