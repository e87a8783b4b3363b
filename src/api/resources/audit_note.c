#include "api/resources/audit_note.h"

#include "api/endpoint.h"
#include "api/router.h"

struct audit_note audit_note_new(struct call *call) {
    return (struct audit_note){.call = call, .changes = change_list_new(call->ctx.arena)};
}

void audit_note_text(struct audit_note *note, const char *field, struct str before, struct str after) {
    change_list_put(&note->changes, field, before, after);
}

void audit_note_int(struct audit_note *note, const char *field, const int64_t *before, const int64_t *after) {
    change_list_put_int(&note->changes, field, before, after);
}

void audit_note_maybe_int(struct audit_note *note, const char *field, struct maybe_int before,
                          struct maybe_int after) {
    audit_note_int(note, field, before.is_set ? &before.value : NULL, after.is_set ? &after.value : NULL);
}

static struct str audit_note_word(struct maybe_bool value) {
    return !value.is_set ? (struct str){NULL, 0} : value.value ? STR("true") : STR("false");
}

void audit_note_bool(struct audit_note *note, const char *field, struct maybe_bool before,
                     struct maybe_bool after) {
    audit_note_text(note, field, audit_note_word(before), audit_note_word(after));
}

enum status audit_note_write(struct audit_note *note, const struct uuid *target) {
    struct call *call = note->call;
    struct buf action = buf_new(call->ctx.arena);
    char prefix[ip_prefix_text_size], id[uuid_text_size];
    if (note->changes.count == 0)
        return STATUS_OK;
    struct str changes = change_list_end(&note->changes);
    buf_put(&action, method_name(call->endpoint->method));
    buf_put_char(&action, ' ');
    buf_put_text(&action, call->endpoint->path);
    if (!changes.data || !buf_ok(&action))
        return STATUS_NO_MEMORY;
    client_prefix_format(&call->request->client, prefix);
    if (target)
        uuid_format(target, id);
    struct str request_id = call->request->id;
    struct audit_entry entry = {
        .action = buf_str(&action),
        .target = {target ? id : NULL, target ? sizeof id : 0},
        .changes = changes,
        .ip_prefix = str_from(prefix),
        .request_id = request_id.data ? request_id : STR(""),
    };
    return audit_log_add(&call->ctx, &call->actor, &entry);
}
