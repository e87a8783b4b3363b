/* The further terms of a name: models, sizes and hyphenated words in the ways that people write them.
 *
 *     Sony WH-1000XM5   →  wh1000xm5 · xm5        iPhone 15     →  iphone15
 *     WH1000XM5         →  1000xm5 · xm5 · wh     USB 3.0 hub   →  usb3.0
 *     Jack 3.5 mm       →  3.5mm                  T-shirt       →  tshirt
 *     2 in. x 4 in.     →  2in · 4in · 2x4        Rock'n'roll   →  rocknroll
 *     ヘッドホン        →  ッドホン · ドホン · ホン      (in katakana: every ending of two letters or more)
 *
 * The other way round, a search for `iphone 15` looks for `iphone15` too (query.c). */
#pragma once

#include "shop/index/text.h"

enum { model_terms_max = 48 }; /* of one name; further ones are left out */

/* Lists the further terms of a name, each once. They may repeat words of the name. Returns how many. */
size_t model_terms_of(const struct language *language, struct str name,
                      struct word out[static model_terms_max]);

/* Whether two neighbours are a model or a size together, as if the border of letters and digits between them were
 * written without a space. */
bool model_joins(const struct language *language, struct str first, struct str second);

/* Whether a word begins in katakana. */
bool word_is_katakana(struct str word);
