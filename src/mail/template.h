/* The texts of mails. A kind of mail has two files, each of UTF-8 with `{{names}}` in it:
 *
 *     staff_invite.txt      Subject: You are invited to {{shop}}      ← the first line
 *                                                                     ← empty
 *                           {{inviter}} invites you …
 *     staff_invite.html     the same as HTML; what stands for a name is escaped there
 *
 * `{{head}}` and `{{foot}}` stand for what all mails begin and end with: mail_head.txt, mail_foot.html and so on, which may
 * name `shop`, `shop_url` and, in the head and foot alone, `subject`.
 *
 * They are compiled in (src/mail/templates), and an owner may have others in a folder (--mail-templates). */
#pragma once

#include "base/arena.h"
#include "base/status.h"

enum mail_kind {
    MAIL_ORDER_CONFIRMED,
    MAIL_ORDER_SHIPPED,
    MAIL_ORDER_DELIVERED,
    MAIL_ORDER_CANCELLED,
    MAIL_ORDER_REFUNDED,
    MAIL_NEW_ORDER,
    MAIL_LOW_STOCK,
    MAIL_ORDER_LINK,
    MAIL_STAFF_INVITE,
    MAIL_WEBHOOK_FAILING,
    MAIL_TEST,
    MAIL_KIND_COUNT
};

/* The kinds before it go out by themselves, and the owner chooses which (the setting `mails`). */
enum { MAIL_CHOSEN_COUNT = MAIL_ORDER_LINK };

/* `staff_invite`, in the order of enum mail_kind; NULL ends them. Those of the kinds that the owner chooses from are in
 * mail_chosen_names. */
extern const char *const mail_kind_names[MAIL_KIND_COUNT + 1];
extern const char *const mail_chosen_names[MAIL_CHOSEN_COUNT + 1];

enum {
    mail_values_max = 8,
    mail_subject_max = 300,         /* bytes */
    mail_template_max = 256 * 1024, /* bytes of a file */
    mail_template_error_size = 300,
};

/* What stands for a name. A name is one of its kind's (mail_template_names). */
struct mail_value {
    const char *name; /* NULL ends a list that is shorter than mail_values_max */
    struct str value;
};

/* A file as text and as HTML. */
struct mail_template {
    struct str text, html;
};

struct mail_templates {
    struct mail_template kinds[MAIL_KIND_COUNT];
    struct mail_template head, foot;
};

/* Returns the templates that are compiled in. */
struct mail_templates mail_templates_built_in(void);

/* Takes the files of a folder in the place of those built in; a file that is missing there is the one built in. The
 * texts are in `arena`. STATUS_USAGE with `error` filled: the folder or a file cannot be read, or a template is wrong
 * (it has an unknown name, no subject, or is not UTF-8); STATUS_NO_MEMORY. */
MUST_CHECK enum status mail_templates_read(const char *folder, struct arena *arena,
                                           struct mail_templates *out,
                                           char error[static mail_template_error_size]);

struct mail_text {
    struct str subject, text, html;
};

/* Writes a mail. A name without a value becomes nothing. The subject is one line of at most mail_subject_max bytes.
 * The texts are in `arena`. STATUS_NO_MEMORY. */
MUST_CHECK enum status mail_render(const struct mail_templates *templates, enum mail_kind kind,
                                   const struct mail_value values[static mail_values_max],
                                   struct arena *arena, struct mail_text *out);
