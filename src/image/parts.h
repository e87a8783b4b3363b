/* A walk through the parts of a picture's file: each is kept or left out, in place. Private to this room.
 *
 *     | kept so far | (left out) | not looked at yet |
 *     data        kept          at                 size */
#pragma once

#include "image/image.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct parts {
    unsigned char *data;
    size_t size, at, kept;
};

static inline size_t parts_left(const struct parts *p) {
    return p->size - p->at;
}

/* The bytes that are looked at next. */
static inline unsigned char *parts_next(const struct parts *p) {
    return p->data + p->at;
}

/* Keeps the next `size` bytes, of which there are as many. Returns them at their new place. */
static inline unsigned char *parts_keep(struct parts *p, size_t size) {
    unsigned char *to = p->data + p->kept;
    memmove(to, parts_next(p), size);
    p->at += size;
    p->kept += size;
    return to;
}

static inline void parts_drop(struct parts *p, size_t size) {
    p->at += size;
}

static inline uint32_t image_be16(const unsigned char *at) {
    return (uint32_t)at[0] << 8 | at[1];
}

static inline uint32_t image_be32(const unsigned char *at) {
    return image_be16(at) << 16 | image_be16(at + 2);
}

static inline uint32_t image_le16(const unsigned char *at) {
    return (uint32_t)at[1] << 8 | at[0];
}

static inline uint32_t image_le24(const unsigned char *at) {
    return (uint32_t)at[2] << 16 | image_le16(at);
}

static inline uint32_t image_le32(const unsigned char *at) {
    return image_le16(at + 2) << 16 | image_le16(at);
}

static inline void image_write_le32(unsigned char *at, uint32_t value) {
    for (int i = 0; i < 4; i++)
        at[i] = (unsigned char)(value >> 8 * i);
}

/* Sets the size of the picture. IMAGE_DAMAGED if a side is 0, IMAGE_TOO_LARGE. */
enum image_fault image_set_sides(struct image *image, uint32_t width, uint32_t height);

/* Whether EXIF data, which begin with the head of TIFF, say that the picture is not shown as it is stored. Data that cannot
 * be read say nothing. */
bool exif_is_turned(const unsigned char *data, size_t size);

/* One for each type. `parts` begins with the type's first bytes. What is kept at the end is the picture. */
enum image_fault jpeg_strip(struct parts *parts, struct image *out);
enum image_fault png_strip(struct parts *parts, struct image *out);
enum image_fault webp_strip(struct parts *parts, struct image *out);
