#include "api/resources/staff/device.h"

#include "api/access.h"
#include "base/crypto/sha.h"

#include <assert.h>
#include <string.h>

enum {
    mac_bytes = 16,
    mac_text_size = 2 * mac_bytes,
    device_text_size = uuid_text_size + 1 + device_nonce_size + 1 + mac_text_size,
    device_keep_seconds = 400 * 24 * 3600,
};

/* Half of the HMAC-SHA-256 of three texts. The key is the hash of the admin's token: each server of the shop has it. (After
 * `till token` the old one, until it is started anew.) */
static struct uuid device_hmac(const struct call *call, struct str use, struct str a, struct str b) {
    const struct str end = {"", 1}; /* a NUL, so that no two lists of texts are the same bytes */
    const struct str parts[] = {use, end, a, end, b, end};
    uint8_t digest[sha256_size];
    struct uuid half;
    hmac_sha256_of_parts((struct str){(const char *)call->access->admin_hash, admin_hash_size}, parts,
                         sizeof parts / sizeof *parts, digest);
    memcpy(half.bytes, digest, sizeof half.bytes);
    return half;
}

static void device_sign(const struct call *call, struct str member, struct str nonce,
                        char out[static mac_text_size]) {
    struct uuid mac = device_hmac(call, STR("till_device"), member, nonce);
    hex_write(mac.bytes, sizeof mac.bytes, out);
}

void device_read(const struct call *call, struct device *out) {
    struct str cookie = cookie_value(call->request->cookies, STR("till_device")), rest = cookie;
    struct uuid_reason reason;
    char mac[mac_text_size];
    *out = (struct device){.is_known = false};
    struct str member = str_cut(&rest, '.'), nonce = str_cut(&rest, '.');
    if (cookie.size != device_text_size || nonce.size != device_nonce_size || rest.size != mac_text_size ||
        !uuid_parse(member, &out->member, &reason))
        return;
    device_sign(call, member, nonce, mac);
    out->is_known = secret_equal(mac, rest.data, sizeof mac);
    memcpy(out->nonce, nonce.data, sizeof out->nonce);
}

enum status device_remember(struct call *call, const struct uuid *member) {
    char id[uuid_text_size], nonce[device_nonce_size], mac[mac_text_size];
    struct buf cookie = buf_new(call->ctx.arena);
    uuid_format(member, id);
    random_token(call->ctx.random, nonce, sizeof nonce);
    device_sign(call, (struct str){id, sizeof id}, (struct str){nonce, sizeof nonce}, mac);
    buf_printf(&cookie, "till_device=%.*s.%.*s.%.*s; Path=/; Max-Age=%d; HttpOnly; SameSite=Strict%s",
               (int)sizeof id, id, (int)sizeof nonce, nonce, (int)sizeof mac, mac, device_keep_seconds,
               call->request->secure ? "; Secure" : "");
    if (!buf_ok(&cookie))
        return STATUS_NO_MEMORY;
    call_header(call, STR("set-cookie"), buf_str(&cookie));
    return STATUS_OK;
}

void device_place(const struct call *call, const struct device *device, char out[static device_place_size]) {
    if (!device->is_known) {
        client_prefix_format(&call->request->client, out);
        return;
    }
    memcpy(out, device->nonce, device_nonce_size);
    out[device_nonce_size] = '\0';
}

struct uuid device_throttle_key(const struct call *call, const struct device *device, struct str email_key,
                                const struct uuid *member) {
    struct device own = *device;
    char place[device_place_size];
    own.is_known = device->is_known && member && uuid_equal(&device->member, member);
    device_place(call, &own, place);
    return device_hmac(call, STR("throttle"), email_key, str_from(place));
}

struct uuid device_code_key(const struct call *call, const struct device *device, const struct uuid *member) {
    char id[uuid_text_size];
    bool is_own = device->is_known && uuid_equal(&device->member, member);
    struct str nonce = {device->nonce, is_own ? device_nonce_size : 0};
    uuid_format(member, id);
    return device_hmac(call, STR("code"), (struct str){id, sizeof id}, nonce);
}

struct uuid device_refusal_key(const struct call *call, struct str email_key, const char *reason) {
    return device_hmac(call, STR("refusal"), email_key, str_from(reason));
}
