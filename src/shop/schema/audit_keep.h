/* How many days an entry of the audit log stays: a setting, as decimal digits. The trigger that refuses to delete an
 * earlier one and the sweep that deletes later ones both read it here. Released migrations are made of these texts, so
 * they are never changed. */
#pragma once

#define AUDIT_KEEP_DAYS                                                                                      \
    "coalesce((SELECT CAST(CAST(value AS TEXT) AS INTEGER) FROM settings"                                    \
    " WHERE name = 'audit_keep_days'), 1095)"

#define AUDIT_KEEP_DAYS_POSTGRES                                                                             \
    "coalesce((SELECT convert_from(value, 'UTF8')::integer FROM settings"                                    \
    " WHERE name = 'audit_keep_days'), 1095)"
