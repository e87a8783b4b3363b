/* EXIF data are a TIFF file (Exif 2.32, §4.5): a head that names the order of bytes and the place of the first directory,
 * and there entries of 12 bytes. One of them, number 0x0112, says how the picture is to be turned.
 *
 *     II 2A 00  08 00 00 00 | count | tag type count value | tag type count value | … */
#include "image/parts.h"

enum { tag_orientation = 0x0112, type_short = 3, entry_bytes = 12, upright = 1, orientation_max = 8 };

struct tiff {
    const unsigned char *data;
    size_t size;
    bool is_little;
};

static uint32_t tiff_read16(const struct tiff *t, size_t at) {
    return t->is_little ? image_le16(t->data + at) : image_be16(t->data + at);
}

static uint32_t tiff_read32(const struct tiff *t, size_t at) {
    return t->is_little ? image_le32(t->data + at) : image_be32(t->data + at);
}

bool exif_is_turned(const unsigned char *data, size_t size) {
    struct tiff tiff = {data, size, size > 0 && data[0] == 'I'};
    if (size < 8 || (memcmp(data, "II*\0", 4) != 0 && memcmp(data, "MM\0*", 4) != 0))
        return false;
    size_t at = tiff_read32(&tiff, 4);
    if (at > size || size - at < 2)
        return false;
    size_t count = tiff_read16(&tiff, at);
    for (at += 2; count > 0 && size - at >= entry_bytes; at += entry_bytes, count--) {
        if (tiff_read16(&tiff, at) != tag_orientation || tiff_read16(&tiff, at + 2) != type_short)
            continue;
        uint32_t orientation = tiff_read16(&tiff, at + 8);
        return orientation > upright && orientation <= orientation_max;
    }
    return false;
}
