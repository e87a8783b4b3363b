/* A JPEG file (ITU-T T.81, Annex B) is a list of segments, each behind a marker FF xx. After the head of a scan come its
 * entropy-coded bytes, in which FF is always followed by 00 or by a restart marker:
 *
 *     FF D8 │ FF E0 size … │ FF E1 size EXIF │ FF DB size … │ FF C0 size … │ FF DA size … │ entropy-coded │ FF D9 │ (more)
 *     start   JFIF           left out          tables         frame          scan                           end     left out */
#include "image/parts.h"

enum {
    MARKER_SOF0 = 0xC0, /* baseline … */
    MARKER_SOF2 = 0xC2, /* … and progressive: what browsers show */
    MARKER_DHT = 0xC4,
    MARKER_SOF15 = 0xCF,
    MARKER_JPG = 0xC8,
    MARKER_DAC = 0xCC,
    MARKER_RST0 = 0xD0,
    MARKER_RST7 = 0xD7,
    MARKER_SOI = 0xD8,
    MARKER_EOI = 0xD9,
    MARKER_SOS = 0xDA,
    MARKER_DQT = 0xDB,
    MARKER_DRI = 0xDD,
    MARKER_APP0 = 0xE0,
    MARKER_APP1 = 0xE1,
    MARKER_APP2 = 0xE2,
    MARKER_APP14 = 0xEE,
};

enum {
    jfif_bytes = 18,  /* with its marker, and without a small picture inside */
    adobe_bytes = 16, /* the same */
    frame_bytes = 10, /* of its head: up to the number of components */
};

/* A segment with its marker, at `data`. */
struct jpeg_segment {
    int marker;
    unsigned char *data;
    size_t size;
};

static bool jpeg_segment_is(const struct jpeg_segment *s, const char *name, size_t name_size) {
    return s->size >= 4 + name_size && memcmp(s->data + 4, name, name_size) == 0;
}

static bool jpeg_marker_is_frame(int marker) {
    return marker >= MARKER_SOF0 && marker <= MARKER_SOF15 && marker != MARKER_DHT && marker != MARKER_JPG &&
           marker != MARKER_DAC;
}

static bool jpeg_segment_is_kept(const struct jpeg_segment *s) {
    switch (s->marker) {
    case MARKER_DHT:
    case MARKER_DQT:
    case MARKER_DRI:
    case MARKER_SOS:
        return true;
    case MARKER_APP0:
        return s->size >= jfif_bytes && jpeg_segment_is(s, "JFIF", 5);
    case MARKER_APP2:
        return jpeg_segment_is(s, "ICC_PROFILE", 12);
    case MARKER_APP14:
        return s->size == adobe_bytes && jpeg_segment_is(s, "Adobe", 5);
    default:
        return jpeg_marker_is_frame(s->marker);
    }
}

/* Keeps JFIF's head without the small picture that may follow in it. */
static void jpeg_keep_jfif(struct parts *p, const struct jpeg_segment *s) {
    size_t rest = s->size - jfif_bytes;
    unsigned char *kept = parts_keep(p, jfif_bytes);
    parts_drop(p, rest);
    kept[2] = 0;
    kept[3] = jfif_bytes - 2;
    kept[16] = kept[17] = 0; /* the sides of the small picture */
}

/* Takes the two bytes of the next marker, of which fill bytes FF are left out. */
static enum image_fault jpeg_marker_next(struct parts *p, int *marker) {
    if (parts_left(p) >= 1 && parts_next(p)[0] != 0xFF)
        return IMAGE_DAMAGED;
    while (parts_left(p) >= 2 && parts_next(p)[1] == 0xFF)
        parts_drop(p, 1);
    if (parts_left(p) < 2)
        return IMAGE_CUT_OFF;
    *marker = parts_next(p)[1];
    return IMAGE_FINE;
}

/* Keeps a scan's entropy-coded bytes, up to the marker behind them. */
static void jpeg_keep_scan(struct parts *p) {
    const unsigned char *at = parts_next(p), *end = p->data + p->size;
    for (; at < end; at++) {
        at = memchr(at, 0xFF, (size_t)(end - at));
        if (!at || at + 1 == end) {
            at = end;
            break;
        }
        if (at[1] != 0 && (at[1] < MARKER_RST0 || at[1] > MARKER_RST7))
            break;
    }
    parts_keep(p, (size_t)(at - parts_next(p)));
}

/* Reads the frame's head. Two frames are of no kind that browsers show. */
static enum image_fault jpeg_frame_read(const struct jpeg_segment *s, struct image *out) {
    if (out->width > 0 || s->marker > MARKER_SOF2 || s->size < frame_bytes)
        return IMAGE_DAMAGED;
    return image_set_sides(out, image_be16(s->data + 7), image_be16(s->data + 5));
}

/* Goes past a segment, and past the scan that it may begin. */
static enum image_fault jpeg_segment_take(struct parts *p, int marker, struct image *out) {
    if (parts_left(p) < 4)
        return IMAGE_CUT_OFF;
    struct jpeg_segment s = {marker, parts_next(p), 2 + (size_t)image_be16(parts_next(p) + 2)};
    if (s.size < 4)
        return IMAGE_DAMAGED;
    if (s.size > parts_left(p))
        return IMAGE_CUT_OFF;
    if (marker == MARKER_APP1 && jpeg_segment_is(&s, "Exif\0", 6) && exif_is_turned(s.data + 10, s.size - 10))
        return IMAGE_TURNED;
    if (marker == MARKER_SOS && out->width == 0)
        return IMAGE_DAMAGED;
    enum image_fault fault = jpeg_marker_is_frame(marker) ? jpeg_frame_read(&s, out) : IMAGE_FINE;
    if (!jpeg_segment_is_kept(&s))
        parts_drop(p, s.size);
    else if (marker == MARKER_APP0)
        jpeg_keep_jfif(p, &s);
    else
        parts_keep(p, s.size);
    if (marker == MARKER_SOS)
        jpeg_keep_scan(p);
    return fault;
}

enum image_fault jpeg_strip(struct parts *p, struct image *out) {
    int marker = 0;
    bool has_scan = false;
    enum image_fault fault = IMAGE_FINE;
    parts_keep(p, 2);
    while (fault == IMAGE_FINE) {
        fault = jpeg_marker_next(p, &marker);
        if (fault != IMAGE_FINE)
            break;
        if (marker == MARKER_EOI)
            break;
        has_scan |= marker == MARKER_SOS;
        fault = marker <= 1 || (marker >= MARKER_RST0 && marker <= MARKER_SOI)
                    ? IMAGE_DAMAGED /* a marker without a size, which has no business here */
                    : jpeg_segment_take(p, marker, out);
    }
    if (fault != IMAGE_FINE)
        return fault;
    parts_keep(p, 2);
    return has_scan ? IMAGE_FINE : IMAGE_DAMAGED;
}
