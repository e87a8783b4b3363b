/* Confines a served shop to what it needs, for the case that an attacker makes it run code of theirs. */
#pragma once

#include <stdbool.h>

/* Paths that the shop's flags name; each may be NULL. */
struct sandbox_paths {
    const char *databases[2]; /* paths or URLs */
    const char *written[1];   /* files that are written beside the database's */
    const char *sockets[2];   /* paths or addresses with a port */
    const char *read[4];      /* files that are read after the start */
};

/* What holds. */
struct sandbox {
    bool files;                   /* only the files of a served shop can be opened (file_access.h) */
    bool calls;                   /* the system calls of attackers fail (system_calls.h) */
    int files_error, calls_error; /* errno of a part that does not hold; 0 if it was not tried */
};

/* Confines the process, for good. Must be called before it has a second thread, because the files' part holds for this
 * thread and those that it starts. A part that the kernel lacks is off. */
struct sandbox sandbox_enter(const struct sandbox_paths *paths);
