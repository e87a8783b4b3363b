#include "shop/orders/order_mail.h"

#include "pay/currency.h"
#include "shop/checkout/checkout_settings.h"
#include "shop/orders/order.h"
#include "shop/orders/order_link.h"

/* `2 × Desk lamp`, a line each. */
static struct str shipped_mail_items(struct arena *arena, const struct shipped_mail *mail) {
    struct buf text = buf_new(arena);
    for (size_t i = 0; i < mail->count; i++) {
        buf_put_text(&text, i > 0 ? "\n" : "");
        buf_put_int(&text, mail->lines[i].quantity);
        buf_put_text(&text, " × ");
        buf_put(&text, mail->lines[i].name);
    }
    return buf_ok(&text) ? buf_str(&text) : (struct str){0};
}

/* `It travels with DHL, number 0034.` */
static struct str shipped_mail_tracking(struct arena *arena, const struct shipped_mail *mail) {
    struct buf text = buf_new(arena);
    if (!mail->carrier.size && !mail->tracking_number.size)
        return STR("");
    buf_put_text(&text, "It travels ");
    if (mail->carrier.size) {
        buf_put_text(&text, "with ");
        buf_put(&text, mail->carrier);
    }
    if (mail->tracking_number.size) {
        buf_put_text(&text, mail->carrier.size ? ", number " : "under the number ");
        buf_put(&text, mail->tracking_number);
    }
    buf_put_char(&text, '.');
    return buf_ok(&text) ? buf_str(&text) : (struct str){0};
}

static struct str order_mail_subject(bool is_part) {
    return is_part ? STR("A part of your order") : STR("Your order");
}

void order_mail_put_money(struct buf *out, int64_t amount, struct str currency) {
    int64_t unit = 1;
    int digits = currency_digits(currency);
    for (int i = 0; i < digits; i++)
        unit *= 10;
    if (amount < 0)
        buf_put_char(out, '-');
    amount = amount < 0 ? -amount : amount;
    buf_put_int(out, amount / unit);
    if (digits > 0)
        buf_printf(out, ".%0*lld", digits, (long long)(amount % unit));
    buf_put_char(out, ' ');
    for (size_t i = 0; i < currency.size; i++)
        buf_put_char(out, (char)(currency.data[i] - ('a' - 'A'))); /* it is three letters in lower case */
}

/* Empty if the mail is about no money. */
static struct str order_mail_amount(struct arena *arena, const struct order_mail *mail) {
    struct buf text = buf_new(arena);
    if (!mail->currency.data)
        return STR("");
    order_mail_put_money(&text, mail->amount, mail->currency);
    return buf_ok(&text) ? buf_str(&text) : (struct str){0};
}

enum status order_mail_is_wanted(struct shop_ctx *ctx, enum mail_kind kind, struct maybe_bool notify,
                                 bool *out) {
    struct checkout_settings settings;
    *out = notify.value;
    if (notify.is_set)
        return STATUS_OK;
    TRY(checkout_settings_get(ctx, &settings));
    *out = checkout_settings_mail(&settings, kind);
    return STATUS_OK;
}

enum status order_mail_queue(struct shop_ctx *ctx, const struct order_mail *mail) {
    char number[order_number_size];
    struct str link = {0};
    bool is_wanted = mail->to.data != NULL;
    if (is_wanted)
        TRY(order_mail_is_wanted(ctx, mail->kind, mail->notify, &is_wanted));
    if (!is_wanted)
        return STATUS_OK;
    struct str amount = order_mail_amount(ctx->arena, mail);
    if (!amount.data)
        return STATUS_NO_MEMORY;
    TRY(order_link_make(ctx, mail->order_seq, &link));
    order_number_format(mail->order, number);
    struct mail queued = {.kind = mail->kind,
                          .to = mail->to,
                          .values = {{"number", {number, sizeof number}},
                                     {"what", order_mail_subject(mail->is_part)},
                                     {"amount", amount},
                                     {"order_link", link}}};
    return mail_queue(ctx, &queued);
}

enum status shipped_mail_queue(struct shop_ctx *ctx, const struct shipped_mail *mail) {
    char number[order_number_size];
    bool is_wanted = mail->to.data != NULL;
    if (is_wanted)
        TRY(order_mail_is_wanted(ctx, MAIL_ORDER_SHIPPED, mail->notify, &is_wanted));
    if (!is_wanted)
        return STATUS_OK;
    struct str items = shipped_mail_items(ctx->arena, mail);
    struct str tracking = shipped_mail_tracking(ctx->arena, mail);
    if (!items.data || !tracking.data)
        return STATUS_NO_MEMORY;
    struct str link = {0};
    TRY(order_link_make(ctx, mail->order_seq, &link));
    order_number_format(mail->order, number);
    struct mail queued = {.kind = MAIL_ORDER_SHIPPED,
                          .to = mail->to,
                          .values = {{"number", {number, sizeof number}},
                                     {"what", order_mail_subject(mail->is_part)},
                                     {"items", items},
                                     {"tracking", tracking},
                                     {"tracking_url", mail->tracking_url.data ? mail->tracking_url : STR("")},
                                     {"order_link", link}}};
    return mail_queue(ctx, &queued);
}
