/* A WebP file (RFC 9649) is a RIFF file: a size in front of everything, and chunks with an even number of bytes.
 *
 *     RIFF size WEBP │ VP8  size …                                        a plain picture, lossy …
 *     RIFF size WEBP │ VP8L size …                                        … or without loss
 *     RIFF size WEBP │ VP8X flags, canvas │ ICCP … │ ALPH … │ VP8  … │ EXIF … │ XMP  …
 *
 * VP8X says by flags which of the others there are. The sizes at the front change with what is left out. */
#include "image/parts.h"

enum { head_bytes = 12, frame_bytes = 8, extended_bytes = 10 };
enum { FLAG_ANIMATED = 0x02, FLAG_XMP = 0x04, FLAG_EXIF = 0x08 };

struct webp_chunk {
    unsigned char *name, *data;
    size_t size, whole; /* of its data, and of the chunk with the byte that makes it even */
};

static bool webp_chunk_is(const struct webp_chunk *c, const char *name) {
    return memcmp(c->name, name, 4) == 0;
}

/* Finds the next chunk. The last one may lack the byte that makes it even. */
static enum image_fault webp_chunk_next(const struct parts *p, struct webp_chunk *out) {
    unsigned char *at = parts_next(p);
    if (parts_left(p) < frame_bytes)
        return IMAGE_CUT_OFF;
    size_t size = image_le32(at + 4), left = parts_left(p) - frame_bytes;
    if (size > left)
        return IMAGE_CUT_OFF;
    *out = (struct webp_chunk){at, at + frame_bytes, size, frame_bytes + size + (size % 2 && size < left)};
    return IMAGE_FINE;
}

/* A key frame of VP8 (RFC 6386, §9.1): three bytes, a start code, and two sides of 14 bits. */
static enum image_fault webp_lossy_read(const struct webp_chunk *c, struct image *out) {
    const unsigned char *d = c->data;
    if (c->size < 10 || (d[0] & 1) != 0 || memcmp(d + 3, "\x9D\x01\x2A", 3) != 0)
        return IMAGE_DAMAGED;
    return image_set_sides(out, image_le16(d + 6) & 0x3FFF, image_le16(d + 8) & 0x3FFF);
}

/* A picture without loss (RFC 9649, §3.4): a signature, two sides of 14 bits less 1, and a version that is 0. */
static enum image_fault webp_lossless_read(const struct webp_chunk *c, struct image *out) {
    if (c->size < 5 || c->data[0] != 0x2F)
        return IMAGE_DAMAGED;
    uint32_t bits = image_le32(c->data + 1);
    if (bits >> 29 != 0)
        return IMAGE_DAMAGED;
    return image_set_sides(out, (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1);
}

/* Reads the canvas, and clears the flags of what is left out. */
static enum image_fault webp_extended_read(const struct webp_chunk *c, struct image *canvas) {
    if (c->size != extended_bytes)
        return IMAGE_DAMAGED;
    if (c->data[0] & FLAG_ANIMATED)
        return IMAGE_ANIMATED;
    c->data[0] &= (unsigned char)~(FLAG_EXIF | FLAG_XMP);
    return image_set_sides(canvas, image_le24(c->data + 4) + 1, image_le24(c->data + 7) + 1);
}

/* Some programs put the name of JPEG's segment in front of the data. */
static bool webp_chunk_is_turned(const struct webp_chunk *c) {
    bool has_name = c->size >= 6 && memcmp(c->data, "Exif\0", 6) == 0;
    size_t skip = has_name ? 6 : 0;
    return webp_chunk_is(c, "EXIF") && exif_is_turned(c->data + skip, c->size - skip);
}

/* Reads a chunk. `canvas` gets the sides of VP8X, `out` those of the picture, which there is once. */
static enum image_fault webp_chunk_read(const struct webp_chunk *c, bool is_first, struct image *canvas,
                                        struct image *out) {
    bool is_lossy = webp_chunk_is(c, "VP8 "), is_lossless = webp_chunk_is(c, "VP8L");
    if (webp_chunk_is(c, "VP8X"))
        return is_first ? webp_extended_read(c, canvas) : IMAGE_DAMAGED;
    if (webp_chunk_is(c, "ANIM") || webp_chunk_is(c, "ANMF"))
        return IMAGE_ANIMATED;
    if (webp_chunk_is_turned(c))
        return IMAGE_TURNED;
    if (!is_lossy && !is_lossless)
        return is_first ? IMAGE_DAMAGED : IMAGE_FINE;
    if (out->width > 0)
        return IMAGE_DAMAGED;
    return is_lossy ? webp_lossy_read(c, out) : webp_lossless_read(c, out);
}

static bool webp_chunk_is_kept(const struct webp_chunk *c) {
    return webp_chunk_is(c, "VP8 ") || webp_chunk_is(c, "VP8L") || webp_chunk_is(c, "VP8X") ||
           webp_chunk_is(c, "ALPH") || webp_chunk_is(c, "ICCP");
}

enum image_fault webp_strip(struct parts *p, struct image *out) {
    struct image canvas = {.width = 0};
    struct webp_chunk chunk;
    size_t size = image_le32(p->data + 4);
    if (size > p->size - 8)
        return IMAGE_CUT_OFF;
    if (size < 4)
        return IMAGE_DAMAGED;
    p->size = 8 + size; /* what is behind that is left out */
    parts_keep(p, head_bytes);
    for (bool is_first = true; parts_left(p) > 0; is_first = false) {
        enum image_fault fault = webp_chunk_next(p, &chunk);
        if (fault == IMAGE_FINE)
            fault = webp_chunk_read(&chunk, is_first, &canvas, out);
        if (fault != IMAGE_FINE)
            return fault;
        if (webp_chunk_is_kept(&chunk))
            parts_keep(p, chunk.whole);
        else
            parts_drop(p, chunk.whole);
    }
    image_write_le32(p->data + 4, (uint32_t)(p->kept - 8));
    if (out->width == 0 || (canvas.width > 0 && (canvas.width != out->width || canvas.height != out->height)))
        return IMAGE_DAMAGED;
    return IMAGE_FINE;
}
