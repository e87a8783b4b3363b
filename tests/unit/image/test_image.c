/* What image_strip leaves of a picture, and what it refuses. The pictures are put together here, part by part; browsers
 * decode real ones in tests/api/test_media.py and in the desk's tests. */
#include "test.h"

#include "image/image.h"

#include <stdlib.h>
#include <zlib.h>

enum { picture_bytes_max = 4096 };

/* A picture as it is put together. */
struct picture {
    unsigned char bytes[picture_bytes_max];
    size_t size;
};

static void put(struct picture *p, const void *bytes, size_t size) {
    assert_true(p->size + size <= sizeof p->bytes);
    memcpy(p->bytes + p->size, bytes, size);
    p->size += size;
}

#define PUT(picture, literal) put((picture), (literal), sizeof(literal) - 1)

static void put_be32(struct picture *p, uint32_t value) {
    unsigned char bytes[4] = {(unsigned char)(value >> 24), (unsigned char)(value >> 16),
                              (unsigned char)(value >> 8), (unsigned char)value};
    put(p, bytes, sizeof bytes);
}

static void put_le32(struct picture *p, uint32_t value) {
    unsigned char bytes[4] = {(unsigned char)value, (unsigned char)(value >> 8), (unsigned char)(value >> 16),
                              (unsigned char)(value >> 24)};
    put(p, bytes, sizeof bytes);
}

/* Strips a copy in a block of its own, so that AddressSanitizer sees each access past its end. */
static enum image_fault strip(const struct picture *in, struct image *out, struct picture *left) {
    char *copy = malloc(in->size ? in->size : 1);
    assert_non_null(copy);
    memcpy(copy, in->bytes, in->size);
    enum image_fault fault = image_strip(copy, in->size, out);
    left->size = 0;
    if (fault == IMAGE_FINE)
        put(left, copy, out->size);
    free(copy);
    return fault;
}

static void assert_fault(const struct picture *p, enum image_fault want) {
    struct image image;
    struct picture left;
    assert_int_equal(strip(p, &image, &left), want);
}

/* Fails unless what is left of the picture is `want`, and all of that is left of itself. */
static void assert_left(const struct picture *p, const struct picture *want, enum image_type type, int width,
                        int height) {
    struct image image;
    struct picture left, again;
    assert_int_equal(strip(p, &image, &left), IMAGE_FINE);
    assert_int_equal(image.type, type);
    assert_int_equal(image.width, width);
    assert_int_equal(image.height, height);
    assert_int_equal(left.size, want->size);
    assert_memory_equal(left.bytes, want->bytes, want->size);
    assert_int_equal(strip(&left, &image, &again), IMAGE_FINE);
    assert_int_equal(again.size, left.size);
    assert_memory_equal(again.bytes, left.bytes, left.size);
}

/* Each shorter start of a picture is refused, and none is read past its end. */
static void assert_starts_are_refused(const struct picture *whole) {
    struct picture start = *whole;
    struct image image;
    struct picture left;
    while (start.size-- > 0)
        assert_int_not_equal(strip(&start, &image, &left), IMAGE_FINE);
}

/* ---- EXIF */

/* A directory with a place and an orientation. */
static struct picture exif_of(bool is_little, unsigned char orientation) {
    struct picture p = {.size = 0};
    if (is_little) {
        PUT(&p, "II*\0\x08\0\0\0\x02\0\x0F\x01\x02\0\x04\0\0\0GPS!\x12\x01\x03\0\x01\0\0\0");
        put(&p, &orientation, 1);
        PUT(&p, "\0\0\0\0\0\0\0");
    } else {
        PUT(&p, "MM\0*\0\0\0\x08\0\x02\x01\x0F\0\x02\0\0\0\x04GPS!\x01\x12\0\x03\0\0\0\x01\0");
        put(&p, &orientation, 1);
        PUT(&p, "\0\0\0\0\0\0");
    }
    return p;
}

/* ---- JPEG */

static void put_segment(struct picture *p, unsigned char marker, const void *data, size_t size) {
    unsigned char head[4] = {0xFF, marker, (unsigned char)((size + 2) >> 8), (unsigned char)(size + 2)};
    put(p, head, sizeof head);
    put(p, data, size);
}

#define SEGMENT(picture, marker, literal) put_segment((picture), (marker), (literal), sizeof(literal) - 1)
#define JFIF "JFIF\0\1\2\0\0\1\0\1"
#define FRAME_640_480 "\x08\x01\xE0\x02\x80\x01\x01\x11\0"
#define SCAN "\x01\x01\0\0\x3F\0"

static void put_jpeg_body(struct picture *p) {
    SEGMENT(p, 0xDB, "\0tables");
    SEGMENT(p, 0xC0, FRAME_640_480);
    SEGMENT(p, 0xC4, "\0huffman");
    SEGMENT(p, 0xDA, SCAN);
    PUT(p, "coded\xFF\0more\xFF\xD0rest");
    PUT(p, "\xFF\xD9");
}

static struct picture jpeg_of(bool has_more) {
    struct picture p = {.size = 0}, exif = exif_of(false, 1), segment = {.size = 0};
    PUT(&p, "\xFF\xD8");
    if (has_more) {
        SEGMENT(&p, 0xE0, JFIF "\1\1rgb");
        PUT(&segment, "Exif\0\0");
        put(&segment, exif.bytes, exif.size);
        put_segment(&p, 0xE1, segment.bytes, segment.size);
        SEGMENT(&p, 0xE1, "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>");
        SEGMENT(&p, 0xE0, "JFXX\0\x10small picture");
        SEGMENT(&p, 0xED, "Photoshop 3.0\0a name");
        SEGMENT(&p, 0xFE, "<script>alert(1)</script>");
        PUT(&p, "\xFF\xFF");
        SEGMENT(&p, 0xE2, "MPF\0more pictures");
    } else {
        SEGMENT(&p, 0xE0, JFIF "\0\0");
    }
    SEGMENT(&p, 0xE2, "ICC_PROFILE\0\1\1profile");
    SEGMENT(&p, 0xEE, "Adobe\0\x64\0\0\0\0\1");
    put_jpeg_body(&p);
    if (has_more)
        PUT(&p, "PK\3\4 an archive behind the picture");
    return p;
}

static void a_jpeg_keeps_what_its_pixels_need(void **state) {
    (void)state;
    struct picture p = jpeg_of(true), want = jpeg_of(false);
    assert_left(&p, &want, IMAGE_JPEG, 640, 480);
    assert_left(&want, &want, IMAGE_JPEG, 640, 480);
    assert_starts_are_refused(&want);
}

static void a_picture_that_exif_turns_is_refused(void **state) {
    (void)state;
    for (int kind = 0; kind < 4; kind++)
        for (unsigned char orientation = 0; orientation < 12; orientation++) {
            struct picture p = {.size = 0}, exif = exif_of(kind & 1, orientation), segment = {.size = 0};
            PUT(&segment, "Exif\0\0");
            put(&segment, exif.bytes, kind & 2 ? exif.size - 8 : exif.size); /* the last entry is cut off */
            PUT(&p, "\xFF\xD8");
            put_segment(&p, 0xE1, segment.bytes, segment.size);
            put_jpeg_body(&p);
            bool is_turned = !(kind & 2) && orientation > 1 && orientation <= 8;
            assert_fault(&p, is_turned ? IMAGE_TURNED : IMAGE_FINE);
        }
}

static void exif_that_cannot_be_read_says_nothing(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
    } rows[] = {
#define ROW(literal) {literal, sizeof(literal) - 1}
        ROW("Exif\0\0"),
        ROW("Exif\0\0II*\0"),
        ROW("Exif\0\0II*\0\xFF\xFF\xFF\xFF"),
        ROW("Exif\0\0II*\0\x08\0\0\0\x01"),
        ROW("Exif\0\0II*\0\x08\0\0\0\xFF\xFF"),
        ROW("Exif\0\0XX*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0"),
#undef ROW
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct picture p = {.size = 0};
        PUT(&p, "\xFF\xD8");
        put_segment(&p, 0xE1, rows[i].bytes, rows[i].size);
        put_jpeg_body(&p);
        assert_fault(&p, IMAGE_FINE);
    }
}

static void a_jpeg_that_no_browser_shows_is_refused(void **state) {
    (void)state;
    static const struct {
        const char *what, *frame;
        size_t size;
        unsigned char marker;
        enum image_fault fault;
    } rows[] = {
        {"lossless", FRAME_640_480, sizeof FRAME_640_480 - 1, 0xC3, IMAGE_DAMAGED},
        {"arithmetic", FRAME_640_480, sizeof FRAME_640_480 - 1, 0xC9, IMAGE_DAMAGED},
        {"no width", "\x08\x01\xE0\0\0\x01\x01\x11\0", 9, 0xC0, IMAGE_DAMAGED},
        {"height in the scan", "\x08\0\0\x02\x80\x01\x01\x11\0", 9, 0xC0, IMAGE_DAMAGED},
        {"65535 wide", "\x08\x01\xE0\xFF\xFF\x01\x01\x11\0", 9, 0xC0, IMAGE_TOO_LARGE},
        {"8193 high", "\x08\x20\x01\x02\x80\x01\x01\x11\0", 9, 0xC0, IMAGE_TOO_LARGE},
        {"8192 high", "\x08\x20\0\x02\x80\x01\x01\x11\0", 9, 0xC2, IMAGE_FINE},
        {"a short frame", "\x08\x01\xE0\x02", 4, 0xC0, IMAGE_DAMAGED},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct picture p = {.size = 0}, left;
        struct image image;
        PUT(&p, "\xFF\xD8");
        put_segment(&p, rows[i].marker, rows[i].frame, rows[i].size);
        SEGMENT(&p, 0xDA, SCAN);
        PUT(&p, "coded\xFF\xD9");
        assert_number_of(rows[i].what, strip(&p, &image, &left), rows[i].fault);
    }
}

static void a_jpeg_in_disorder_is_refused(void **state) {
    (void)state;
    struct picture no_scan = {.size = 0}, scan_first = {.size = 0}, two_frames = {.size = 0},
                   junk = {.size = 0};
    PUT(&no_scan, "\xFF\xD8");
    SEGMENT(&no_scan, 0xC0, FRAME_640_480);
    PUT(&no_scan, "\xFF\xD9");
    assert_fault(&no_scan, IMAGE_DAMAGED);
    PUT(&scan_first, "\xFF\xD8");
    SEGMENT(&scan_first, 0xDA, SCAN);
    PUT(&scan_first, "\xFF\xD9");
    assert_fault(&scan_first, IMAGE_DAMAGED);
    PUT(&two_frames, "\xFF\xD8");
    SEGMENT(&two_frames, 0xC0, FRAME_640_480);
    put_jpeg_body(&two_frames);
    assert_fault(&two_frames, IMAGE_DAMAGED);
    PUT(&junk,
        "\xFF\xD8\xFF\xDB\0\x04"
        "ab<html>");
    assert_fault(&junk, IMAGE_DAMAGED);
    junk.size = 2;
    PUT(&junk, "\xFF\xD0");
    assert_fault(&junk, IMAGE_DAMAGED);
    junk.size = 2;
    PUT(&junk, "\xFF\xDB\0\1");
    assert_fault(&junk, IMAGE_DAMAGED);
}

/* ---- PNG */

static void put_chunk(struct picture *p, const char *name, const void *data, size_t size) {
    size_t start = p->size + 4;
    put_be32(p, (uint32_t)size);
    put(p, name, 4);
    put(p, data, size);
    put_be32(p, (uint32_t)crc32(0, p->bytes + start, (uInt)(4 + size)));
}

#define CHUNK(picture, name, literal) put_chunk((picture), (name), (literal), sizeof(literal) - 1)
#define SIGNATURE "\x89PNG\r\n\x1A\n"
#define HEADER_2_3 "\0\0\0\2\0\0\0\3\x08\2\0\0\0"

static struct picture png_of(bool has_more) {
    struct picture p = {.size = 0}, exif = exif_of(true, 1);
    PUT(&p, SIGNATURE);
    CHUNK(&p, "IHDR", HEADER_2_3);
    if (has_more) {
        CHUNK(&p, "tEXt", "Comment\0<script>alert(1)</script>");
        CHUNK(&p, "zTXt", "Comment\0\0x");
        CHUNK(&p, "iTXt", "XML:com.adobe.xmp\0\0\0\0\0<x:xmpmeta>");
        CHUNK(&p, "tIME", "\x07\xE9\1\1\0\0\0");
        put_chunk(&p, "eXIf", exif.bytes, exif.size);
        CHUNK(&p, "acTL", "\0\0\0\2\0\0\0\0");
        CHUNK(&p, "prVt", "anything");
    }
    CHUNK(&p, "iCCP", "profile\0\0data");
    CHUNK(&p, "PLTE", "rgb");
    CHUNK(&p, "tRNS", "a");
    CHUNK(&p, "IDAT", "the pixels");
    if (has_more)
        CHUNK(&p, "fdAT", "\0\0\0\1further pixels");
    CHUNK(&p, "IDAT", "");
    CHUNK(&p, "IEND", "");
    if (has_more)
        PUT(&p, "<html><script>alert(1)</script>");
    return p;
}

static void a_png_keeps_what_its_pixels_need(void **state) {
    (void)state;
    struct picture p = png_of(true), want = png_of(false);
    assert_left(&p, &want, IMAGE_PNG, 2, 3);
    assert_starts_are_refused(&want);
}

static void a_png_with_a_wrong_checksum_is_refused(void **state) {
    (void)state;
    struct picture whole = png_of(true);
    for (size_t at = 8; at < whole.size - 31; at++) {
        struct picture p = whole, left;
        struct image image;
        p.bytes[at] ^= 0x40;
        assert_int_not_equal(strip(&p, &image, &left), IMAGE_FINE);
    }
    whole.bytes[8 + 8] ^= 0x40;
    assert_fault(&whole, IMAGE_CHECKSUM);
}

static void a_png_with_another_head_is_refused(void **state) {
    (void)state;
    static const struct {
        const char *name, *head;
        enum image_fault fault;
    } rows[] = {
        {"IHDR", "\0\0\x20\0\0\0\x20\0\x08\2\0\0\1", IMAGE_FINE},
        {"IHDR", "\0\0\x20\1\0\0\0\1\x08\2\0\0\0", IMAGE_TOO_LARGE},
        {"IHDR", "\0\0\xFF\xFF\0\0\xFF\xFF\x08\2\0\0\0", IMAGE_TOO_LARGE},
        {"IHDR", "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x08\2\0\0\0", IMAGE_TOO_LARGE},
        {"IHDR", "\0\0\0\0\0\0\0\1\x08\2\0\0\0", IMAGE_DAMAGED},
        {"IHDR", "\0\0\0\1\0\0\0\0\x08\2\0\0\0", IMAGE_DAMAGED},
        {"IHDR", "\0\0\0\1\0\0\0\1\x08\2\1\0\0", IMAGE_DAMAGED},
        {"IHDR", "\0\0\0\1\0\0\0\1\x08\2\0\1\0", IMAGE_DAMAGED},
        {"IHDR", "\0\0\0\1\0\0\0\1\x08\2\0\0\2", IMAGE_DAMAGED},
        {"CgBI", "\0\0\0\1\0\0\0\1\x08\2\0\0\0", IMAGE_DAMAGED}, /* Apple's own, which only it shows */
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct picture p = {.size = 0}, left;
        struct image image;
        PUT(&p, SIGNATURE);
        put_chunk(&p, rows[i].name, rows[i].head, 13);
        CHUNK(&p, "IDAT", "the pixels");
        CHUNK(&p, "IEND", "");
        assert_number_of(rows[i].name, strip(&p, &image, &left), rows[i].fault);
    }
}

static void a_png_without_pixels_or_with_two_heads_is_refused(void **state) {
    (void)state;
    struct picture p = {.size = 0};
    PUT(&p, SIGNATURE);
    CHUNK(&p, "IHDR", HEADER_2_3);
    struct picture two = p, turned = p, exif = exif_of(false, 6);
    CHUNK(&p, "IEND", "");
    assert_fault(&p, IMAGE_DAMAGED);
    CHUNK(&two, "IHDR", HEADER_2_3);
    CHUNK(&two, "IDAT", "the pixels");
    CHUNK(&two, "IEND", "");
    assert_fault(&two, IMAGE_DAMAGED);
    put_chunk(&turned, "eXIf", exif.bytes, exif.size);
    assert_fault(&turned, IMAGE_TURNED);
}

/* ---- WebP */

static void put_riff_chunk(struct picture *p, const char *name, const void *data, size_t size) {
    put(p, name, 4);
    put_le32(p, (uint32_t)size);
    put(p, data, size);
    if (size % 2)
        PUT(p, "\0");
}

#define RIFF_CHUNK(picture, name, literal) put_riff_chunk((picture), (name), (literal), sizeof(literal) - 1)
#define LOSSY_5_7 "\x10\0\0\x9D\x01\x2A\5\0\7\0pixels"
#define LOSSLESS_5_7 "\x2F\4\x80\1\0pixel"

static struct picture riff_begin(void) {
    struct picture p = {.size = 0};
    PUT(&p, "RIFF....WEBP");
    return p;
}

static void riff_end(struct picture *p) {
    uint32_t size = (uint32_t)p->size - 8;
    for (int i = 0; i < 4; i++)
        p->bytes[4 + i] = (unsigned char)(size >> 8 * i);
}

static struct picture webp_of(bool has_more) {
    struct picture p = riff_begin(), exif = exif_of(true, 1);
    if (has_more)
        RIFF_CHUNK(&p, "VP8X", "\x3C\0\0\0\4\0\0\6\0\0");
    else
        RIFF_CHUNK(&p, "VP8X", "\x30\0\0\0\4\0\0\6\0\0");
    RIFF_CHUNK(&p, "ICCP", "profile");
    RIFF_CHUNK(&p, "ALPH", "\0alpha");
    RIFF_CHUNK(&p, "VP8 ", LOSSY_5_7);
    if (has_more) {
        put_riff_chunk(&p, "EXIF", exif.bytes, exif.size);
        RIFF_CHUNK(&p, "XMP ", "<x:xmpmeta>");
        RIFF_CHUNK(&p, "JUNK", "<script>alert(1)</script>");
    }
    riff_end(&p);
    if (has_more)
        PUT(&p, "PK\3\4 an archive");
    return p;
}

static void a_webp_keeps_what_its_pixels_need(void **state) {
    (void)state;
    struct picture p = webp_of(true), want = webp_of(false), lossy = riff_begin(), lossless = riff_begin();
    assert_left(&p, &want, IMAGE_WEBP, 5, 7);
    assert_starts_are_refused(&want);
    RIFF_CHUNK(&lossy, "VP8 ", LOSSY_5_7);
    riff_end(&lossy);
    assert_left(&lossy, &lossy, IMAGE_WEBP, 5, 7);
    RIFF_CHUNK(&lossless, "VP8L", LOSSLESS_5_7);
    riff_end(&lossless);
    assert_left(&lossless, &lossless, IMAGE_WEBP, 5, 7);
}

static void a_webp_that_is_not_one_still_picture_is_refused(void **state) {
    (void)state;
    static const struct {
        const char *first, *first_data;
        size_t first_size;
        const char *second, *second_data;
        size_t second_size;
        enum image_fault fault;
    } rows[] = {
#define ROW(a, b, c, d, fault) {a, b, sizeof(b) - 1, c, d, sizeof(d) - 1, fault}
        ROW("VP8X", "\2\0\0\0\4\0\0\6\0\0", "VP8 ", LOSSY_5_7, IMAGE_ANIMATED),
        ROW("VP8X", "\0\0\0\0\4\0\0\6\0\0", "ANMF", LOSSY_5_7, IMAGE_ANIMATED),
        ROW("VP8X", "\0\0\0\0\4\0\0\6\0\0", "ANIM", "123456", IMAGE_ANIMATED),
        ROW("VP8X", "\0\0\0\0\5\0\0\6\0\0", "VP8 ", LOSSY_5_7, IMAGE_DAMAGED), /* another canvas */
        ROW("VP8X", "\0\0\0\0\xFF\xFF\xFF\xFF\xFF\xFF", "VP8 ", LOSSY_5_7, IMAGE_TOO_LARGE),
        ROW("VP8X", "\0\0\0\0\4\0\0\6\0", "VP8 ", LOSSY_5_7, IMAGE_DAMAGED),
        ROW("VP8X", "\0\0\0\0\4\0\0\6\0\0", "VP8X", "\0\0\0\0\4\0\0\6\0\0", IMAGE_DAMAGED),
        ROW("VP8X", "\0\0\0\0\4\0\0\6\0\0", "ICCP", "", IMAGE_DAMAGED), /* no pixels */
        ROW("VP8 ", LOSSY_5_7, "VP8L", LOSSLESS_5_7, IMAGE_DAMAGED),
        ROW("EXIF", "II*\0", "VP8 ", LOSSY_5_7, IMAGE_DAMAGED),
        ROW("VP8 ", "\x11\0\0\x9D\x01\x2A\5\0\7\0", "XMP ", "", IMAGE_DAMAGED), /* no key frame */
        ROW("VP8 ", "\x10\0\0\x9D\x01\x2B\5\0\7\0", "XMP ", "", IMAGE_DAMAGED),
        ROW("VP8 ", "\x10\0\0\x9D\x01\x2A\0\0\7\0", "XMP ", "", IMAGE_DAMAGED),
        ROW("VP8 ", "\x10\0\0\x9D\x01\x2A\5\0\7", "XMP ", "", IMAGE_DAMAGED),
        ROW("VP8 ", "\x10\0\0\x9D\x01\x2A\1\x20\7\0", "XMP ", "", IMAGE_TOO_LARGE),
        ROW("VP8L", "\x2E\4\x80\1\0", "XMP ", "", IMAGE_DAMAGED),
        ROW("VP8L", "\x2F\4\x80\1\x20", "XMP ", "", IMAGE_DAMAGED), /* another version */
        ROW("VP8L", "\x2F\4\x80\1", "XMP ", "", IMAGE_DAMAGED),
        ROW("VP8L", "\x2F\xFF\xFF\xFF\x0F", "XMP ", "", IMAGE_TOO_LARGE),
#undef ROW
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct picture p = riff_begin(), left;
        struct image image;
        put_riff_chunk(&p, rows[i].first, rows[i].first_data, rows[i].first_size);
        put_riff_chunk(&p, rows[i].second, rows[i].second_data, rows[i].second_size);
        riff_end(&p);
        assert_number_of(rows[i].second, strip(&p, &image, &left), rows[i].fault);
    }
}

static void a_webp_that_exif_turns_is_refused(void **state) {
    (void)state;
    for (int has_name = 0; has_name < 2; has_name++) {
        struct picture p = riff_begin(), exif = exif_of(true, 8), data = {.size = 0};
        if (has_name)
            PUT(&data, "Exif\0\0");
        put(&data, exif.bytes, exif.size);
        RIFF_CHUNK(&p, "VP8X", "\x08\0\0\0\4\0\0\6\0\0");
        RIFF_CHUNK(&p, "VP8 ", LOSSY_5_7);
        put_riff_chunk(&p, "EXIF", data.bytes, data.size);
        riff_end(&p);
        assert_fault(&p, IMAGE_TURNED);
    }
}

static void a_webp_whose_size_is_wrong_is_refused(void **state) {
    (void)state;
    struct picture p = webp_of(false);
    p.bytes[4]++;
    assert_fault(&p, IMAGE_CUT_OFF); /* there is less than it says */
    p.bytes[7] = 0xFF;
    assert_fault(&p, IMAGE_CUT_OFF);
    memcpy(p.bytes + 4, "\3\0\0\0", 4);
    assert_fault(&p, IMAGE_DAMAGED);
}

/* ---- Other files. */

static void what_is_no_picture_is_refused(void **state) {
    (void)state;
    static const struct {
        const char *what, *bytes;
        size_t size;
        enum image_fault fault;
    } rows[] = {
#define ROW(what, literal, fault) {what, literal, sizeof(literal) - 1, fault}
        ROW("nothing", "", IMAGE_UNKNOWN),
        ROW("a text", "hello", IMAGE_UNKNOWN),
        ROW("a GIF with an archive", "GIF89a\1\0\1\0PK\3\4", IMAGE_UNKNOWN),
        ROW("HEIC",
            "\0\0\0\x18"
            "ftypheic",
            IMAGE_UNKNOWN),
        ROW("AVIF",
            "\0\0\0\x18"
            "ftypavif",
            IMAGE_UNKNOWN),
        ROW("BMP", "BM\x46\0\0\0", IMAGE_UNKNOWN),
        ROW("a sound", "RIFF\x24\0\0\0WAVEfmt ", IMAGE_UNKNOWN),
        ROW("SVG", "<svg xmlns=\"http://www.w3.org/2000/svg\">", IMAGE_SVG),
        ROW("SVG behind a mark", "\xEF\xBB\xBF \r\n\t<?xml version=\"1.0\"?><svg>", IMAGE_SVG),
        ROW("a page", "<!DOCTYPE html><script>", IMAGE_SVG),
        ROW("a JPEG's start", "\xFF\xD8", IMAGE_UNKNOWN),
        ROW("a PNG's start", "\x89PNG\r\n\x1A", IMAGE_UNKNOWN),
        ROW("a PNG whose line ends were changed", "\x89PNG\n\x1A\n\0\0\0\rIHDR", IMAGE_UNKNOWN),
        ROW("SVG called PNG", "\x89PNG\r\n\x1A\n<svg onload=alert(1)>", IMAGE_CUT_OFF),
        ROW("SVG called JPEG", "\xFF\xD8\xFF<svg onload=alert(1)>", IMAGE_CUT_OFF),
#undef ROW
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct picture p = {.size = 0}, left;
        struct image image;
        put(&p, rows[i].bytes, rows[i].size);
        assert_number_of(rows[i].what, strip(&p, &image, &left), rows[i].fault);
    }
}

static void every_fault_has_a_sentence(void **state) {
    (void)state;
    for (int fault = 0; fault < IMAGE_FAULT_COUNT; fault++)
        assert_true(strlen(image_fault_text((enum image_fault)fault)) > 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_jpeg_keeps_what_its_pixels_need),
        cmocka_unit_test(a_picture_that_exif_turns_is_refused),
        cmocka_unit_test(exif_that_cannot_be_read_says_nothing),
        cmocka_unit_test(a_jpeg_that_no_browser_shows_is_refused),
        cmocka_unit_test(a_jpeg_in_disorder_is_refused),
        cmocka_unit_test(a_png_keeps_what_its_pixels_need),
        cmocka_unit_test(a_png_with_a_wrong_checksum_is_refused),
        cmocka_unit_test(a_png_with_another_head_is_refused),
        cmocka_unit_test(a_png_without_pixels_or_with_two_heads_is_refused),
        cmocka_unit_test(a_webp_keeps_what_its_pixels_need),
        cmocka_unit_test(a_webp_that_is_not_one_still_picture_is_refused),
        cmocka_unit_test(a_webp_that_exif_turns_is_refused),
        cmocka_unit_test(a_webp_whose_size_is_wrong_is_refused),
        cmocka_unit_test(what_is_no_picture_is_refused),
        cmocka_unit_test(every_fault_has_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
