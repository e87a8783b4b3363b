/* net: which addresses a stranger's URL may lead to. */
#include "test.h"
#include "world.h"

#include "net/public_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

static bool is_public(const char *text) {
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
        return address_is_public((const struct sockaddr *)&v4);
    assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
    return address_is_public((const struct sockaddr *)&v6);
}

static void addresses_of_the_internet_are_public(void **state) {
    (void)state;
    static const char *const rows[] = {
        "1.1.1.1",        "9.255.255.255",   "11.0.0.0",        "100.63.255.255",
        "100.128.0.0",    "126.255.255.255", "128.0.0.0",       "169.253.255.255",
        "172.15.255.255", "172.32.0.0",      "192.167.1.1",     "192.169.0.0",
        "198.17.255.255", "223.255.255.255", "2606:4700::1111", "2a00:1450::1"};
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_number_of(rows[i], is_public(rows[i]), true);
}

static void addresses_of_a_network_of_its_own_are_not(void **state) {
    (void)state;
    static const char *const rows[] = {
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:10.0.0.1",
        "::ffff:1.1.1.1",
        "::127.0.0.1",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:a00:1::1",
        "3fff::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "4000::1",
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_number_of(rows[i], is_public(rows[i]), false);
}

static void a_socket_of_another_family_is_not(void **state) {
    (void)state;
    struct sockaddr other = {.sa_family = AF_UNIX};
    assert_false(address_is_public(&other));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_of_the_internet_are_public),
        cmocka_unit_test(addresses_of_a_network_of_its_own_are_not),
        cmocka_unit_test(a_socket_of_another_family_is_not),
    };
    return cmocka_run_group_tests_name("public_address", tests, NULL, NULL);
}
