#include "shop/row_list.h"

enum status row_list_read(struct shop_ctx *ctx, struct db_rows *rows, row_reader *read, size_t size,
                          int64_t most, struct list *out) {
    char *elements = arena_array(ctx->arena, (size_t)most, size);
    size_t count = 0;
    for (; elements && count < (size_t)most && db_step(rows); count++)
        read(ctx, rows, elements + count * size);
    *out = (struct list){elements, count};
    enum status s = db_finish(rows);
    return elements ? s : STATUS_NO_MEMORY;
}
