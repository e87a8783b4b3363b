/* A temporary folder for one test, removed with all its files after the test. */
#pragma once

#include "test.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

struct folder {
    char path[256];
    char file[512]; /* the latest result of file_in() */
};

/* A test of cmocka whose state is a struct folder. */
#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_make, folder_remove)

static inline int folder_make(void **state) {
    const char *temporary = getenv("TMPDIR");
    struct folder *folder = calloc(1, sizeof *folder);
    assert_non_null(folder);
    snprintf(folder->path, sizeof folder->path, "%s/till-unit-XXXXXX", temporary ? temporary : P_tmpdir);
    *state = folder;
    return mkdtemp(folder->path) ? 0 : -1;
}

/* The path of a file in the folder; valid until the next call. */
static inline const char *file_in(struct folder *folder, const char *name) {
    int n = snprintf(folder->file, sizeof folder->file, "%s/%s", folder->path, name);
    assert_true(n > 0 && (size_t)n < sizeof folder->file);
    return folder->file;
}

static inline int folder_remove(void **state) {
    struct folder *folder = *state;
    DIR *files = opendir(folder->path);
    const struct dirent *file;
    while (files && (file = readdir(files)))
        if (file->d_name[0] != '.')
            unlink(file_in(folder, file->d_name));
    if (files)
        closedir(files);
    rmdir(folder->path);
    free(folder);
    return 0;
}

static inline void write_file(const char *path, const char *text) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}
