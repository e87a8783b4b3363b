/* A PNG file (w3.org/TR/png-3) is a signature and chunks, each with its size in front and a checksum behind:
 *
 *     89 P N G … │ size IHDR sides, kind crc │ size PLTE … crc │ size IDAT … crc │ size IEND crc │ (more)
 *
 * Every checksum is compared, those of chunks that are left out too: a picture that was damaged on its way is refused. */
#include "image/parts.h"

#include <zlib.h>

enum {
    signature_bytes = 8,
    frame_bytes = 12, /* of a chunk: its size, its name and its checksum */
    header_bytes = 13,
};

struct png_chunk {
    const unsigned char *name, *data;
    size_t size; /* of its data */
};

static bool png_chunk_is(const struct png_chunk *c, const char *name) {
    return memcmp(c->name, name, 4) == 0;
}

/* What decoding needs, and what says how its colours are meant, with as many bytes as the standard gives each at most: no
 * decoder reads more, so it would be a place to hide something. */
static const struct png_kind {
    char name[5];
    uint32_t size_max;
} png_kinds[] = {{"IHDR", header_bytes}, {"PLTE", 768}, {"IDAT", UINT32_MAX}, {"IEND", 0},
                 {"tRNS", 256},          {"gAMA", 4},   {"cHRM", 32},         {"sRGB", 1},
                 {"iCCP", UINT32_MAX},   {"sBIT", 4},   {"cICP", 4},          {"pHYs", 9}};

static bool png_chunk_is_kept(const struct png_chunk *c) {
    for (size_t i = 0; i < sizeof png_kinds / sizeof *png_kinds; i++)
        if (png_chunk_is(c, png_kinds[i].name))
            return c->size <= png_kinds[i].size_max;
    return false;
}

/* Whether it is a chunk that a picture cannot do without. The case of its name's first letter says so. */
static bool png_chunk_is_critical(const struct png_chunk *c) {
    return (c->name[0] & 0x20) == 0;
}

/* Finds the next chunk and compares its checksum. */
static enum image_fault png_chunk_next(const struct parts *p, struct png_chunk *out) {
    const unsigned char *at = parts_next(p);
    if (parts_left(p) < frame_bytes || image_be32(at) > parts_left(p) - frame_bytes)
        return IMAGE_CUT_OFF;
    *out = (struct png_chunk){.name = at + 4, .data = at + 8, .size = image_be32(at)};
    uLong sum = crc32(0, out->name, (uInt)(4 + out->size));
    return sum == image_be32(out->data + out->size) ? IMAGE_FINE : IMAGE_CHECKSUM;
}

/* Reads the sides. Compression and filter have one method each, and interlacing two. */
static enum image_fault png_header_read(const struct png_chunk *c, struct image *out) {
    if (!png_chunk_is(c, "IHDR") || c->size != header_bytes || c->data[10] != 0 || c->data[11] != 0 ||
        c->data[12] > 1)
        return IMAGE_DAMAGED;
    return image_set_sides(out, image_be32(c->data), image_be32(c->data + 4));
}

/* Keeps a chunk, or leaves it out; a critical one cannot be left out. An animation's further frames are left out, and its first one stays. */
static enum image_fault png_chunk_take(struct parts *p, const struct png_chunk *c, bool is_first,
                                       struct image *out) {
    enum image_fault fault = IMAGE_FINE;
    if (is_first)
        fault = png_header_read(c, out);
    else if (png_chunk_is(c, "IHDR"))
        fault = IMAGE_DAMAGED;
    else if (png_chunk_is(c, "eXIf") && exif_is_turned(c->data, c->size))
        fault = IMAGE_TURNED;
    bool is_kept = png_chunk_is_kept(c);
    if (fault == IMAGE_FINE && !is_kept && png_chunk_is_critical(c))
        fault = IMAGE_DAMAGED;
    if (is_kept)
        parts_keep(p, frame_bytes + c->size);
    else
        parts_drop(p, frame_bytes + c->size);
    return fault;
}

enum image_fault png_strip(struct parts *p, struct image *out) {
    struct png_chunk chunk;
    bool is_first = true, has_data = false, has_end = false;
    parts_keep(p, signature_bytes);
    for (; !has_end; is_first = false) {
        enum image_fault fault = png_chunk_next(p, &chunk);
        if (fault != IMAGE_FINE)
            return fault;
        has_data |= png_chunk_is(&chunk, "IDAT");
        has_end = png_chunk_is(&chunk, "IEND");
        fault = png_chunk_take(p, &chunk, is_first, out);
        if (fault != IMAGE_FINE)
            return fault;
    }
    return has_data ? IMAGE_FINE : IMAGE_DAMAGED;
}
