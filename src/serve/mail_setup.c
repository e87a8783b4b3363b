#include "serve/mail_setup.h"

#include "console/errors.h"
#include "model/email.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { mail_setup_bytes_max = 4 * 1024 * 1024, shop_url_max = 200 };

/* Whether a text can be the beginning of a link in a mail. */
static bool shop_url_is_valid(struct str url) {
    struct str scheme = str_starts(url, STR("https://")) ? STR("https://") : STR("http://");
    if (!str_starts(url, scheme) || url.size <= scheme.size || url.size > shop_url_max)
        return false;
    for (size_t i = 0; i < url.size; i++)
        if (!ascii_is_letter(url.data[i]) && !ascii_is_digit(url.data[i]) &&
            str_find(STR("-._~:/[]%@+"), url.data[i]) == sizeof "-._~:/[]%@+" - 1)
            return false;
    return url.data[scheme.size] != '/';
}

/* The host of the shop's URL, for a shop that has no name. */
static struct str shop_url_host(struct str url) {
    struct str rest = str_skip(url, str_find(url, ':') < url.size ? str_find(url, ':') + 1 : 0);
    while (rest.size > 0 && rest.data[0] == '/')
        rest = str_skip(rest, 1);
    return str_cut(&rest, '/');
}

static void mail_setup_set_url(struct mail_setup *setup, struct str url) {
    while (url.size > 0 && url.data[url.size - 1] == '/')
        url.size--;
    setup->settings.shop_url = url;
    setup->settings.shop = shop_url_host(url);
}

/* Takes `Ann's lamps <ann@example.com>` apart, or an address alone. */
static bool mail_from_read(const char *text, struct mail_sender *out) {
    char reason[email_reason_size];
    struct str whole = str_from(text), rest = whole, name = str_cut(&rest, '<');
    bool has_name = name.size < whole.size && rest.size > 0 && rest.data[rest.size - 1] == '>';
    out->from = has_name ? (struct str){rest.data, rest.size - 1} : whole;
    out->from_name = has_name ? str_trim(name) : (struct str){0};
    if (!email_valid(out->from, reason)) {
        print_error("--mail-from: %s", reason);
        return false;
    }
    for (size_t i = 0; i < out->from_name.size; i++)
        if ((unsigned char)out->from_name.data[i] < ' ')
            out->from_name.size = 0;
    if (utf8_valid(out->from_name) && (!has_name || out->from_name.size > 0))
        return true;
    print_error("--mail-from: give shop@example.com, or 'Shop <shop@example.com>'");
    return false;
}

static enum status mail_setup_open_sender(const struct mail_options *o, struct mail_setup *out) {
    char error[smtp_error_size];
    if (!o->from || !o->shop_url) {
        print_error("--mail needs --mail-from, and --shop-url for the links in mails");
        return STATUS_USAGE;
    }
    if (!mail_from_read(o->from, &out->sender))
        return STATUS_USAGE;
    if (o->ca_file && access(o->ca_file, R_OK) != 0) {
        print_error("--mail-ca %s: %s", o->ca_file, strerror(errno));
        return STATUS_USAGE;
    }
    enum status s = smtp_relay_read(o->url, mail_address_domain(out->sender.from),
                                    getenv("TILL_MAIL_PASSWORD"), &out->sender.relay, error);
    if (s == STATUS_USAGE)
        print_error("--mail: %s", error);
    out->sender.relay.ca_file = o->ca_file;
    out->settings.is_sent = s == STATUS_OK;
    return s;
}

enum status mail_setup_open(const struct mail_options *o, struct mail_setup *out) {
    char error[mail_template_error_size];
    enum status s = STATUS_OK;
    *out = (struct mail_setup){.settings = {.per_hour = o->per_hour, .is_apart = o->shop_url != NULL}};
    out->settings.held = &out->held;
    arena_init(&out->arena, mail_setup_bytes_max);
    if (o->shop_url && !shop_url_is_valid(str_from(o->shop_url))) {
        print_error("--shop-url takes the shop's address, such as https://shop.example.com");
        return STATUS_USAGE;
    }
    mail_setup_set_url(out, o->shop_url ? str_from(o->shop_url) : STR(""));
    if (o->url)
        s = mail_setup_open_sender(o, out);
    if (s == STATUS_OK && o->templates) {
        s = mail_templates_read(o->templates, &out->arena, &out->templates, error);
        if (s == STATUS_USAGE)
            print_error("--mail-templates: %s", error);
        out->settings.templates = &out->templates;
    }
    return s;
}

void mail_setup_close(struct mail_setup *setup) {
    arena_free(&setup->arena);
}

void mail_setup_set_address(struct mail_setup *setup, const char *address) {
    if (setup->settings.shop_url.size == 0)
        mail_setup_set_url(setup, str_from(address));
}
