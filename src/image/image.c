#include "image/image.h"

#include "image/parts.h"

const char *const image_type_names[IMAGE_TYPE_COUNT + 1] = {
    [IMAGE_JPEG] = "image/jpeg", [IMAGE_PNG] = "image/png", [IMAGE_WEBP] = "image/webp"};

static const char *const fault_texts[IMAGE_FAULT_COUNT] = {
    [IMAGE_FINE] = "The picture is fine",
    [IMAGE_UNKNOWN] = "This is not a JPEG, PNG or WebP picture",
    [IMAGE_SVG] = "SVG is not taken, because it can hold scripts: save the picture as PNG or WebP",
    [IMAGE_CUT_OFF] = "The picture ends too early: a part of the file is missing",
    [IMAGE_DAMAGED] = "The picture's file is damaged, or of a kind that browsers do not show",
    [IMAGE_CHECKSUM] = "The picture's file is damaged: a checksum does not match",
    [IMAGE_TOO_LARGE] = "The picture has a side of more than 8192 pixels",
    [IMAGE_ANIMATED] = "The picture is an animation: save one frame of it",
    [IMAGE_TURNED] =
        "The picture's EXIF data say that it is to be turned, and they are not kept: save it turned",
};

const char *image_fault_text(enum image_fault fault) {
    return fault_texts[fault];
}

enum image_fault image_set_sides(struct image *image, uint32_t width, uint32_t height) {
    if (width == 0 || height == 0)
        return IMAGE_DAMAGED;
    if (width > image_side_max || height > image_side_max)
        return IMAGE_TOO_LARGE;
    image->width = (int)width;
    image->height = (int)height;
    return IMAGE_FINE;
}

static bool image_starts_with(const struct parts *p, const char *bytes, size_t size) {
    return p->size >= size && memcmp(p->data, bytes, size) == 0;
}

/* Whether it is a text of markup, as of SVG: the first byte that is not blank, behind a byte order mark, is a `<`. */
static bool image_is_markup(const struct parts *p) {
    size_t i = image_starts_with(p, "\xEF\xBB\xBF", 3) ? 3 : 0;
    while (i < p->size && (p->data[i] == ' ' || (p->data[i] >= '\t' && p->data[i] <= '\r')))
        i++;
    return i < p->size && p->data[i] == '<';
}

enum image_fault image_strip(char *data, size_t size, struct image *out) {
    struct parts parts = {.data = (unsigned char *)data, .size = size};
    enum image_fault fault = IMAGE_UNKNOWN;
    *out = (struct image){.type = IMAGE_JPEG};
    if (image_starts_with(&parts, "\xFF\xD8\xFF", 3)) {
        fault = jpeg_strip(&parts, out);
    } else if (image_starts_with(&parts, "\x89PNG\r\n\x1A\n", 8)) {
        out->type = IMAGE_PNG;
        fault = png_strip(&parts, out);
    } else if (image_starts_with(&parts, "RIFF", 4) && size >= 12 && memcmp(data + 8, "WEBP", 4) == 0) {
        out->type = IMAGE_WEBP;
        fault = webp_strip(&parts, out);
    } else if (image_is_markup(&parts)) {
        fault = IMAGE_SVG;
    }
    out->size = parts.kept;
    return fault;
}
