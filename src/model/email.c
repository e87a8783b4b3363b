/* The checks come in the order of email-validator's, because the first that fails is the reason that is given:
 *
 *     ann.lee@mail.example.com
 *     ^^^^^^^ characters, then length, then dots
 *             ^^^^^^^^^^^^^^^^ length, characters, dots and hyphens, labels, the last label
 *
 * A domain's labels are those of DNS. One that begins with xn-- is not decoded. */
#include "model/email.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { local_size_max = 64, domain_size_max = 253, label_size_max = 63 };

/* Writes a reason. Returns false, for the caller to return. */
__attribute__((format(printf, 2, 3))) static bool email_refuse(char *reason, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(reason, email_reason_size, format, args);
    va_end(args);
    return false;
}

static bool email_refuse_size(char *reason, const char *what, size_t size, size_t max) {
    return email_refuse(reason, "%s (%zu character%s too many).", what, size - max,
                        size - max == 1 ? "" : "s");
}

/* ---- Characters. */

static bool is_domain_char(char c) {
    return ascii_is_letter(c) || ascii_is_digit(c) || c == '-' || c == '.';
}

/* RFC 5322's atext and the dot. */
static bool is_local_char(char c) {
    return is_domain_char(c) || (c != '\0' && strchr("!#$%&'*+/=?^_`{|}~", c));
}

/* Appends the name of an ASCII character as Python displays it. */
static void email_name_char(char *reason, char c) {
    size_t used = strlen(reason);
    const char *separator = reason[used - 1] == ' ' ? "" : ", ";
    char *to = reason + used;
    if (c == ' ')
        snprintf(to, email_reason_size - used, "%sSPACE", separator);
    else if (c < ' ' || c == 0x7F)
        snprintf(to, email_reason_size - used, "%sU+%04X", separator, (unsigned)c);
    else if (c == '\\' || c == '\'')
        snprintf(to, email_reason_size - used, "%s\"%c\"", separator, c);
    else
        snprintf(to, email_reason_size - used, "%s'%c'", separator, c);
}

/* Refuses a text if it has other characters than the allowed ones, and names each of them once, in the order of
 * their names. */
static bool email_check_chars(struct str text, bool (*is_allowed)(char), const char *what, const char *where,
                              char *reason) {
    bool is_bad[128] = {false}, has_bad = false, is_ascii = true;
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c >= 128)
            is_ascii = false;
        else if (!is_allowed((char)c))
            is_bad[c] = has_bad = true;
    }
    if (has_bad) {
        email_refuse(reason, "%s contains invalid characters%s: ", what, where);
        static const char first[] = "'\\";
        for (const char *c = first; *c; c++)
            if (is_bad[(unsigned char)*c])
                email_name_char(reason, *c);
        for (int c = '!'; c < 0x7F; c++)
            if (is_bad[c] && !strchr(first, c))
                email_name_char(reason, (char)c);
        if (is_bad[' '])
            email_name_char(reason, ' ');
        for (int c = 0; c < 128; c++)
            if ((c < ' ' || c == 0x7F) && is_bad[c])
                email_name_char(reason, (char)c);
        strncat(reason, ".", email_reason_size - strlen(reason) - 1);
        return false;
    }
    if (!is_ascii)
        return email_refuse(reason, "Internationalized characters %s the @-sign are not supported.",
                            is_allowed == is_local_char ? "before" : "after");
    return true;
}

/* Returns whether two characters stand next to each other. */
static bool has_pair(struct str text, char first, char second) {
    for (size_t i = 1; i < text.size; i++)
        if (text.data[i - 1] == first && text.data[i] == second)
            return true;
    return false;
}

static bool ends_with(struct str text, char c) {
    return text.size > 0 && text.data[text.size - 1] == c;
}

/* ---- The two parts. */

static bool email_check_local(struct str local, char *reason) {
    if (local.size == 0)
        return email_refuse(reason, "There must be something before the @-sign.");
    if (!email_check_chars(local, is_local_char, "The email address", " before the @-sign", reason))
        return false;
    if (local.size > local_size_max)
        return email_refuse_size(reason, "The email address is too long before the @-sign", local.size,
                                 local_size_max);
    if (ends_with(local, '.'))
        return email_refuse(reason, "An email address cannot have a period immediately before the @-sign.");
    if (local.data[0] == '.')
        return email_refuse(reason, "An email address cannot start with a period.");
    if (has_pair(local, '.', '.'))
        return email_refuse(reason, "An email address cannot have two periods in a row.");
    return true;
}

static bool email_check_dots(struct str domain, char *reason) {
    static const struct {
        char c;
        const char *name;
    } ends[] = {{'.', "period"}, {'-', "hyphen"}};
    for (size_t i = 0; i < 2; i++) {
        if (ends_with(domain, ends[i].c))
            return email_refuse(reason, "An email address cannot end with a %s.", ends[i].name);
        if (domain.data[0] == ends[i].c)
            return email_refuse(reason, "An email address cannot have a %s immediately after the @-sign.",
                                ends[i].name);
        if (i == 0 && has_pair(domain, '.', '.'))
            return email_refuse(reason, "An email address cannot have two periods in a row.");
    }
    if (has_pair(domain, '.', '-') || has_pair(domain, '-', '.'))
        return email_refuse(reason, "An email address cannot have a period and a hyphen next to each other.");
    return true;
}

static bool email_check_labels(struct str domain, char *reason) {
    for (struct str rest = domain; rest.size > 0;) {
        struct str label = str_cut(&rest, '.');
        if (label.size >= 4 && label.data[2] == '-' && label.data[3] == '-' &&
            !str_equal_nocase((struct str){label.data, 2}, STR("xn")))
            return email_refuse(reason,
                                "An email address cannot have two letters followed by two dashes "
                                "immediately after the @-sign or after a period, except Punycode.");
    }
    for (struct str rest = domain; rest.size > 0;) {
        struct str label = str_cut(&rest, '.');
        if (label.size > label_size_max)
            return email_refuse_size(reason,
                                     "After the @-sign, periods cannot be separated by so many characters",
                                     label.size, label_size_max);
    }
    return true;
}

/* The names that no mail can go to (RFC 6761, 6762, 7686, and arpa). */
static bool is_special_domain(struct str domain) {
    static const char *const names[] = {"arpa", "invalid", "local", "localhost", "onion", "test"};
    struct str last = domain;
    while (str_find(last, '.') < last.size)
        last = str_skip(last, str_find(last, '.') + 1);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_equal_nocase(last, str_from(names[i])))
            return true;
    return false;
}

static bool email_check_domain(struct str domain, char *reason) {
    static const char what[] = "The part after the @-sign";
    if (domain.size == 0)
        return email_refuse(reason, "There must be something after the @-sign.");
    if (domain.size > domain_size_max)
        return email_refuse_size(reason, "The email address is too long after the @-sign", domain.size,
                                 domain_size_max);
    if (!email_check_chars(domain, is_domain_char, what, "", reason) || !email_check_dots(domain, reason) ||
        !email_check_labels(domain, reason))
        return false;
    if (str_find(domain, '.') == domain.size)
        return email_refuse(reason, "%s is not valid. It should have a period.", what);
    if (!ascii_is_letter(domain.data[domain.size - 1]))
        return email_refuse(reason, "%s is not valid. It is not within a valid top-level domain.", what);
    if (is_special_domain(domain))
        return email_refuse(reason, "%s is a special-use or reserved name that cannot be used with email.",
                            what);
    return true;
}

bool email_valid(struct str text, char reason[static email_reason_size]) {
    struct str domain = text, local = str_cut(&domain, '@');
    if (local.size == text.size)
        return email_refuse(reason, "An email address must have an @-sign.");
    if (!email_check_local(local, reason) || !email_check_domain(domain, reason))
        return false;
    if (text.size > email_size_max)
        return email_refuse_size(reason, "The email address is too long", text.size, email_size_max);
    return true;
}
