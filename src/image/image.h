/* Takes a picture that somebody uploaded, and leaves of it what a browser shows. Nothing is decoded: only the file's own
 * structure is read, so that no attacker's picture meets a decoder in this process.
 *
 *     JPEG   segments   ┐                            ┌ those that decoding needs are kept
 *     PNG    chunks     ├─ walked from first to last ┤ metadata, comments and unknown ones are left out
 *     WebP   chunks     ┘                            └ what comes behind the end is left out
 *
 * So what is kept has no EXIF data with the place where it was taken, and no second file hidden in it that a decoder would
 * not look at (a ZIP archive behind a GIF, a page of HTML in a comment). The pixels stay as they are. */
#pragma once

#include <stddef.h>

enum image_type { IMAGE_JPEG, IMAGE_PNG, IMAGE_WEBP, IMAGE_TYPE_COUNT };

/* Media types by enum image_type; NULL ends them. */
extern const char *const image_type_names[IMAGE_TYPE_COUNT + 1];

enum { image_side_max = 8192 };

enum image_fault {
    IMAGE_FINE,
    IMAGE_UNKNOWN,   /* not one of the three */
    IMAGE_SVG,       /* or another text in angle brackets */
    IMAGE_CUT_OFF,   /* it ends too early */
    IMAGE_DAMAGED,   /* its structure is not that of its type */
    IMAGE_CHECKSUM,  /* a PNG's checksum does not match */
    IMAGE_TOO_LARGE, /* a side is longer than image_side_max */
    IMAGE_ANIMATED,
    IMAGE_TURNED, /* its metadata says that it is to be turned or mirrored, so without them it would lie wrongly */
    IMAGE_FAULT_COUNT
};

struct image {
    enum image_type type;
    int width, height; /* 1 to image_side_max */
    size_t size;       /* bytes that are left */
};

/* Reads the picture at `data` and leaves out in place what is not shown; `out` says what it is then. If it returns a fault,
 * the bytes are of no use any more. */
enum image_fault image_strip(char *data, size_t size, struct image *out);

/* Returns a sentence about a fault for people. */
const char *image_fault_text(enum image_fault fault);
