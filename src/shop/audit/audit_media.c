/* The audit of pictures: each is what its address says, and those that nothing refers to are known, so that they go. */
#include "base/crypto/sha.h"
#include "shop/audit/checks.h"
#include "shop/media/media.h"

enum { hash_line_size = media_hash_text_size + 1 };

/* Reads every picture and compares its hash. One at a time is in memory. */
static enum status audit_media_bytes(struct auditor *a) {
    static const struct sql sql = SQL("SELECT hash, bytes FROM media ORDER BY hash");
    struct db_rows *rows = db_stream(a->ctx->db, &sql);
    while (db_step(rows)) {
        uint8_t digest[sha256_size];
        char text[hash_line_size] = {0};
        struct str bytes = db_column_value(rows, 1).bytes, hash = db_column_value(rows, 0).bytes;
        sha256_of(bytes, digest);
        if (str_equal(hash, (struct str){(const char *)digest, sizeof digest}))
            continue;
        hex_write((const uint8_t *)hash.data, media_hash_size, text);
        audit_breach(a, "picture %s: its bytes have another hash", text);
    }
    return db_finish(rows);
}

#define HEX_SQLITE "lower(hex(m.hash))"
#define HEX_POSTGRES "encode(m.hash, 'hex')"
#define IS_USED                                                                                              \
    "(EXISTS (SELECT 1 FROM product_images AS i WHERE i.media = m.hash)"                                     \
    " OR EXISTS (SELECT 1 FROM media_sizes AS s WHERE s.hash = m.hash))"
#define ORPHANS " FROM media_orphans AS m WHERE " IS_USED
#define UNKNOWN_ORPHANS                                                                                      \
    " FROM media AS m WHERE NOT " IS_USED                                                                    \
    " AND NOT EXISTS (SELECT 1 FROM media_orphans AS o WHERE o.hash = m.hash)"
#define WRONG_SIZES                                                                                          \
    ", s.width, z.width FROM media_sizes AS s JOIN media AS m ON m.hash = s.media"                           \
    " JOIN media AS z ON z.hash = s.hash WHERE s.width <> z.width OR s.width >= m.width"

enum status audit_media(struct auditor *a) {
    static const struct audit_rule rules[] = {
        {{"SELECT " HEX_SQLITE ORPHANS, "SELECT " HEX_POSTGRES ORPHANS},
         "picture %s: is in use, and would be deleted as an orphan"},
        {{"SELECT " HEX_SQLITE UNKNOWN_ORPHANS, "SELECT " HEX_POSTGRES UNKNOWN_ORPHANS},
         "picture %s: nothing refers to it, and it is not among the orphans"},
        {{"SELECT " HEX_SQLITE WRONG_SIZES, "SELECT " HEX_POSTGRES WRONG_SIZES},
         "picture %s: its size of width %d has a width of %d"},
        {SQL("SELECT p.id, count(*) FROM product_images AS i JOIN products AS p ON p.seq = i.product"
             " GROUP BY p.id HAVING max(i.position) <> count(*) - 1"),
         "product %u: its %d pictures are not numbered one by one"},
    };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        TRY(audit_report_rows(a, &rules[i]));
    return audit_media_bytes(a);
}
