/* A mail as SMTP carries it (RFC 5322, 2045–2047): a multipart/alternative of text and HTML, in lines of at most 76
 * bytes that end with CR LF.
 *
 *     From: "Lamps & Co" <shop@lamps.example>
 *     To: <ann@example.com>
 *     Subject: =?UTF-8?B?…?=
 *     Message-ID: <0198c0de-….@lamps.example>         of the mail's row: the same on every try
 *     … */
#pragma once

#include "base/buf.h"
#include "base/status.h"
#include "base/uuid.h"

struct mail_message {
    struct uuid id;
    struct str from_name; /* may be absent */
    struct str from, to;  /* addresses */
    struct str subject, text, html;
    int64_t at_us; /* when it was written, microseconds since 1970 */
};

/* Appends the mail. STATUS_INVALID if an address, the name or the subject has a control character, which could end a
 * header; STATUS_NO_MEMORY. */
MUST_CHECK enum status mail_message_write(const struct mail_message *message, struct buf *out);

/* Returns the part of an address behind the @-sign. */
struct str mail_address_domain(struct str address);
