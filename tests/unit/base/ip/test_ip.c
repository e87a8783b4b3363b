/* IP addresses, ranges, and whose address a request has. */
#include "test.h"

#include "base/ip/failure_counts.h"

#include <netinet/in.h>

static void addresses_are_read_and_written(void **state) {
    (void)state;
    static const struct {
        const char *text, *written; /* NULL: refused */
    } rows[] = {
        {"192.0.2.1", "192.0.2.1"},
        {"::ffff:192.0.2.1", "192.0.2.1"},
        {"::FFFF:c000:201", "192.0.2.1"},
        {"2001:DB8:0:0::1", "2001:db8::1"},
        {"::1", "::1"},
        {"::", "::"},
        {"192.0.2", NULL},
        {"192.0.2.1.1", NULL},
        {"192.0.2.256", NULL},
        {"192.0.2.1:80", NULL},
        {" 192.0.2.1", NULL},
        {"[::1]", NULL},
        {"fe80::1%eth0", NULL},
        {"1::2::3", NULL},
        {"unknown", NULL},
        {"", NULL},
        {"0000000000000000000000000000000000000000000000000", NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ip ip;
        char text[ip_text_size];
        bool read = ip_parse(str_from(rows[i].text), &ip);
        assert_number_of(rows[i].text, read, rows[i].written != NULL);
        if (!read)
            continue;
        ip_format(&ip, text);
        assert_text_of(rows[i].text, str_from(text), rows[i].written);
    }
    struct ip ip;
    assert_false(ip_parse(STR("::1\0"), &ip));
}

static void ranges_have_their_addresses(void **state) {
    (void)state;
    static const struct {
        const char *range, *ip;
        int in; /* -1: the range is refused */
    } rows[] = {
        {"10.0.0.0/8", "10.255.0.1", 1},
        {"10.0.0.0/8", "11.0.0.1", 0},
        {"10.0.0.0/8", "::ffff:10.1.2.3", 1},
        {"10.0.0.4/30", "10.0.0.7", 1},
        {"10.0.0.4/30", "10.0.0.8", 0},
        {"10.0.0.1", "10.0.0.1", 1},
        {"10.0.0.1", "10.0.0.2", 0},
        {"0.0.0.0/0", "203.0.113.7", 1},
        {"0.0.0.0/0", "2001:db8::1", 0},
        {"::/0", "203.0.113.7", 1},
        {"2001:db8::/33", "2001:db8:7fff::1", 1},
        {"2001:db8::/33", "2001:db8:8000::1", 0},
        {"::1/128", "::1", 1},
        {"::ffff:10.0.0.0/104", "10.9.9.9", 1},
        {"10.0.0.1/8", "", -1},
        {"10.0.0.0/33", "", -1},
        {"10.0.0.0/", "", -1},
        {"10.0.0.0/-1", "", -1},
        {"::/129", "", -1},
        {"10.0.0/8", "", -1},
        {"/8", "", -1},
        {"localhost", "", -1},
        {"", "", -1},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ip_range range;
        struct ip ip = {0};
        bool read = ip_range_parse(str_from(rows[i].range), &range);
        assert_number_of(rows[i].range, read, rows[i].in >= 0);
        if (!read)
            continue;
        assert_true(ip_parse(str_from(rows[i].ip), &ip));
        assert_number_of(rows[i].ip, ip_in_range(&ip, &range), rows[i].in);
    }
}

static void a_list_of_proxies_is_read_whole(void **state) {
    (void)state;
    struct trusted_proxies trusted;
    struct str wrong;
    assert_true(trusted_proxies_parse(STR(" 10.0.0.0/8,unix ,, ::1"), &trusted, &wrong));
    assert_true(trusted.is_set && trusted.unix_sockets);
    assert_int_equal(trusted.count, 2);
    assert_true(trusted_proxies_parse(STR(""), &trusted, &wrong));
    assert_true(trusted.is_set && !trusted.unix_sockets && trusted.count == 0);
    assert_false(trusted_proxies_parse(STR("10.0.0.1, proxy.example ,::1"), &trusted, &wrong));
    assert_text(wrong, "proxy.example");
    static char many[trusted_proxies_max * 3 + 3];
    for (size_t i = 0; i < sizeof many; i++)
        many[i] = "::,"[i % 3];
    assert_true(trusted_proxies_parse(text_of(many, sizeof many - 3), &trusted, &wrong));
    assert_int_equal(trusted.count, trusted_proxies_max);
    assert_false(trusted_proxies_parse(text_of(many, sizeof many), &trusted, &wrong));
}

#define PEER "10.0.0.2"

static struct forwarded_walk walk(const char *value, bool is_element) {
    static struct trusted_proxies trusted;
    struct client_address peer = {0};
    struct str wrong;
    assert_true(trusted_proxies_parse(STR("10.0.0.0/8, fd00::/8"), &trusted, &wrong));
    assert_true(ip_parse(STR(PEER), &peer.ip));
    struct forwarded_walk walk = forwarded_walk_begin(&trusted, &peer);
    (is_element ? forwarded_walk_element : forwarded_walk_for)(&walk, str_from(value));
    return walk;
}

static void the_client_is_the_first_from_the_right_that_is_not_trusted(void **state) {
    (void)state;
    static const struct {
        const char *value, *client;
    } rows[] = {
        {"203.0.113.7", "203.0.113.7"},
        {"6.6.6.6, 203.0.113.7", "203.0.113.7"},
        {"6.6.6.6, 203.0.113.7,10.0.0.9 , fd00::2", "203.0.113.7"},
        {"10.0.0.8, 10.0.0.9", "10.0.0.8"}, /* a request from within */
        {"203.0.113.7:4711", "203.0.113.7"},
        {"2001:db8::7", "2001:db8::7"},
        {"[2001:db8::7]", "2001:db8::7"},
        {"[2001:db8::7]:4711", "2001:db8::7"},
        {"::ffff:203.0.113.7", "203.0.113.7"},
        {"6.6.6.6, unknown", PEER},
        {"6.6.6.6, unknown, 10.0.0.9", "10.0.0.9"},
        {"6.6.6.6, [::1", PEER},
        {"6.6.6.6, [::1]x", PEER},
        {"6.6.6.6, []", PEER},
        {"6.6.6.6, [", PEER},
        {"6.6.6.6, :", PEER},
        {", 203.0.113.7, ,", "203.0.113.7"},
        {"", PEER},
        {",,", PEER},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char client[ip_text_size];
        struct forwarded_walk w = walk(rows[i].value, false);
        client_address_format(&w.client, client);
        assert_text_of(rows[i].value, str_from(client), rows[i].client);
    }
}

static void an_element_names_the_client_and_the_scheme(void **state) {
    (void)state;
    static const struct {
        const char *value, *client, *proto;
    } rows[] = {
        {"for=203.0.113.7;proto=https", "203.0.113.7", "https"},
        {"For=203.0.113.7 ; Proto=HTTPS;by=10.0.0.2;host=shop.example", "203.0.113.7", "HTTPS"},
        {"for=203.0.113.7;proto=https, for=10.0.0.9;proto=http", "203.0.113.7", "https"},
        {"for=6.6.6.6;proto=https, for=203.0.113.7;proto=http", "203.0.113.7", "http"},
        {"proto=https;for=\"[2001:db8::7]:4711\"", "2001:db8::7", "https"},
        {"for=\"203.0.113.7:80\", for=10.0.0.9", "203.0.113.7", NULL},
        {"for=6.6.6.6;proto=https, for=_hidden;proto=http", PEER, "http"},
        {"for=6.6.6.6, for=unknown", PEER, NULL},
        {"for=6.6.6.6, proto=https", PEER, "https"},
        {"for=203.0.113.7;x=\"a, for=6.6.6.6\"", "203.0.113.7", NULL},
        {"for=203.0.113.7;x=\";for=6.6.6.6\"", "203.0.113.7", NULL},
        {"for=6.6.6.6;x=\"", PEER, NULL},
        {"for=6.6.6.6;x=\"\\\"\"", PEER, NULL},
        {"203.0.113.7", PEER, NULL},
        {"", PEER, NULL},
        {",;=", PEER, NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char client[ip_text_size];
        struct forwarded_walk w = walk(rows[i].value, true);
        client_address_format(&w.client, client);
        assert_text_of(rows[i].value, str_from(client), rows[i].client);
        assert_text_of(rows[i].value, w.proto, rows[i].proto);
    }
}

static void the_network_of_an_address_tells_less(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"203.0.113.7", "203.0.113.0/24"},
        {"255.255.255.255", "255.255.255.0/24"},
        {"2001:db8:1:2::3", "2001:db8:1::/48"},
        {"2001:db8::1", "2001:db8::/48"},
        {"::1", "::/48"},
        {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff::/48"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct client_address client = {0};
        char text[ip_prefix_text_size];
        assert_true(ip_parse(str_from(rows[i][0]), &client.ip));
        client_prefix_format(&client, text);
        assert_string_equal(text, rows[i][1]);
    }
    char text[ip_prefix_text_size];
    client_prefix_format(&(struct client_address){.is_unix = true}, text);
    assert_string_equal(text, "unix");
}

static void a_peer_has_the_address_of_its_socket(void **state) {
    (void)state;
    struct sockaddr_storage from = {0};
    struct client_address client = {0};
    char text[ip_text_size];
    *(struct sockaddr_in *)(void *)&from =
        (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(0xCB007107)};
    ip_from_sockaddr(&from, &client.ip);
    client_address_format(&client, text);
    assert_string_equal(text, "203.0.113.7");
    *(struct sockaddr_in6 *)(void *)&from =
        (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    ip_from_sockaddr(&from, &client.ip);
    client_address_format(&client, text);
    assert_string_equal(text, "::1");
    client_address_format(&(struct client_address){.is_unix = true}, text);
    assert_string_equal(text, "unix");
}

static void a_network_with_too_many_failures_waits_for_its_time(void **state) {
    (void)state;
    uint64_t seed = 1;
    struct random random = random_seeded(&seed);
    struct failure_counts *counts = failure_counts_new(3, 1000, &random);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(failure_counts_wait(counts, STR("a"), 100 + i), 0);
        failure_counts_add(counts, STR("a"), 100 + i);
    }
    assert_int_equal(failure_counts_wait(counts, STR("a"), 600), 500); /* of 1000 since the first */
    assert_int_equal(failure_counts_wait(counts, STR("b"), 600), 0);
    assert_int_equal(failure_counts_wait(counts, STR("a"), 1100), 0);
    failure_counts_add(counts, STR("a"), 1100);
    assert_int_equal(failure_counts_wait(counts, STR("a"), 1101), 0);
    failure_counts_free(counts);
    failure_counts_free(NULL);
    failure_counts_add(NULL, STR("a"), 0);
    assert_int_equal(failure_counts_wait(NULL, STR("a"), 0), 0);
}

static void many_networks_do_not_free_one_that_failed_often(void **state) {
    (void)state;
    uint64_t seed = 1;
    struct random random = random_seeded(&seed);
    struct failure_counts *counts = failure_counts_new(3, 1000000, &random);
    for (int i = 0; i < 3; i++)
        failure_counts_add(counts, STR("often"), 1);
    for (uint32_t i = 0; i < 100000; i++)
        failure_counts_add(counts, (struct str){(const char *)&i, sizeof i}, 2);
    assert_true(failure_counts_wait(counts, STR("often"), 3) > 0);
    failure_counts_free(counts);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_read_and_written),
        cmocka_unit_test(ranges_have_their_addresses),
        cmocka_unit_test(a_list_of_proxies_is_read_whole),
        cmocka_unit_test(the_client_is_the_first_from_the_right_that_is_not_trusted),
        cmocka_unit_test(an_element_names_the_client_and_the_scheme),
        cmocka_unit_test(the_network_of_an_address_tells_less),
        cmocka_unit_test(a_peer_has_the_address_of_its_socket),
        cmocka_unit_test(a_network_with_too_many_failures_waits_for_its_time),
        cmocka_unit_test(many_networks_do_not_free_one_that_failed_often),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
