/* libpq's functions, for a program that is not linked with it.
 *
 * libpq brings the libraries of Kerberos, LDAP and GnuTLS: with libcurl's they are 4 MiB of memory and 4 ms of each
 * start, which a shop on SQLite has no use for. So the library is loaded when a PostgreSQL database is first opened.
 * Each function below has the name and the type that libpq-fe.h declares, so the compiler compares both, and jumps to
 * the library's own. */
#include "db/postgres/libpq.h"

#include "base/file/library.h"
#include "db/db.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <stdio.h>

/* Result, name, parameters, and how they are passed on. */
#define LIBPQ_LIST(X)                                                                                        \
    X(int, PQcancel, (PGcancel * cancel, char *errbuf, int errbufsize), (cancel, errbuf, errbufsize))        \
    X(void, PQclear, (PGresult * r), (r))                                                                    \
    X(char *, PQcmdTuples, (PGresult * r), (r))                                                              \
    X(PGconn *, PQconnectdbParams,                                                                           \
      (const char *const *keywords, const char *const *values, int expand_dbname),                           \
      (keywords, values, expand_dbname))                                                                     \
    X(int, PQconsumeInput, (PGconn * c), (c))                                                                \
    X(PGresult *, PQdescribePrepared, (PGconn * c, const char *stmt), (c, stmt))                             \
    X(int, PQenterPipelineMode, (PGconn * c), (c))                                                           \
    X(char *, PQerrorMessage, (const PGconn *c), (c))                                                        \
    X(PGresult *, PQexec, (PGconn * c, const char *query), (c, query))                                       \
    X(int, PQexitPipelineMode, (PGconn * c), (c))                                                            \
    X(void, PQfinish, (PGconn * c), (c))                                                                     \
    X(int, PQflush, (PGconn * c), (c))                                                                       \
    X(void, PQfreeCancel, (PGcancel * cancel), (cancel))                                                     \
    X(void, PQfreemem, (void *ptr), (ptr))                                                                   \
    X(Oid, PQftype, (const PGresult *r, int field_num), (r, field_num))                                      \
    X(PGcancel *, PQgetCancel, (PGconn * c), (c))                                                            \
    X(PGresult *, PQgetResult, (PGconn * c), (c))                                                            \
    X(int, PQgetisnull, (const PGresult *r, int tup_num, int field_num), (r, tup_num, field_num))            \
    X(int, PQgetlength, (const PGresult *r, int tup_num, int field_num), (r, tup_num, field_num))            \
    X(char *, PQgetvalue, (const PGresult *r, int tup_num, int field_num), (r, tup_num, field_num))          \
    X(int, PQisBusy, (PGconn * c), (c))                                                                      \
    X(int, PQnfields, (const PGresult *r), (r))                                                              \
    X(PGnotify *, PQnotifies, (PGconn * c), (c))                                                             \
    X(int, PQnparams, (const PGresult *r), (r))                                                              \
    X(int, PQntuples, (const PGresult *r), (r))                                                              \
    X(const char *, PQparameterStatus, (const PGconn *c, const char *paramName), (c, paramName))             \
    X(Oid, PQparamtype, (const PGresult *r, int param_num), (r, param_num))                                  \
    X(int, PQpipelineSync, (PGconn * c), (c))                                                                \
    X(PGresult *, PQprepare,                                                                                 \
      (PGconn * c, const char *stmtName, const char *query, int nParams, const Oid *paramTypes),             \
      (c, stmtName, query, nParams, paramTypes))                                                             \
    X(int, PQputCopyData, (PGconn * c, const char *buffer, int nbytes), (c, buffer, nbytes))                 \
    X(int, PQputCopyEnd, (PGconn * c, const char *errormsg), (c, errormsg))                                  \
    X(char *, PQresultErrorField, (const PGresult *r, int fieldcode), (r, fieldcode))                        \
    X(char *, PQresultErrorMessage, (const PGresult *r), (r))                                                \
    X(ExecStatusType, PQresultStatus, (const PGresult *r), (r))                                              \
    X(int, PQsendDescribePrepared, (PGconn * c, const char *stmt), (c, stmt))                                \
    X(int, PQsendPrepare,                                                                                    \
      (PGconn * c, const char *stmtName, const char *query, int nParams, const Oid *paramTypes),             \
      (c, stmtName, query, nParams, paramTypes))                                                             \
    X(int, PQsendQuery, (PGconn * c, const char *query), (c, query))                                         \
    X(int, PQsendQueryPrepared,                                                                              \
      (PGconn * c, const char *stmtName, int nParams, const char *const *paramValues,                        \
       const int *paramLengths, const int *paramFormats, int resultFormat),                                  \
      (c, stmtName, nParams, paramValues, paramLengths, paramFormats, resultFormat))                         \
    X(int, PQserverVersion, (const PGconn *c), (c))                                                          \
    X(PQnoticeProcessor, PQsetNoticeProcessor, (PGconn * c, PQnoticeProcessor proc, void *arg),              \
      (c, proc, arg))                                                                                        \
    X(int, PQsetSingleRowMode, (PGconn * c), (c))                                                            \
    X(int, PQsetnonblocking, (PGconn * c, int arg), (c, arg))                                                \
    X(int, PQsocket, (const PGconn *c), (c))                                                                 \
    X(ConnStatusType, PQstatus, (const PGconn *c), (c))                                                      \
    X(PGTransactionStatusType, PQtransactionStatus, (const PGconn *c), (c))

enum { LIBPQ_LIST(LIBRARY_SLOT) SLOT_COUNT };

/* Written once, under the pthread_once of libpq_load. */
static void *library_functions[SLOT_COUNT];
static char libpq_error[library_error_size];

LIBPQ_LIST(LIBRARY_FORWARD)

static void libpq_load_once(void) {
    static const char *const names[SLOT_COUNT] = {LIBPQ_LIST(LIBRARY_NAME)};
    library_load(LIBRARY_FILE("libpq", "5"), SLOT_COUNT, names, library_functions, libpq_error);
}

bool libpq_load(char *error) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, libpq_load_once);
    if (libpq_error[0])
        snprintf(error, db_error_size, "PostgreSQL needs libpq: %s", libpq_error);
    return !libpq_error[0];
}
