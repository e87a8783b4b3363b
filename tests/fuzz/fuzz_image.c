/* Pictures: what is left of one must be a picture that nothing more is left out of, with the same sides and without
 * metadata. */
#include "fuzz.h"
#include "image/image.h"

enum { bytes_max = 1024 * 1024 };

/* Whether the picture has a part of this name: a PNG's or a WebP's, which both have four letters. */
static bool has_part(struct str picture, const char *name, size_t first, size_t before, size_t between,
                     bool is_even) {
    for (size_t at = first; at + 8 <= picture.size;) {
        const unsigned char *part = (const unsigned char *)picture.data + at;
        const unsigned char *size = before ? part : part + 4;
        size_t bytes = before
                           ? (size_t)size[0] << 24 | (size_t)size[1] << 16 | (size_t)size[2] << 8 | size[3]
                           : (size_t)size[3] << 24 | (size_t)size[2] << 16 | (size_t)size[1] << 8 | size[0];
        if (memcmp(part + before, name, 4) == 0)
            return true;
        at += 8 + bytes + between + (is_even ? bytes % 2 : 0);
    }
    return false;
}

static void check_left(struct str picture, enum image_type type) {
    static const char *const png[] = {"tEXt", "zTXt", "iTXt", "eXIf", "tIME"};
    static const char *const webp[] = {"EXIF", "XMP "};
    for (size_t i = 0; type == IMAGE_PNG && i < sizeof png / sizeof *png; i++)
        CHECK(!has_part(picture, png[i], 8, 4, 4, false));
    for (size_t i = 0; type == IMAGE_WEBP && i < sizeof webp / sizeof *webp; i++)
        CHECK(!has_part(picture, webp[i], 12, 0, 0, true));
    if (type == IMAGE_JPEG)
        CHECK(memcmp(picture.data + picture.size - 2, "\xFF\xD9", 2) == 0);
    if (type == IMAGE_PNG)
        CHECK(memcmp(picture.data + picture.size - 12, "\0\0\0\0IEND", 8) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct image image, again;
    if (size == 0 || size > bytes_max)
        return 0;
    char *picture = malloc(size);
    CHECK(picture);
    memcpy(picture, data, size);
    enum image_fault fault = image_strip(picture, size, &image);
    CHECK(fault < IMAGE_FAULT_COUNT && image_fault_text(fault)[0]);
    if (fault == IMAGE_FINE) {
        CHECK(image.size > 0 && image.size <= size);
        CHECK(image.width >= 1 && image.width <= image_side_max && image.height >= 1 &&
              image.height <= image_side_max);
        char *left = malloc(image.size), *before = malloc(image.size);
        CHECK(left && before);
        memcpy(left, picture, image.size);
        memcpy(before, picture, image.size);
        check_left((struct str){left, image.size}, image.type);
        CHECK(image_strip(left, image.size, &again) == IMAGE_FINE);
        CHECK(again.type == image.type && again.width == image.width && again.height == image.height);
        CHECK(again.size == image.size && memcmp(left, before, image.size) == 0);
        free(left);
        free(before);
    }
    free(picture);
    return 0;
}
