#include "shop/checkout/checkout_settings.h"

#define no_commits UINT64_MAX /* also what the clock says while it hears nothing of other nodes */

const char *const setting_names[SETTING_COUNT + 1] = {"shop.name",
                                                      "shop.address",
                                                      "shop.email",
                                                      "checkout.requires",
                                                      "prices.include_tax",
                                                      "ship_to",
                                                      "payments.receipts",
                                                      "stock.low_at",
                                                      "mails",
                                                      NULL};

static const char *const setting_defaults[SETTING_COUNT] = {
    "",     "",     "",
    "",     "true", "*",
    "true", "0",    "order_confirmed,order_shipped,order_cancelled,order_refunded,low_stock"};

const char *const requires_names[] = {"email", "address", "shipping", NULL};

/* Reads some of `names`, with commas between them, as bits. False if one is unknown. */
static bool setting_read_names(struct str text, const char *const names[], unsigned *out) {
    *out = 0;
    while (text.size > 0) {
        struct str name = str_trim(str_cut(&text, ','));
        unsigned i = 0;
        while (names[i] && !str_equal(name, str_from(names[i])))
            i++;
        if (!names[i])
            return false;
        *out |= 1u << i;
    }
    return true;
}

const char *setting_refusal(enum setting setting, struct str value) {
    enum { name_max = 100, address_max = 500, email_max = 254 };
    static const int64_t length_max[SETTING_COUNT] = {name_max, address_max, email_max, 40, 5,
                                                      1000,     5,           7,         200};
    struct country_set countries_set;
    unsigned bits;
    int64_t number;
    if (!utf8_valid(value) || str_find(value, '\0') < value.size)
        return "is a text in UTF-8";
    if ((int64_t)utf8_length(value) > length_max[setting])
        return "is a shorter text";
    if (setting == SETTING_CHECKOUT_REQUIRES && !setting_read_names(value, requires_names, &bits))
        return "is empty, or some of email, address and shipping with commas between";
    bool is_switch = setting == SETTING_PRICES_INCLUDE_TAX || setting == SETTING_PAYMENTS_RECEIPTS;
    if (is_switch && !str_equal(value, STR("true")) && !str_equal(value, STR("false")))
        return "is true or false";
    if (setting == SETTING_STOCK_LOW_AT && !str_to_int(value, stock_low_at_max, &number))
        return "is a number from 0 to 1000000; 0: low stock is not reported";
    if (setting == SETTING_MAILS && !setting_read_names(value, mail_chosen_names, &bits))
        return "is empty, or some of order_confirmed, order_shipped, order_delivered, order_cancelled, order_refunded,"
               " new_order and low_stock with commas between";
    if (setting == SETTING_SHIP_TO && (value.size == 0 || !country_set_read(value, &countries_set)))
        return "is *, or codes of countries in capitals with commas between: AT,DE";
    return NULL;
}

enum status settings_read(struct shop_ctx *ctx, struct setting_texts *out) {
    static const struct sql sql = SQL(
        "SELECT name, value FROM settings WHERE name IN ('shop.name', 'shop.address', 'shop.email',"
        " 'checkout.requires', 'prices.include_tax', 'ship_to', 'payments.receipts', 'stock.low_at', 'mails')");
    for (int i = 0; i < SETTING_COUNT; i++)
        out->values[i] = str_from(setting_defaults[i]);
    struct db_rows *rows = db_query(ctx->db, &sql, NO_ARGS);
    while (db_step(rows)) {
        int i = db_column_enum(rows, 0, setting_names);
        out->values[i] = db_column_text(rows, 1, ctx->arena);
    }
    return db_finish(rows);
}

enum status settings_write(struct shop_ctx *ctx, const struct setting_texts *change) {
    static const struct sql sql =
        SQL("INSERT INTO settings VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value");
    ctx->changes |= TOPIC_SETTINGS;
    for (int i = 0; i < SETTING_COUNT; i++)
        if (change->values[i].data)
            TRY(db_exec(ctx->db, &sql, ARGS(db_text(str_from(setting_names[i])), db_blob(change->values[i])),
                        NULL));
    return STATUS_OK;
}

static enum status checkout_settings_load(struct shop_ctx *ctx, struct checkout_settings *out) {
    struct setting_texts texts;
    TRY(settings_read(ctx, &texts));
    bool sound =
        setting_read_names(texts.values[SETTING_CHECKOUT_REQUIRES], requires_names, &out->required) &&
        setting_read_names(texts.values[SETTING_MAILS], mail_chosen_names, &out->mails) &&
        country_set_read(texts.values[SETTING_SHIP_TO], &out->ship_to) &&
        str_to_int(texts.values[SETTING_STOCK_LOW_AT], stock_low_at_max, &out->low_at);
    out->includes_tax = !str_equal(texts.values[SETTING_PRICES_INCLUDE_TAX], STR("false"));
    out->receipts = !str_equal(texts.values[SETTING_PAYMENTS_RECEIPTS], STR("false"));
    return sound ? STATUS_OK : STATUS_FAULT; /* nothing else is ever written there */
}

enum status checkout_settings_get(struct shop_ctx *ctx, struct checkout_settings *out) {
    struct settings_memory *memory = ctx->settings_memory;
    if (!memory)
        return checkout_settings_load(ctx, out);
    pthread_mutex_lock(&memory->lock);
    bool known = memory->commits != no_commits && ctx->settings_commits != no_commits &&
                 memory->commits >= ctx->settings_commits;
    *out = memory->value;
    pthread_mutex_unlock(&memory->lock);
    if (known)
        return STATUS_OK;
    TRY(checkout_settings_load(ctx, out));
    pthread_mutex_lock(&memory->lock);
    if (memory->changing == 0 && (memory->commits == no_commits || ctx->settings_commits > memory->commits)) {
        memory->commits = ctx->settings_commits;
        memory->value = *out;
    }
    pthread_mutex_unlock(&memory->lock);
    return STATUS_OK;
}

void settings_memory_init(struct settings_memory *memory,
                          uint64_t (*changed)(const void *context, unsigned topics), const void *context) {
    *memory = (struct settings_memory){.changed = changed, .context = context, .commits = no_commits};
    pthread_mutex_init(&memory->lock, NULL);
}

void settings_memory_free(struct settings_memory *memory) {
    pthread_mutex_destroy(&memory->lock);
}

uint64_t settings_memory_commits(const struct settings_memory *memory) {
    return memory ? memory->changed(memory->context, TOPIC_SETTINGS) : no_commits;
}

void settings_memory_hold(struct settings_memory *memory) {
    pthread_mutex_lock(&memory->lock);
    memory->changing++;
    pthread_mutex_unlock(&memory->lock);
}

void settings_memory_release(struct settings_memory *memory) {
    pthread_mutex_lock(&memory->lock);
    memory->changing--;
    pthread_mutex_unlock(&memory->lock);
}
