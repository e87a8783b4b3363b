"""The shop's own pictures: taken in without a decoder, stripped of metadata, served from an address that never changes."""
from __future__ import annotations

import hashlib
import re
import struct
import zlib

import pytest

import postgres
from pictures import SAMPLES, chunk, parts_of, png, sample
from server import till, wait_until
from shopping import add, admin, audit, create, execute, query, shopper

MIB = 1024 * 1024
NOBODY = "00000000-0000-4000-8000-000000000000"
UNKNOWN = "0" * 64
TRACES = re.compile(rb"Exif|EXIF|XMP |xmpmeta|GPS|MakerOfCameras|<script|a comment|tEXt|zTXt|iTXt|eXIf|tIME|PK\x03\x04")


def post(client, picture: bytes, kind: str = "image/png"):
    return client.post("/admin/media", content=picture, headers={"Content-Type": kind})


def uploaded(server, picture: bytes) -> dict:
    answer = post(admin(server), picture)
    assert answer.status_code == 201, answer.text
    return answer.json()


def put_size(server, media: dict, picture: bytes, width: int | None = None):
    if width is None:
        (width,) = struct.unpack(">I", picture[16:20])
    return admin(server).put(f"/admin/media/{media['hash']}/sizes/{width}", content=picture)


def put_images(server, product: dict, *media: dict, alt: str = ""):
    body = {"images": [{"media": m["hash"], "alt": alt} for m in media]}
    return admin(server).put(f"/products/{product['id']}/images", json=body)


def get(server, url: str, **headers):
    return server.client(admin=False).get(url, headers=headers)


def refusal(answer) -> str:
    assert answer.status_code == 422, (answer.status_code, answer.text)
    (error,) = answer.json()["detail"]
    assert (error["type"], error["loc"], error["input"]) == ("value_error", ["body"], None)
    return error["msg"]


# ---- What comes in.


@pytest.mark.parametrize("name", sorted(p.name for p in SAMPLES.iterdir() if p.name not in ("turned.jpg", "animated.webp")))
def test_a_picture_is_kept_without_its_metadata(audited, name):
    """That the pixels stay the same is seen by those who decode: the desk's tests in a browser."""
    media = uploaded(audited, sample(name))
    kind = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}[name.rsplit(".")[1]]
    assert (media["type"], media["width"], media["height"], media["sizes"]) == (kind, 24, 16, [])
    answer = get(audited, media["url"])
    assert answer.status_code == 200 and answer.headers["content-type"] == kind
    assert not TRACES.search(answer.content) and len(answer.content) == media["size_bytes"] <= len(sample(name))
    assert hashlib.sha256(answer.content).hexdigest() == media["hash"] and media["url"] == "/media/" + media["hash"]
    assert uploaded(audited, answer.content) == media  # there is nothing more to leave out


def test_what_is_behind_a_picture_is_left_out(audited):
    for picture in (sample("baseline.jpg"), sample("palette.png"), sample("simple.webp")):
        hidden = picture + b"PK\x03\x04<script>alert(1)</script>"
        assert uploaded(audited, hidden) == uploaded(audited, picture)


def test_a_page_in_the_metadata_is_left_out(audited):
    page = b"Comment\0<html><script>alert(1)</script>"
    media = uploaded(audited, png(3, more=chunk(b"tEXt", page) + chunk(b"prVt", page)))
    assert parts_of(get(audited, media["url"]).content) == [b"IHDR", b"IDAT", b"IEND"]


def test_data_that_no_decoder_reads_are_left_out(audited):
    page = b"<html><script>alert(1)</script>" * 9
    for name in (b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"cICP", b"pHYs"):
        media = uploaded(audited, png(4, more=chunk(name, page)))
        assert parts_of(get(audited, media["url"]).content) == [b"IHDR", b"IDAT", b"IEND"], name
    media = uploaded(audited, png(4, more=chunk(b"gAMA", bytes(4)) + chunk(b"pHYs", bytes(9))))
    assert parts_of(get(audited, media["url"]).content) == [b"IHDR", b"gAMA", b"pHYs", b"IDAT", b"IEND"]


def big_png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) + png(1)[33:]


BAD = {
    "nothing": (b"", "not a JPEG, PNG or WebP"),
    "a GIF with an archive": (b"GIF89a\1\0\1\0PK\x03\x04", "not a JPEG, PNG or WebP"),
    "HEIC": (b"\0\0\0\x18ftypheic", "not a JPEG, PNG or WebP"),
    "SVG": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "SVG"),
    "SVG behind a mark": (b"\xef\xbb\xbf\n<?xml version='1.0'?><svg/>", "SVG"),
    "SVG called PNG": (b"\x89PNG\r\n\x1a\n<svg onload=alert(1)/>", "ends too early"),
    "a JPEG without its end": (sample("baseline.jpg")[:-2], "ends too early"),
    "a PNG without its end": (sample("rgb.png")[:-1], "ends too early"),
    "a WebP without its end": (sample("lossy.webp")[:-1], "ends too early"),
    "65535 by 65535": (big_png(65535, 65535), "8192"),
    "8193 wide": (big_png(8193, 1), "8192"),
    "8193 high": (big_png(1, 8193), "8192"),
    "no width": (big_png(0, 1), "damaged"),
    "a wrong checksum": (png(9).replace(b"IDAT", b"IDAT\0", 1), "checksum|too early"),
    "a flipped bit": (bytes(b ^ (i == 29) for i, b in enumerate(png(9))), "checksum"),
    "an end that goes on": (png(9)[:-12] + chunk(b"IEND", b"<html>"), "damaged"),
    "too many colours": (png(9, more=chunk(b"PLTE", bytes(771))), "damaged"),
    "a chunk that is critical and unknown": (png(9, more=chunk(b"ABCD", b"")), "damaged"),
    "an animation": (sample("animated.webp"), "animation"),
    "one that EXIF turns": (sample("turned.jpg"), "turned"),
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_no_good_picture_is_refused_with_its_reason(audited, what):
    picture, reason = BAD[what]
    before = query(audited, "SELECT count(*) FROM media")
    assert re.search(reason, refusal(post(admin(audited), picture)))
    assert query(audited, "SELECT count(*) FROM media") == before


def test_a_side_of_8192_is_taken(audited):
    media = uploaded(audited, big_png(8192, 8192))
    assert (media["width"], media["height"]) == (8192, 8192)


def test_a_mebibyte_is_taken_and_not_a_byte_more(audited):
    media = uploaded(audited, png(5, size=MIB))
    assert media["size_bytes"] == MIB and len(get(audited, media["url"]).content) == MIB
    assert post(audited.client(), png(5, size=MIB + 1)).status_code == 413  # which ends the connection


def test_the_content_type_of_the_request_decides_nothing(audited):
    for kind in ("image/svg+xml", "text/html", "application/json", ""):
        answer = post(admin(audited), png(6), kind)
        assert answer.status_code == 201 and answer.json()["type"] == "image/png"


def test_the_same_picture_is_kept_once(audited):
    assert uploaded(audited, png(7)) == uploaded(audited, png(7))
    assert query(audited, "SELECT count(*) FROM media WHERE width = 7") == [(1,)]


# ---- Who may.


def test_only_staff_with_the_scope_may_upload(audited):
    media, lamp = uploaded(audited, png(8)), create(audited)
    made = admin(audited).post("/admin/keys", json={"name": "Other", "scopes": ["orders:read"]}).json()
    calls = [("POST", "/admin/media", {"content": png(8)}), ("PUT", f"/admin/media/{media['hash']}/sizes/3", {"content": png(3)}),
             ("PUT", f"/products/{lamp['id']}/images", {"json": {"images": []}}), ("GET", f"/products/{lamp['id']}/images", {})]  # fmt: skip
    for method, path, body in calls:
        assert audited.client(admin=False).request(method, path, **body).status_code == 401
        keyed = audited.client(admin=False, Authorization=f"Bearer {made['key']}")
        assert keyed.request(method, path, **body).status_code == 403
        unknown = audited.client(admin=False, Authorization="Bearer till_sk_" + "x" * 52)
        assert unknown.request(method, path, **body).status_code == 401


def test_a_body_of_someone_without_access_is_not_judged(audited):
    assert post(audited.client(admin=False), b"no picture").status_code == 401


# ---- Serving.


def test_a_picture_is_served_as_what_it_is_and_for_good(audited):
    media = uploaded(audited, sample("rgb.png"))
    answer = get(audited, media["url"])
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "sandbox"
    assert "set-cookie" not in answer.headers and "content-encoding" not in answer.headers
    assert answer.headers["etag"] == f'"{media["hash"][:32]}"'
    for tags in (answer.headers["etag"], f'"x", W/{answer.headers["etag"]}', "*"):
        again = get(audited, media["url"], **{"If-None-Match": tags})
        assert (again.status_code, again.content) == (304, b"") and again.headers["etag"] == answer.headers["etag"]
        assert again.headers["cache-control"] == answer.headers["cache-control"]
    assert get(audited, media["url"], **{"If-None-Match": '"other"'}).status_code == 200
    head = audited.client(admin=False).head(media["url"])
    assert (head.status_code, head.content) == (200, b"") and head.headers["content-length"] == str(media["size_bytes"])


def test_what_is_no_picture_is_not_found(audited):
    media = uploaded(audited, png(10))
    for url in (f"/media/{UNKNOWN}", "/media/x", f"/media/{media['hash'].upper()}", f"/media/{media['hash']}/4", f"/media/{media['hash'][:63]}",
                f"/media/{media['hash']}x", f"/media/{UNKNOWN}/4", "/media/desk-lamp.svg/4"):  # fmt: skip
        answer = get(audited, url)
        assert answer.status_code == 404 and "immutable" not in answer.headers["cache-control"], url


def test_pictures_leave_the_cache_to_the_rest(serve):
    """Neither their bytes are kept nor what they would push out."""
    server = serve(cache_mib=1, threads=1)
    lamp, urls = create(server), [uploaded(server, png(n, size=200_000))["url"] for n in range(10, 20)]
    client = server.client(admin=False)
    for _ in range(3):
        for url in urls:
            assert client.get(url).status_code == 200
    client.get(f"/products/{lamp['id']}")
    before = server.metric("till_cache_hits_total")
    for url in urls:
        client.get(url)
    client.get(f"/products/{lamp['id']}")
    assert server.metric("till_cache_hits_total") - before == 1


# ---- Sizes.


def test_a_size_is_served_below_its_picture(audited):
    media, small, smaller = uploaded(audited, png(40, 20)), png(20, 10), png(10, 5)
    assert put_size(audited, media, small).status_code == 200
    answer = put_size(audited, media, smaller)
    sizes = [{"width": 10, "height": 5, "url": media["url"] + "/10"}, {"width": 20, "height": 10, "url": media["url"] + "/20"}]
    assert answer.json() == media | {"sizes": sizes} == uploaded(audited, png(40, 20))
    served = get(audited, media["url"] + "/20")
    assert served.content == small and served.headers["etag"] == f'"{hashlib.sha256(small).hexdigest()[:32]}"'
    assert put_size(audited, media, small).json()["sizes"] == sizes  # once more
    differs = put_size(audited, media, png(20, 10, seed=1))
    assert (differs.status_code, get(audited, media["url"] + "/20").content) == (409, small)


def test_a_size_is_a_picture_of_that_width_and_narrower(audited):
    media = uploaded(audited, png(50))
    assert "21 pixels wide, and not 20" in refusal(put_size(audited, media, png(21), 20))
    assert "SVG" in refusal(put_size(audited, media, b"<svg/>", 20))
    assert put_size(audited, media, png(50)).status_code == 409
    assert put_size(audited, media, png(51)).status_code == 409
    assert put_size(audited, {"hash": UNKNOWN}, png(20)).status_code == 404
    assert put_size(audited, {"hash": "x" * 64}, png(20)).status_code == 404
    assert put_size(audited, {"hash": "x"}, png(20)).status_code == 422
    assert put_size(audited, media, png(20), 8193).status_code == 422


def test_a_picture_has_ten_sizes(audited):
    media = uploaded(audited, png(60))
    assert [put_size(audited, media, png(width)).status_code for width in range(1, 12)] == [200] * 10 + [409]
    assert put_size(audited, media, png(3)).status_code == 200  # it is there


# ---- Products.


def test_a_product_has_pictures_and_the_first_is_its_image_url(audited):
    lamp, (one, two) = create(audited), [uploaded(audited, png(n)) for n in (70, 71)]
    put_size(audited, two, png(30))
    answer = put_images(audited, lamp, two, one, alt="A lamp")
    sizes = [{"width": 30, "height": 1, "url": two["url"] + "/30"}]
    images = [{"media": m["hash"], "alt": "A lamp", "url": m["url"], "width": m["width"], "height": 1, "sizes": s} for m, s in ((two, sizes), (one, []))]
    assert answer.status_code == 200 and answer.json() == images
    assert admin(audited).get(f"/products/{lamp['id']}/images").json() == images
    ann = shopper(audited)
    plain = ann.get(f"/products/{lamp['id']}").json()
    assert plain == lamp | {"image_url": two["url"]}
    assert ann.get(f"/products/{lamp['id']}?include=images").json() == plain | {"images": images}
    assert ann.get(f"/products/{lamp['id']}?include=images,created_at").json().keys() == plain.keys() | {"images", "created_at"}


def test_pictures_come_with_lists_searches_and_carts(serve):
    server = serve()
    products = [create(server, name=f"Lamp {n}") for n in range(4)]
    media = [uploaded(server, png(n)) for n in (80, 81)]
    put_size(server, media[0], png(8)), put_size(server, media[0], png(9))
    put_images(server, products[1], *media), put_images(server, products[3], media[1])
    want = {products[0]["id"]: [], products[1]["id"]: [80, 81], products[2]["id"]: [], products[3]["id"]: [81]}
    ann = shopper(server)
    for product in products:
        add(ann, product)
    lists = [ann.get(path).json() for path in ("/products?include=images", "/products/search?include=images", "/products/search?q=lamp&include=images",
                                               "/products/search?q=lamp&sort=price_asc&include=images")]  # fmt: skip
    lists.append([line["product"] for line in ann.get("/cart?include=images").json()])
    for found in lists:
        assert {p["id"]: [i["width"] for i in p["images"]] for p in found} == want
    sizes = [[s["width"] for i in p["images"] for s in i["sizes"]] for p in lists[0] if p["id"] == products[1]["id"]]
    assert sizes == [[8, 9]] and ann.get("/products?limit=1&offset=4&include=images").json() == []
    assert "images" not in ann.get("/products").json()[0]


def test_shoppers_see_a_change_of_pictures_at_once(audited):
    lamp, (one, two), ann = create(audited), [uploaded(audited, png(n)) for n in (90, 91)], shopper(audited)

    def shown() -> list:
        return [(i["width"], len(i["sizes"])) for i in ann.get(f"/products/{lamp['id']}?include=images").json()["images"]]

    assert shown() == []
    put_images(audited, lamp, one)
    assert shown() == [(90, 0)]
    put_size(audited, one, png(9))
    assert shown() == [(90, 1)]
    put_images(audited, lamp, two)
    assert shown() == [(91, 0)]


def test_without_pictures_the_image_url_is_emptied_if_it_was_theirs(audited):
    lamp, media = create(audited), uploaded(audited, png(95))
    put_images(audited, lamp, media)
    assert put_images(audited, lamp).json() == []
    assert admin(audited).get(f"/products/{lamp['id']}").json()["image_url"] == ""
    elsewhere = "https://cdn.example.com/lamp.webp"
    put_images(audited, lamp, media)
    admin(audited).patch(f"/products/{lamp['id']}", json={"image_url": elsewhere})
    put_images(audited, lamp)
    put_images(audited, lamp)
    assert admin(audited).get(f"/products/{lamp['id']}").json()["image_url"] == elsewhere


def test_pictures_that_cannot_be_set_change_nothing(audited):
    lamp, media = create(audited), uploaded(audited, png(96))
    put_images(audited, lamp, media)
    before = admin(audited).get(f"/products/{lamp['id']}/images").json()
    path = f"/products/{lamp['id']}/images"
    tries = [({"images": [{"media": media["hash"]}, {"media": UNKNOWN}]}, 404), ({"images": [{"media": "g" * 64}]}, 404),
             ({"images": [{"media": media["hash"]}] * 21}, 422), ({"images": [{"media": media["hash"], "alt": "x" * 201}]}, 422),
             ({"images": [{"media": "ab"}]}, 422), ({"images": [{"alt": "x"}]}, 422), ({}, 422), ([], 422)]  # fmt: skip
    for body, status in tries:
        assert admin(audited).put(path, json=body).status_code == status, body
    assert admin(audited).get(path).json() == before
    assert admin(audited).get(f"/products/{lamp['id']}").json()["image_url"] == media["url"]
    assert admin(audited).put(f"/products/{NOBODY}/images", json={"images": []}).status_code == 404
    assert admin(audited).get(f"/products/{NOBODY}/images").status_code == 404
    assert admin(audited).put(path, json={"images": [{"media": media["hash"]}] * 20}).status_code == 200


def test_a_deleted_product_keeps_its_pictures(audited):
    lamp, media = create(audited), uploaded(audited, png(97))
    put_images(audited, lamp, media)
    assert admin(audited).delete(f"/products/{lamp['id']}").status_code == 204
    assert [i["media"] for i in admin(audited).get(f"/products/{lamp['id']}/images").json()] == [media["hash"]]
    assert put_images(audited, lamp, media, media).status_code == 200


def test_changes_of_pictures_are_in_the_audit_log(audited):
    lamp, media = create(audited), uploaded(audited, png(98))
    put_size(audited, media, png(4))
    put_images(audited, lamp, media)
    put_images(audited, lamp)
    log = [(e["action"], e["target"], {c["field"]: (c["before"], c["after"]) for c in e["changes"]}) for e in admin(audited).get("/admin/audit?limit=4").json()]
    short, url, of_product = media["hash"][:12], media["url"], ("PUT /products/{product_id}/images", lamp["id"])
    assert log == [
        (*of_product, {"image_url": (url, ""), "images": (short, None)}),
        (*of_product, {"image_url": (lamp["image_url"], url), "images": (None, short)}),
        ("PUT /admin/media/{hash}/sizes/{width}", None, {"media": (None, media["hash"]), "width": (None, "4")}),
        ("POST /admin/media", None, {"media": (None, media["hash"])}),
    ]


# ---- Orphans.


@pytest.fixture
def kept(timed):
    """A server with the test's clock, and which widths of pictures it still has."""
    server = timed()
    server.widths = lambda: [w for (w,) in query(server, "SELECT width FROM media ORDER BY width")]
    return server


def test_a_picture_that_nothing_refers_to_goes_after_a_day(kept, clock):
    lamp = create(kept)
    orphan, used, replaced = (uploaded(kept, png(n)) for n in (10, 20, 30))
    for small in (2, 3):
        put_size(kept, orphan, png(small))
    put_size(kept, used, png(4))
    put_size(kept, used, png(2))  # which is a size of another one too
    put_images(kept, lamp, used, replaced)
    clock.forward(hours=20)
    put_images(kept, lamp, used)
    uploaded(kept, png(40))
    clock.forward(hours=4, minutes=1)
    wait_until(lambda: kept.widths() == [2, 3, 4, 20, 30, 40])
    assert get(kept, orphan["url"]).status_code == 404
    clock.forward(hours=20)
    wait_until(lambda: kept.widths() == [2, 3, 4, 20])  # a size of an orphan has a day of its own
    clock.forward(hours=5)
    wait_until(lambda: kept.widths() == [2, 4, 20])
    clock.forward(days=30)
    audit(kept)
    assert kept.widths() == [2, 4, 20] and get(kept, used["url"] + "/2").status_code == 200


def test_a_picture_that_a_product_names_stays(kept, clock):
    """Its own address, or that of a size of it, is the product's image_url."""
    plain, sized, small, gone = (uploaded(kept, png(n)) for n in (10, 20, 30, 40))
    put_size(kept, sized, png(5))
    put_size(kept, small, png(6))
    lamps = [create(kept, image_url=url) for url in (plain["url"], sized["url"] + "/5", small["url"] + "/6")]
    assert admin(kept).patch(f"/products/{lamps[1]['id']}", json={"is_active": False}).status_code == 200
    for _ in range(2):
        clock.forward(hours=25)
        admin(kept).post("/products", json={})  # something happened
        wait_until(lambda: kept.widths() == [5, 6, 10, 20, 30])
    assert get(kept, gone["url"]).status_code == 404 and get(kept, plain["url"]).status_code == 200
    assert admin(kept).patch(f"/products/{lamps[0]['id']}", json={"image_url": "/media/desk-lamp.svg"}).status_code == 200
    clock.forward(hours=25)
    wait_until(lambda: kept.widths() == [5, 6, 20, 30])
    audit(kept)


def test_an_upload_of_what_is_there_gives_it_another_day(kept, clock):
    media = uploaded(kept, png(10))
    clock.forward(hours=23)
    uploaded(kept, png(10))
    uploaded(kept, png(11))
    clock.forward(hours=2)
    admin(kept).post("/products", json={})  # something happened
    assert put_images(kept, create(kept), media).status_code == 200
    clock.forward(hours=48)
    wait_until(lambda: kept.widths() == [10])
    audit(kept)


# ---- Other commands.


def test_pictures_are_copied_and_backed_up(serve):
    if postgres.WANTED:
        pytest.skip("test_copy.py copies between engines")
    server = serve()
    lamp, media = create(server), uploaded(server, sample("baseline.jpg"))
    put_size(server, media, png(5))
    put_images(server, lamp, media)
    target = serve.folder()
    done = till("backup", target / "till.db", "--db", server.db)
    assert done.returncode == 0, done.stderr
    other = serve(target)
    assert get(other, media["url"]).content == get(server, media["url"]).content
    assert get(other, media["url"] + "/5").content == png(5)
    audit(other)


def test_the_audit_finds_pictures_that_are_not_what_they_are_called(serve):
    server = serve()
    lamp, (one, two, three) = create(server), [uploaded(server, png(n)) for n in (5, 6, 7)]
    put_images(server, lamp, one, two)
    put_size(server, two, png(3))
    blob = "decode('{}', 'hex')" if postgres.WANTED else "x'{}'"
    changes = ["UPDATE media SET bytes = " + blob.format("00") + " WHERE width = 5", "DELETE FROM media_orphans",
               "INSERT INTO media_orphans SELECT hash, %s FROM media WHERE width = 6" % ("now()" if postgres.WANTED else "1"),
               "UPDATE media_sizes SET width = 4", "UPDATE product_images SET position = 5 WHERE position = 0"]  # fmt: skip
    execute(server, *changes)
    done = till("audit", "--db", server.db)
    assert done.returncode == 1
    for line in (f"picture {one['hash']}: its bytes have another hash", f"picture {three['hash']}: nothing refers to it",
                 f"picture {two['hash']}: is in use", f"picture {two['hash']}: its size of width 4 has a width of 3", f"product {lamp['id']}: its 2 pictures"):  # fmt: skip
        assert line in done.stdout + done.stderr, (line, done.stdout)


def test_an_import_that_names_a_picture_leaves_the_others(serve):
    """What `till export` wrote comes back to the same shop without a change."""
    server = serve()
    lamp, media = create(server), [uploaded(server, png(n)) for n in (5, 6)]
    put_images(server, lamp, *media)
    file = server.folder / "products.csv"
    assert till("export", file, "--db", server.db).returncode == 0
    assert media[0]["url"] in file.read_text()
    assert "1  unchanged" in till("import", file, "--update", "--db", server.db).stdout
    assert len(admin(server).get(f"/products/{lamp['id']}/images").json()) == 2
