/* Matching goes through the rows in order and compares segment by segment; `{name}` matches any segment that
 * is not empty. The first row that matches decides the pattern. The later rows with the same pattern add
 * their methods, so one pass finds the row and what Allow says:
 *
 *     GET /products/search          ◄─ /products/search matches here, so the next row is not tried
 *     GET /products/{product_id}    ◄─ /products/0198… matches here …
 *     PATCH /products/{product_id}  ◄─ … and this row has the same pattern: Allow: GET, HEAD, PATCH, OPTIONS
 *
 * There are some thirty rows, and most comparisons end in the first segment. */
#include "api/router.h"

#include "api/etag.h"
#include "api/idempotency.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

struct str method_name(enum method method) {
    static const char *const names[METHOD_COUNT] = {"GET",    "POST",    "PUT",  "PATCH",
                                                    "DELETE", "OPTIONS", "OTHER"};
    return str_from(names[method]);
}

/* Adds a name to a list that does not have it. */
static void router_add_header(struct header_names *list, struct str name) {
    for (size_t i = 0; i < list->count; i++)
        if (str_equal(list->names[i], name))
            return;
    assert(list->count < request_headers_max);
    list->names[list->count++] = name;
}

static void router_add_headers(struct header_names *list, const struct endpoint *e) {
    if (e->idempotent)
        router_add_header(list, idempotency_header);
    if (e->if_match)
        router_add_header(list, if_match_header);
    for (size_t i = 0; i < sizeof e->headers / sizeof *e->headers && e->headers[i]; i++)
        router_add_header(list, str_from(e->headers[i]));
}

/* A row of the staff without a scope would be open to every key, so the program does not start with one that does not
 * say any_staff. Its first step has the writer, because a key is looked up on the primary database, where it was revoked:
 * of a row with LANE_SEARCH that is STEP_ACCESS. */
static void endpoint_check_access(const struct endpoint *e) {
    bool has_scope = e->scope > SCOPE_NONE && e->scope < SCOPE_COUNT;
    bool is_shared = e->access == ACCESS_SESSION && e->method == METHOD_GET;
    assert(has_scope ? is_shared || (e->access == ACCESS_STAFF && !e->any_staff)
                     : e->any_staff == (e->access == ACCESS_STAFF));
    assert(e->access != ACCESS_STAFF || e->lane == LANE_WRITER || e->lane == LANE_SEARCH);
}

/* Chains the last row to the one before it that has its path. */
static void router_chain(struct router *router) {
    size_t last = router->count - 1, before = last;
    router->routes[last].next = routes_max;
    while (before-- > 0)
        if (strcmp(router->routes[before].endpoint->path, router->routes[last].endpoint->path) == 0) {
            router->routes[before].next = last;
            return;
        }
}

void router_fill(struct router *router, const struct endpoint_group *const *groups, bool hides_staff) {
    router->groups = groups;
    router->count = 0;
    router->headers.count = 0;
    for (size_t g = 0; groups[g]; g++)
        for (size_t i = 0; i < groups[g]->count; i++) {
            assert(router->count < routes_max);
            struct route *r = &router->routes[router->count++];
            r->endpoint = &groups[g]->rows[i];
            r->tag = groups[g]->tag;
            r->takes_staff = !hides_staff;
            r->is_hidden = hides_staff && r->endpoint->access >= ACCESS_SIGN_IN;
            router_chain(router);
            endpoint_check_access(r->endpoint);
            router_add_headers(&router->headers, r->endpoint);
            snprintf(r->label, sizeof r->label, "%s %s", method_name(r->endpoint->method).data,
                     r->endpoint->path);
        }
}

/* Takes the slash and the segment behind it off the front of *path. Returns the segment. */
static struct str path_take_segment(struct str *path) {
    struct str rest = str_skip(*path, 1);
    size_t size = str_find(rest, '/');
    *path = str_skip(rest, size);
    return (struct str){rest.data, size};
}

/* Returns whether path matches the pattern, and sets the parameters of `out`. */
static bool path_matches_pattern(struct str pattern, struct str path, struct match *out) {
    out->parameter_count = 0;
    while (pattern.size > 0 && path.size > 0 && path.data[0] == '/') {
        struct str want = path_take_segment(&pattern), have = path_take_segment(&path);
        if (want.size > 0 && want.data[0] == '{') {
            if (have.size == 0)
                return false;
            assert(out->parameter_count < path_parameters_max);
            out->names[out->parameter_count] = (struct str){want.data + 1, want.size - 2};
            out->parameters[out->parameter_count++] = have;
        } else if (!str_equal(want, have)) {
            return false;
        }
    }
    return pattern.size == 0 && path.size == 0;
}

/* Stops at the first row that matches and follows its chain, so that rows behind it cost nothing: those that
 * shoppers need come first. */
void router_match(const struct router *router, struct str path, struct match *out) {
    size_t i = 0;
    for (size_t m = 0; m < METHOD_COUNT; m++)
        out->by_method[m] = routes_max;
    while (i < router->count &&
           (router->routes[i].is_hidden ||
            !path_matches_pattern(str_from(router->routes[i].endpoint->path), path, out)))
        i++;
    out->found = i < router->count;
    for (; i < router->count; i = router->routes[i].next)
        if (!router->routes[i].is_hidden)
            out->by_method[router->routes[i].endpoint->method] = i;
}

size_t router_allow(const struct match *match, char out[static allow_size_max]) {
    size_t size = 0;
    for (size_t m = 0; m < METHOD_COUNT; m++) {
        if (match->by_method[m] == routes_max && m != METHOD_OPTIONS)
            continue;
        int n = snprintf(out + size, allow_size_max - size, "%s%s%s", size ? ", " : "",
                         method_name((enum method)m).data, m == METHOD_GET ? ", HEAD" : "");
        assert(n > 0 && size + (size_t)n < allow_size_max);
        size += (size_t)n;
    }
    return size;
}
