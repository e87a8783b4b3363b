/* The search index: how texts become words, and that the index follows every change of the products. */
#include "index_dump.h"

#include "shop/index/measures.h"

/* ---- words ---- */

static void a_text_is_split_into_folded_words(void **state) {
    static const struct {
        const char *text, *words;
    } rows[] = {
        {"", ""},
        {"  \t\n ", ""},
        {"!?;-\"'", ""},
        {"Desk lamp", "desk|lamp"},
        {"USB-C charger", "usb|c|charger"},
        {"Cafeti\xC3\xA8re, 1 L", "cafetiere|1|l"},
        {"Cafetie\xCC\x80re", "cafetiere"},
        {"CR\xC3\x88ME BR\xC3\x9BL\xC3\x89"
         "E",
         "creme|brulee"},
        {"Chef's knife", "chefs|knife"},
        {"Chef\xE2\x80\x99s", "chefs"},
        {"20,000 mAh", "20000|mah"},
        {"20.000 mAh, 1,234,567.50", "20000|mah|1234567.50"},
        {"1.8 L, 3,5 0.125", "1.8|l|3.5|0.125"},
        {"1,2,3 v1.2.345 1234,567 12,3456", "1.2|3|v1.2.345|1234.567|12.3456"},
        {"sold out. 5., 7.", "sold|out|5|7"},
        {"U.S.A. e.g., S.T.Dupont. a.b1 no.x", "usa|eg|st|dupont|a|b1|no|x"},
        {"rock'n'roll Rock \xE2\x80\x99N\xE2\x80\x99 Roll drum\xE2\x80\x99n\xE2\x80\x99"
         "bass",
         "rock|n|roll|rock|n|roll|drum|n|bass"},
        {"women's o'neill's", "womens|oneills"},
        {"stra\xC3\x9F"
         "e",
         "strasse"},
        {"Sm\xC3\xB8rrebr\xC3\xB8"
         "d",
         "smorrebrod"},
        {"\xC3\x86ther \xC5\x81\xC3\xB3"
         "d\xC5\xBA",
         "aether|lodz"},
        {"\xEF\xBC\xA1\xEF\xBC\xA2\xEF\xBC\x93", "ab3"},
        {"\xEF\xAC\x81lter", "filter"},
        {"\xE2\x91\xB4 \xCD\xBA"
         "09",
         "1|09"},
        {"co\xC2\xADoperate", "cooperate"},
        {"\xD0\x9B\xD0\x90\xD0\x9C\xD0\x9F\xD0\x90", "\xD0\xBB\xD0\xB0\xD0\xBC\xD0\xBF\xD0\xB0"},
        {"\xE8\x80\xB3\xE6\x9C\xBA", "\xE8\x80\xB3|\xE6\x9C\xBA"},
        {"mug\xF0\x9F\x98\x80mug", "mug|mug"},
        {"a\xFF"
         "b",
         "a|b"},
        {"0123456789012345678901234567890123456789012345678901234567890123456789",
         "012345678901234567890123456789012345678901234567"},
    };
    struct shop *shop = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str rest = str_from(rows[i].text);
        struct word word;
        struct buf got = buf_new(&shop->arena);
        buf_put_text(&got, "");
        while (word_next(&language_english, &rest, &word)) {
            buf_put(&got, got.size ? STR("|") : STR(""));
            buf_put(&got, word_text(&word));
        }
        check_text(text_of(got.size ? got.data : "", got.size), str_from(rows[i].words), rows[i].text,
                   __FILE__, __LINE__);
    }
}

static void a_word_knows_how_it_was_written(void **state) {
    (void)state;
    struct str rest = STR(" - Cafeti\xC3\xA8re, (Chef's) ");
    struct word word;
    assert_true(word_next(&language_english, &rest, &word));
    assert_text(word.written, "Cafeti\xC3\xA8re");
    assert_true(word_next(&language_english, &rest, &word));
    assert_text(word.written, "Chef's");
    assert_false(word_next(&language_english, &rest, &word));
}

static void words_of_one_stem_meet(void **state) {
    (void)state;
    static const char *const rows[][2] = {{"lamps", "lamp"},
                                          {"grinding", "grind"},
                                          {"knives", "knife"},
                                          {"lighting", "lights"},
                                          {"mice", "mouse"},
                                          {"boxes", "box"},
                                          {"folding", "folded"},
                                          {"shelves", "shelf"},
                                          {"batteries", "battery"},
                                          {"headphones", "headphone"},
                                          {"bras", "bra"},
                                          {"skis", "ski"},
                                          {"tvs", "tv"},
                                          {"dvds", "dvd"},
                                          {"pros", "pro"},
                                          {"buses", "bus"},
                                          {"gases", "gas"},
                                          {"lenses", "lens"},
                                          {"glasses", "glass"},
                                          {"dresses", "dress"},
                                          {"spas", "spa"},
                                          {"cds", "cd"},
                                          {"women", "womens"},
                                          {"womens", "woman"},
                                          {"mens", "man"},
                                          {"childrens", "child"}};
    struct stemmer stemmer;
    assert_int_equal(stemmer_open(&stemmer, &language_english), STATUS_OK);
    for (size_t i = 0; i < COUNT(rows); i++) {
        char first[word_bytes_max];
        struct str a = stemmer_stem(&stemmer, str_from(rows[i][0]), true);
        memcpy(first, a.data, a.size);
        struct str b = stemmer_stem(&stemmer, str_from(rows[i][1]), true);
        check_text(text_of(first, a.size), b, rows[i][0], __FILE__, __LINE__);
    }
    assert_text(stemmer_stem(&stemmer, STR("a5s"), false), "a5s");
    static const char *const kept[] = {"gas",  "bus", "lens", "glass", "dress", "us",
                                       "plus", "gps", "this", "yes",   "ps"};
    for (size_t i = 0; i < COUNT(kept); i++)
        assert_text(stemmer_stem(&stemmer, str_from(kept[i]), true), kept[i]);
    static const char *const numbers[][2] = {{"3.0", "3"},         {"1.50", "1.5"}, {"usb3.00", "usb3"},
                                             {"8.0.30", "8.0.30"}, {"3.5", "3.5"},  {"10", "10"},
                                             {"a.0b0", "a.0b0"}};
    for (size_t i = 0; i < COUNT(numbers); i++)
        assert_text(stemmer_stem(&stemmer, str_from(numbers[i][0]), false), numbers[i][1]);
    stemmer_close(&stemmer);
}

static void a_name_has_models_as_they_are_written(void **state) {
    static const struct {
        const char *name, *terms;
    } rows[] = {
        {"Desk lamp", ""},
        {"Sony WH-1000XM5", "xm5|wh1000xm5"},
        {"WH1000XM5", "1000xm5|xm5|wh"},
        {"WH 1000 XM5", "wh1000|1000xm5|wh1000xm5"},
        {"iPhone 15 Pro", "iphone15|15pro"},
        {"Nikon D 750, 24 megapixels", "d750"},
        {"USB 3.0 hub", "usb3.0|3.0hub"},
        {"Windows 2000, Technic 42115, WH 10005", "windows2000|wh10005"},
        {"Tray PC-2200 WH-1234Z", "pc2200|2200wh|pc2200wh|wh1234z"},
        {"Jack 3.5 mm", "3.5mm|jack3.5"},
        {"12 ft. ladder", "12ft"},
        {"12-Foot ladder", "12ft|12foot"},
        {"12' ladder", "12ft"},
        {"12\xE2\x80\x99 ladder", "12ft"},
        {"12FT ladder", "12ft"},
        {"12feet ladder", "12ft"},
        {"52 in. fan, 52\" fan", "52in"},
        {"52 in fan", "52in"},
        {"6'0\" tall", ""},
        {"3/4 in. pipe", "3/4in"},
        {"1-1/2 in. pipe", "1/2in"},
        {"1,800-Watt heater", "1800w|1800watt"},
        {"2 in. x 4 in. x 8 ft. stud", "2in|2x4|2x4x8|4x8|4in|x4|8ft|x8"},
        {"8 \xC3\x97 42 binoculars", "8x42"},
        {"2x4x8", "2x4|2x4x8|4x8|x4x8|x8"},
        {"35 in. W x 64 in. H blind", "35in|35x64|64in|x64"},
        {"5 by 7 frame", "5x7"},
        {"1 by 2 by 3 by 4", "1x2|1x2x3|2x3|2x3x4|3x4"},
        {"3/4 in. x 10 ft. pipe", "3/4in|3/4x10|10ft|x10"},
        {"12 ,", ""},
        {"4th", ""},
        {"99999999999 ft.", "99999999999ft"},
        {"Rock'n'roll", "rockn|nroll|rocknroll"},
        {"Rock\xE2\x80\x99n\xE2\x80\x99roll", "rockn|nroll|rocknroll"},
        {"Set of 3 for 2 in 1", ""},
        {"T-shirt, USB-C, noise-cancelling", "tshirt|usbc"},
        {"2023-24 10 20", ""},
        {"a1b2c3d4e5f6", ""},
        {"Lamp - 40 W", "40w"},
        {"Drive 64 GiB, 64 GiBs, tele-zoom, fix-zoom, a1b2c, a1b2c3", "drive64|64gib|fixzoom|1b2c|b2c|2c"},
        {"\xE3\x82\xB1\xE3\x83\xBC\xE3\x82\xB9 \xE8\x80\xB3", "\xE3\x83\xBC\xE3\x82\xB9"},
        {"Extraordinarilylongwordofmorethanthirtyletters-15 1234567890",
         "extraordinarilylongwordofmorethanthirtyletters15"},
    };
    struct shop *shop = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct word terms[model_terms_max];
        size_t count = model_terms_of(&language_english, str_from(rows[i].name), terms);
        struct buf got = buf_new(&shop->arena);
        buf_put_text(&got, "");
        for (size_t t = 0; t < count; t++) {
            buf_put(&got, got.size ? STR("|") : STR(""));
            buf_put(&got, word_text(&terms[t]));
        }
        check_text(text_of(got.size ? got.data : "", got.size), str_from(rows[i].terms), rows[i].name,
                   __FILE__, __LINE__);
    }
}

static void measures_are_read_in_all_spellings(void **state) {
    (void)state;
    static const struct {
        const char *language, *text, *word, *rest; /* the empty word: it is no measure */
    } rows[] = {
        {"en", "12 ft. ladder", "12ft", " ladder"},
        {"en", "12-inches", "12in", ""},
        {"en", "12\xE2\x80\xB2", "12ft", ""},
        {"en", "5'4\"", "", "5'4\""},
        {"en", "12''", "12in", ""},
        {"en", "5gallons,", "5gal", ","},
        {"en", "10 lbs", "10lb", ""},
        {"en", "10 lbsx", "", "10 lbsx"},
        {"en", "2 in 1", "", "2 in 1"},
        {"en", "2 in", "2in", ""},
        {"de", "2 in Rot", "", "2 in Rot"},
        {"de", "2 Zoll", "2in", ""},
        {"en", "15 a day", "", "15 a day"},
        {"en", "15A", "15a", ""},
        {"en", "1,500 w", "1500w", ""},
        {"en", "1,50 w", "", "1,50 w"},
        {"en", "3/4/5 in", "", "3/4/5 in"},
        {"en", "1.5 l", "1.5l", ""},
        {"en", "12345678901 ft", "", "12345678901 ft"},
        {"en", "2x4", "2x4", ""},
        {"en", "2 X 4s", "", "2 X 4s"},
        {"en", "2 by 4", "2x4", ""},
        {"en", "2 by four", "", "2 by four"},
        {"en", "4'x8'", "4x8", ""},
        {"en", "4\" x 8\" x 2.5\" box", "4x8x2.5", " box"},
        {"en",
         "8\xC3\x97"
         "42",
         "8x42", ""},
        {"en", "35 in. W x 64 in. H", "35x64", " H"},
        {"en", "12345678901x2", "", "12345678901x2"},
        {"en", "2x12345678901", "", "2x12345678901"},
        {"en", "1x2x3x4", "", "1x2x3x4"},
        {"en", "12", "", "12"},
        {"en", "ft", "", "ft"},
        {"en", "", "", ""},
        {"en", "2 x", "", "2 x"},
        {"en", "2 x ", "", "2 x "},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str text = str_from(rows[i].text);
        struct measure measure;
        struct word word = {.size = 0};
        if (measure_read(language_find(str_from(rows[i].language)), &text, &measure))
            measure_write(&measure, 0, measure.count - 1, &word);
        check_text(text_of(word.data, word.size), str_from(rows[i].word), rows[i].text, __FILE__, __LINE__);
        check_text(text, str_from(rows[i].rest), rows[i].text, __FILE__, __LINE__);
    }
    assert_text(unit_find(STR("feet")), "ft");
    assert_null(unit_find(STR("fee")).data);
    assert_null(unit_find(STR("")).data);
    assert_text(unit_of_sign(STR("' ladder")), "ft");
    assert_null(unit_of_sign(STR("'s")).data);
}

/* Reads the next word of the text and stems it. False at its end. */
static bool next_stem(struct stemmer *stemmer, struct str *text, struct str *out,
                      char bytes[static word_bytes_max]) {
    struct word word;
    if (!word_next(stemmer->language, text, &word))
        return false;
    *out = stemmer_stem(stemmer, word_text(&word), word.plain);
    memcpy(bytes, out->data, out->size);
    out->data = bytes;
    return true;
}

static void singulars_and_plurals_of_each_language_meet(void **state) {
    static const struct {
        const char *code, *pairs; /* singular, plural, singular, ... */
    } rows[] = {
        {"de",
         "lampe lampen stuhl st\xC3\xBChle tisch tische haus h\xC3\xA4user buch b\xC3\xBC"
         "cher glas gl\xC3\xA4ser kissen kissen decke decken messer messer gabel gabeln l\xC3\xB6"
         "ffel l\xC3\xB6"
         "ffel teller teller tasse tassen kleid kleider hose hosen schuh schuhe jacke jacken mantel m\xC3\xA4ntel hut h\xC3\xBCte ball b\xC3\xA4lle auto autos rad r\xC3\xA4"
         "der uhr uhren ring ringe kette ketten bild bilder rahmen rahmen regal regale schrank schr\xC3\xA4nke bett betten kind kinder kabel kabel"},
        {"fr",
         "lampe lampes chaise chaises table tables cheval chevaux journal journaux g\xC3\xA2teau g\xC3\xA2teaux bijou bijoux couteau couteaux fourchette fourchettes cuill\xC3\xA8re cuill\xC3\xA8res assiette assiettes verre verres tasse tasses robe robes pantalon pantalons chaussure chaussures veste vestes manteau manteaux chapeau chapeaux v\xC3\xA9lo v\xC3\xA9los montre montres bague bagues collier colliers tableau tableaux cadre cadres \xC3\xA9tag\xC3\xA8re \xC3\xA9tag\xC3\xA8res armoire armoires lit lits jouet jouets cahier cahiers"},
        {"it",
         "lampada lampade sedia sedie tavolo tavoli libro libri borsa borse scarpa scarpe vestito vestiti gonna gonne giacca giacche cappello cappelli coltello coltelli forchetta forchette cucchiaio cucchiai piatto piatti bicchiere bicchieri tazza tazze bottiglia bottiglie letto letti armadio armadi specchio specchi quadro quadri cornice cornici orologio orologi anello anelli collana collane bicicletta biciclette giocattolo giocattoli quaderno quaderni penna penne cuscino cuscini"},
        {"es",
         "l\xC3\xA1mpara l\xC3\xA1mparas silla sillas mesa mesas reloj relojes pantal\xC3\xB3n pantalones zapato zapatos vaso vasos cuchillo cuchillos l\xC3\xA1piz l\xC3\xA1pices coj\xC3\xADn cojines"},
        {"nl",
         "lamp lampen stoel stoelen tafel tafels boek boeken fles flessen jas jassen schoen schoenen fiets fietsen ring ringen kussen kussens"},
        {"sv",
         "lampa lampor stol stolar bord bord klocka klockor jacka jackor flaska flaskor kudde kuddar ring ringar kniv knivar gaffel gafflar"},
        {"da",
         "lampe lamper stol stole bog b\xC3\xB8ger kop kopper jakke jakker flaske flasker pude puder ring ringe kniv knive ur ure"},
        {"nb",
         "lampe lamper stol stoler kopp kopper jakke jakker flaske flasker pute puter ring ringer kniv kniver klokke klokker bilde bilder"},
        {"pt",
         "mesa mesas cadeira cadeiras livro livros copo copos garrafa garrafas rel\xC3\xB3gio rel\xC3\xB3gios anel an\xC3\xA9is sapato sapatos cal\xC3\xA7\xC3\xA3o cal\xC3\xA7\xC3\xB5"
         "es faca facas"},
        {"fi",
         "lamppu lamput tuoli tuolit p\xC3\xB6yt\xC3\xA4 p\xC3\xB6yd\xC3\xA4t kirja kirjat lasi lasit kello kellot kenk\xC3\xA4 keng\xC3\xA4t takki takit pullo pullot tyyny tyynyt"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct stemmer stemmer;
        struct str rest = str_from(rows[i].pairs), one, many;
        char one_bytes[word_bytes_max], many_bytes[word_bytes_max];
        int pairs = 0, met = 0;
        assert_int_equal(stemmer_open(&stemmer, language_find(str_from(rows[i].code))), STATUS_OK);
        while (next_stem(&stemmer, &rest, &one, one_bytes) && next_stem(&stemmer, &rest, &many, many_bytes)) {
            pairs++;
            met += str_equal(one, many);
            if (!str_equal(one, many))
                print_message("%s: %.*s, %.*s\n", rows[i].code, (int)one.size, one.data, (int)many.size,
                              many.data);
        }
        stemmer_close(&stemmer);
        assert_true(pairs >= 10 && met * 100 >= pairs * (pairs >= 30 ? 90 : 70));
    }
}

static void letters_that_a_keyboard_lacks_are_typed_as_two(void **state) {
    static const struct {
        const char *code, *typed, *written;
    } rows[] = {
        {"de", "stuehle", "St\xC3\xBChle"},
        {"de", "haeuser", "H\xC3\xA4user"},
        {"de", "loeffel",
         "L\xC3\xB6"
         "ffel"},
        {"de", "strasse",
         "Stra\xC3\x9F"
         "e"},
        {"da", "blaa", "bl\xC3\xA5"},
        {"nb", "groenne", "gr\xC3\xB8nne"},
        {"sv", "loek", "l\xC3\xB6k"},
    };
    static const char *const kept[] = {"neue", "quelle", "bauer"};
    (void)state;
    struct stemmer stemmer;
    char a_bytes[word_bytes_max], b_bytes[word_bytes_max];
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str typed = str_from(rows[i].typed), written = str_from(rows[i].written), a, b;
        assert_int_equal(stemmer_open(&stemmer, language_find(str_from(rows[i].code))), STATUS_OK);
        assert_true(next_stem(&stemmer, &typed, &a, a_bytes));
        assert_true(next_stem(&stemmer, &written, &b, b_bytes));
        if (!str_equal(a, b))
            fail_msg("%s: %.*s", rows[i].typed, (int)a.size, a.data);
        stemmer_close(&stemmer);
    }
    assert_int_equal(stemmer_open(&stemmer, language_find(STR("de"))), STATUS_OK);
    for (size_t i = 0; i < COUNT(kept); i++) {
        struct str stem = stemmer_stem(&stemmer, str_from(kept[i]), true);
        assert_memory_equal(stem.data, kept[i], 3);
    }
    stemmer_close(&stemmer);
}

static void an_apostrophe_ends_a_word_where_words_elide(void **state) {
    (void)state;
    struct str rest = STR("Huile d'olive");
    struct word word;
    for (int i = 0; i < 3; i++)
        assert_true(word_next(language_find(STR("fr")), &rest, &word));
    assert_text(word_text(&word), "olive");
    assert_true(language_has_filler(language_find(STR("fr")), STR("d")));
    assert_true(language_has_filler(&language_english, STR("with")));
    assert_false(language_has_filler(&language_english, STR("wit")));
    assert_null(language_find(STR("xx")));
}

/* ---- the index in step with the products ---- */

static void a_word_is_indexed_by_its_stem_and_itself(void **state) {
    struct shop *shop = *state;
    add(shop, "Lamps", "light", "A lamp. Lamps!", 100);
    add(shop, "Mug", "light", "", 200);
    assert_text(dump(shop),
                "a 1/1/0: 1*12\n"
                "lamp 1/1/1: 1*13\n"
                "lamps 1/1/1: 1*13\n"
                "light 2/2/2: 1*10 2*10\n"
                "mug 1/1/1: 2*9\n"
                "1 100 light 5 lamps\n"
                "2 200 light 3 mug\n");
}

static void a_deleted_product_leaves_nothing_behind(void **state) {
    struct shop *shop = *state;
    struct uuid id = add(shop, "Lamps", "light", "A lamp.", 100);
    assert_int_equal(product_delete(&shop->ctx, &id, NULL), STATUS_OK);
    assert_text(dump(shop), "");
    assert_int_equal(product_delete(&shop->ctx, &id, NULL), STATUS_PRODUCT_NOT_FOUND);
    struct product out;
    struct product_change back = {.is_active = {true, true}};
    assert_int_equal(product_change(&shop->ctx, &id, &back, NULL, &out), STATUS_OK);
    assert_has(dump(shop), "lamp 1/1/1: 1*13\n");
    assert_in_step(shop);
}

static void a_change_of_stock_or_picture_does_not_touch_the_index(void **state) {
    static const struct sql empty[] = {SQL("DELETE FROM search_terms"), SQL("DELETE FROM search_postings"),
                                       SQL("DELETE FROM search_columns"), SQL("DELETE FROM search_names")};
    struct shop *shop = *state;
    struct uuid id = add(shop, "Lamp", "light", "", 100);
    struct product out;
    struct product_change change = {
        .name = STR("Lamp"), .price = {true, 100}, .stock_quantity = {true, 3}, .image_url = STR("/x.svg")};
    for (size_t i = 0; i < COUNT(empty); i++)
        assert_int_equal(db_exec(shop->ctx.db, &empty[i], NO_ARGS, NULL), STATUS_OK);
    assert_int_equal(product_change(&shop->ctx, &id, &change, NULL, &out), STATUS_OK);
    assert_text(dump(shop), "");
}

static void a_price_of_any_size_is_kept(void **state) {
    struct shop *shop = *state;
    static const int64_t prices[] = {0, 255, 256, 65535, 65536, 4294967295, 4294967296, money_max};
    for (size_t i = 0; i < COUNT(prices); i++) {
        char want[64];
        add(shop, "x", "c", "", prices[i]);
        snprintf(want, sizeof want, "\n%zu %lld c 1 x\n", i + 1, (long long)prices[i]);
        assert_has(dump(shop), want);
    }
    assert_in_step(shop);
}

/* Makes the next product's seq `seq` + 1. */
static void skip_to(struct shop *shop, int64_t seq) {
    static const struct sql sql = {
        "INSERT INTO products (seq, id, name, description, price, stock_quantity, category, image_url, is_active,"
        " created_at) VALUES ($1, randomblob(16), 'gone', '', 0, 0, 'gone', '', 0, 0)",
        "INSERT INTO products (seq, id, name, description, price, stock_quantity, category, image_url, is_active,"
        " created_at) VALUES ($1, gen_random_uuid(), 'gone', '', 0, 0, 'gone', '', 0, now())"};
    assert_int_equal(db_exec(shop->ctx.db, &sql, ARGS(db_int(seq)), NULL), STATUS_OK);
}

enum { known_max = 400 };

static void change_something(struct shop *shop, struct uuid *known, size_t *count) {
    struct product given = random_product(shop), out = {0};
    const struct uuid *id = *count ? &known[roll(shop, (uint32_t)*count)] : NULL;
    struct product_change change = {0};
    switch (id ? roll(shop, 8) : 0) {
    case 0:
    case 1:
    case 2:
        assert_int_equal(product_add(&shop->ctx, &given, &out), STATUS_OK);
        known[(*count)++] = out.id;
        return;
    case 3:
        (void)!product_delete(&shop->ctx, id, NULL);
        return;
    case 4:
        change.is_active = (struct maybe_bool){true, true};
        break;
    case 5:
        change.name = given.name, change.description = given.description;
        break;
    case 6:
        change.price = (struct maybe_int){true, given.price}, change.category = given.category;
        break;
    default:
        change = (struct product_change){.name = given.name, .is_active = {true, roll(shop, 2) == 0}};
    }
    assert_int_equal(product_change(&shop->ctx, id, &change, NULL, &out), STATUS_OK);
}

static void the_index_is_what_the_products_make_it(void **state) {
    struct shop *shop = *state;
    struct uuid known[known_max];
    size_t count = 0;
    for (size_t round = 0; round < 12; round++) {
        if (round == 4)
            skip_to(shop, posting_block_documents - 4);
        if (round == 8)
            skip_to(shop, 3 * posting_block_documents + 250);
        for (size_t i = 0; i < 60 && count < known_max; i++)
            change_something(shop, known, &count);
        assert_in_step(shop);
    }
}

static void products_in_bulk_are_indexed_as_single_ones(void **state) {
    struct shop *shop = *state;
    struct uuid known[known_max];
    size_t count = 0;
    for (size_t round = 0; round < 4; round++) {
        struct bulk_index bulk;
        bulk_index_begin(&bulk, NULL);
        for (size_t i = 0; i < 50; i++) {
            struct product given = random_product(shop), out = {0};
            if (i == 20 && round == 2)
                skip_to(shop, 2 * posting_block_documents - 7);
            assert_int_equal(product_add_bulk(&shop->ctx, &bulk, &given, &out), STATUS_OK);
            known[count++] = out.id;
            if (i % 20 == 19)
                assert_int_equal(bulk_index_flush(&bulk, &shop->ctx), STATUS_OK);
        }
        assert_int_equal(bulk_index_flush(&bulk, &shop->ctx), STATUS_OK);
        bulk_index_end(&bulk);
        for (size_t i = 0; i < 20 && count < known_max; i++)
            change_something(shop, known, &count);
        assert_in_step(shop);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_SHOP(a_text_is_split_into_folded_words),
        cmocka_unit_test(a_word_knows_how_it_was_written),
        cmocka_unit_test(words_of_one_stem_meet),
        cmocka_unit_test(singulars_and_plurals_of_each_language_meet),
        cmocka_unit_test(letters_that_a_keyboard_lacks_are_typed_as_two),
        cmocka_unit_test(an_apostrophe_ends_a_word_where_words_elide),
        IN_SHOP(a_name_has_models_as_they_are_written),
        cmocka_unit_test(measures_are_read_in_all_spellings),
        IN_SHOP(a_word_is_indexed_by_its_stem_and_itself),
        IN_SHOP(a_deleted_product_leaves_nothing_behind),
        IN_SHOP(a_change_of_stock_or_picture_does_not_touch_the_index),
        IN_SHOP(a_price_of_any_size_is_kept),
        IN_SHOP(the_index_is_what_the_products_make_it),
        IN_SHOP(products_in_bulk_are_indexed_as_single_ones),
    };
    return cmocka_run_group_tests_name("search_index", tests, NULL, NULL);
}
