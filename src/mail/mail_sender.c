#include "mail/mail_sender.h"

#include <stdio.h>

enum status mail_send(const struct mail_sender *sender, struct arena *arena, struct mail_message *message,
                      const _Atomic bool *stop, struct smtp_result *out) {
    struct buf text = buf_new(arena);
    message->from = sender->from;
    message->from_name = sender->from_name;
    enum status s = mail_message_write(message, &text);
    if (s == STATUS_INVALID) { /* no later try can succeed */
        *out = (struct smtp_result){.is_refused = true};
        snprintf(out->problem, sizeof out->problem, "an address or the subject has a control character");
        return STATUS_OK;
    }
    return s == STATUS_OK ? smtp_send(&sender->relay, message->from, message->to, buf_str(&text), stop, out)
                          : s;
}
