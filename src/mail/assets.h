/* The templates that the build puts into the binary (tools/embed.py). */
#pragma once

#include "base/str.h"

extern const struct str asset_staff_invite_txt, asset_staff_invite_html;
extern const struct str asset_webhook_failing_txt, asset_webhook_failing_html;
extern const struct str asset_mail_test_txt, asset_mail_test_html, asset_order_shipped_txt,
    asset_order_shipped_html;
extern const struct str asset_order_link_txt, asset_order_link_html;
extern const struct str asset_order_cancelled_txt, asset_order_cancelled_html;
extern const struct str asset_order_delivered_txt, asset_order_delivered_html;
extern const struct str asset_mail_head_txt, asset_mail_head_html, asset_mail_foot_txt, asset_mail_foot_html;
extern const struct str asset_order_refunded_txt, asset_order_refunded_html;
extern const struct str asset_order_confirmed_txt, asset_order_confirmed_html;
extern const struct str asset_new_order_txt, asset_new_order_html, asset_low_stock_txt, asset_low_stock_html;
