/* Who of the staff is signed in. A session is a token of 256 random bits in a cookie; the table has half of its SHA-256.
 * It ends after staff_session_idle_us without a request, at the latest after staff_session_us, and in the next request
 * on every server if it is deleted or its member is disabled: no server keeps one in memory. */
#pragma once

#include "shop/staff/actor.h"
#include "shop/staff/members.h"

#define staff_session_us (INT64_C(7) * 24 * 3600 * 1000000)
#define staff_session_idle_us (INT64_C(12) * 3600 * 1000000)

enum {
    staff_session_text_size = 43, /* of a token */
    staff_user_agent_bytes_max = 200,
};

/* What is kept of the request that signed in. */
struct staff_client {
    struct str user_agent; /* UTF-8; more than staff_user_agent_bytes_max is cut off */
    struct str network;    /* client_prefix_format */
};

/* Begins a session of a member, or of the owner if `member` is NULL. `token` gets its token and a NUL, `out` who acts
 * in it. */
MUST_CHECK enum status staff_session_begin(struct shop_ctx *ctx, const struct staff_member *member,
                                           const struct staff_client *client, struct actor *out,
                                           char token[static staff_session_text_size + 1]);

/* Finds who acts in a session, with one statement, and notes its use every ten minutes.
 * STATUS_NOT_AUTHENTICATED if there is no such session, it is over, or its member is not active. */
MUST_CHECK enum status staff_session_find(struct shop_ctx *ctx, struct str token, struct actor *out);

/* The same without noting a use. */
MUST_CHECK enum status staff_session_look(struct shop_ctx *ctx, struct str token, struct actor *out);

/* Ends a session, if it is there. */
MUST_CHECK enum status staff_session_end(struct shop_ctx *ctx, struct str token);

/* Ends all sessions of a member but the one with the token `kept`, which may be absent. */
MUST_CHECK enum status staff_sessions_end_of(struct shop_ctx *ctx, int64_t member_seq, struct str kept);

/* Ends all sessions that the admin's token opened. */
MUST_CHECK enum status staff_sessions_end_of_owner(struct shop_ctx *ctx);

/* Deletes up to `limit` sessions that are over. */
MUST_CHECK enum status staff_sessions_sweep(struct shop_ctx *ctx, int64_t limit, int64_t *removed);

/* A session as its member sees it. Its id is the first half of the token's SHA-256, which opens nothing. */
struct staff_session {
    struct uuid id;
    int64_t created_at, used_at, expires_at; /* microseconds; used_at to ten minutes */
    struct str user_agent, network;
    bool is_current;
};

enum { staff_sessions_listed_max = 100 };

/* Lists the sessions of a member that are not over, the latest used first. `current` is the token of the caller's. */
MUST_CHECK enum status staff_sessions_list(struct shop_ctx *ctx, int64_t member_seq, struct str current,
                                           struct list *out);

/* Ends a session of a member. STATUS_SESSION_NOT_FOUND. */
MUST_CHECK enum status staff_session_end_of(struct shop_ctx *ctx, int64_t member_seq, const struct uuid *id);
