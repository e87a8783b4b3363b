/* HTML to text, and the product files of other systems as rows of products. */
#include "test.h"

#include "base/buf.h"
#include "files/foreign/html_text.h"
#include "files/rows.h"

#include <stdlib.h>
#include <time.h>

static const struct {
    const char *html, *text;
} htmls[] = {
    {"", ""},
    {"plain", "plain"},
    {" two \t words\n", "two words"},
    {"<p>Warm&nbsp;light</p> <p>LED</p>", "Warm light\n\nLED"},
    {"one<br>two<BR/>three<br /><br>four", "one\ntwo\nthree\n\nfour"},
    {"a<div>b</div>c<div><div>d</div></div>", "a\nb\nc\nd"},
    {"<ul>\n<li>one</li>\n <li><p>two</p></li></ul>end", "- one\n- two\n\nend"},
    {"<table><tr><td>Size</td><td>10 cm</td></tr><tr><th>a</th></tr></table>", "Size 10 cm\na"},
    {"<b>bo</b>ld <i class='x > y'>it</i>alic", "bold italic"},
    {"a<script>if (a < b) alert('</p>')</script>b<style>p > a {}</style >c", "abc"},
    {"a<script>never closed <p>b", "a"},
    {"a<!-- <p>gone --></p>b<!-- not closed", "a\n\nb"},
    {"<!DOCTYPE html><?xml version='1.0'?>x", "x"},
    {"5 < 6 and 7 > 6, a<3, I <3 you", "5 < 6 and 7 > 6, a<3, I <3 you"},
    {"not <closed", "not <closed"},
    {"<a title=\"5\" tall\">x</a>", "x"},
    {"<a title=\"never>one</a> <b>two</b>", "one two"},
    {"&lt;p&gt; &amp;amp; &quot;&apos; &euro;5 &frac12; &eacute;&szlig;&hellip;", "<p> &amp; \"' €5 ½ éß…"},
    {"&#65;&#x42;&#X63;&#8364;&#150;&#128512;", "ABc€–😀"},
    {"&#0;&#xD800;&#x110000;&#99999999999;", "\uFFFD\uFFFD\uFFFD\uFFFD"},
    {"AT&T &unknown; &; &# &#x; &amp", "AT&T &unknown; &; &# &#x; &amp"},
    {"soft&shy;hyphen a\u00A0b c\u2028d", "softhyphen a b c\nd"},
    {"lines\nwithout\r\n\n\n\ntags", "lines\nwithout\n\ntags"},
    {"lines\n<b>with</b>\n\ntags", "lines with tags"},
};

static void test_html(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < sizeof htmls / sizeof *htmls; i++) {
        struct str text = html_to_text(&arena, str_from(htmls[i].html), false);
        assert_string_equal(arena_copy(&arena, text).data, htmls[i].text);
    }
    struct str kept = html_to_text(&arena, STR("lines\n<b>with</b>\n\n\n\ntags"), true);
    assert_string_equal(arena_copy(&arena, kept).data, "lines\nwith\n\ntags");
    arena_free(&arena);
}

/* Hostile texts of a megabyte take no longer than others: each is done in a second by far, also under sanitizers. */
static void test_hostile_html(void **state) {
    (void)state;
    static const char *const pieces[] = {
        "<",    "<a b=\"", "<a b=\"'>", "<!--",   "<script",         "<script></script", "</",
        "&",    "&#",      "&#x",       "&amp",   "<a b='\" c=\"'>", "<a b=>",           "<script>'</scrip",
        "<li>", "<br>",    "\n",        "<a b='>"};
    enum { bytes = 1 << 20 };
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        struct arena arena;
        arena_init(&arena, 16 * (size_t)bytes);
        char *text = malloc(bytes);
        size_t size = strlen(pieces[i]);
        assert_non_null(text);
        for (size_t k = 0; k < bytes; k++)
            text[k] = pieces[i][k % size];
        clock_t start = clock();
        struct str out = html_to_text(&arena, (struct str){text, bytes}, false);
        assert_non_null(out.data);
        assert_true(out.size <= bytes);
        assert_true(clock() - start < 5 * CLOCKS_PER_SEC);
        free(text);
        arena_free(&arena);
    }
}

struct stream {
    struct str text;
};

static int64_t read_stream(void *context, char *out, size_t room) {
    struct stream *stream = context;
    size_t size = stream->text.size < room ? stream->text.size : room;
    memcpy(out, stream->text.data, size);
    stream->text = str_skip(stream->text, size);
    return (int64_t)size;
}

static void put_note(void *context, bool decided, struct str kind, int64_t count) {
    buf_printf(context, "%s%lld %.*s\n", decided ? "~ " : "- ", (long long)count, (int)kind.size, kind.data);
}

/* Returns a line for each product, for each row that is wrong, and for each note; or only the products' keys. */
static const char *read_file(struct arena *arena, enum foreign_kind from, const char *currency, int digits,
                             const char *text, bool keys) {
    struct stream stream = {str_from(text)};
    struct row_settings settings = {
        .format = FORMAT_COUNT,
        .price_digits = prices_in_minor_units,
        .from = from,
        .foreign = {str_from(currency), digits, 1000, "2026-11-28", 0},
    };
    struct product_rows rows;
    struct product p;
    struct buf out = buf_new(arena);
    enum status s = product_rows_open(&rows, &settings, read_stream, &stream, NULL);
    bool opened = s == STATUS_OK;
    for (; opened && ((s = product_rows_next(&rows, &p)) == STATUS_OK || s == STATUS_INVALID);)
        if (s == STATUS_OK && keys)
            buf_printf(&out, "%.*s\n", (int)p.key.size, p.key.data);
        else if (s == STATUS_OK)
            buf_printf(&out, "%d %.*s|%.*s|%lld|%lld|%.*s|%.*s\n", (int)rows.line, (int)p.name.size,
                       p.name.data, (int)p.description.size, p.description.data, (long long)p.price,
                       (long long)p.stock_quantity, (int)p.category.size, p.category.data,
                       (int)p.image_url.size, p.image_url.data);
        else
            buf_printf(&out, "%d! %s\n", (int)rows.line, rows.error);
    if (s != STATUS_NOT_FOUND)
        buf_printf(&out, "!! %s\n", rows.error);
    if (opened && rows.foreign && !keys)
        foreign_notes(rows.foreign, &out, put_note);
    product_rows_close(&rows);
    return arena_copy(arena, buf_str(&out)).data;
}

struct file {
    enum foreign_kind from;
    const char *currency;
    int digits;
    const char *text, *read;
};

#define SHOPIFY_HEAD                                                                                         \
    "Handle,Title,Body (HTML),Vendor,Type,Published,Option1 Name,Option1 Value,Option2 Value,"               \
    "Variant SKU,Variant Inventory Tracker,Variant Inventory Qty,Variant Price,Image Src,Variant Image,"     \
    "Gift Card,Status,SEO Title,SEO Description\n"

static const struct file shopify_files[] = {
    {FOREIGN_COUNT, "usd", 2,
     "Handle,Title,Option1 Value,Variant Inventory Tracker,Variant Price\na,A,,shopify,1.10\nb,B,,,1.10\n",
     "2 A||110|0|Other|\n3 B||110|1000|Other|\n"
     "~ 1 products whose stock is not counted: --untracked-stock says how many can be sold\n"
     "~ 1 products whose stock is counted, but not in this file, have 0\n"
     "~ 2 products without a category are in 'Other'\n"},
    {FOREIGN_COUNT, "usd", 2,
     SHOPIFY_HEAD "lamp,Lamp,<p>Warm <b>light</b>.</p>,Acme,Lighting,true,Title,Default "
                  "Title,,,shopify,12,19.90,a.jpg,,false,active,t,d\n"
                  "shirt,Shirt,,Acme,Tops,TRUE,Size,S,Red,S-1,shopify,3,20,s.jpg,,,active,,\n"
                  "shirt,,,,,,,M,Red,S-2,shopify,-2,20.5,t.jpg,m.jpg,,,,\n"
                  "shirt,,,,,,,,,,,,,u.jpg,,,,,\n"
                  "bag,Bag,,,,true,,,,,,0,5.00,,,,,,\n",
     "2 Lamp|Warm light.|1990|12|Lighting|a.jpg\n"
     "3 Shirt – S / Red||2000|3|Tops|s.jpg\n"
     "4 Shirt – M / Red||2050|0|Tops|m.jpg\n"
     "6 Bag||500|1000|Other|\n"
     "- 2 further pictures\n"
     "~ 1 products whose stock is not counted: --untracked-stock says how many can be sold\n"
     "~ 1 negative stocks are 0\n"
     "~ 1 products without a category are in 'Other'\n"
     "- 2 vendors\n- 2 SKUs\n- 2 SEO texts\n"},
    {FOREIGN_COUNT, "usd", 2,
     SHOPIFY_HEAD "a,A,,,,true,,x,,,,1,1,,,,draft,,\na,,,,,,,y,,,,1,1,,,,,,\n"
                  "b,B,,,,true,,,,,,1,1,,,,archived,,\nc,C,,,,false,,,,,,1,1,,,,active,,\n"
                  "d,D,,,,true,,,,,,1,1,,,true,active,,\ne,E,,,,true,,,,,,1,,,,,,,\n",
     "- 2 drafts\n- 1 archived products\n- 1 products that are not published\n- 1 gift cards\n"
     "- 1 products without a price\n"},
    {FOREIGN_COUNT, "usd", 2,
     SHOPIFY_HEAD
     "a,A,,,T,true,,,,,x,1,\"1,299.00\",,,,,,\nb,,,,,,,,,,x,1,1,,,,,,\nc,C,,,T,true,,,,,x,1.5,1,,,,,,\n"
     ",D,,,T,true,,,,,x,1,1,,,,,,\n",
     "2! price: Input should be a plain decimal such as 19.9, with at most 2 digits behind the point\n"
     "3! no title; the first row of the handle 'b' has one\n"
     "4! the stock '1.5' is not a whole number\n5! no handle\n"},
    {FOREIGN_COUNT, "jpy", 0,
     "Title,URL handle,Description,Product category,Option1 name,Option1 value,Price,Inventory "
     "tracker,Inventory quantity,Product image URL,Status,Metafield: colour,Colour (product.metafields.shopify.c),Mine\n"
     "Tea,tea,<p>Green,Food > Drinks > Tea,Title,Default Title,1200.00,shopify,5,t.jpg,Active,green,red,x\n",
     "2 Tea|Green|1200|5|Tea|t.jpg\n- 2 meta fields\n- 1 Mine\n"},
    {FOREIGN_SHOPIFY, "usd", 2, "Handle,Title\nx,y\n",
     "!! no column 'Variant Price'; Shopify's product file has one\n"},
};

#define WOO_HEAD                                                                                             \
    "ID,Type,SKU,Name,Published,Visibility in catalog,Short description,Description,Date sale price starts," \
    "Date sale price ends,In stock?,Stock,Sale price,Regular price,Categories,Images,Parent,"                \
    "Attribute 1 name,Attribute 1 value(s),Attribute 2 name,Attribute 2 value(s),Weight (kg)\n"

static const struct file woocommerce_files[] = {
    {FOREIGN_WOOCOMMERCE, "eur", 2, "ID,Typ,Artikelnummer,Name,Regulärer Preis\n",
     "!! no column 'Type'; WooCommerce's product file has one if it is exported in English\n"},
    {FOREIGN_COUNT, "eur", 2,
     WOO_HEAD
     "1,simple,L,Tom &amp; Co,1,visible,Short,Long\\nline\\\\n,,,1,7,,\"19,9\",\"Home > Lamps, "
     "Sale\",\"a.jpg, b.jpg\",,Colour,Red,,,2\n"
     "9,variation,T-R,Tee,1,visible,,,,,1,,,20,,,tee,Colour,Red,Size,,\n"
     "8,variable,tee,Tee,1,visible,,<p>Soft,,,1,4,,,Tops,\"t.jpg, u.jpg\",,Colour,\"Red, Blue\",,,\n"
     "10,variation,,Tee,1,visible,,Own,,,0,,15.00,20,,r.jpg,id:8,Colour,Blue,Size,L,\n"
     "11,variation,,Tee,1,visible,,,2000-01-01,2999-01-01,1,parent,15,20,,,id:8,Colour,Blue,Size,M,\n"
     "12,\"simple, virtual\",,Card,1,visible,,,2999-01-01,,1,3.00,1,.5,,,,,,,,0\n",
     "2 Tom & Co|Short\n\nLong\nline\\n|1990|7|Lamps|a.jpg\n"
     "5 Tee – Blue / L|Own|1500|0|Tops|r.jpg\n"
     "6 Tee – Blue / M|Soft|1500|4|Tops|t.jpg\n"
     "7 Card||50|3|Other|\n"
     "3 Tee – Red|Soft|2000|1000|Tops|t.jpg\n"
     "- 2 further pictures\n- 1 attributes\n"
     "~ 1 products whose stock is not counted: --untracked-stock says how many can be sold\n"
     "~ 1 variations that shared one stock: each has all of it\n"
     "~ 2 sale prices are the price\n"
     "~ 1 products without a category are in 'Other'\n"
     "- 3 SKUs\n- 1 weights\n"},
    {FOREIGN_COUNT, "eur", 2,
     WOO_HEAD "1,simple,,A,-1,visible,,,,,1,1,,1,C,,,,,,,\n2,simple,,A,0,visible,,,,,1,1,,1,C,,,,,,,\n"
              "3,simple,,A,1,hidden,,,,,1,1,,1,C,,,,,,,\n4,grouped,,A,1,visible,,,,,1,1,,1,C,,,,,,,\n"
              "5,external,,A,1,visible,,,,,1,1,,1,C,,,,,,,\n6,subscription,,A,1,visible,,,,,1,1,,1,C,,,,,,,\n"
              "7,simple,,A,1,visible,,,,,1,1,,,C,,,,,,,\n8,variable,p,A,1,visible,,,,,1,1,,1,C,,,,,,,\n"
              "9,variable,q,A,-1,visible,,,,,1,1,,1,C,,,,,,,\n10,variation,,A,1,visible,,,,,1,1,,1,,,q,,,,,\n"
              "11,variation,,A,1,visible,,,,,1,1,,1,,,none,,,,,\n",
     "12! its parent 'none' is not a variable product of this file\n"
     "- 2 drafts\n- 1 products that are not published\n- 1 products that are hidden in the catalogue\n"
     "- 1 products without a price\n- 1 grouped products\n- 1 external products, sold elsewhere\n"
     "- 1 products of other types, such as subscriptions\n- 1 variable products without a variation\n"
     "- 1 SKUs\n"},
};

static const struct file other_files[] = {
    {FOREIGN_COUNT, "eur", 2,
     "\n<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<rss "
     "xmlns:g=\"http://base.google.com/ns/1.0\"><channel><title>Shop</title>\n"
     "<item><g:id>1</g:id><title><![CDATA[B\xFCro & <b>Co]]></title><description>&lt;p&gt;Warm &amp;amp; "
     "bright</description>\n<g:price>19.99 EUR</g:price><g:availability>in "
     "stock</g:availability><g:image_link>a.jpg</g:image_link><g:additional_image_link>b</"
     "g:additional_image_link><g:additional_image_link>c</g:additional_image_link>"
     "<g:product_type>Home &gt; Lamps</g:product_type><g:product_type>Sale</g:product_type>"
     "<g:shipping><g:price>5 EUR</g:price></g:shipping><g:age_group>adult</g:age_group></item>\n"
     "<item/><item><g:id>2</g:id><title>X</title><g:price>5 USD</g:price></item></channel></rss>\n",
     "4 Büro & <b>Co|Warm & bright|1999|1000|Lamps|a.jpg\n6! no id\n"
     "6! the price '5 USD' is not in eur, the shop's currency\n- 2 further pictures\n"
     "~ 1 products whose stock is not counted: --untracked-stock says how many can be sold\n"
     "- 1 shipping\n- 1 other attributes\n"},
    {FOREIGN_GOOGLE, "eur", 2,
     "<feed><entry><id>1</id><title>A</title><summary>s</summary><price>1 "
     "EUR</price><quantity>3</quantity></entry></feed>",
     "1 A|s|100|3|Other|\n~ 1 products without a category are in 'Other'\n"},
    {FOREIGN_COUNT, "eur", 2, "<rss><channel>\n</channel></rss>",
     "!! not XML of a product feed: there is no <item> and no <entry>\n"},
    {FOREIGN_COUNT, "eur", 2, "<rss>\n<item><id>1</item></rss>",
     "!! not XML of a product feed: mismatched tag\n"},
    {FOREIGN_COUNT, "eur", 2, "<!DOCTYPE rss [<!ENTITY a \"aaaa\">]>\n<rss><item><id>&a;</id></item></rss>",
     "!! not XML of a product feed: a document type is not allowed in a feed\n"},
    {FOREIGN_SHOPIFY, "eur", 2, "<rss></rss>", "!! no column 'Handle'; Shopify's product file has one\n"},
    {FOREIGN_COUNT, "usd", 2,
     "id\ttitle\tdescription\tlink\tprice\tsale_price\tsale_price_effective_date\tavailability\timage_link\t"
     "product_type\tgoogle_product_category\titem_group_id\tsize\tbrand\n"
     "1\tLamp\tWarm <b>light</b>\tx\t19.99 USD\t\t\tin_stock\ta.jpg\tHome > Lamps\t594\t\t10 cm\tAcme\n"
     "2\tTee Red\t\tx\t20 USD\t15.00 USD\t2026-11-01T00:00/2026-11-28T23:59\tout of "
     "stock\t\t\tApparel > Shirts\tg\tM\t\n"
     "3\tTee M\t\tx\t20USD\t15.00 USD\t2026-11-01T00:00/2026-11-27T23:59\tin stock\t\t\t212\tg\tM\t\n"
     "4\tTee\t\tx\t20 EUR\t\t\tin stock\t\t\t\t\t\t\n",
     "2 Lamp|Warm light|1999|1000|Lamps|a.jpg\n"
     "3 Tee Red – M||1500|0|Shirts|\n"
     "4 Tee M||2000|1000|Other|\n"
     "5! the price '20 EUR' is not in usd, the shop's currency\n"
     "~ 2 products whose stock is not counted: --untracked-stock says how many can be sold\n"
     "~ 1 sale prices are the price\n"
     "~ 1 products without a category are in 'Other'\n- 1 brands\n"},
    {FOREIGN_COUNT, "eur", 2,
     "Product Id;Product Handle;Product Title;Product Description;Product Status;Product Thumbnail;Product "
     "Type;Variant Id;Variant Inventory Quantity;Variant Manage Inventory;Price EUR;Price USD;Option 1 "
     "Name;Option 1 Value;Image 1 Url;Image 2 Url\n"
     ";mug;Mug;Good.;published;m.jpg;Cups;;100;true;1000;1200;Size;One;m.jpg;n.jpg\n"
     ";mug;Mug;Good.;published;m.jpg;Cups;v2;0;false;1000;1200;Size;Two;m.jpg;n.jpg\n"
     ";pen;Pen;;draft;;;;1;true;100;100;;;;\n",
     "2 Mug – One|Good.|1000|100|Cups|m.jpg\n3 Mug – Two|Good.|1000|1000|Cups|m.jpg\n"
     "- 1 drafts\n~ 1 products whose stock is not counted: --untracked-stock says how many can be sold\n"
     "- 2 prices in other currencies or regions\n- 2 further pictures\n"},
    {FOREIGN_COUNT, "eur", 2,
     "Product Handle,Product Title,Product Status,Variant Id,Variant Manage Inventory,Variant Price EUR,"
     "Variant Price USD,Variant Option 1 Value,Product Image 1 Url,Product Category 1\n"
     "mug,Mug,published,v1,TRUE,10.5,12,Default option value,m.jpg,pcat_1\n",
     "2 Mug||1050|0|Other|m.jpg\n"
     "~ 1 products whose stock is counted, but not in this file, have 0\n"
     "~ 1 products without a category are in 'Other'\n- 1 prices in other currencies or regions\n"
     "- 1 categories, by their ids\n"},
    {FOREIGN_COUNT, "chf", 2, "Product Handle,Product Title,Variant Price EUR\na,b,1\n",
     "!! no column 'Variant Price USD (or of another --currency)'; Medusa's product file has one\n"},
};

static void check_files(const struct file files[], size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct arena arena;
        arena_init(&arena, 1 << 20);
        assert_string_equal(
            read_file(&arena, files[i].from, files[i].currency, files[i].digits, files[i].text, false),
            files[i].read);
        arena_free(&arena);
    }
}

static void test_shopify(void **state) {
    (void)state;
    check_files(shopify_files, sizeof shopify_files / sizeof *shopify_files);
}

static void test_woocommerce(void **state) {
    (void)state;
    check_files(woocommerce_files, sizeof woocommerce_files / sizeof *woocommerce_files);
}

static void test_google_and_medusa(void **state) {
    (void)state;
    check_files(other_files, sizeof other_files / sizeof *other_files);
}

/* A key is the same in the next export, differs between variants, and is at most 255 bytes. */
static void test_keys(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    assert_string_equal(
        read_file(&arena, FOREIGN_COUNT, "usd", 2,
                  "Handle,Title,Option1 Value,Option2 Value,Variant Price\na,A,Default Title,,1\n"
                  "b:c,B,S/M,Red,1\nb:c,,S,M/Red 5%,1\n",
                  true),
        "shopify:a\nshopify:b%3Ac:S%2FM/Red\nshopify:b%3Ac:S/M%2FRed 5%25\n");
    assert_string_equal(
        read_file(&arena, FOREIGN_COUNT, "usd", 2,
                  "ID,Type,SKU,Name,Regular price\n7,simple,x,A,1\n,simple,x,B,1\n,simple,,C,1\n", true),
        "woocommerce:7\nwoocommerce:sku:x\nwoocommerce:name:C\n");
    assert_string_equal(
        read_file(&arena, FOREIGN_COUNT, "usd", 2, "id,title,price,availability\n7,A,1,in stock\n", true),
        "google:7\n");
    assert_string_equal(
        read_file(&arena, FOREIGN_COUNT, "usd", 2,
                  "Product Handle,Product Title,Variant Id,Variant Option 1 Value,Variant Price USD\n"
                  "a,A,v_1,S,1\na,A,,M,1\n",
                  true),
        "medusa:v_1\nmedusa:handle:a:M\n");
    struct buf text = buf_new(&arena);
    buf_put_text(&text, "Handle,Title,Option1 Value,Variant Price\n");
    for (int i = 0; i < 2; i++) {
        for (int k = 0; k < 150; k++)
            buf_put_text(&text, "ä");
        buf_printf(&text, ",A,%d,1\n", i);
    }
    buf_put_char(&text, '\0');
    struct str keys = str_from(read_file(&arena, FOREIGN_COUNT, "usd", 2, text.data, true));
    struct str first = str_cut(&keys, '\n'), second = str_cut(&keys, '\n');
    assert_true(first.size > 240 && first.size <= foreign_key_bytes_max && utf8_valid(first));
    assert_int_equal(first.size, second.size);
    assert_false(str_equal(first, second));
    arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_html),
        cmocka_unit_test(test_hostile_html),
        cmocka_unit_test(test_shopify),
        cmocka_unit_test(test_woocommerce),
        cmocka_unit_test(test_google_and_medusa),
        cmocka_unit_test(test_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
