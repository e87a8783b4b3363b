/* The audit of files that the staff sends in parts: what is there is what was counted, so that a file counts as whole only
 * if it is. */
#include "shop/audit/checks.h"

#define RECEIVED "(SELECT count(*) FROM import_parts AS p WHERE p.import_seq = i.seq AND p.n <= i.parts)"

enum status audit_imports(struct auditor *a) {
    static const struct audit_rule rule = {SQL("SELECT i.id, i.received, " RECEIVED
                                               " FROM imports AS i WHERE i.state NOT IN ('done', 'deleted')"
                                               " AND i.received <> " RECEIVED),
                                           "import %u: %d parts are counted, and %d are there"};
    return audit_report_rows(a, &rule);
}
