/* Which files the process may open: Landlock (Linux 5.13 and later). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* The rules that are being collected. */
struct file_access {
    int ruleset;     /* the kernel's, or -1 */
    uint64_t rights; /* those that this kernel knows; all that no rule gives are refused */
};

/* Ways to use a file, or everything in a folder. */
enum file_use {
    FILE_READ,
    FILE_WRITE,  /* read, change, make and remove */
    FILE_DEVICE, /* read and write, but not make or remove */
    FILE_SOCKET, /* make and remove sockets */
};

/* Begins rules that allow nothing. False, with errno, if the kernel has no Landlock or it is switched off. */
bool file_access_begin(struct file_access *access);

/* Allows a file, or a folder with all that is in it. A path that leads nowhere is left out. */
void file_access_allow(struct file_access *access, const char *path, enum file_use use);

/* Allows the folder that a file is in, and, if the path leads over a link, the one that it ends in. So the file may be
 * missing yet, or be replaced later. */
void file_access_allow_folder_of(struct file_access *access, const char *path, enum file_use use);

/* Puts the rules in force for this thread and those that it will start, for good, and refuses to start a program or to
 * signal another process. Frees the rules in any case. False, with errno, if the kernel refuses. */
bool file_access_enforce(struct file_access *access);
