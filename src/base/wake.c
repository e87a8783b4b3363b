#include "base/wake.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>

enum { held_max = 64 }; /* a few loops, and some threads of a pool */

static _Thread_local struct {
    bool holding;
    size_t count;
    struct {
        waker *how;
        void *what;
    } at[held_max];
} held;

void wake(waker *how, void *what) {
    if (!held.holding || held.count == held_max) {
        how(what);
        return;
    }
    held.at[held.count].how = how;
    held.at[held.count++].what = what;
}

void wake_hold(void) {
    assert(!held.holding);
    held.holding = true;
}

void wake_release(void) {
    assert(held.holding);
    held.holding = false;
    for (size_t i = 0; i < held.count; i++)
        held.at[i].how(held.at[i].what);
    held.count = 0;
}
