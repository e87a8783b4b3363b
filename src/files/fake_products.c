/* A product is made from 48 numbers of 16 random bits (its dice) and 16 random bytes for its id; every
 * product draws all of them, so the next product does not depend on how many this one's texts take.
 *
 * Whatever real texts have favourites of is rolled unevenly: the shelf, the brand, the quality, and the
 * invented words of the description. An invented word is a number, spelled in syllables; brands are the
 * numbers behind the words'. */
#include "files/fake_products.h"

#include "base/buf.h"

#include <ctype.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

enum { things_each = 8 };

static const struct {
    const char *category;
    const char *things[things_each];
} shelves[] = {
    {"audio",
     {"headphones", "speaker", "earbuds", "turntable", "microphone", "radio", "amplifier", "soundbar"}},
    {"baby", {"stroller", "crib", "pacifier", "bib", "rattle", "monitor", "carrier", "playmat"}},
    {"bags", {"backpack", "tote", "suitcase", "wallet", "satchel", "duffel", "pouch", "briefcase"}},
    {"bath",
     {"towel", "bathrobe", "soap dish", "shower curtain", "sponge", "mirror", "bath mat", "toothbrush"}},
    {"bedding", {"blanket", "pillow", "duvet", "mattress", "quilt", "sheet set", "bedspread", "throw"}},
    {"bikes", {"bicycle", "helmet", "pedal", "saddle", "bike lock", "tyre", "handlebar", "pannier"}},
    {"books", {"novel", "atlas", "cookbook", "dictionary", "comic", "biography", "guidebook", "anthology"}},
    {"cameras", {"camera", "lens", "tripod", "flash", "camera strap", "film", "gimbal", "viewfinder"}},
    {"candles",
     {"candle", "candlestick", "diffuser", "incense", "wax melt", "tealight", "snuffer", "lantern"}},
    {"cleaning", {"broom", "mop", "bucket", "duster", "vacuum", "dustpan", "scrubber", "detergent"}},
    {"clothing", {"shirt", "jacket", "trousers", "sweater", "dress", "coat", "skirt", "cardigan"}},
    {"coffee",
     {"grinder", "espresso machine", "coffee filter", "moka pot", "milk frother", "dripper", "carafe",
      "tamper"}},
    {"computers",
     {"laptop", "desktop", "tablet", "workstation", "server", "mini pc", "chromebook", "barebone"}},
    {"craft",
     {"knitting needle", "yarn", "crochet hook", "sewing kit", "embroidery hoop", "glue gun", "felt",
      "loom"}},
    {"electronics", {"charger", "power bank", "cable", "adapter", "keyboard", "mouse", "webcam", "router"}},
    {"fitness",
     {"dumbbell", "kettlebell", "yoga mat", "treadmill", "skipping rope", "bench", "foam roller", "rower"}},
    {"footwear", {"boot", "sneaker", "sandal", "slipper", "loafer", "shoelace", "insole", "clog"}},
    {"furniture", {"chair", "table", "sofa", "bookcase", "desk", "stool", "wardrobe", "sideboard"}},
    {"games",
     {"chess set", "puzzle", "board game", "card game", "dice set", "domino", "console", "joystick"}},
    {"garden", {"spade", "rake", "hose", "planter", "wheelbarrow", "trowel", "pruner", "watering can"}},
    {"glassware",
     {"wine glass", "tumbler", "decanter", "goblet", "champagne flute", "beer glass", "pitcher", "jar"}},
    {"hardware", {"screw", "hinge", "bracket", "padlock", "bolt", "anchor", "nail", "chain"}},
    {"jewellery", {"necklace", "bracelet", "ring", "earring", "brooch", "pendant", "anklet", "cufflink"}},
    {"kitchen", {"knife", "saucepan", "cutting board", "whisk", "colander", "grater", "kettle", "casserole"}},
    {"lighting",
     {"lamp", "chandelier", "bulb", "spotlight", "floor lamp", "string light", "sconce", "dimmer"}},
    {"music", {"guitar", "violin", "drum", "piano", "ukulele", "flute", "metronome", "trumpet"}},
    {"office",
     {"stapler", "binder", "folder", "whiteboard", "shredder", "calculator", "label maker", "paperweight"}},
    {"outdoor", {"tent", "sleeping bag", "hammock", "compass", "camp stove", "headlamp", "rope", "canteen"}},
    {"pets", {"leash", "dog bed", "cat tree", "aquarium", "birdcage", "scratching post", "feeder", "collar"}},
    {"phones",
     {"phone case", "smartphone", "screen protector", "phone stand", "headset", "sim card", "selfie stick",
      "dock"}},
    {"photo",
     {"picture frame", "photo album", "print", "canvas", "poster", "easel", "postcard", "scrapbook"}},
    {"skincare",
     {"cleanser", "moisturiser", "serum", "sunscreen", "face mask", "toner", "lip balm", "hand cream"}},
    {"snacks", {"chocolate", "cookie", "popcorn", "pretzel", "granola", "almond", "cracker", "licorice"}},
    {"sports",
     {"football", "tennis racket", "basketball", "golf club", "goggles", "skateboard", "surfboard",
      "dartboard"}},
    {"stationery",
     {"notebook", "pencil", "fountain pen", "eraser", "envelope", "marker", "sketchbook", "ruler"}},
    {"tableware", {"mug", "plate", "bowl", "teapot", "napkin", "cutlery", "tray", "saucer"}},
    {"tea",
     {"green tea", "black tea", "tea strainer", "matcha", "chamomile", "tea tin", "rooibos", "oolong"}},
    {"tools", {"hammer", "drill", "screwdriver", "wrench", "pliers", "chisel", "saw", "toolbox"}},
    {"toys",
     {"teddy bear", "doll", "train set", "building blocks", "kite", "yo-yo", "puppet", "spinning top"}},
    {"watches",
     {"wristwatch", "alarm clock", "wall clock", "stopwatch", "watch strap", "timer", "pocket watch",
      "hourglass"}},
};

/* The most used come first. */
static const char *const qualities[] = {
    "classic",   "compact",    "wireless",   "portable",  "folding",  "heavy",      "soft",
    "travel",    "quiet",      "striped",    "garden",    "winter",   "studio",     "vintage",
    "bamboo",    "ceramic",    "leather",    "woollen",   "steel",    "brass",      "oak",
    "walnut",    "linen",      "cotton",     "organic",   "recycled", "waterproof", "insulated",
    "magnetic",  "adjustable", "cordless",   "stackable", "slim",     "wide",       "curved",
    "hexagonal", "matte",      "glossy",     "scarlet",   "indigo",   "emerald",    "ivory",
    "charcoal",  "turquoise",  "amber",      "lavender",  "rustic",   "nordic",     "handmade",
    "limited",   "premium",    "everyday",   "junior",    "giant",    "miniature",  "professional",
    "weighted",  "breathable", "reversible", "padded",    "engraved", "perforated", "hammered",
    "quilted",
};

static const char *const uses[] = {"every day",     "long journeys",  "small homes",  "the garden",
                                   "cold mornings", "quiet evenings", "the workshop", "children",
                                   "the beach",     "the office",     "rainy days",   "guests",
                                   "beginners",     "professionals",  "the balcony",  "gifts"};

static const char *const syllables[] = {
    "ver", "lan", "tom", "rik",  "sal",  "mon",  "dar", "fel", "gus", "hol", "jan", "kel", "lur",
    "mir", "nok", "pel", "quin", "ros",  "sten", "tur", "ulm", "vas", "wil", "yor", "zan", "bre",
    "cal", "dun", "eld", "fro",  "gral", "hes",  "ist", "jor", "kra", "lem", "mus", "nar", "orb",
    "pra", "rud", "sky", "tav",  "und",  "vel",  "wes", "xan", "yld", "zim", "alb", "bor", "cen",
    "dro", "ems", "fil", "gor",  "hav",  "ilk",  "jes", "kon", "lis", "mar", "nev", "osk"};

enum { brands = 1000, words = 6000, dice_size = 48 };

/* Random numbers of 16 bits, which start over when all are used. */
struct dice {
    uint16_t data[dice_size];
    size_t used;
};

static uint32_t dice_roll(struct dice *dice) {
    return dice->data[dice->used++ % dice_size];
}

/* Rolls an index below `count`, with index r about as likely as 1/(r + 1) (Zipf's law). First one of the
 * octaves 0, 1–2, 3–6, 7–14, … is rolled, each as likely as the others, then an index in it: an octave twice
 * as long makes each of its indexes half as likely. */
static uint32_t dice_roll_uneven(struct dice *dice, uint32_t count) {
    uint32_t bits = 0;
    while (1u << bits < count)
        bits++;
    uint32_t octave = dice_roll(dice) % (bits + 1);
    uint32_t index = (1u << octave) - 1 + dice_roll(dice) % (1u << octave);
    return index < count ? index : index % count;
}

/* Writes the invented word of a number: two syllables, or three from number 4096 (64 × 64) on. */
static void fake_put_word(struct buf *out, uint32_t number, bool capital) {
    size_t start = out->size;
    buf_put_text(out, syllables[number % COUNT(syllables)]);
    buf_put_text(out, syllables[number / COUNT(syllables) % COUNT(syllables)]);
    if (number >= COUNT(syllables) * COUNT(syllables))
        buf_put_text(out, syllables[number / 7 % COUNT(syllables)]);
    if (capital && buf_ok(out))
        out->data[start] = (char)toupper((unsigned char)out->data[start]);
}

static void fake_put_name(struct buf *out, struct dice *dice, uint32_t brand, const char *quality,
                          const char *thing) {
    uint32_t letter = dice_roll(dice) % 26, number = dice_roll(dice) % 10000;
    fake_put_word(out, words + brand, true);
    buf_printf(out, " %s %s %c%u", quality, thing, 'A' + (char)letter, number);
}

static void fake_put_description(struct buf *out, struct dice *dice, uint32_t brand, const char *quality,
                                 const char *thing) {
    enum { phrases = 3, words_each = 4 };
    buf_printf(out, "The %s %s for %s, made by ", quality, thing, uses[dice_roll(dice) % COUNT(uses)]);
    fake_put_word(out, words + brand, true);
    for (size_t i = 0; i < phrases; i++) {
        buf_put_text(out, i ? ", with " : ". It comes in ");
        buf_put_text(out, qualities[dice_roll(dice) % COUNT(qualities)]);
        for (size_t j = 0; j < words_each; j++) {
            buf_put_char(out, ' ');
            fake_put_word(out, dice_roll_uneven(dice, words), false);
        }
    }
    buf_put_char(out, '.');
}

enum status fake_product(struct arena *arena, const struct random *random, struct product *out) {
    struct dice dice = {.used = 0};
    random_fill(random, dice.data, sizeof dice.data);
    struct buf name = buf_new(arena), text = buf_new(arena), image = buf_new(arena);
    size_t shelf = dice_roll_uneven(&dice, COUNT(shelves)), thing = dice_roll(&dice) % things_each;
    uint32_t brand = dice_roll_uneven(&dice, brands);
    const char *quality = qualities[dice_roll_uneven(&dice, COUNT(qualities))];
    fake_put_name(&name, &dice, brand, quality, shelves[shelf].things[thing]);
    fake_put_description(&text, &dice, brand, quality, shelves[shelf].things[thing]);
    buf_printf(&image, "/media/%s.svg", shelves[shelf].category);
    if (!buf_ok(&name) || !buf_ok(&text) || !buf_ok(&image))
        return STATUS_NO_MEMORY;
    uint32_t octave = dice_roll(&dice) % 11; /* 128 minor units, doubled up to ten times */
    *out = (struct product){
        .name = buf_str(&name),
        .description = buf_str(&text),
        .price = (128u << octave) + dice_roll(&dice) % (128u << octave),
        .stock_quantity = dice_roll(&dice) % 500,
        .category = str_from(shelves[shelf].category),
        .image_url = buf_str(&image),
    };
    random_fill(random, out->id.bytes, sizeof out->id.bytes);
    out->id.bytes[6] = (uint8_t)(0x40 | (out->id.bytes[6] & 0x0F)); /* version 4 */
    out->id.bytes[8] = (uint8_t)(0x80 | (out->id.bytes[8] & 0x3F));
    return STATUS_OK;
}
