#include "shop/lost_keys.h"

#include "shop/idempotency.h"

#include <string.h>

void lost_keys_init(struct lost_keys *keys) {
    keys->count = 0;
    pthread_mutex_init(&keys->lock, NULL);
}

void lost_keys_free(struct lost_keys *keys) {
    pthread_mutex_destroy(&keys->lock);
}

void lost_keys_put(struct lost_keys *keys, const struct uuid *session, struct str key) {
    pthread_mutex_lock(&keys->lock);
    if (keys->count < lost_keys_max && key.size <= lost_key_bytes_max) {
        struct lost_key *lost = &keys->keys[keys->count++];
        *lost = (struct lost_key){.session = *session, .size = key.size};
        memcpy(lost->text, key.data, key.size);
    }
    pthread_mutex_unlock(&keys->lock);
}

enum status lost_keys_release(struct lost_keys *keys, struct shop_ctx *ctx, size_t *count) {
    enum status s = STATUS_OK;
    pthread_mutex_lock(&keys->lock);
    *count = keys->count;
    for (size_t i = 0; i < keys->count && s == STATUS_OK; i++)
        s = idempotency_release(ctx, &keys->keys[i].session,
                                (struct str){keys->keys[i].text, keys->keys[i].size});
    pthread_mutex_unlock(&keys->lock);
    return s;
}

bool lost_keys_wait(struct lost_keys *keys) {
    pthread_mutex_lock(&keys->lock);
    size_t count = keys->count;
    pthread_mutex_unlock(&keys->lock);
    return count > 0;
}

void lost_keys_forget(struct lost_keys *keys, size_t count) {
    pthread_mutex_lock(&keys->lock);
    memmove(keys->keys, keys->keys + count, (keys->count - count) * sizeof *keys->keys);
    keys->count -= count;
    pthread_mutex_unlock(&keys->lock);
}
