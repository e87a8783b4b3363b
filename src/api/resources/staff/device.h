/* A browser in which a member of the staff has signed in before. It has a cookie for 400 days that says so, with a
 * signature: wrong passwords from elsewhere then cannot keep it out, because its own are counted apart.
 *
 *     till_device = member's id . nonce of 22 characters . half of HMAC-SHA-256 as 32 digits
 *
 * The cookie opens nothing: it stands for no password and no session. */
#pragma once

#include "api/call.h"

enum { device_nonce_size = 22 };

struct device {
    bool is_known; /* the rest is set only then */
    struct uuid member;
    char nonce[device_nonce_size];
};

/* Reads the cookie of a request. It is not known if its signature is not ours. */
void device_read(const struct call *call, struct device *out);

/* Makes the cookie for a member and adds it to the response. STATUS_NO_MEMORY. */
MUST_CHECK enum status device_remember(struct call *call, const struct uuid *member);

/* Returns the key under which the tries for an address are counted: apart for a device of the `member` who has the
 * address (NULL: nobody has it), and together for all others of the client's network. */
struct uuid device_throttle_key(const struct call *call, const struct device *device, struct str email_key,
                                const struct uuid *member);

/* Returns the key under which the tries for a code of `member` are counted: apart for a device of the member, and together
 * for all others, whichever their network: whoever tries codes has the password, and may have many networks. */
struct uuid device_code_key(const struct call *call, const struct device *device, const struct uuid *member);

/* Returns the key under which the refused sign-ins of an address are counted that the audit log may take. */
struct uuid device_refusal_key(const struct call *call, struct str email_key, const char *reason);

/* Writes what the failures of a request are counted under in memory: its device, or its network; ended by NUL. */
enum {
    device_place_size =
        device_nonce_size + 1 > ip_prefix_text_size ? device_nonce_size + 1 : ip_prefix_text_size
};
void device_place(const struct call *call, const struct device *device, char out[static device_place_size]);
