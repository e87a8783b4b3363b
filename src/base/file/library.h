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

/* A library's functions are a list of X(result, name, parameters, how they are passed on). These go through one: to number the
 * functions, to name them, and to define each as a jump to library_functions[], which library_load fills. */
#define LIBRARY_SLOT(type, name, parameters, arguments) SLOT_##name,
#define LIBRARY_NAME(type, name, parameters, arguments) #name,
#define LIBRARY_FORWARD(type, name, parameters, arguments)                                                   \
    typedef type name##_type parameters;                                                                     \
    type name parameters {                                                                                   \
        return ((name##_type *)library_functions[SLOT_##name])arguments;                                     \
    }

/* Loads a library, which stays until the process ends, and sets functions[i] to its function names[i]. Returns false
 * if it or a function is missing, with the loader's words in `error`; on success `error` is empty. */
bool library_load(const char *file, size_t count, const char *const names[], void *functions[],
                  char error[static library_error_size]);
