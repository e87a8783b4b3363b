"""The root is a page of three links for a browser. For a program there is nothing at it, as ever."""
import re

import pytest

CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8"
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
BROWSERS = [CHROME, FIREFOX, "text/html", "text/html, */*;q=0.01", "application/json;q=0.5, Text/HTML;q=0.9", "text/html;level=1;q=0.9, */*;q=0.8"]
PROGRAMS = [None, "", "*/*", "application/json", "application/json, text/plain, */*", "text/html, application/json", "text/html;q=0.5, application/*",
            "text/html;q=0, */*;q=0", "text/htmlx, */*;q=0.1", "text/*", "text/html;q=0.1, */*"]  # fmt: skip
POLICY = ("default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")


@pytest.fixture(scope="module")
def shop(serve_module):
    return serve_module(catalogue=True)


def without_date(answer) -> list:
    return [answer.status, answer.body, sorted((k, v) for k, v in answer.headers if k not in ("date", "x-request-id"))]


@pytest.mark.parametrize("accept", BROWSERS)
def test_a_browser_gets_three_links(shop, accept):
    answer = shop.wire().request("GET", "/", accept=accept).answer()
    assert answer.status == 200 and answer["content-type"] == "text/html; charset=utf-8"
    assert answer["content-security-policy"] == POLICY and answer["vary"] == "Accept, Origin"
    assert re.findall(r'<a href="([^"]*)"', answer.body.decode()) == ["products", "admin", "docs"]


@pytest.mark.parametrize("accept", [CHROME, "*/*"])
def test_two_slashes_are_no_path(shop, accept):
    assert shop.wire().request("GET", "//", accept=accept).answer().status == 404


@pytest.mark.parametrize("accept", PROGRAMS)
def test_a_program_is_answered_as_for_any_path_that_is_not_there(shop, accept):
    for method in ("GET", "HEAD", "POST", "OPTIONS", "DELETE"):
        options = {"accept": accept} if accept is not None else {}
        root, nothing = (shop.wire().request(method, path, **options).answer(method == "HEAD") for path in ("/", "/nope"))
        assert without_date(root) == without_date(nothing) and root.status == 404


def test_its_shop_is_the_storefront_if_that_has_an_address(serve):
    shop = serve(shop_url="https://shop.example/")
    page = shop.wire().request("GET", "/", accept=CHROME).answer()
    assert re.findall(r'<a href="([^"]*)"', page.body.decode()) == ["https://shop.example", "admin", "docs"]


def test_shoppers_do_not_see_it_where_the_staff_has_a_listener_of_its_own(serve):
    shop = serve(admin_listen="127.0.0.1:0")
    root, nothing = (shop.wire().request("GET", path, accept=CHROME).answer() for path in ("/", "/nope"))
    assert without_date(root) == without_date(nothing)
