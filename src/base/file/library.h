/* Shared libraries that are loaded when they are first used, because most shops need neither. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { library_error_size = 256 };

/* The file name of a library's version. */
#ifdef __APPLE__
#define LIBRARY_FILE(name, version) name "." version ".dylib"
#else
#define LIBRARY_FILE(name, version) name ".so." version
#endif

/* Loads a library, which stays until the process ends, and sets functions[i] to its function names[i]. Returns false
 * if it or a function is missing, with the loader's words in `error`; on success `error` is empty. */
bool library_load(const char *file, size_t count, const char *const names[], void *functions[],
                  char error[static library_error_size]);
