/* A client of one mail relay, over libcurl. Each mail has a connection of its own.
 *
 * TLS is verified against the system's authorities, or those of a file. It is demanded (smtps://, or STARTTLS of
 * smtp://) but for this machine itself, whose relay is spoken to as smtp:// says. What the relay can do to us is bounded:
 * the time of a call, and the bytes of its answers. */
#pragma once

#include "base/status.h"
#include "base/str.h"

#include <stdatomic.h>

enum {
    smtp_url_max = 600,
    smtp_user_max = 256,
    smtp_limit_ms = 30000,             /* of a mail */
    smtp_answer_bytes_max = 64 * 1024, /* of all answers in a call */
    smtp_problem_size = 201,
    smtp_error_size = 300,
};

struct smtp_relay {
    char url[smtp_url_max];   /* without the user, and with the name that we greet by as its path */
    char user[smtp_user_max]; /* empty: no signing in */
    const char *password;     /* the caller's, or NULL */
    const char *ca_file;      /* the caller's: authorities in place of the system's; NULL: the system's */
    bool is_local;            /* no TLS is demanded */
};

/* Reads `smtps://user@host:465` or `smtp://…`. `greeting` is the domain that we greet by. STATUS_USAGE, with `error`
 * filled, if the URL is not one of a relay, or this machine has no libcurl. */
MUST_CHECK enum status smtp_relay_read(const char *url, struct str greeting, const char *password,
                                       struct smtp_relay *out, char error[static smtp_error_size]);

struct smtp_result {
    bool is_taken;   /* the relay has the mail */
    bool is_refused; /* it refuses this mail for good (5xx): no later try can succeed */
    bool is_stopped; /* the call was ended by `stop` */
    char problem
        [smtp_problem_size]; /* the relay's words or libcurl's: one line of ASCII; empty if it is taken */
};

/* Gives the relay a mail; blocks for up to smtp_limit_ms. Once `stop` (or NULL) is true, the call ends within a second; the
 * relay may have the mail then. The addresses have no control character and no bracket.
 * From any thread. STATUS_OK with the result; STATUS_NO_MEMORY. */
MUST_CHECK enum status smtp_send(const struct smtp_relay *relay, struct str from, struct str to,
                                 struct str message, const _Atomic bool *stop, struct smtp_result *out);
