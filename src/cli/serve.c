/* till serve: the shop's server. */
#include "serve/serve.h"
#include "cli/command.h"
#include "console/errors.h"

#include <unistd.h>

/* Root may read and change every file of the machine, and so may an attacker who finds a flaw in a server of root's.
 * False, with the error printed, if that is not meant. */
static bool user_is_safe(const struct serve_options *options) {
    if (geteuid() != 0 || options->as_root)
        return true;
    print_error(
        "not served as root: a flaw would give away the whole machine. Use another user (sudo -u till till serve …, or User= in a unit of "
        "systemd); if this is a container of its own, give --as-root");
    return false;
}

static int serve_command_run(const char *const values[], const char *operand) {
    (void)operand;
    struct serve_options options;
    bool is_ready = serve_options_read(values, &options) && user_is_safe(&options);
    return is_ready ? exit_code(shop_serve(&options)) : exit_usage;
}

const struct command serve_command = {
    .name = "serve",
    .summary = "Run the shop",
    .flags = serve_flags,
    .serves = true,
    .run = serve_command_run,
};
