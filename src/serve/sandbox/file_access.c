/* Landlock (landlock(7)) through its three system calls, because no C library has functions for them.
 *
 * A ruleset names the rights that it handles: whatever no rule allows beneath some folder is refused with EACCES. Which
 * rights a kernel knows depends on its version of Landlock, the "ABI": a right that it does not know cannot be handled, so
 * it stays allowed. A rule belongs to the inode that its path led to: a file that is replaced by another one needs a rule
 * for its folder.
 *
 *   ABI   Linux   adds
 *     1    5.13   executing, reading, writing, making and removing
 *     2    5.19   moving to another folder; earlier kernels always refuse that
 *     3    6.2    truncating
 *     5    6.10   ioctl() of devices
 *     6    6.12   signals to processes outside
 *
 * Executing is handled and never allowed. It does not concern libraries: those are mapped, not executed. */
#include "serve/sandbox/file_access.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* linux/landlock.h of Debian 12 ends with ABI 2, and the numbers are the same on every processor. */
enum {
    call_create_ruleset = 444,
    call_add_rule = 445,
    call_restrict_self = 446,
    create_ruleset_version = 1,
    rule_path_beneath = 1,
    right_execute = 1 << 0,
    right_write_file = 1 << 1,
    right_read_file = 1 << 2,
    right_read_dir = 1 << 3,
    right_remove_file = 1 << 5,
    right_make_file = 1 << 8,
    right_make_socket = 1 << 9,
    right_truncate = 1 << 14,
    right_ioctl = 1 << 15,
    rights_of_files = right_execute | right_write_file | right_read_file | right_truncate | right_ioctl,
    scope_signal = 1 << 1,
};

struct ruleset_attributes {
    uint64_t files, ports, scopes;
};

struct path_beneath {
    uint64_t allowed;
    int32_t parent;
} __attribute__((packed));

/* The highest right of each ABI's files, as the number of bits. */
static uint64_t rights_of_abi(long abi) {
    int bits = abi >= 5 ? 16 : abi >= 3 ? 15 : abi == 2 ? 14 : 13;
    return (UINT64_C(1) << bits) - 1;
}

bool file_access_begin(struct file_access *access) {
    long abi = syscall(call_create_ruleset, NULL, (size_t)0, create_ruleset_version);
    *access = (struct file_access){.ruleset = -1};
    if (abi < 1)
        return false;
    access->rights = rights_of_abi(abi);
    struct ruleset_attributes attributes = {.files = access->rights, .scopes = abi >= 6 ? scope_signal : 0};
    size_t size = abi >= 6 ? sizeof attributes : offsetof(struct ruleset_attributes, ports);
    access->ruleset = (int)syscall(call_create_ruleset, &attributes, size, 0);
    return access->ruleset >= 0;
}

static uint64_t rights_of_use(enum file_use use) {
    enum { reading = right_read_file | right_read_dir };
    static const uint64_t rights[] = {
        [FILE_READ] = reading,
        [FILE_WRITE] = reading | right_write_file | right_truncate | right_make_file | right_remove_file,
        [FILE_DEVICE] = right_read_file | right_write_file,
        [FILE_SOCKET] = right_make_socket | right_remove_file,
    };
    return rights[use];
}

void file_access_allow(struct file_access *access, const char *path, enum file_use use) {
    struct path_beneath rule = {.allowed = rights_of_use(use) & access->rights,
                                .parent = open(path, O_PATH | O_CLOEXEC)};
    struct stat info;
    if (rule.parent < 0)
        return;
    if (fstat(rule.parent, &info) == 0 && !S_ISDIR(info.st_mode))
        rule.allowed &= rights_of_files;
    syscall(call_add_rule, access->ruleset, rule_path_beneath, &rule, 0);
    close(rule.parent);
}

void file_access_allow_folder_of(struct file_access *access, const char *path, enum file_use use) {
    char copy[PATH_MAX], real[PATH_MAX];
    if ((size_t)snprintf(copy, sizeof copy, "%s", path) < sizeof copy)
        file_access_allow(access, dirname(copy), use);
    if (realpath(path, real) && strcmp(real, path) != 0)
        file_access_allow(access, dirname(real), use);
}

bool file_access_enforce(struct file_access *access) {
    bool is_enforced =
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && syscall(call_restrict_self, access->ruleset, 0) == 0;
    int error = errno;
    close(access->ruleset);
    errno = error;
    return is_enforced;
}
