/* Gives the mails of the shop to its relay. */
#pragma once

#include "base/arena.h"
#include "mail/message.h"
#include "net/smtp_client.h"

struct mail_sender {
    struct smtp_relay relay;
    struct str from, from_name; /* an address, and a name in front of it, which may be absent */
};

/* Sends a mail; its From is the sender's. Blocks for up to smtp_limit_ms; `stop` as in net/smtp_client.h. STATUS_OK with
 * the result, whatever it is; STATUS_NO_MEMORY. */
MUST_CHECK enum status mail_send(const struct mail_sender *sender, struct arena *arena,
                                 struct mail_message *message, const _Atomic bool *stop,
                                 struct smtp_result *out);
