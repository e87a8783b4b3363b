/* Cutting streams into records, however their bytes arrive; reading products from records; the spool. */
#include "test.h"

#include "base/buf.h"
#include "base/file/csv.h"
#include "files/rows.h"
#include "files/spool.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>

/* A stream that comes in two pieces, or byte by byte. */
struct stream {
    struct str text;
    size_t data, cut; /* the first piece ends here; 0: every byte is a piece */
};

static int64_t read_stream(void *context, char *out, size_t room) {
    struct stream *stream = context;
    size_t end = stream->cut == 0             ? stream->data + 1
                 : stream->data < stream->cut ? stream->cut
                                              : stream->text.size;
    end = end > stream->text.size ? stream->text.size : end;
    size_t size = end - stream->data < room ? end - stream->data : room;
    memcpy(out, stream->text.data + stream->data, size);
    stream->data += size;
    return (int64_t)size;
}

/* Returns all records as `line:text|`, and then what is wrong. */
static struct str read_records(struct arena *arena, enum file_format format, struct str text, size_t cut) {
    struct stream stream = {.text = text, .cut = cut};
    struct records records;
    struct record record;
    struct buf out = buf_new(arena);
    buf_put_text(&out, "");
    assert_int_equal(records_open(&records, format, read_stream, &stream), STATUS_OK);
    enum status s;
    while ((s = records_next(&records, &record)) == STATUS_OK)
        buf_printf(&out, "%d:%.*s|", (int)record.line, (int)record.text.size, record.text.data);
    if (s == STATUS_INVALID)
        buf_printf(&out, "%d: %s", (int)records.line, records.error);
    else
        assert_int_equal(s, STATUS_NOT_FOUND);
    records_close(&records);
    return out.size ? buf_str(&out) : STR("");
}

static const struct {
    enum file_format format;
    const char *text, *records;
} streams[] = {
    {FORMAT_JSONL, "", ""},
    {FORMAT_JSONL, "{}", "1:{}|"},
    {FORMAT_JSONL, "{\"a\":1}\n{\"b\":2}\n", "1:{\"a\":1}|2:{\"b\":2}|"},
    {FORMAT_JSONL, "\xEF\xBB\xBF{}\r\n\r\n  {}  \n\n1", "1:{}|3:{}|5:1|"},
    {FORMAT_JSON, "[]", ""},
    {FORMAT_JSON, "\xEF\xBB\xBF [ ] \n", ""},
    {FORMAT_JSON, "\n[{},\n\n {\"a\":[1,{}]}\n]\n", "2:{}|4:{\"a\":[1,{}]}|"},
    {FORMAT_JSON, "[\"a,]}\\\"\\\\\",{\"]\":\"[\\\\\"},3]", "1:\"a,]}\\\"\\\\\"|1:{\"]\":\"[\\\\\"}|1:3|"},
    {FORMAT_JSON, "[1,,2,]", "1:1|1:|1:2|1:|"},
    {FORMAT_JSON, "[1 2}]", "1:1 2}|"},
    {FORMAT_JSON, "", "1: not a JSON array of products"},
    {FORMAT_JSON, "\n{}", "2: not a JSON array of products"},
    {FORMAT_JSON, "[{}] x", "1:{}|1: there is something behind the array"},
    {FORMAT_JSON, "[{},\n{", "1:{}|2: the array has no end: the file was cut off"},
    {FORMAT_JSON, "[", "1: the array has no end: the file was cut off"},
    {FORMAT_CSV, "", ""},
    {FORMAT_CSV, "a,b\r\n1,2\r\n", "1:a,b|2:1,2|"},
    {FORMAT_CSV,
     "\xEF\xBB\xBF"
     "a\n\n\"b\n\"\"c\",d\ne",
     "1:a|3:\"b\n\"\"c\",d|5:e|"},
    {FORMAT_CSV, "5\" disk,\"x\ny\"\nz", "1:5\" disk,\"x\ny\"|3:z|"},
    {FORMAT_CSV, "\"a\"\"\r\n\"\r\nb", "1:\"a\"\"\r\n\"|3:b|"},
    {FORMAT_CSV, "\"a\nb", "1:\"a\nb|"},
    {FORMAT_CSV, "a;b\r\n\"1\r\n\";2\r\n", "1:a;b|2:\"1\r\n\";2|"},
    {FORMAT_CSV, "a\tb,c\td\n\"x\"\ty\n", "1:a\tb,c\td|2:\"x\"\ty|"},
    {FORMAT_CSV, "a,b\r\r\"1\r2\",3\r4", "1:a,b|3:\"1\r2\",3|5:4|"},
    {FORMAT_CSV, "sep=;\r\na,b\n\n\"1\";2", "2:a,b|4:\"1\";2|"},
    {FORMAT_CSV, "sep=x\na,b", "1:sep=x|2:a,b|"},
    {FORMAT_COUNT, "\n [1]", "2:1|"},
    {FORMAT_COUNT, "{}\n", "1:{}|"},
    {FORMAT_COUNT, "id,name", "1:id,name|"},
    {FORMAT_COUNT, "\xEF\xBB\xBF[7]", "1:7|"},
};

static void records_are_the_same_however_they_come(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, test_arena_bytes_max);
    for (size_t i = 0; i < COUNT(streams); i++) {
        struct str text = str_from(streams[i].text);
        for (size_t cut = 0; cut <= text.size; cut++)
            assert_text_of(streams[i].text, read_records(&arena, streams[i].format, text, cut),
                           streams[i].records);
        arena_reset(&arena);
    }
    arena_free(&arena);
}

static void a_record_without_end_is_refused(void **state) {
    (void)state;
    static const char *const starts[] = {"[{\"name\":\"", "{\"", "a\n\""};
    struct arena arena;
    arena_init(&arena, test_arena_bytes_max);
    enum { size = record_bytes_max + 300000 };
    char *text = malloc(size);
    assert_non_null(text);
    for (size_t i = 0; i < COUNT(starts); i++) {
        memset(text, 'x', size);
        memcpy(text, starts[i], strlen(starts[i]));
        assert_has(read_records(&arena, FORMAT_COUNT, text_of(text, size), size), "longer than 1 MiB");
    }
    free(text);
    arena_free(&arena);
}

static void a_files_name_tells_its_format(void **state) {
    (void)state;
    assert_int_equal(file_format_of_name("a/b.CSV"), FORMAT_CSV);
    assert_int_equal(file_format_of_name("b.jsonl"), FORMAT_JSONL);
    assert_int_equal(file_format_of_name("b.ndjson"), FORMAT_JSONL);
    assert_int_equal(file_format_of_name("b.json"), FORMAT_JSON);
    assert_int_equal(file_format_of_name(".json"), FORMAT_COUNT);
    assert_int_equal(file_format_of_name("csv"), FORMAT_COUNT);
    assert_int_equal(file_format_of_name("-"), FORMAT_COUNT);
}

static void fields_of_csv_are_unquoted(void **state) {
    (void)state;
    static const struct {
        const char *row, *fields;
    } rows[] = {
        {"", "|"},
        {"a,b", "a|b|"},
        {"a,,", "a|||"},
        {"\"a,b\",\"\"\"\",\"\"", "a,b|\"||"},
        {"5\" disk, x ", "5\" disk| x |"},
        {"\"a\nb\"", "a\nb|"},
        {"\"a", "a quote is not closed"},
        {"\"a\"b", "there is something between a closing quote and the separator"},
        {"x,\"a\"\"", "x|a quote is not closed"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char data[64], got[256] = "";
        size_t at = 0;
        struct str row = {data, strlen(rows[i].row)}, field;
        const char *error;
        memcpy(data, rows[i].row, row.size);
        while (csv_field(&row, ',', &field, &error))
            at += (size_t)snprintf(got + at, sizeof got - at, "%.*s|", (int)field.size, field.data);
        if (error)
            snprintf(got + at, sizeof got - at, "%.*s", (int)strcspn(error, ";"), error);
        assert_text_of(rows[i].row, str_from(got), rows[i].fields);
    }
}

/* ---- products ---- */

#define HEAD "name,description,price,stock_quantity,category,image_url\n"

static void check_ignored_column(void *context, struct str column) {
    (void)context;
    assert_text(column, "sku");
}

static const struct row_settings row_settings_plain = {
    .format = FORMAT_COUNT, .price_digits = prices_in_minor_units, .from = FOREIGN_COUNT};

/* Returns a line for each product and for each row that is wrong. */
static struct str read_products(struct arena *arena, const char *text) {
    struct stream stream = {.text = str_from(text), .cut = 7};
    struct product_rows rows;
    struct product p;
    struct buf out = buf_new(arena);
    buf_put_text(&out, "");
    enum status s = product_rows_open(&rows, &row_settings_plain, read_stream, &stream, check_ignored_column);
    bool opened = s == STATUS_OK;
    for (; opened && ((s = product_rows_next(&rows, &p)) == STATUS_OK || s == STATUS_INVALID);)
        if (s == STATUS_OK)
            buf_printf(&out, "%d %.*s/%.*s/%lld/%lld/%.*s/%.*s %d\n", (int)rows.line, (int)p.name.size,
                       p.name.data, (int)p.description.size, p.description.data, (long long)p.price,
                       (long long)p.stock_quantity, (int)p.category.size, p.category.data,
                       (int)p.image_url.size, p.image_url.data, p.id.bytes[15]);
        else
            buf_printf(&out, "%d! %s\n", (int)rows.line, rows.error);
    if (s != STATUS_NOT_FOUND)
        buf_printf(&out, "%d!! %s\n", (int)rows.line, rows.error);
    product_rows_close(&rows);
    return out.size ? buf_str(&out) : STR("");
}

static void rows_become_products_or_say_what_is_wrong(void **state) {
    (void)state;
    static const struct {
        const char *text, *products;
    } rows[] = {
        {HEAD "Lamp,\"Warm, \"\"soft\"\"\nlight\",2999,9007199254740991,x,\n",
         "2 Lamp/Warm, \"soft\"\nlight/2999/9007199254740991/x/ 0\n"},
        {"Price,sku, ID ,stock_quantity,image_url,category,description,name\r\n"
         "1,?,00000000-0000-0000-0000-000000000007,2,u,c,d,n\r\n3,,,4,u,c,d,m\r\n",
         "2 n/d/1/2/c/u 7\n3 m/d/3/4/c/u 0\n"},
        {HEAD "a,b,1\n,b,1.5,x,c,u\na,b,1,1,c,u,\n\"a,b,1,1,c,u",
         "2! 3 columns, and the first line names 6; a text with a separator in it needs quotes\n"
         "3! price: Input should be plain digits in minor units: write 1999 for 19.99, or import with --prices "
         "decimal; stock_quantity: Input should be plain digits, such as 12; name: String should have at least 1 "
         "character\n"
         "4! 7 columns, and the first line names 6; a text with a separator in it needs quotes\n"
         "5! a quote is not closed\n"},
        {"name;price\n", "1!! the first line names no column 'stock_quantity'\n"},
        {"name;price;stock_quantity;category\n\"a;b\";1;2;c\n ;\t;; \n;1;2;c\n",
         "2 a;b//1/2/c/ 0\n4! name: String should have at least 1 character\n"},
        {"sep=;\r\nsku;price;stock_quantity;category;name\r\na;1;2;c;n\r\n", "3 n//1/2/c/ 0\n"},
        {"\t\t\nname\tprice\tstock_quantity\tcategory\n  La\u0301mp \t 1 \t2\t \u00a0c\u3000\n",
         "3 L\u00e1mp//1/2/c/ 0\n"},
        {"name,price,stock_quantity,category\ra,1,2,c\r\"b\rb\",1,2,c\r,,,\rd,x,2,c",
         "2 a//1/2/c/ 0\n3 b\rb//1/2/c/ 0\n6! price: Input should be plain digits in minor units: write 1999 for "
         "19.99, or import with --prices decimal\n"},
        {"name,Name\n", "1!! the column 'name' is there twice\n"},
        {"name,\xFF\n", "1!! not UTF-8\n"},
        {HEAD "\xFF,,1,1,c,u\n", "2! not UTF-8\n"},
        {"", "1!! it is empty; the first line of CSV names the columns\n"},
        {"{\"name\":\"n\",\"description\":\"\",\"price\":100,\"stock_quantity\":0,\"category\":\"c\",\"image_url\":\"\",\"x\":[]}\n[]\n{",
         "1 n//100/0/c/ 0\n2! Input should be a valid dictionary or object to extract fields from\n"
         "3! not JSON: Expecting property name enclosed in double quotes, character 1\n"},
        {"[{}\n,{}",
         "1! name: Field required; price: Field required; stock_quantity: Field required; category: Field required\n"
         "2!! the array has no end: the file was cut off\n"},
    };
    struct arena arena;
    arena_init(&arena, test_arena_bytes_max);
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_text_of(rows[i].text, read_products(&arena, rows[i].text), rows[i].products);
    arena_free(&arena);
}

/* ---- the spool ---- */

enum { spooled_rows = 3000 };

static char long_text[20000];

static struct spooled row_of(int64_t i) {
    struct str text = {long_text, (size_t)(i * 37 % (int64_t)sizeof long_text)};
    return (struct spooled){
        .product = {.id = {{(uint8_t)i}},
                    .name = text,
                    .description = STR("d"),
                    .price = i,
                    .stock_quantity = money_max,
                    .category = STR(""),
                    .image_url = i % 2 ? STR("u") : (struct str){0},
                    .key = text},
        .line = i + 1,
        .at_bytes = i * 10,
    };
}

static void *put_rows(void *context) {
    enum status s = STATUS_OK;
    for (int64_t i = 0; i < spooled_rows && s == STATUS_OK; i++) {
        struct spooled row = row_of(i);
        s = spool_put(context, &row);
    }
    if (s == STATUS_OK)
        s = spool_end(context);
    return s == STATUS_OK ? context : NULL;
}

static void what_is_spooled_comes_out_in_order(void **state) {
    (void)state;
    struct spool spool;
    struct spooled got;
    pthread_t thread;
    void *ended;
    memset(long_text, 'x', sizeof long_text);
    assert_true(spool_open(&spool));
    assert_int_equal(pthread_create(&thread, NULL, put_rows, &spool), 0);
    assert_true(spool_wait(&spool, 100) >= 100);
    for (int64_t taken = 0; taken < 2 * spooled_rows; taken++) {
        int64_t i = taken % spooled_rows;
        if (taken == spooled_rows)
            spool_rewind(&spool);
        struct spooled want = row_of(i);
        assert_int_equal(spool_take(&spool, &got), STATUS_OK);
        assert_str(got.product.key, want.product.key);
        assert_true(!got.product.image_url.data == !want.product.image_url.data);
        assert_str(got.product.name, want.product.name);
        assert_str(got.product.image_url, want.product.image_url);
        assert_true(got.product.price == i && got.product.stock_quantity == money_max && got.line == i + 1 &&
                    got.at_bytes == i * 10 && uuid_equal(&got.product.id, &want.product.id));
    }
    assert_int_equal(spool_take(&spool, &got), STATUS_NOT_FOUND);
    assert_int_equal(spool_wait(&spool, 1 << 30), spooled_rows);
    pthread_join(thread, &ended);
    assert_ptr_equal(ended, &spool);
    spool_close(&spool);
}

static void rows_that_could_not_be_spooled_are_an_error_and_no_early_end(void **state) {
    (void)state;
    struct spool spool;
    struct spooled row = row_of(1), got;
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    assert_true(spool_open(&spool));
    assert_int_equal(spool_put(&spool, &row), STATUS_OK);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &(struct rlimit){1, before.rlim_max}), 0);
    enum status end = spool_end(&spool);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(end, STATUS_STORAGE);
    assert_int_equal(spool_take(&spool, &got), STATUS_STORAGE);
    spool_close(&spool);
}

static void a_spool_needs_a_folder(void **state) {
    (void)state;
    struct spool spool;
    const char *before = getenv("TMPDIR");
    char *kept = before ? strdup(before) : NULL;
    setenv("TMPDIR", "/no/such/folder", 1);
    assert_false(spool_open(&spool));
    assert_int_equal(errno, ENOENT);
    if (kept)
        setenv("TMPDIR", kept, 1);
    else
        unsetenv("TMPDIR");
    free(kept);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_the_same_however_they_come),
        cmocka_unit_test(a_record_without_end_is_refused),
        cmocka_unit_test(a_files_name_tells_its_format),
        cmocka_unit_test(fields_of_csv_are_unquoted),
        cmocka_unit_test(rows_become_products_or_say_what_is_wrong),
        cmocka_unit_test(what_is_spooled_comes_out_in_order),
        cmocka_unit_test(rows_that_could_not_be_spooled_are_an_error_and_no_early_end),
        cmocka_unit_test(a_spool_needs_a_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
