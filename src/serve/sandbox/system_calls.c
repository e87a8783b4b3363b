/* A filter is a program for the kernel's packet-filter machine (seccomp(2)), which runs at each system call:
 *
 *     another architecture's call? ──> end the process
 *     load the call's number
 *     number == clone?             ──> load the flags: a thread? allow, else refuse
 *     number == mmap, mprotect?    ──> load the protection: executable? refuse
 *     number == socket?            ──> load the family: one of four? allow, else refuse
 *     number == one of the list?   ──> refuse
 *     allow
 *
 * The kernel remembers the calls that are allowed whatever their arguments, such as read, and does not run the program for
 * them (Linux 5.11 and later). The list names what is refused, not what is allowed: the C library, libcurl and libpq
 * of the next Debian may use calls that do not exist yet. A refused call fails with EPERM, and one that has an older way
 * with ENOSYS, so that the library takes that. */
#include "serve/sandbox/system_calls.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define FILTER_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define FILTER_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

/* A build with a sanitizer has no filter. LeakSanitizer starts a process of its own, which stops the threads with ptrace: the
 * filter refuses both. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#undef FILTER_ARCHITECTURE
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#undef FILTER_ARCHITECTURE
#endif
#endif

#ifdef FILTER_ARCHITECTURE

static const uint32_t refused_calls[] = {
    SYS_execve,
    SYS_execveat,
#ifdef SYS_fork
    SYS_fork,
    SYS_vfork,
    SYS_uselib,
    SYS_iopl,
    SYS_ioperm,
    SYS_modify_ldt,
#endif
    /* other processes, and the kernel's own affairs */
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_kcmp,
    SYS_pidfd_getfd,
    SYS_perf_event_open,
    SYS_bpf,
    SYS_userfaultfd,
    SYS_init_module,
    SYS_finit_module,
    SYS_delete_module,
    SYS_kexec_load,
    SYS_kexec_file_load,
    SYS_reboot,
    SYS_syslog,
    SYS_acct,
    SYS_swapon,
    SYS_swapoff,
    SYS_quotactl,
    SYS_sethostname,
    SYS_setdomainname,
    SYS_settimeofday,
    SYS_clock_settime,
    SYS_adjtimex,
    SYS_clock_adjtime,
    SYS_personality,
    SYS_vhangup,
    SYS_add_key,
    SYS_request_key,
    SYS_keyctl,
    /* what the tree of files is */
    SYS_mount,
    SYS_umount2,
    SYS_move_mount,
    SYS_open_tree,
    SYS_fsopen,
    SYS_fsmount,
    SYS_fspick,
    SYS_fsconfig,
    SYS_pivot_root,
    SYS_chroot,
    SYS_unshare,
    SYS_setns,
    SYS_name_to_handle_at,
    SYS_open_by_handle_at,
    /* the user */
    SYS_setuid,
    SYS_setgid,
    SYS_setreuid,
    SYS_setregid,
    SYS_setresuid,
    SYS_setresgid,
    SYS_setgroups,
    SYS_setfsuid,
    SYS_setfsgid,
    SYS_capset,
};

/* The C library makes threads with clone instead, whose flags the filter can read; libuv does without the rings. */
static const uint32_t missing_calls[] = {SYS_clone3, SYS_io_uring_setup, SYS_io_uring_enter,
                                         SYS_io_uring_register};

static const uint32_t socket_families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};

struct filter {
    struct sock_filter code[256];
    unsigned short size;
};

static void filter_add(struct filter *f, int operation, uint32_t value, int if_equal, int if_not) {
    f->code[f->size++] = (struct sock_filter){(uint16_t)operation, (uint8_t)if_equal, (uint8_t)if_not, value};
}

static void filter_load(struct filter *f, size_t offset) {
    filter_add(f, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

/* Loads an argument's lower half, which comes first on both processors. */
static void filter_load_argument(struct filter *f, size_t i) {
    filter_load(f, offsetof(struct seccomp_data, args) + i * sizeof(uint64_t));
}

static void filter_return(struct filter *f, uint32_t what) {
    filter_add(f, BPF_RET | BPF_K, what, 0, 0);
}

/* Returns `what` if the loaded value is `value`, else goes on. */
static void filter_return_if(struct filter *f, uint32_t value, uint32_t what) {
    filter_add(f, BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
    filter_return(f, what);
}

static uint32_t filter_error(int code) {
    return SECCOMP_RET_ERRNO | (uint32_t)code;
}

/* Refuses `call` if the bits `mask` of its argument are `bits` (or, if not `refuses_equal`, are others), else allows it. */
static void filter_argument(struct filter *f, uint32_t call, size_t argument, uint32_t mask, uint32_t bits,
                            bool refuses_equal) {
    enum { block_size = 5 };
    filter_add(f, BPF_JMP | BPF_JEQ | BPF_K, call, 0, block_size);
    filter_load_argument(f, argument);
    filter_add(f, BPF_ALU | BPF_AND | BPF_K, mask, 0, 0);
    filter_add(f, BPF_JMP | BPF_JEQ | BPF_K, bits, refuses_equal ? 1 : 0, refuses_equal ? 0 : 1);
    filter_return(f, SECCOMP_RET_ALLOW);
    filter_return(f, filter_error(EPERM));
}

static void filter_sockets(struct filter *f) {
    enum { families = sizeof socket_families / sizeof *socket_families, block_size = 2 + 2 * families };
    filter_add(f, BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, block_size);
    filter_load_argument(f, 0);
    for (size_t i = 0; i < families; i++)
        filter_return_if(f, socket_families[i], SECCOMP_RET_ALLOW);
    filter_return(f, filter_error(EAFNOSUPPORT));
}

static void filter_write(struct filter *f) {
    const uint32_t new_spaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
                                CLONE_NEWPID | CLONE_NEWNET;
    filter_load(f, offsetof(struct seccomp_data, arch));
    filter_add(f, BPF_JMP | BPF_JEQ | BPF_K, FILTER_ARCHITECTURE, 1, 0);
    filter_return(f, SECCOMP_RET_KILL_PROCESS);
    filter_load(f, offsetof(struct seccomp_data, nr));
#ifdef __x86_64__
    const uint32_t x32_bit = 0x40000000;
    filter_add(f, BPF_JMP | BPF_JGE | BPF_K, x32_bit, 0, 1);
    filter_return(f, filter_error(ENOSYS));
    /* On aarch64 the C library protects a library's branches with mprotect. */
    filter_argument(f, SYS_mprotect, 2, PROT_EXEC, PROT_EXEC, true);
    filter_argument(f, SYS_pkey_mprotect, 2, PROT_EXEC, PROT_EXEC, true);
#endif
    filter_argument(f, SYS_mmap, 2, PROT_WRITE | PROT_EXEC, PROT_WRITE | PROT_EXEC, true);
    filter_argument(f, SYS_clone, 0, CLONE_THREAD | new_spaces, CLONE_THREAD, false);
    filter_sockets(f);
    for (size_t i = 0; i < sizeof missing_calls / sizeof *missing_calls; i++)
        filter_return_if(f, missing_calls[i], filter_error(ENOSYS));
    for (size_t i = 0; i < sizeof refused_calls / sizeof *refused_calls; i++)
        filter_return_if(f, refused_calls[i], filter_error(EPERM));
    filter_return(f, SECCOMP_RET_ALLOW);
}

static bool filter_install(void) {
    struct filter filter = {.size = 0};
    filter_write(&filter);
    struct sock_fprog program = {.len = filter.size, .filter = filter.code};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) == 0;
}

#endif

bool system_calls_restrict(void) {
#ifdef FILTER_ARCHITECTURE
    return filter_install();
#else
    errno = ENOSYS;
    return false;
#endif
}
