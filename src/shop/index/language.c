#include "shop/index/language.h"

#include <string.h>

const struct language language_english = {
    "en", "english", " a an and at by for from in is it of on or the to with ", " by for from in on with ",
    0,    NULL};

/* The articles, prepositions and conjunctions that stand in names and in what shoppers type; no word that a product may
 * be called by. Then the prepositions before which a name has said what the product is. `of` is not among them, nor are
 * those that mean it: a set of cups is cups. In French, Italian, Spanish and Portuguese they are, because these say
 * `saddle of bicycle`. */
static const struct language languages[] = {
    {"da", "danish", " af den der det de en et fra for i med og om pa som til ved ",
     " fra for i med pa til uden ved ", LANGUAGE_COMPOUNDS, "aa oe "},
    {"de", "german",
     " am an auf aus bei das dem den der des die ein eine einem einen einer fur im in mit oder und von vom zu zum zur ",
     " am an auf aus bei fur im in mit ohne vom zu zum zur ", LANGUAGE_COMPOUNDS, "ae oe ue "},
    {"es", "spanish", " a al con de del en el la las los o para por sin un una unos unas y ",
     " a al con de del en para por sin ", LANGUAGE_HEAD_FIRST, NULL},
    {"fi", "finnish", " ja tai on se ", " ", LANGUAGE_COMPOUNDS, NULL},
    {"fr", "french",
     " a au aux avec c d dans de des du en et l la le les n ou par pour qu s sans sur un une ",
     " a au aux avec d dans de des du en par pour sans sur ", LANGUAGE_ELIDES | LANGUAGE_HEAD_FIRST, NULL},
    {"it", "italian",
     " a ad ai al all alla alle allo con d da dal dall dalla dei del dell della delle dello di e ed gli i il in l la "
     "le lo nel nell nella o per su sul sull sulla un una uno ",
     " a ad ai al all alla alle allo con d da dal dall dalla dei del dell della delle dello di in nel nell nella per "
     "senza su sul sull sulla ",
     LANGUAGE_ELIDES | LANGUAGE_HEAD_FIRST, NULL},
    {"nb", "norwegian", " av den det de en et ei fra for i med og om pa som til ved ",
     " fra for i med pa til uten ved ", LANGUAGE_COMPOUNDS, "aa oe "},
    {"nl", "dutch", " aan bij de een en het in met of om op te ten tot uit van voor ",
     " aan bij in met op uit voor zonder ", LANGUAGE_UNDOUBLES | LANGUAGE_COMPOUNDS, NULL},
    {"pt", "portuguese", " a ao aos as com da das de do dos e em na nas no nos o os ou para por sem um uma ",
     " a ao aos com da das de do dos em na nas no nos para por sem ", LANGUAGE_HEAD_FIRST, NULL},
    {"sv", "swedish", " av den det de en ett fran for i med och om pa som till vid ",
     " fran for i med pa till utan vid ", LANGUAGE_COMPOUNDS, "aa ae oe "},
};

const struct language *language_find(struct str code) {
    if (str_equal(code, str_from(language_english.code)))
        return &language_english;
    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++)
        if (str_equal(code, str_from(languages[i].code)))
            return &languages[i];
    return NULL;
}

/* Whether one of the words, with a space before and after each, is this one. */
static bool words_have(const char *words, struct str word) {
    for (const char *at = words; at && at[1]; at = strchr(at + 1, ' '))
        if (strncmp(at + 1, word.data, word.size) == 0 && at[1 + word.size] == ' ')
            return true;
    return false;
}

bool language_has_filler(const struct language *language, struct str word) {
    return words_have(language->fillers, word);
}

bool language_has_complement(const struct language *language, struct str word) {
    return words_have(language->complements, word);
}
