/* For `make coverage`: a process that ends without exit handlers, as forked ones here do, writes gcov's counters itself
 * (GCC's manual, "Profiling and Test Coverage in Freestanding Environments"). Otherwise does nothing. */
#pragma once

#ifdef TILL_COVERAGE
void __gcov_dump(void); // NOLINT(bugprone-reserved-identifier): gcov's
#endif

static inline void counters_write(void) {
#ifdef TILL_COVERAGE
    __gcov_dump();
#endif
}
