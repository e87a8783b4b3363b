/* Points of names, and the order of the first products. */
#include "shop.h"

#include "shop/search/rerank.h"

/* A query whose words are all known to the shop, but for those that begin with `!`. */
static struct query *query_of(struct shop_ctx *ctx, struct stemmer *stemmer, const char *text) {
    struct query *query;
    assert_int_equal(query_read_words(ctx, stemmer, str_from(text), &query), STATUS_OK);
    for (size_t i = 0; i < query->count && text[0] != '!'; i++)
        query->words[i].terms[query->words[i].count++].kind = MATCH_WORD;
    return query;
}

static void a_name_gets_points_for_its_head_and_for_neighbours(void **state) {
    (void)state;
    enum { head = rerank_head_points, pair = rerank_pair_points };
    static const struct {
        const char *q, *name;
        uint32_t points;
    } rows[] = {
        {"bike", "Children's bike, 16 inch", head},
        {"bike", "Bike", head},
        {"bike", "Bike seat", 0},
        {"bikes", "City bike", head},
        {"bike", "City bikes (2)", head},
        {"bike", "Bell, bike", 0},
        {"bike", "Bell for a bike", 0},
        {"bike for children", "Children's bike, 16 inch", head},
        {"bike for children", "Seat carrier for bikes, children", 0},
        {"children bike", "Children's bike", head + pair},
        {"bike children", "Children's bike", 0},
        {"children bike", "Children's red bike", head},
        {"children bike", "Seat for children, bike", 0},
        {"bike", "Acme - City bike 3000 - red", head},
        {"bike", "Acme \xE2\x80\x93 City bike", head},
        {"bike", "All-terrain bike 28\"", head},
        {"phone 15", "Phone 15", head + pair},
        {"phone 15", "Phone 15 case", pair},
        {"table lamp", "Mushroom table lamp", head + pair},
        {"table lamp", "Lamp for a bedside table", head},
        {"solid oak table", "Solid oak table with drawer", head + 2 * pair},
        {"table with drawer", "Table with drawer", head},
        {"with", "Table with", 0},
        {"12 34", "12 34", pair},
        {"ketle", "Kettle", 0},
        {"!ketle", "Kettle", head},
        {"chil", "Toy for children", 0},
        {"bi", "City bike", head},
        {"bi chair", "Bike chair", head},
        {"bike", "", 0},
        {"bike", "!!!", 0},
    };
    struct arena arena;
    arena_init(&arena, test_arena_bytes_max);
    struct shop_ctx ctx = {.arena = &arena};
    struct stemmer stemmer;
    assert_int_equal(stemmer_open(&stemmer, &language_english), STATUS_OK);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct query *query = query_of(&ctx, &stemmer, rows[i].q);
        uint32_t points = rerank_points(&stemmer, query, str_from(rows[i].name));
        if (points != rows[i].points)
            fail_msg("%s in %s: %u", rows[i].q, rows[i].name, points);
    }
    stemmer_close(&stemmer);
    arena_free(&arena);
}

static void each_language_has_its_head_and_its_complements(void **state) {
    (void)state;
    enum { head = rerank_head_points, pair = rerank_pair_points };
    static const struct {
        const char *language, *q, *name;
        uint32_t points;
    } rows[] = {
        {"de", "fahrrad", "Fahrrad f\xC3\xBCr Kinder", head},
        {"de", "fahrrad", "Kindersitz f\xC3\xBCr Fahrrad", 0},
        {"de", "tisch aus eiche", "Tisch aus Eiche", head},
        {"de", "lampe", "Schirm zur Lampe", 0},
        {"de", "lampe", "Tischlampe, rot", head},
        {"de", "st\xC3\xBChle", "Gartenstuhl aus Holz", head},
        {"de", "schere", "Gartenschere", head},
        {"de", "lampe", "H\xC3\xBClle f\xC3\xBCr Tischlampe", 0},
        {"en", "lamp", "Tablelamp", 0},
        {"nl", "fiets", "Fiets voor kinderen", head},
        {"nl", "fiets", "Zitje voor fiets", 0},
        {"sv", "cykel", "Cykel f\xC3\xB6r barn", head},
        {"sv", "cykel", "Sadel till cykel", 0},
        {"da", "cykel", "Cykel til b\xC3\xB8rn", head},
        {"nb", "sykkel", "Sete til sykkel", 0},
        {"fr", "v\xC3\xA9lo", "V\xC3\xA9lo pour enfant", head},
        {"fr", "v\xC3\xA9lo enfant", "V\xC3\xA9lo pour enfant", head},
        {"fr", "v\xC3\xA9lo", "Selle de v\xC3\xA9lo", 0},
        {"fr", "v\xC3\xA9lo", "V\xC3\xA9lo enfant rouge", head},
        {"fr", "v\xC3\xA9lo", "Si\xC3\xA8ge v\xC3\xA9lo", 0},
        {"fr", "pneu", "Le pneu d'hiver", head},
        {"fr", "table basse", "Acme - Table basse ronde", head + pair},
        {"it", "bicicletta", "Bicicletta da corsa", head},
        {"it", "bicicletta", "Sella per bicicletta", 0},
        {"es", "mesa", "Mesa redonda", head},
        {"es", "mesa", "L\xC3\xA1mpara de mesa", 0},
        {"pt", "mesa", "Abajur para mesa", 0},
        {"fi", "pyora", "Lasten py\xC3\xB6r\xC3\xA4", head},
    };
    struct arena arena;
    arena_init(&arena, test_arena_bytes_max);
    struct shop_ctx ctx = {.arena = &arena};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct stemmer stemmer;
        assert_int_equal(stemmer_open(&stemmer, language_find(str_from(rows[i].language))), STATUS_OK);
        struct query *query = query_of(&ctx, &stemmer, rows[i].q);
        uint32_t points = rerank_points(&stemmer, query, str_from(rows[i].name));
        if (points != rows[i].points)
            fail_msg("%s: %s in %s: %u", rows[i].language, rows[i].q, rows[i].name, points);
        stemmer_close(&stemmer);
    }
    arena_free(&arena);
}

static void the_first_products_are_ordered_and_the_others_stay(void **state) {
    (void)state;
    enum { all = rerank_count + 2 };
    struct arena arena;
    arena_init(&arena, test_arena_bytes_max);
    struct shop_ctx ctx = {.arena = &arena};
    struct stemmer stemmer;
    assert_int_equal(stemmer_open(&stemmer, &language_english), STATUS_OK);
    struct query *query = query_of(&ctx, &stemmer, "bike");
    struct product products[all];
    uint16_t scores[all];
    for (size_t i = 0; i < all; i++) {
        products[i] =
            (struct product){.name = STR("Bike seat"), .price = (int64_t)i, .stock_quantity = i != 3};
        scores[i] = i < 10 ? 1000 : 900;
    }
    products[rerank_count - 1].name = STR("City bike");
    products[rerank_count].name = STR("City bike");
    assert_int_equal(rerank_products(query, scores, products, all), STATUS_OK);
    static const int64_t order[] = {rerank_count - 1, 0, 1, 2, 4, 5, 6, 7, 8, 9, 3, 10, 11};
    for (size_t i = 0; i < COUNT(order); i++)
        assert_int_equal(products[i].price, order[i]);
    assert_int_equal(products[rerank_count].price, rerank_count);
    assert_int_equal(rerank_products(query, scores, products, 0), STATUS_OK);
    stemmer_close(&stemmer);
    arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_gets_points_for_its_head_and_for_neighbours),
        cmocka_unit_test(each_language_has_its_head_and_its_complements),
        cmocka_unit_test(the_first_products_are_ordered_and_the_others_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
