/* What the audit's files share. Private to src/shop/audit*.c. */
#pragma once

#include "shop/audit.h"

enum { audit_id_size = uuid_text_size + 1 }; /* and a NUL */

struct auditor {
    struct tx *tx;
    audit_report *report;
    void *context;
    struct audit *out;
};

/* Tells a breach and counts it. printf's format, a line without its end. */
__attribute__((format(printf, 2, 3))) void audit_breach(struct auditor *a, const char *format, ...);

const char *audit_id(const struct uuid *id, char out[static audit_id_size]);

/* Payments and the orders that they pay. */
MUST_CHECK enum status audit_payments(struct auditor *a);
