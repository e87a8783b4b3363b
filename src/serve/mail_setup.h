/* How a server mails, by its flags. */
#pragma once

#include "mail/mail_sender.h"
#include "shop/outbox/mail.h"

struct mail_options {
    const char *url, *from; /* NULL: no mail is sent */
    const char *ca_file;    /* the relay's authorities; NULL: the system's */
    const char *templates;  /* a folder, or NULL */
    const char *shop_url;   /* NULL: where the server listens */
    int64_t per_hour;
};

struct mail_setup {
    struct mail_settings settings;
    struct mail_sender sender; /* if settings.is_sent */
    struct mail_templates templates;
    struct arena arena;   /* of templates and names */
    _Atomic int64_t held; /* mails written and held since this was last read */
};

/* Reads what the options name. Everything of `out` that is a text outlives it only as long as the options do. STATUS_USAGE,
 * with the error printed, if an option is wrong; STATUS_NO_MEMORY. Close it in any case. */
MUST_CHECK enum status mail_setup_open(const struct mail_options *options, struct mail_setup *out);
void mail_setup_close(struct mail_setup *setup);

/* Takes the address that the server listens at for the shop's, unless the options have one. */
void mail_setup_set_address(struct mail_setup *setup, const char *address);
