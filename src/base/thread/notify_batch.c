/* A thread's notifications in a small array of its own, in the order in which they were made.
 *
 *     notify_batch_begin()   notify(a)   notify(b)   notify(a)   notify_batch_end()
 *                            held        held        held        a, b, a are called
 *
 * The same target may be notified twice: a second wake-up of a thread that is awake costs little. */
#include "base/thread/notify_batch.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>

enum { held_max = 64 }; /* some event loops and some threads of a pool: more than a batch ever notifies */

/* Each thread has its own, so nothing is locked. */
static _Thread_local struct {
    bool holding;
    size_t count;
    struct {
        notifier *how;
        void *what;
    } data[held_max];
} held;

void notify(notifier *how, void *what) {
    if (!held.holding || held.count == held_max) {
        how(what);
        return;
    }
    held.data[held.count].how = how;
    held.data[held.count++].what = what;
}

void notify_batch_begin(void) {
    assert(!held.holding);
    held.holding = true;
}

void notify_batch_flush(void) {
    for (size_t i = 0; i < held.count; i++)
        held.data[i].how(held.data[i].what);
    held.count = 0;
}

void notify_batch_end(void) {
    assert(held.holding);
    notify_batch_flush();
    held.holding = false;
}
