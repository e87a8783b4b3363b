/* mail: what a template's names become, which templates are refused, and how a message is written. */
#include "files.h"
#include "test.h"

#include "mail/message.h"
#include "mail/template.h"

static struct arena arena;

static int arena_new(void **state) {
    (void)state;
    arena_init(&arena, test_arena_bytes_max);
    return 0;
}

static int arena_over(void **state) {
    (void)state;
    arena_free(&arena);
    return 0;
}

#define NASTY "<b>Ann & 'Bo'</b>\r\nBcc: x@example.com {{link}}"

static void names_become_values_and_are_escaped_in_html_alone(void **state) {
    (void)state;
    struct mail_templates built_in = mail_templates_built_in();
    struct mail_value values[mail_values_max] = {{"shop", STR("Lamps & Co\r\nBcc: y@example.com")},
                                                 {"shop_url", STR("https://lamps.example")},
                                                 {"inviter", STR(NASTY)}};
    struct mail_text mail;
    assert_int_equal(mail_render(&built_in, MAIL_STAFF_INVITE, values, &arena, &mail), STATUS_OK);
    assert_text(mail.subject, "You are invited to the staff of Lamps & Co  Bcc: y@example.com");
    assert_has(mail.text, NASTY " invites you to the staff of Lamps & Co");
    assert_has(mail.html,
               "&lt;b&gt;Ann &amp; &#39;Bo&#39;&lt;/b&gt;\r\nBcc: x@example.com {{link}} invites you");
    assert_has(mail.html, "<a href=\"\" class"); /* a name without a value */
    assert_has_not(mail.text, "Subject:");
}

static void a_subject_is_cut_between_characters(void **state) {
    (void)state;
    static char name[mail_subject_max];
    struct mail_templates built_in = mail_templates_built_in();
    struct mail_text mail;
    for (size_t i = 0; i + 1 < sizeof name; i += 2)
        memcpy(name + i, "é", 2);
    struct mail_value values[mail_values_max] = {{"shop", {name, sizeof name}}};
    assert_int_equal(mail_render(&built_in, MAIL_STAFF_INVITE, values, &arena, &mail), STATUS_OK);
    assert_true(mail.subject.size <= mail_subject_max && mail.subject.size >= mail_subject_max - 1);
    assert_true(utf8_valid(mail.subject));
}

static void file_write(const char *path, const char *text, size_t size) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void files_of_the_owner_take_the_place_of_those_built_in(void **state) {
    struct folder *folder = *state;
    struct mail_templates templates;
    struct mail_text mail;
    struct mail_value values[mail_values_max] = {{"shop", STR("Lamps")}};
    char error[mail_template_error_size];
    static const char text[] = "Subject: Hi from {{ shop }}\r\n\r\n{{shop}} } {{shop_url}}{ {";
    file_write(file_in(folder, "mail_test.txt"), text, sizeof text - 1);
    arena_new(NULL);
    assert_int_equal(mail_templates_read(folder->path, &arena, &templates, error), STATUS_OK);
    assert_int_equal(mail_render(&templates, MAIL_TEST, values, &arena, &mail), STATUS_OK);
    assert_text(mail.subject, "Hi from Lamps");
    assert_text(mail.text, "Lamps } { {");
    assert_has(mail.html, "<strong>Lamps</strong> can send mail");
    arena_over(NULL);
}

static void every_mail_has_the_head_and_the_foot(void **state) {
    struct folder *folder = *state;
    struct mail_templates templates;
    struct mail_value values[mail_values_max] = {{"shop", STR("A & {{shop}}")}};
    struct mail_text mail;
    char error[mail_template_error_size];
    static const char text[] = "{{subject}}: {{shop}}\n", head[] = "<title>{{subject}}</title>\n";
    arena_new(NULL);
    file_write(file_in(folder, "mail_foot.txt"), text, sizeof text - 1);
    file_write(file_in(folder, "mail_head.html"), head, sizeof head - 1);
    assert_int_equal(mail_templates_read(folder->path, &arena, &templates, error), STATUS_OK);
    for (int kind = 0; kind < MAIL_KIND_COUNT; kind++) {
        assert_int_equal(mail_render(&templates, (enum mail_kind)kind, values, &arena, &mail), STATUS_OK);
        assert_true(str_starts(mail.text, STR("Hello,\n\n")));
        assert_true(str_starts(mail.html, STR("<title>")));
        assert_has(mail.text, ": A & {{shop}}\n"); /* a value is no template */
        assert_has(mail.html, "A &amp; {{shop}}<br>");
        assert_has(mail.html, "</html>");
    }
    arena_over(NULL);
}

static void a_wrong_template_is_refused_with_its_name(void **state) {
    struct folder *folder = *state;
    static const struct {
        const char *text, *error;
    } rows[] = {
        {"Subject: a\n\n{{shop}} {{nmae}}", "there is no name {{nmae}} in a mail of this kind"},
        {"Subject: {{link}}\n\n", "there is no name {{link}} in a mail of this kind"},
        {"Subject: a\n\n{{shop", "there is no name {{{{shop}}"},
        {"Subject: a\n\n{{}}", "there is no name {{}}"},
        {"Subject: a\n\n{{\x1b[1m}}", "there is no name {{?[1m}}"},
        {"Subject: a\nText", "must begin with a line 'Subject: …' and an empty line"},
        {"Subject: \n\nText", "must begin with a line 'Subject: …'"},
        {"Hello", "must begin with a line 'Subject: …'"},
        {"", "must begin with a line 'Subject: …'"},
        {"Subject: a\n\n\xff", "is not UTF-8"},
    };
    arena_new(NULL);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct mail_templates templates;
        char error[mail_template_error_size] = "";
        file_write(file_in(folder, "mail_test.txt"), rows[i].text, strlen(rows[i].text));
        assert_number_of(rows[i].text, mail_templates_read(folder->path, &arena, &templates, error),
                         STATUS_USAGE);
        assert_has(str_from(error), rows[i].error);
        assert_has(str_from(error), "mail_test.txt");
    }
    arena_over(NULL);
}

static void the_templates_built_in_are_right_themselves(void **state) {
    struct folder *folder = *state; /* empty */
    struct mail_templates templates;
    char error[mail_template_error_size];
    arena_new(NULL);
    assert_int_equal(mail_templates_read(folder->path, &arena, &templates, error), STATUS_OK);
    assert_int_equal(mail_templates_read(file_in(folder, "missing"), &arena, &templates, error),
                     STATUS_USAGE);
    arena_over(NULL);
}

static const struct mail_message plain = {.from = {"shop@lamps.example", 18},
                                          .to = {"ann@example.com", 15},
                                          .subject = {"Hi", 2},
                                          .text = {"a", 1},
                                          .html = {"b", 1},
                                          .at_us = INT64_C(1795399409000000)};

static struct str written(const struct mail_message *message) {
    struct buf out = buf_new(&arena);
    assert_int_equal(mail_message_write(message, &out), STATUS_OK);
    return buf_str(&out);
}

static void a_message_is_what_rfc_5322_wants(void **state) {
    (void)state;
    assert_text(
        written(&plain),
        "From: <shop@lamps.example>\r\nTo: <ann@example.com>\r\nSubject: Hi\r\n"
        "Date: Mon, 23 Nov 2026 02:03:29 +0000\r\n"
        "Message-ID: <00000000-0000-0000-0000-000000000000@lamps.example>\r\n"
        "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/alternative;\r\n boundary=\"=00000000-0000-0000-0000-000000000000\"\r\n\r\n"
        "--=00000000-0000-0000-0000-000000000000\r\nContent-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\na\r\n"
        "--=00000000-0000-0000-0000-000000000000\r\nContent-Type: text/html; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\nb\r\n"
        "--=00000000-0000-0000-0000-000000000000--\r\n");
}

static void a_name_is_quoted_or_encoded(void **state) {
    (void)state;
    struct mail_message message = plain;
    message.from_name = STR("Ann \"A\" \\ Co, Ltd");
    assert_has(written(&message), "From: \"Ann \\\"A\\\" \\\\ Co, Ltd\"\r\n <shop@lamps.example>\r\n");
    message.from_name = STR("Übung");
    assert_has(written(&message), "From: =?UTF-8?B?w5xidW5n?=\r\n <shop@lamps.example>\r\n");
    message.subject = STR("=?UTF-8?B?w5w=?= is not read as an encoded word");
    assert_has(written(&message), "Subject: =?UTF-8?B?PT9VVEYtOD9CP3c1dz0/PSBp");
}

static void a_body_is_in_lines_of_76_bytes_at_most(void **state) {
    (void)state;
    static char text[4096];
    struct mail_message message = plain;
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = "a. =\n\t\r~"[i * 7 % 8 * (i % 97 != 0)];
    message.text = (struct str){text, sizeof text};
    struct str rest = written(&message);
    while (rest.size > 0) {
        struct str line = str_cut(&rest, '\n');
        assert_true(line.size > 0 && line.size <= 77 && line.data[line.size - 1] == '\r');
        assert_false(line.data[0] == '.');
    }
    static const char full[] = "123456789012345678901234567890123456789012345678901234567890123456789012345.";
    message.text = STR(full); /* the full stop would begin a line */
    assert_has(written(&message), "9012345=\r\n=2E\r\n");
    message.text = STR("dot\n.\n..\ntrailing \nmixed\rends\r\né=");
    assert_has(written(&message),
               "\r\n\r\ndot\r\n=2E\r\n=2E.\r\ntrailing=20\r\nmixed\r\nends\r\n=C3=A9=3D\r\n");
}

static void a_control_character_ends_no_header(void **state) {
    (void)state;
    struct mail_message messages[] = {plain, plain, plain, plain};
    messages[0].from_name = STR("Ann\r\nBcc: x@example.com");
    messages[1].from = STR("a@b.example\n");
    messages[2].to = STR("a@b.example\r");
    messages[3].subject = BYTES("Hi\0");
    for (size_t i = 0; i < COUNT(messages); i++) {
        struct buf out = buf_new(&arena);
        assert_int_equal(mail_message_write(&messages[i], &out), STATUS_INVALID);
        assert_int_equal(out.size, 0);
    }
}

#define IN_ARENA(test) cmocka_unit_test_setup_teardown(test, arena_new, arena_over)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_ARENA(names_become_values_and_are_escaped_in_html_alone),
        IN_ARENA(a_message_is_what_rfc_5322_wants),
        IN_ARENA(a_name_is_quoted_or_encoded),
        IN_ARENA(a_body_is_in_lines_of_76_bytes_at_most),
        IN_ARENA(a_control_character_ends_no_header),
        IN_ARENA(a_subject_is_cut_between_characters),
        WITH_FOLDER(files_of_the_owner_take_the_place_of_those_built_in),
        WITH_FOLDER(every_mail_has_the_head_and_the_foot),
        WITH_FOLDER(a_wrong_template_is_refused_with_its_name),
        WITH_FOLDER(the_templates_built_in_are_right_themselves),
    };
    return cmocka_run_group_tests_name("mail", tests, NULL, NULL);
}
