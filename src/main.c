#include "cli/command.h"

#include <fcntl.h>

/* Takes descriptors 0 to 2 if they are closed, so that no file or socket of ours gets one: the log's lines
 * would go into it. Using one still fails, because each is open the wrong way round. Returns false if there
 * is no /dev/null. */
static bool standard_streams_take(void) {
    static const int modes[] = {O_WRONLY, O_RDONLY, O_RDONLY};
    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", modes[fd]) != fd)
            return false;
    return true;
}

int main(int argc, char **argv) {
    return standard_streams_take() ? command_main(argc, argv) : exit_failed;
}
