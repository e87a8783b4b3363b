#include "api/router.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

struct str method_name(enum method method) {
    static const char *const names[METHOD_COUNT] = {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
    return str_from(names[method]);
}

void router_fill(struct router *router, const struct endpoint_group *const *groups) {
    router->groups = groups;
    router->count = 0;
    for (size_t g = 0; groups[g]; g++)
        for (size_t i = 0; i < groups[g]->count; i++) {
            assert(router->count < routes_max);
            struct route *r = &router->routes[router->count++];
            r->endpoint = &groups[g]->rows[i];
            snprintf(r->label, sizeof r->label, "%s %s", method_name(r->endpoint->method).at,
                     r->endpoint->path);
        }
}

/* Takes the segment up to the next slash off the front of *path, which starts with a slash. */
static struct str segment(struct str *path) {
    struct str rest = {path->at + 1, path->size - 1};
    size_t size = str_find(rest, '/');
    *path = (struct str){rest.at + size, rest.size - size};
    return (struct str){rest.at, size};
}

/* Whether path is of the pattern's form; fills the parameters of `out`. */
static bool path_fits(struct str pattern, struct str path, struct match *out) {
    out->parameter_count = 0;
    while (pattern.size > 0 && path.size > 0 && path.at[0] == '/') {
        struct str want = segment(&pattern), have = segment(&path);
        if (want.size > 0 && want.at[0] == '{') {
            if (have.size == 0)
                return false;
            assert(out->parameter_count < path_parameters_max);
            out->names[out->parameter_count] = (struct str){want.at + 1, want.size - 2};
            out->parameters[out->parameter_count++] = have;
        } else if (!str_equal(want, have)) {
            return false;
        }
    }
    return pattern.size == 0 && path.size == 0;
}

void router_match(const struct router *router, struct str path, struct match *out) {
    const char *matched = NULL;
    out->found = false;
    for (size_t m = 0; m < METHOD_COUNT; m++)
        out->by_method[m] = routes_max;
    for (size_t i = 0; i < router->count; i++) {
        const struct endpoint *e = router->routes[i].endpoint;
        if (matched ? strcmp(matched, e->path) != 0 : !path_fits(str_from(e->path), path, out))
            continue;
        matched = e->path;
        out->found = true;
        out->by_method[e->method] = i;
    }
}

size_t router_allow(const struct match *match, char out[static allow_size_max]) {
    size_t size = 0;
    for (size_t m = 0; m < METHOD_COUNT; m++) {
        if (match->by_method[m] == routes_max && m != METHOD_OPTIONS)
            continue;
        int n = snprintf(out + size, allow_size_max - size, "%s%s%s", size ? ", " : "",
                         method_name((enum method)m).at, m == METHOD_GET ? ", HEAD" : "");
        assert(n > 0 && size + (size_t)n < allow_size_max);
        size += (size_t)n;
    }
    return size;
}
