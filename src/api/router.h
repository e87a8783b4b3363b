/* From a path to a row of the endpoint table. */
#pragma once

#include "api/endpoint.h"

enum {
    routes_max = 63, /* rows in all; metrics have one slot more */
    path_parameters_max = 2,
};

struct route {
    const struct endpoint *endpoint;
    char label[96]; /* `GET /products/{product_id}` */
};

struct router {
    const struct endpoint_group *const *groups;
    struct route routes[routes_max];
    size_t count;
};

/* What a path matched: the rows of one path, and the texts of its parameters. */
struct match {
    bool found;
    size_t by_method[METHOD_COUNT]; /* number of the route, or routes_max where the method is not allowed */
    struct str parameters[path_parameters_max];
    struct str names[path_parameters_max]; /* without their braces */
    size_t parameter_count;
};

/* Numbers the rows of all groups, which end with NULL and outlive the router. */
void router_fill(struct router *router, const struct endpoint_group *const *groups);

/* Matches a decoded path. */
void router_match(const struct router *router, struct str path, struct match *out);

/* `GET, HEAD, POST` for a match, longest at allow_size_max bytes; gives the size. */
enum { allow_size_max = 64 };
size_t router_allow(const struct match *match, char out[static allow_size_max]);

/* The method's name: static text. */
struct str method_name(enum method method);
