/* Finds the rows of the endpoint table that match a path. */
#pragma once

#include "api/endpoint.h"
#include "base/metrics.h"

enum {
    routes_max =
        metric_routes_max - 1, /* rows in all: one slot of the metrics is for requests without a row */
    path_parameters_max = 2,
};

struct route {
    const struct endpoint *endpoint;
    size_t next;      /* the next row of the same path; routes_max: there is none */
    const char *tag;  /* of its group */
    bool is_hidden;   /* matches no request, and is in no document; it keeps its number, for metrics */
    bool takes_staff; /* if the row is for the staff too */
    char label[96];   /* `GET /products/{product_id}` */
};

struct router {
    const struct endpoint_group *const *groups;
    struct route routes[routes_max];
    size_t count;
    struct header_names headers; /* that the rows list */
};

/* The rows that a path matched, all of one pattern, and the values of its parameters. */
struct match {
    bool found;
    size_t by_method[METHOD_COUNT]; /* the route's number, or routes_max if the method is not allowed */
    struct str parameters[path_parameters_max];
    struct str names[path_parameters_max]; /* without their braces */
    size_t parameter_count;
};

/* Fills the router with the rows of all groups, which end with NULL and outlive the router. `hides_staff`: those of
 * the staff are hidden. */
void router_fill(struct router *router, const struct endpoint_group *const *groups, bool hides_staff);

/* Matches a decoded path. The parameters point into it. */
void router_match(const struct router *router, struct str path, struct match *out);

/* Writes the value of Allow for a match, such as `GET, HEAD, POST`. Returns its size, below
 * allow_size_max. */
enum { allow_size_max = 64 };
size_t router_allow(const struct match *match, char out[static allow_size_max]);

/* Returns the method's name, a static text that ends with NUL. */
struct str method_name(enum method method);
