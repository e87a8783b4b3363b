#include "base/status.h"

#include <assert.h>
#include <stddef.h>

static const struct {
    int http;
    const char *text;
} statuses[STATUS_COUNT] = {
#define STATUS_ROW(name, http, text) [STATUS_##name] = {http, text},
    STATUS_LIST(STATUS_ROW)
#undef STATUS_ROW
};

int status_http(enum status s) {
    assert(s < STATUS_COUNT);
    return statuses[s].http;
}

const char *status_text(enum status s) {
    assert(s < STATUS_COUNT);
    return statuses[s].text;
}

const char *http_reason(int code) {
    static const struct {
        int code;
        const char *reason;
    } reasons[] = {
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {304, "Not Modified"},
        {307, "Temporary Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {412, "Precondition Failed"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {417, "Expectation Failed"},
        {422, "Unprocessable Content"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {503, "Service Unavailable"},
        {505, "HTTP Version Not Supported"},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].code == code)
            return reasons[i].reason;
    return "Unknown";
}
