/* Base64 with padding (RFC 4648 §4), over libnettle. */
#pragma once

#include "base/str.h"

/* The characters for so many bytes. */
#define BASE64_SIZE(bytes) (((bytes) + 2) / 3 * 4)

/* Writes BASE64_SIZE(data.size) characters, without a NUL. */
void base64_write(struct str data, char *out);

/* Reads a text in base64; white space in it is skipped. Writes text.size / 4 * 3 + 3 bytes at most, and their number to
 * `size`. False if the text is anything else. */
bool base64_read(struct str text, uint8_t *out, size_t *size);
