/* The second step of signing in: beside the password, a code of an authenticator app (totp.h) or a recovery code.
 *
 *     none ──begin──> begun ──confirm──> in force ──end──> none
 *                     has a secret       and the step of the last code that was taken
 *
 * Only what is in force is asked for. A code counts once, also if two requests bring it at the same moment. */
#pragma once

#include "shop/staff/members.h"

/* Checks the code of a member whose password was right, in the transaction that signs in. `code` is absent if none was
 * sent: STATUS_CODE_NEEDED, so that only who knows the password learns that there is a second step. STATUS_WRONG_LOGIN
 * for a wrong one, as for a wrong password. */
MUST_CHECK enum status staff_second_factor(struct shop_ctx *ctx, const struct staff_member *member,
                                           struct str code);

/* Begins a second factor, in place of one that was begun: `secret` gets its secret. STATUS_SECOND_FACTOR_SET if one is in
 * force. */
MUST_CHECK enum status second_factor_begin(struct shop_ctx *ctx, const struct staff_member *member,
                                           uint8_t secret[static totp_secret_size]);

/* Puts the second factor that was begun in force, if `code` is right, and fills in the recovery codes, which are shown
 * this once. STATUS_SECOND_FACTOR_UNSET if none was begun; STATUS_SECOND_FACTOR_SET; STATUS_WRONG_PROOF. */
MUST_CHECK enum status second_factor_confirm(struct shop_ctx *ctx, const struct staff_member *member,
                                             struct str code,
                                             char codes[static recovery_code_count][recovery_code_text_size]);

/* Ends the second factor that is in force, if `code` is right. STATUS_SECOND_FACTOR_UNSET; STATUS_WRONG_PROOF. */
MUST_CHECK enum status second_factor_end(struct shop_ctx *ctx, const struct staff_member *member,
                                         struct str code);

/* Deletes the recovery codes of a member. */
MUST_CHECK enum status second_factor_end_codes(struct shop_ctx *ctx, int64_t member_seq);
