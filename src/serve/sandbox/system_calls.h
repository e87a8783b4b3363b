/* Which system calls the process may make: a seccomp filter. */
#pragma once

#include <stdbool.h>

/* Refuses, for all threads and for good, the system calls that a server has no use for: starting programs and processes,
 * looking into other processes, mounting, loading modules, changing the user, memory that can be written and executed.
 * False, with errno, if the kernel has no seccomp or this processor has no filter. */
bool system_calls_restrict(void);
