"""The owner's desk is one page and files whose names have a hash. A build without npm has the page alone, which says how to add it."""
import base64
import gzip
import hashlib
import re

import httpx
import pytest

POLICY = ("default-src 'none'; script-src 'self'{script}; style-src 'self'{style}; img-src 'self' blob: https:; connect-src 'self'; form-action 'none'; "
          "frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'")


@pytest.fixture(scope="module")
def shop(serve_module):
    return serve_module(catalogue=True)


def files_of(page: str) -> list[str]:
    return re.findall(r'(?:href|src)="(admin/assets/[^"]+)"', page)


def hashes_of(page: str, tag: str) -> str:
    """What a policy says of the page's own scripts or styles."""
    inside = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
    return "".join(f" 'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in inside)


def test_the_page_has_its_policy_and_is_asked_for_again(shop):
    answer = httpx.get(shop.address + "/admin")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    page = answer.text
    assert page.count("<style") <= 1 and page.count("<script") <= 2 and "nonce" not in page and " style=" not in page
    policy = POLICY.format(script=hashes_of(page, "script"), style=hashes_of(page, "style"))
    assert answer.headers["content-security-policy"] == policy
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["vary"].startswith("Accept-Encoding")
    assert files_of(answer.text) or "make desk" in answer.text


def test_its_files_are_kept_for_ever_and_come_compressed(shop):
    for name in files_of(httpx.get(shop.address + "/admin").text):
        assert re.search(r"-[0-9A-Za-z]{8}\.(js|css|svg)$", name)
        plain = httpx.get(f"{shop.address}/{name}", headers={"Accept-Encoding": "identity"})
        assert plain.status_code == 200 and "content-encoding" not in plain.headers
        assert plain.headers["cache-control"] == "public, max-age=31536000, immutable"
        with httpx.stream("GET", f"{shop.address}/{name}", headers={"Accept-Encoding": "br, gzip"}) as answer:
            assert answer.headers["content-encoding"] == "gzip"
            assert gzip.decompress(b"".join(answer.iter_raw())) == plain.content


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_who_has_the_page_gets_no_body_again(shop, encoding):
    first = httpx.get(shop.address + "/admin", headers={"Accept-Encoding": encoding})
    again = {"Accept-Encoding": encoding, "If-None-Match": first.headers["etag"]}
    answer = httpx.get(shop.address + "/admin", headers=again)
    assert (answer.status_code, answer.content) == (304, b"")
    for name in ("etag", "cache-control", "content-security-policy", "vary"):
        assert answer.headers[name] == first.headers[name]
    assert httpx.get(shop.address + "/admin", headers={**again, "If-None-Match": '"0"'}).content == first.content


def test_the_two_forms_of_the_page_have_different_tags(shop):
    tags = {httpx.get(shop.address + "/admin", headers={"Accept-Encoding": encoding}).headers["etag"] for encoding in ("gzip", "identity")}
    assert len(tags) == 2


def test_other_files_are_404_and_a_slash_leads_to_the_page(shop):
    assert httpx.get(shop.address + "/admin/assets/desk.html").status_code == 404
    assert httpx.get(shop.address + "/admin/assets/").status_code == 404
    answer = httpx.get(shop.address + "/admin/")
    assert (answer.status_code, answer.headers["location"]) == (307, "/admin")


def test_the_desks_address_is_printed_first(shop):
    first, second = [line.split() for line in shop.output.splitlines() if "  " in line][:2]
    assert first == ["Desk", shop.address + "/admin"]
    assert second[:2] == ["Admin", "token"]


def test_with_an_admin_listen_the_desk_is_there_alone(serve):
    shop = serve(catalogue=True, admin_listen="127.0.0.1:0")
    staff = re.search(r"^Staff +(\S+)\n", shop.output, re.M)[1]
    assert f"Desk         {staff}/admin\n" in shop.output
    page = httpx.get(staff + "/admin")
    assert page.status_code == 200
    for path in ["admin", "admin/", *files_of(page.text)]:
        assert httpx.get(f"{shop.address}/{path}").content == httpx.get(shop.address + "/nothing").content
        assert httpx.get(f"{staff}/{path}", follow_redirects=True).status_code == 200
