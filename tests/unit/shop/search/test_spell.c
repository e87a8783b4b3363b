/* The search: which misspelt words find a term, and by which keys. */
#include "search_shop.h"

#include "shop/index/letters.h"
#include "shop/search/spell.h"

static void spelling_is_measured_in_letters(void **state) {
    (void)state;
    static const struct {
        const char *a, *b;
        size_t most, distance;
    } rows[] = {
        {"lamp", "lamp", 2, 0},
        {"hedphones", "headphones", 2, 1},
        {"keybord", "keyboard", 1, 1},
        {"teh", "the", 2, 1},
        {"lampp", "lamp", 2, 1},
        {"clamp", "lamp", 2, 1},
        {"lamp", "mug", 2, 3},
        {"lamp", "lame", 1, 1},
        {"kettle", "kitten", 2, 3},
        {"ca", "abc", 3, 3},
        {"", "ab", 2, 2},
        {"\xC3\xB8l", "ol", 2, 1},
        {"headphones", "lamp", 2, 3},
        {"bagpack", "backpack", 1, 2},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_number_of(rows[i].a, spell_distance(str_from(rows[i].a), str_from(rows[i].b), rows[i].most),
                         rows[i].distance);
    assert_int_equal(spell_distance_max(STR("mug")), 0);
    assert_int_equal(spell_distance_max(STR("lamps")), 1);
    assert_int_equal(spell_distance_max(STR("kettle")), 2);
}

static uint32_t cost_of(const char *typed, const char *meant) {
    struct letters a, b;
    letters_read(str_from(typed), &a);
    letters_read(str_from(meant), &b);
    return letters_cost(&a, &b);
}

static void what_is_often_mistyped_costs_less(void **state) {
    (void)state;
    static const struct {
        const char *typed, *meant;
        uint32_t cost;
    } rows[] = {
        {"lamp", "lamp", 0},      {"lapm", "lamp", 60},     {"lemp", "lamp", 60},
        {"lamo", "lamp", 70},     {"lajp", "lamp", 70},     {"laxp", "lamp", 100},
        {"kettel", "kettle", 60}, {"ketle", "kettle", 50},  {"kettlle", "kettle", 50},
        {"ketlte", "kettle", 60}, {"lmp", "lamp", 80},      {"lamps", "lamp", 80},
        {"kamp", "lamp", 80},     {"xamp", "lamp", 110},    {"amp", "lamp", 90},
        {"", "lamp", 320},        {"\xC3\xB8l", "ol", 110},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_number_of(rows[i].typed, cost_of(rows[i].typed, rows[i].meant), rows[i].cost);
}

static void keys_leave_letters_out(void **state) {
    static const struct {
        const char *word, *keys;
        size_t distance;
    } rows[] = {
        {"lap", "[\"\",\"lap4\"]", 1},
        {"lamp", "[\"\",\"lamp4\",\"amp4\",\"lmp4\",\"lap4\",\"lam4\",\"lamp5\"]", 1},
        {"\xC3\xA4\xC3\xB6\xC3\xBCx",
         "[\"\",\"\xC3\xA4\xC3\xB6\xC3\xBCx4\",\"\xC3\xB6\xC3\xBCx4\",\"\xC3\xA4\xC3\xBCx4\",\"\xC3\xA4\xC3\xB6x4\","
         "\"\xC3\xA4\xC3\xB6\xC3\xBC"
         "4\",\"\xC3\xA4\xC3\xB6\xC3\xBCx5\"]",
         1},
    };
    struct shop *shop = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf keys = buf_new(&shop->arena);
        struct letters letters;
        letters_read(str_from(rows[i].word), &letters);
        letters_put_keys(&keys, &letters, rows[i].distance);
        check_text(buf_str(&keys), str_from(rows[i].keys), rows[i].word, __FILE__, __LINE__);
    }
}

/* Whether a term has a key of a word. */
static bool has_key(struct shop *shop, const char *word, const char *term) {
    static const struct sql sql = {
        "SELECT count(*) FROM search_spellings WHERE term = $1 AND key IN (SELECT value FROM json_each($2))",
        "SELECT count(*) FROM search_spellings WHERE term = $1"
        " AND key IN (SELECT json_array_elements_text(CAST($2 AS json)))"};
    struct buf keys = buf_new(&shop->arena);
    struct letters letters;
    int64_t count = 0;
    letters_read(str_from(word), &letters);
    letters_put_keys(&keys, &letters, spell_distance_max(str_from(word)));
    assert_true(buf_ok(&keys));
    assert_int_equal(
        db_get_int(shop->ctx.db, &sql, ARGS(db_text(str_from(term)), db_text(buf_str(&keys))), &count),
        STATUS_OK);
    return count > 0;
}

/* Changes one letter of a word into each other form of it, and hands each to `check`. */
static void each_error(struct shop *shop, const char *word, int more,
                       void (*check)(struct shop *shop, const char *word, const char *term),
                       const char *term) {
    char wrong[32];
    size_t size = strlen(word);
    for (size_t i = 0; i < size; i++) {
        memcpy(wrong, word, size + 1);
        wrong[i] = 'q';
        more ? each_error(shop, wrong, more - 1, check, term) : check(shop, wrong, term);
        memcpy(wrong + i, word + i + 1, size - i);
        more ? each_error(shop, wrong, more - 1, check, term) : check(shop, wrong, term);
        memcpy(wrong, word, i);
        wrong[i] = 'q';
        memcpy(wrong + i + 1, word + i, size - i + 1);
        more ? each_error(shop, wrong, more - 1, check, term) : check(shop, wrong, term);
    }
}

static void check_has_key(struct shop *shop, const char *word, const char *term) {
    struct str typed = str_from(word), meant = str_from(term);
    size_t distance = spell_distance(typed, meant, 2);
    if (distance > 0 && distance <= spell_distance_max(typed) && (distance < 2 || meant.size >= 7))
        assert_true(has_key(shop, word, term));
}

static void a_term_is_found_whichever_letters_are_wrong(void **state) {
    struct shop *shop = *state;
    for (size_t i = 0; i < 2; i++)
        add(shop, "Lamp mugs kettle grinder keyboard headphones", "", "", 100);
    static const char *const terms[] = {"lamp", "mugs", "kettle", "grinder", "keyboard", "headphones"};
    for (size_t i = 0; i < COUNT(terms); i++) {
        each_error(shop, terms[i], 0, check_has_key, terms[i]);
        each_error(shop, terms[i], 1, check_has_key, terms[i]);
        for (size_t j = 1; terms[i][j]; j++) {
            char swapped[32];
            memcpy(swapped, terms[i], strlen(terms[i]) + 1);
            swapped[j - 1] = terms[i][j], swapped[j] = terms[i][j - 1];
            check_has_key(shop, swapped, terms[i]);
        }
        arena_reset(&shop->arena);
    }
}

static void words_of_one_product_have_hardly_any_keys(void **state) {
    static const struct sql
        count_sql = SQL("SELECT count(*) FROM search_spellings WHERE term = $1"),
        set_sql = SQL("UPDATE search_terms SET documents = 3, titles = 0, words = $1 WHERE term = $2");
    static const struct {
        int64_t words, lamp, keyboard;
    } rows[] = {{1, 0, 1}, {2, 5, 6}, {3, 5, 6}, {1, 0, 1}, {0, 0, 0}, {2, 5, 6}, {0, 0, 0}};
    struct shop *shop = *state;
    add(shop, "Lamp keyboard", "", "", 100);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct str terms[] = {STR("lamp"), STR("keyboard")};
        int64_t counts[2];
        for (size_t t = 0; t < COUNT(terms); t++) {
            assert_int_equal(
                db_exec(shop->ctx.db, &set_sql, ARGS(db_int(rows[i].words), db_text(terms[t])), NULL),
                STATUS_OK);
            assert_int_equal(db_get_int(shop->ctx.db, &count_sql, ARGS(db_text(terms[t])), &counts[t]),
                             STATUS_OK);
        }
        assert_int_equal(counts[0], rows[i].lamp);
        assert_int_equal(counts[1], rows[i].keyboard);
    }
}

static void check_is_found(struct shop *shop, const char *word, const char *term) {
    struct str typed = str_from(word);
    size_t distance = spell_distance(typed, str_from(term), 2);
    if (distance > 0 && distance <= spell_distance_max(typed))
        check_text(found_names(shop, word), str_from(term), word, __FILE__, __LINE__);
    arena_reset(&shop->arena);
}

#define LAMP_GREEK "\xCE\xBB\xCE\xB1\xCE\xBC\xCF\x80\xCE\xB1"
#define LAMP_RUSSIAN "\xD0\xBB\xD0\xB0\xD0\xBC\xD0\xBF\xD0\xB0"

static void a_word_of_one_product_is_found_whichever_letter_is_wrong(void **state) {
    static const char *const terms[] = {"lamp", "keyboard", LAMP_GREEK, LAMP_RUSSIAN};
    static const struct {
        const char *typed, *term;
    } rows[] = {
        {"lmap", "lamp"},
        {"kyebaord", "keyboard"},
        {"kayboerd", "keyboard"},
        {"eyboart", "keyboard"},
        {"kkeyboad", "keyboard"},
        {"xxyboard", "keyboard"},
        {"\xD0\xBB\xD0\xB0\xD0\xBF\xD0\xBC\xD0\xB0", LAMP_RUSSIAN},
        {"\xD0\xBC\xD0\xB0\xD0\xBC\xD0\xBF\xD0\xB0", LAMP_RUSSIAN},
        {"\xCE\xBB\xCF\x80\xCE\xBC\xCF\x80\xCE\xB1", LAMP_GREEK},
    };
    struct shop *shop = *state;
    for (size_t i = 0; i < COUNT(terms); i++)
        add(shop, terms[i], "", "", 100);
    each_error(shop, terms[0], 0, check_is_found, terms[0]);
    each_error(shop, terms[1], 0, check_is_found, terms[1]);
    for (size_t i = 0; i < COUNT(rows); i++)
        check_is_found(shop, rows[i].typed, rows[i].term);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spelling_is_measured_in_letters),
        cmocka_unit_test(what_is_often_mistyped_costs_less),
        IN_SHOP(keys_leave_letters_out),
        IN_SHOP(words_of_one_product_have_hardly_any_keys),
        IN_SHOP(a_word_of_one_product_is_found_whichever_letter_is_wrong),
        IN_SHOP(a_term_is_found_whichever_letters_are_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
