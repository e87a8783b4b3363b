#include "mail/template.h"

#include "base/buf.h"
#include "mail/assets.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CHOSEN_NAMES                                                                                         \
    [MAIL_ORDER_CONFIRMED] = "order_confirmed", [MAIL_ORDER_SHIPPED] = "order_shipped",                      \
    [MAIL_ORDER_DELIVERED] = "order_delivered", [MAIL_ORDER_CANCELLED] = "order_cancelled",                  \
    [MAIL_ORDER_REFUNDED] = "order_refunded", [MAIL_NEW_ORDER] = "new_order", [MAIL_LOW_STOCK] = "low_stock"

const char *const mail_chosen_names[MAIL_CHOSEN_COUNT + 1] = {CHOSEN_NAMES};
const char *const mail_kind_names[MAIL_KIND_COUNT + 1] = {
    CHOSEN_NAMES,
    [MAIL_ORDER_LINK] = "order_link",
    [MAIL_STAFF_INVITE] = "staff_invite",
    [MAIL_WEBHOOK_FAILING] = "webhook_failing",
    [MAIL_TEST] = "mail_test",
};

/* The names that each kind has beside `shop` and `shop_url`, which all have. */
static const char *const mail_template_names[MAIL_KIND_COUNT][mail_values_max] = {
    [MAIL_STAFF_INVITE] = {"link", "inviter", "role"},
    [MAIL_WEBHOOK_FAILING] = {"webhook", "state", "reason"},
    [MAIL_TEST] = {0},
    [MAIL_ORDER_CONFIRMED] = {"number", "items", "totals", "address", "order_link"},
    [MAIL_NEW_ORDER] = {"number", "items", "totals"},
    [MAIL_LOW_STOCK] = {"products", "count"},
    [MAIL_ORDER_SHIPPED] = {"number", "what", "items", "tracking", "tracking_url", "order_link"},
    [MAIL_ORDER_LINK] = {"number", "order_link"},
    [MAIL_ORDER_CANCELLED] = {"number", "order_link"},
    [MAIL_ORDER_DELIVERED] = {"number", "what", "order_link"},
    [MAIL_ORDER_REFUNDED] = {"number", "amount", "order_link"},
};

/* Those that a head and a foot have beside these two. */
static const char *const frame_names[mail_values_max] = {"subject"};

#define SUBJECT STR("Subject: ")

/* ---- Reading. */

/* Cuts `{{name}}` off the front of `rest`, with the text before it in `before`. False if there is no name left; then
 * `before` is all that was left. A name that is not closed is all that follows, with its braces: no kind has it. */
static bool template_cut_name(struct str *rest, struct str *before, struct str *name) {
    struct str text = *rest;
    for (size_t i = 0; i + 1 < text.size; i++) {
        if (text.data[i] != '{' || text.data[i + 1] != '{')
            continue;
        struct str inner = str_skip(text, i + 2);
        size_t end = str_find(inner, '}');
        bool is_closed = end + 1 < inner.size && inner.data[end + 1] == '}';
        *before = (struct str){text.data, i};
        *name = is_closed ? str_trim((struct str){inner.data, end}) : str_skip(text, i);
        *rest = str_skip(inner, is_closed ? end + 2 : inner.size);
        return true;
    }
    *before = text;
    *rest = (struct str){text.data, 0};
    return false;
}

static bool template_knows_name(const char *const names[static mail_values_max], struct str name) {
    bool is_frames = names != frame_names && (str_equal(name, STR("head")) || str_equal(name, STR("foot")));
    if (is_frames || str_equal(name, STR("shop")) || str_equal(name, STR("shop_url")))
        return true;
    for (size_t i = 0; i < mail_values_max && names[i]; i++)
        if (str_equal(name, str_from(names[i])))
            return true;
    return false;
}

/* Takes the subject off the text. Absent if its first two lines are no subject and an empty one. */
static struct str template_cut_subject(struct str *text) {
    struct str rest = *text, line = str_cut(&rest, '\n'), empty = str_cut(&rest, '\n');
    if (line.size > 0 && line.data[line.size - 1] == '\r')
        line.size--;
    if (!str_starts(line, SUBJECT) || str_trim(str_skip(line, SUBJECT.size)).size == 0 ||
        str_trim(empty).size > (empty.size && empty.data[empty.size - 1] == '\r'))
        return (struct str){0};
    *text = rest;
    return str_trim(str_skip(line, SUBJECT.size));
}

/* Writes what is wrong with a template into `error`, behind its path. */
static enum status template_check(const char *const names[static mail_values_max], struct str text,
                                  bool has_subject, const char *path, char *error) {
    struct str rest = text, before, name;
    if (!utf8_valid(text) || str_find(text, '\0') < text.size) {
        snprintf(error, mail_template_error_size, "%.150s is not UTF-8", path);
        return STATUS_USAGE;
    }
    if (has_subject && !template_cut_subject(&rest).data) {
        snprintf(error, mail_template_error_size,
                 "%.150s must begin with a line 'Subject: …' and an empty line", path);
        return STATUS_USAGE;
    }
    rest = text;
    while (template_cut_name(&rest, &before, &name)) {
        if (template_knows_name(names, name))
            continue;
        snprintf(error, mail_template_error_size, "%.150s: there is no name {{%.*s}} in a mail of this kind",
                 path, (int)utf8_limit(name, 50), name.data);
        line_clean(error);
        return STATUS_USAGE;
    }
    return STATUS_OK;
}

/* Reads a file into the arena. A file that is missing leaves `out` as it is. */
static enum status template_read_file(const char *path, struct arena *arena, struct str *out, char *error) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 && errno == ENOENT)
        return STATUS_OK;
    struct buf text = buf_new(arena);
    ssize_t size = fd < 0 ? -1 : 1;
    while (size > 0 && text.size <= mail_template_max && buf_ok(&text)) {
        char bytes[4096];
        size = read(fd, bytes, sizeof bytes);
        if (size > 0)
            buf_put(&text, (struct str){bytes, (size_t)size});
    }
    int failed = errno;
    if (fd >= 0)
        close(fd);
    if (size < 0 || text.size > mail_template_max) {
        snprintf(error, mail_template_error_size, "%.150s: %s", path,
                 size < 0 ? strerror(failed) : "the file is larger than 256 KiB");
        return STATUS_USAGE;
    }
    *out = text.size ? buf_str(&text) : STR("");
    return buf_ok(&text) ? STATUS_OK : STATUS_NO_MEMORY;
}

struct mail_templates mail_templates_built_in(void) {
    return (struct mail_templates){
        .kinds =
            {
                [MAIL_ORDER_CONFIRMED] = {asset_order_confirmed_txt, asset_order_confirmed_html},
                [MAIL_NEW_ORDER] = {asset_new_order_txt, asset_new_order_html},
                [MAIL_LOW_STOCK] = {asset_low_stock_txt, asset_low_stock_html},
                [MAIL_STAFF_INVITE] = {asset_staff_invite_txt, asset_staff_invite_html},
                [MAIL_WEBHOOK_FAILING] = {asset_webhook_failing_txt, asset_webhook_failing_html},
                [MAIL_TEST] = {asset_mail_test_txt, asset_mail_test_html},
                [MAIL_ORDER_SHIPPED] = {asset_order_shipped_txt, asset_order_shipped_html},
                [MAIL_ORDER_LINK] = {asset_order_link_txt, asset_order_link_html},
                [MAIL_ORDER_CANCELLED] = {asset_order_cancelled_txt, asset_order_cancelled_html},
                [MAIL_ORDER_DELIVERED] = {asset_order_delivered_txt, asset_order_delivered_html},
                [MAIL_ORDER_REFUNDED] = {asset_order_refunded_txt, asset_order_refunded_html},
            },
        .head = {asset_mail_head_txt, asset_mail_head_html},
        .foot = {asset_mail_foot_txt, asset_mail_foot_html}};
}

/* Reads both files of a template; `names` are those that it may have. */
static enum status template_read(const char *folder, const char *name,
                                 const char *const names[static mail_values_max], struct arena *arena,
                                 struct mail_template *out, char *error) {
    char path[1024];
    for (int is_html = 0; is_html <= 1; is_html++) {
        struct str *text = is_html ? &out->html : &out->text;
        snprintf(path, sizeof path, "%s/%s.%s", folder, name, is_html ? "html" : "txt");
        TRY(template_read_file(path, arena, text, error));
        TRY(template_check(names, *text, !is_html && names != frame_names, path, error));
    }
    return STATUS_OK;
}

enum status mail_templates_read(const char *folder, struct arena *arena, struct mail_templates *out,
                                char error[static mail_template_error_size]) {
    *out = mail_templates_built_in();
    if (access(folder, R_OK | X_OK) != 0) {
        snprintf(error, mail_template_error_size, "%.150s: %s", folder, strerror(errno));
        return STATUS_USAGE;
    }
    for (int kind = 0; kind < MAIL_KIND_COUNT; kind++)
        TRY(template_read(folder, mail_kind_names[kind], mail_template_names[kind], arena, &out->kinds[kind],
                          error));
    TRY(template_read(folder, "mail_head", frame_names, arena, &out->head, error));
    return template_read(folder, "mail_foot", frame_names, arena, &out->foot, error);
}

/* ---- Writing. */

/* The subject, and behind it what the mail has. */
enum { fill_values_max = mail_values_max + 1 };

static struct str value_find(const struct mail_value values[static fill_values_max], struct str name) {
    for (size_t i = 0; i < fill_values_max && values[i].name; i++)
        if (str_equal(name, str_from(values[i].name)))
            return values[i].value;
    return (struct str){0};
}

static void put_escaped(struct buf *out, struct str text) {
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (c == '&')
            buf_put(out, STR("&amp;"));
        else if (c == '<')
            buf_put(out, STR("&lt;"));
        else if (c == '>')
            buf_put(out, STR("&gt;"));
        else if (c == '"')
            buf_put(out, STR("&quot;"));
        else if (c == '\'')
            buf_put(out, STR("&#39;"));
        else
            buf_put_char(out, c);
    }
}

static void put_value(struct buf *out, struct str name, bool is_html,
                      const struct mail_value values[static fill_values_max]) {
    struct str value = value_find(values, name);
    if (is_html)
        put_escaped(out, value);
    else
        buf_put(out, value);
}

/* Appends a head or a foot, without the line feeds at its end. */
static void put_frame(struct buf *out, struct str text, bool is_html,
                      const struct mail_value values[static fill_values_max]) {
    struct str rest = text, before, name;
    bool goes_on;
    while (rest.size > 0 && rest.data[rest.size - 1] == '\n')
        rest.size--;
    do {
        goes_on = template_cut_name(&rest, &before, &name);
        buf_put(out, before);
        if (goes_on)
            put_value(out, name, is_html, values);
    } while (goes_on);
}

/* Writes a template's text with values in the place of its names. */
static struct str template_fill(const struct mail_templates *templates, struct str text, bool is_html,
                                const struct mail_value values[static fill_values_max], struct arena *arena) {
    struct buf out = buf_new(arena);
    struct str before, name;
    bool goes_on;
    buf_put(&out, STR(""));
    do {
        goes_on = template_cut_name(&text, &before, &name);
        buf_put(&out, before);
        bool is_head = goes_on && str_equal(name, STR("head"));
        const struct mail_template *frame = is_head ? &templates->head : &templates->foot;
        if (is_head || (goes_on && str_equal(name, STR("foot"))))
            put_frame(&out, is_html ? frame->html : frame->text, is_html, values);
        else if (goes_on)
            put_value(&out, name, is_html, values);
    } while (goes_on);
    return buf_ok(&out) ? buf_str(&out) : (struct str){0};
}

/* Makes one line of a subject, because a value may have a line feed, which would end the header. */
static struct str subject_clean(struct str subject) {
    struct str out = {subject.data, utf8_limit(subject, mail_subject_max)};
    char *bytes = (char *)(uintptr_t)subject.data;
    for (size_t i = 0; i < out.size; i++)
        if ((unsigned char)bytes[i] < ' ' || bytes[i] == 0x7F)
            bytes[i] = ' ';
    return out;
}

enum status mail_render(const struct mail_templates *templates, enum mail_kind kind,
                        const struct mail_value values[static mail_values_max], struct arena *arena,
                        struct mail_text *out) {
    struct str text = templates->kinds[kind].text, subject = template_cut_subject(&text);
    struct mail_value all[fill_values_max] = {{"subject", {0}}};
    memcpy(all + 1, values, mail_values_max * sizeof *values);
    *out = (struct mail_text){.subject = template_fill(templates, subject, false, all, arena)};
    if (!out->subject.data)
        return STATUS_NO_MEMORY;
    out->subject = all[0].value = subject_clean(out->subject);
    out->text = template_fill(templates, text, false, all, arena);
    out->html = template_fill(templates, templates->kinds[kind].html, true, all, arena);
    return out->text.data && out->html.data ? STATUS_OK : STATUS_NO_MEMORY;
}
