#include "shop/search/search.h"

#include "shop/search/rerank.h"

static bool is_blank_text(struct str text) {
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] != ' ' && (text.data[i] < '\t' || text.data[i] > '\r'))
            return false;
    return true;
}

/* What is read here is announced first, so that PostgreSQL answers all of it in one round trip. */
enum status search_read_filter(struct shop_ctx *ctx, const struct search *search, struct doc_columns columns,
                               struct filter *out, struct match *match, bool *any) {
    bool has_text = !is_blank_text(search->q);
    *out = (struct filter){
        .min_price = search->min_price.is_set ? search->min_price.value : 0,
        .max_price = search->max_price.is_set ? search->max_price.value : INT64_MAX,
        .in_stock = search->in_stock,
        .columns = columns,
        .side = search->side,
        .low = search->low,
    };
    if (search->side != SIDE_ACTIVE)
        out->columns.numbers = DOC_WITHDRAWN;
    else if (search->category.count > 0)
        out->columns.numbers = DOC_CATEGORIES;
    else if (filter_has_prices(out) && columns.numbers < DOC_PRICES)
        out->columns.numbers = DOC_PRICES;
    *match = (struct match){.query = NULL};
    *any = out->min_price <= out->max_price;
    doc_categories_announce(ctx, &search->category);
    if (search->in_stock.is_set)
        sold_out_announce(ctx);
    if (has_text)
        TRY(match_prepare(ctx, search->q, MATCH_THOROUGH, match));
    else if (*any)
        filter_announce_all(ctx, out, INT64_MAX);
    TRY(product_newest_seq(ctx, &out->last));
    if (search->category.count > 0) {
        TRY(doc_categories_find(ctx, &search->category, &out->categories));
        *any &= out->categories.count > 0;
    }
    if (search->in_stock.is_set)
        TRY(sold_out_read(ctx, &out->sold_out));
    *any &= !has_text || match->query->count > 0;
    if (!*any || !has_text)
        return STATUS_OK;
    TRY(match_read_terms(ctx, out->last, match));
    TRY(match_correct(ctx, match));
    TRY(filter_announce(ctx, out, match));
    out->hits = &match->hits;
    TRY(match_run(ctx, match));
    TRY(match_finish(ctx, match));
    if (match->is_rematched)
        filter_forget_choice(out);
    return STATUS_OK;
}

/* Whether the search is the catalogue's list: without filters and newest first. The list reads its page from
 * the table's own order and its total from a counter, so it needs no scan. */
static bool is_plain_list(const struct search *search) {
    return !search->always_scans && is_blank_text(search->q) && search->category.count == 0 &&
           !search->min_price.is_set && !search->max_price.is_set && !search->in_stock.is_set &&
           (search->sort == SORT_RELEVANCE || search->sort == SORT_NEWEST);
}

/* The products from `offset` on, at most `limit`. */
static struct list page_of(struct product *products, size_t count, size_t offset, size_t limit) {
    offset = offset < count ? offset : count;
    return (struct list){products + offset, count - offset < limit ? count - offset : limit};
}

enum status product_search(struct shop_ctx *ctx, const struct search *search, struct search_found *out) {
    struct filter filter;
    enum search_sort sort = (enum search_sort)search->sort;
    struct match match;
    struct ranked_page page;
    bool any;
    struct shop_ctx work = *ctx; /* its memory ends with the search; what is found goes to the caller's */
    *out = (struct search_found){.total = 0};
    if (is_plain_list(search)) {
        struct product_page list = {INT64_MAX, search->limit, search->offset, search->include};
        int64_t next;
        return product_list(ctx, &list, &out->products, &next, &out->total);
    }
    work.arena = db_scratch(ctx->db, ctx->arena->bytes_max);
    TRY(search_read_filter(&work, search, sort_columns(sort), &filter, &match, &any));
    if (!any)
        return STATUS_OK;
    bool by_names = match.query && sort == SORT_RELEVANCE && search->offset < rerank_count;
    int64_t offset = by_names ? 0 : search->offset, count = search->offset + search->limit - offset;
    if (by_names && count < rerank_count)
        count = rerank_count;
    struct ranking_wish wish = {sort, count, offset, search->before};
    TRY(rank_page(&work, &filter, &wish, &page));
    if (work.arena->failed)
        return STATUS_NO_MEMORY;
    struct product *products = arena_array(ctx->arena, page.count, sizeof *products);
    if (!products)
        return STATUS_NO_MEMORY;
    TRY(products_by_seqs(ctx, page.seqs, page.count, search->include, products));
    *out =
        (struct search_found){.total = page.total, .further = page.further, .at_least = match.hits.truncated};
    if (match.query && page.count > 0)
        TRY(query_corrected_text(ctx, match.query, &out->corrected));
    if (by_names)
        TRY(rerank_products(match.query, page.scores, products, page.count));
    else if (page.ties)
        TRY(rank_order_products(ctx, sort, &page, products));
    size_t skip = by_names ? (size_t)search->offset : page.skip;
    out->products = page_of(products, page.count, skip, (size_t)search->limit);
    return STATUS_OK;
}
