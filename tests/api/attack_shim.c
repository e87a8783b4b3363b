/* An attacker's code inside of a served shop: preloaded, it waits until the server reads its own use of resources, which
 * GET /metrics makes it do, then tries what attackers do, and writes a line for each to ATTACK_LOG: `open EACCES`, or
 * `open done`. The log is open before the sandbox is.
 *
 *     ATTACK_LOG=FILE      where to write
 *     ATTACK_READ=FILE     a file that lies outside of the shop's folders
 *     ATTACK_WRITE=FILE    a file to make there */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static int log_fd = -1;

__attribute__((constructor)) static void attack_begin(void) {
    const char *path = getenv("ATTACK_LOG");
    if (path)
        log_fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void report(const char *what, long result) {
    const char *how = result < 0 ? strerrorname_np(errno) : "done";
    dprintf(log_fd, "%s %s\n", what, how);
}

static void attack(void) {
    char program[] = "/bin/true", *arguments[] = {program, NULL};
    report("open", open(getenv("ATTACK_READ"), O_RDONLY));
    report("create", open(getenv("ATTACK_WRITE"), O_WRONLY | O_CREAT, 0600));
    report("shadow", open("/etc/shadow", O_RDONLY));
    report("names", open("/etc/nsswitch.conf", O_RDONLY));
    report("edit", open("/etc/nsswitch.conf", O_WRONLY));
    report("signal", kill(getppid(), 0));
    report("trace", ptrace(PTRACE_ATTACH, -1, NULL, NULL));
    report("packets", socket(AF_PACKET, SOCK_RAW, 0));
    report("inet", socket(AF_INET, SOCK_STREAM, 0));
    report("namespace", unshare(CLONE_NEWUSER));
    report("mount", mount("none", "/nonexistent", "tmpfs", 0, NULL));
    report("module", syscall(SYS_init_module, "", 0UL, ""));
    void *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    report("code", code == MAP_FAILED ? -1 : 0);
    code = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    report("protect", mprotect(code, 4096, PROT_READ | PROT_EXEC));
    pid_t child = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
    if (child == 0)
        _exit(0);
    report("process", child);
    report("privileges", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? (errno = EPERM, -1) : 0);
    if (getenv("ATTACK_EXECUTE"))
        report("execute", execve(program, arguments, NULL));
}

int getrusage(__rusage_who_t who, struct rusage *usage) {
    static bool done;
    if (log_fd >= 0 && !__atomic_exchange_n(&done, true, __ATOMIC_SEQ_CST))
        attack();
    return (int)syscall(SYS_getrusage, who, usage);
}
