/* till serve: the shop's server. */
#include "serve/serve.h"
#include "cli/command.h"

static int serve_command_run(const char *const values[], const char *operand) {
    (void)operand;
    struct serve_options options;
    return serve_options_read(values, &options) ? exit_code(shop_serve(&options)) : exit_usage;
}

const struct command serve_command = {
    .name = "serve",
    .summary = "Run the shop",
    .flags = serve_flags,
    .run = serve_command_run,
};
