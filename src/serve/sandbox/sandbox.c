/* What a served shop opens after its start, and so may open:
 *
 *   written   the database's folder; that of the mock's books; the folder of temporary files
 *   read      the system's libraries, data and settings; the files of flags, of libpq and of OpenSSL; /proc of itself
 *   made      the Unix sockets of --listen and --admin-listen
 *
 * Connecting to a Unix socket is not a matter of these rules, nor is what is open already: the log, inherited sockets. */
#include "serve/sandbox/sandbox.h"

#include "base/str.h"
#include "db/db.h"
#include "model/model.h"
#include "serve/sandbox/file_access.h"
#include "serve/sandbox/system_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { url_arena_bytes_max = 64 * 1024 };

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Programs, libraries and data of the system, and the figures that libraries look up. */
static const char *const system_paths[] = {
    "/usr",       "/lib",       "/lib32",        "/lib64",        "/opt",
    "/nix/store", "/gnu/store", "/dev/random",   "/dev/urandom",  "/proc/self",
    "/proc/stat", "/proc/sys",  "/proc/meminfo", "/proc/cpuinfo", "/sys/devices/system",
};

/* The parts of /etc that names, certificates and libraries need. Root is held to these; another user may read all of /etc
 * that its modes allow, so that a resolv.conf that is replaced is found. */
static const char *const etc_paths[] = {
    "/etc/resolv.conf", "/etc/hosts",           "/etc/nsswitch.conf",   "/etc/host.conf",
    "/etc/gai.conf",    "/etc/services",        "/etc/protocols",       "/etc/localtime",
    "/etc/ld.so.cache", "/etc/ld.so.conf",      "/etc/ld.so.conf.d",    "/etc/passwd",
    "/etc/group",       "/etc/ssl/certs",       "/etc/ssl/openssl.cnf", "/etc/ca-certificates",
    "/etc/pki/tls",     "/etc/pki/ca-trust",    "/etc/krb5.conf",       "/etc/krb5.conf.d",
    "/etc/gnutls",      "/etc/crypto-policies", "/etc/ldap/ldap.conf",  "/etc/postgresql-common",
    "/etc/machine-id",
};

/* Variables that name files, or a list of folders. */
static const char *const read_variables[] = {
    "SSL_CERT_FILE", "SSL_CERT_DIR", "OPENSSL_CONF",  "OPENSSL_MODULES", "LD_LIBRARY_PATH",
    "KRB5_CONFIG",   "PGPASSFILE",   "PGSERVICEFILE", "PGSYSCONFDIR",    "PGSSLROOTCERT",
    "PGSSLCERT",     "PGSSLKEY",     "PGSSLCRL",
};

static const char *const home_paths[] = {".postgresql", ".pgpass", ".pg_service.conf"};

/* A path list such as LD_LIBRARY_PATH's, or one path. */
static void allow_list(struct file_access *access, const char *list) {
    char path[PATH_MAX];
    struct str rest = str_from(list);
    while (rest.size > 0) {
        struct str item = str_cut(&rest, ':');
        if (item.size > 0 && item.size < sizeof path) {
            snprintf(path, sizeof path, "%.*s", (int)item.size, item.data);
            file_access_allow(access, path, FILE_READ);
        }
    }
}

static void allow_system(struct file_access *access) {
    char path[PATH_MAX];
    for (size_t i = 0; i < COUNT(system_paths); i++)
        file_access_allow(access, system_paths[i], FILE_READ);
    for (size_t i = 0; i < COUNT(etc_paths) && geteuid() == 0; i++)
        file_access_allow(access, etc_paths[i], FILE_READ);
    if (geteuid() != 0)
        file_access_allow(access, "/etc", FILE_READ);
    if (realpath("/etc/resolv.conf", path) && strncmp(path, "/etc/", strlen("/etc/")) != 0)
        file_access_allow_folder_of(access, path, FILE_READ);
    file_access_allow(access, "/proc/self/exe", FILE_READ);
    file_access_allow(access, "/dev/null", FILE_DEVICE);
}

static void allow_environment(struct file_access *access) {
    char path[PATH_MAX];
    const char *home = getenv("HOME");
    for (size_t i = 0; i < COUNT(read_variables); i++)
        if (getenv(read_variables[i]))
            allow_list(access, getenv(read_variables[i]));
    for (size_t i = 0; home && i < COUNT(home_paths); i++)
        if ((size_t)snprintf(path, sizeof path, "%s/%s", home, home_paths[i]) < sizeof path)
            file_access_allow(access, path, FILE_READ);
}

/* SQLite and the importer take the first of these that they can write. */
static void allow_temporary(struct file_access *access) {
    const char *folders[] = {getenv("SQLITE_TMPDIR"), getenv("TMPDIR"), "/var/tmp"};
    for (size_t i = 0; i < COUNT(folders); i++)
        if (folders[i] && folders[i][0])
            file_access_allow(access, folders[i], FILE_WRITE);
    if (faccessat(AT_FDCWD, "/var/tmp", W_OK | X_OK, AT_EACCESS) != 0)
        file_access_allow(access, "/tmp", FILE_WRITE);
}

/* Whether a parameter's value names a file, and is not a word such as `require`: libpq takes relative paths too. */
static bool is_file(const char *value) {
    return value[0] == '/' || (value[0] && access(value, F_OK) == 0);
}

/* The files that a PostgreSQL URL's parameters name: sslrootcert, sslkey, passfile and so on. */
static void allow_url(struct file_access *access, const char *url) {
    char path[PATH_MAX];
    struct arena arena;
    struct str rest = str_from(url);
    arena_init(&arena, url_arena_bytes_max);
    str_cut(&rest, '?');
    while (rest.size > 0) {
        struct str value = str_cut(&rest, '&');
        struct str name = str_cut(&value, '=');
        bool names_file =
            str_starts(name, STR("ssl")) || str_starts(name, STR("pass")) || str_starts(name, STR("service"));
        struct str decoded = names_file ? percent_decode(&arena, value, false) : STR("");
        snprintf(path, sizeof path, "%.*s", (int)decoded.size, decoded.data ? decoded.data : "");
        if (is_file(path))
            file_access_allow_folder_of(access, path, FILE_READ);
    }
    arena_free(&arena);
}

static void allow_paths(struct file_access *access, const struct sandbox_paths *paths) {
    for (size_t i = 0; i < COUNT(paths->databases); i++) {
        const char *db = paths->databases[i];
        if (db && db_is_shared(db))
            allow_url(access, db);
        else if (db && !db_is_private(db))
            file_access_allow_folder_of(access, db, FILE_WRITE);
    }
    for (size_t i = 0; i < COUNT(paths->written); i++)
        if (paths->written[i])
            file_access_allow_folder_of(access, paths->written[i], FILE_WRITE);
    for (size_t i = 0; i < COUNT(paths->sockets); i++)
        if (paths->sockets[i] && strchr(paths->sockets[i], '/'))
            file_access_allow_folder_of(access, paths->sockets[i], FILE_SOCKET);
    for (size_t i = 0; i < COUNT(paths->read); i++)
        if (paths->read[i])
            file_access_allow_folder_of(access, paths->read[i], FILE_READ);
}

/* Puts the rules of files in force. */
static bool sandbox_files(const struct sandbox_paths *paths) {
    struct file_access access;
    if (!file_access_begin(&access))
        return false;
    allow_system(&access);
    allow_environment(&access);
    allow_temporary(&access);
    allow_paths(&access, paths);
    return file_access_enforce(&access);
}

struct sandbox sandbox_enter(const struct sandbox_paths *paths) {
    struct sandbox sandbox = {.files = sandbox_files(paths)};
    sandbox.files_error = sandbox.files ? 0 : errno;
    sandbox.calls = system_calls_restrict();
    sandbox.calls_error = sandbox.calls ? 0 : errno;
    return sandbox;
}
