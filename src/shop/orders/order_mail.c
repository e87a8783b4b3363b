#include "shop/orders/order_mail.h"

#include "base/buf.h"
#include "pay/currency.h"
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

/* `19.99 USD`; empty if the mail is about no money. */
static struct str order_mail_amount(struct arena *arena, const struct order_mail *mail) {
    struct buf text = buf_new(arena);
    int64_t unit = 1;
    if (!mail->currency.data)
        return STR("");
    int digits = currency_digits(mail->currency);
    for (int i = 0; i < digits; i++)
        unit *= 10;
    buf_put_int(&text, mail->amount / unit);
    if (digits > 0)
        buf_printf(&text, ".%0*lld", digits, (long long)(mail->amount % unit));
    buf_put_char(&text, ' ');
    for (size_t i = 0; i < mail->currency.size; i++)
        buf_put_char(&text,
                     (char)(mail->currency.data[i] - ('a' - 'A'))); /* it is three letters in lower case */
    return buf_ok(&text) ? buf_str(&text) : (struct str){0};
}

enum status order_mail_queue(struct shop_ctx *ctx, const struct order_mail *mail) {
    char number[order_number_size];
    struct str link = {0};
    if (!mail->to.data)
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
