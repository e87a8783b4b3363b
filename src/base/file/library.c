#include "base/file/library.h"

#include <dlfcn.h>
#include <stdio.h>

bool library_load(const char *file, size_t count, const char *const names[], void *functions[],
                  char error[static library_error_size]) {
    void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    bool found = library != NULL;
    error[0] = '\0';
    for (size_t i = 0; i < count && found; i++)
        found = (functions[i] = dlsym(library, names[i])) != NULL;
    if (!found)
        snprintf(error, library_error_size, "%s", dlerror());
    return found;
}
