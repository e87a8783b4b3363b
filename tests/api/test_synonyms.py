"""A shop's own synonyms: `till synonyms`, /admin/synonyms, and what a search makes of them."""
from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import postgres
from server import database, environment, till, wait_until
from shopping import admin, audit, create

LIST = """# furniture
sofa, couch, settee
tv => television
t shirt, tee
usb stick => flash drive
"""
NAMES = ["Red sofa", "Red couch", "Red settee", "Television", "TV stand", "Red tee", "T-shirt, red", "T square", "Blue shirt", "Flash drive, red",
         "Flash of light", "Disk drive", "USB stick", "USB hub"]


def write(server, text: str | bytes, *arguments):
    text = text if isinstance(text, bytes) else text.encode()
    done = till("synonyms", "-", "--db", server.db, input=text, text=False)
    return done.returncode, done.stderr.decode()


def shown(server) -> str:
    return till("synonyms", "--db", server.db).stdout


def found(client, q: str, **query) -> list[str]:
    """The names of the products that have all words, or a synonym for each."""
    answer = client.get("/products/search", params={"q": q, **query})
    assert answer.status_code == 200, answer.text
    return [p["name"] for p in answer.json()][: int(answer.headers["x-total-count"])]


@pytest.fixture(scope="module")
def shop(serve_module):
    server = serve_module(cache_mib=0)
    for name in NAMES:
        create(server, name=name, category="things", description="")
    assert write(server, LIST)[0] == 0
    return server


@pytest.mark.parametrize("q, names", [
    ("couch", ["Red couch", "Red sofa", "Red settee"]),
    ("settees", ["Red settee", "Red sofa", "Red couch"]),
    ("red sofa", ["Red sofa", "Red couch", "Red settee"]),
    ("sofas", ["Red sofa", "Red couch", "Red settee"]),
    ("usb sticks", ["USB stick", "Flash drive, red"]),
    ("COUCH", ["Red couch", "Red sofa", "Red settee"]),
    ("television", ["Television"]),
    ("tv", ["TV stand", "Television"]),
    ("tee", ["Red tee", "T-shirt, red"]),
    ("tee red", ["Red tee", "T-shirt, red"]),
    ("t shirt", ["T-shirt, red", "Red tee"]),
    ("t-shirt red", ["T-shirt, red", "Red tee"]),
    ("usb stick", ["USB stick", "Flash drive, red"]),
    ("red usb stick", ["Flash drive, red"]),
    ("usb", ["USB hub", "USB stick"]),
    ("flash drive", ["Flash drive, red"]),
    ("cuoch", ["Red couch"]),
], ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_found(shop, q, names):
    """The word itself comes first; a phrase is found as a whole; a misspelt word is corrected as before."""
    got = found(shop.client(), q)
    assert got[0] == names[0] and sorted(got) == sorted(names)


def test_every_product_with_the_word_comes_before_the_synonyms(shop):
    client = shop.client()
    for i in range(4):
        create(shop, name=f"A much longer name of a settee {i}", category="things", description="")
    try:
        assert ["settee" in name for name in found(client, "settee")] == [True] * 5 + [False] * 2
        assert len(found(client, "sofa", sort="price_asc")) == 7
        assert client.get("/products/facets", params={"q": "sofa"}).json()["total"] == 7
    finally:
        for product in client.get("/products/search", params={"q": "much longer name"}).json():
            admin(shop).delete(f"/products/{product['id']}")


def test_a_phrase_is_found_among_many_blocks_of_products(serve):
    """More products than a block of postings has, of which few have both words."""
    server = serve(cache_mib=0)
    rows = "name,price,stock_quantity,category,description,image_url\n" + "".join(
        f"{'flash' if i % 2 else 'drive'} {i},1,1,c,,\n" for i in range(9000)) + "flash drive,1,1,c,,\npen,1,1,c,,\n"
    assert till("import", "-", "--format", "csv", "--db", server.db, input=rows).returncode == 0
    assert write(server, "pen => flash drive\n")[0] == 0
    assert found(server.client(), "pen") == ["pen", "flash drive"]
    assert found(server.client(), "pens drive") == ["flash drive"]


def test_suggestions_know_synonyms(shop):
    assert "Red sofa" in [s["text"] for s in shop.client().get("/products/suggest", params={"q": "couch"}).json()]


def test_a_server_follows_the_command_at_once(serve):
    """Also its kept answers; the list is shown as it was written."""
    server = serve()
    client = server.client()
    create(server, name="Sofa")
    assert found(client, "couch") == []
    assert write(server, "# mine\r\nsofa, couch\r\n")[0] == 0
    wait_until(lambda: found(client, "couch") == ["Sofa"])
    assert till("synonyms", "--db", server.db, text=False).stdout == b"# mine\r\nsofa, couch\r\n"
    assert admin(server).get("/admin/synonyms").json() == {"text": "# mine\r\nsofa, couch\r\n"}
    assert write(server, "")[0] == 0
    wait_until(lambda: found(client, "couch") == [])
    audit(server)


def test_the_admin_reads_and_writes_the_list(serve):
    server = serve()
    client = server.client(admin=False)
    create(server, name="Sofa")
    assert admin(server).get("/admin/synonyms").json() == {"text": ""}
    assert admin(server).put("/admin/synonyms", json={"text": LIST}).json() == {"text": LIST}
    assert found(client, "couch") == ["Sofa"]
    assert shown(server) == LIST
    refused = admin(server).put("/admin/synonyms", json={"text": "sofa, couch\n\ntv => telly => box\n"})
    assert refused.status_code == 422
    assert refused.json()["detail"][0]["loc"] == ["body", "text"] and "line 3: two arrows" in refused.json()["detail"][0]["msg"]
    assert shown(server) == LIST
    for method in ["GET", "PUT"]:
        assert client.request(method, "/admin/synonyms", json={"text": ""} if method == "PUT" else None).status_code == 401
    audit(server)


@pytest.mark.skipif(not postgres.WANTED, reason="several nodes share a database on PostgreSQL alone")
def test_all_nodes_follow_a_change(serve):
    folder = serve.folder()
    one, two = serve(folder), serve(folder, mock_ledger=None)
    create(one, name="Sofa")
    wait_until(lambda: found(two.client(), "sofa") == ["Sofa"])
    assert found(two.client(), "couch") == []
    assert admin(one).put("/admin/synonyms", json={"text": "sofa, couch"}).status_code == 200
    wait_until(lambda: found(two.client(), "couch") == ["Sofa"])
    assert write(one, "")[0] == 0
    wait_until(lambda: found(one.client(), "couch") == found(two.client(), "couch") == [])


def test_a_killed_server_has_the_list_that_it_answered(serve):
    server = serve()
    create(server, name="Sofa")
    assert admin(server).put("/admin/synonyms", json={"text": "sofa, couch"}).status_code == 200
    server.kill()
    again = serve(server.folder)
    assert found(again.client(), "couch") == ["Sofa"]
    audit(again)


def test_a_list_is_copied(serve, tmp_path):
    server = serve()
    create(server, name="Sofa")
    assert write(server, LIST)[0] == 0
    copy = tmp_path / "copy.db"
    assert till("copy", "--from", server.db, "--to", copy).returncode == 0
    assert till("synonyms", env=environment(TILL_DB=copy)).stdout == LIST
    assert till("audit", env=environment(TILL_DB=copy)).returncode == 0


def test_a_list_is_read_in_the_shop_s_language(serve):
    """German's plurals: English has other stems."""
    server = serve(language="de")
    create(server, name="Sessel", description="", category="c")
    assert write(server, "Bild => Sessel")[0] == 0
    wait_until(lambda: found(server.client(), "Bilder") == ["Sessel"])
    audit(server)
    server.stop()
    english = serve(server.folder, language="en")
    assert found(english.client(), "Bilder") == [] and found(english.client(), "Bild") == ["Sessel"]
    audit(english)


def test_the_command_checks_a_list_in_the_shop_s_language(serve):
    """English has one stem for university and universe, and German for Lampe and Lampen."""
    server = serve(language="de")
    assert write(server, "university, universe")[0] == 0
    code, message = write(server, "Lampe, Leuchte\nLampe, Lampen")
    assert code == 1 and "line 2: 'Lampe' and 'Lampen' are the same to a search" in message and "nothing was changed" in message
    assert shown(server) == "university, universe"


@pytest.mark.parametrize("line", ["2 by 4 => stud", '2" x 4" => stud', "stud, 2x4"])
def test_a_measure_in_a_list_has_any_spelling(serve, line):
    server = serve()
    create(server, name="Stud", description="", category="c")
    create(server, name="Beam 2 in. x 4 in.", description="", category="c")
    assert write(server, line)[0] == 0
    for q in ["2x4", "2 by 4", "2 x 4"]:
        assert sorted(found(server.client(), q)) == ["Beam 2 in. x 4 in.", "Stud"]
    assert sorted(found(server.client(), "stud")) == (["Beam 2 in. x 4 in.", "Stud"] if "," in line else ["Stud"])


def test_the_largest_list_fits(serve):
    """The most pairs that the bounds allow, by the endpoint, whose request has one arena."""
    server = serve()
    words = [f"{i:x}q" for i in range(1860 * 12)]
    text = "\n".join(",".join(words[i : i + 12]) for i in range(0, len(words), 12))
    assert 126 * 1024 < len(text) <= 128 * 1024
    assert admin(server).put("/admin/synonyms", json={"text": text}).status_code == 200
    assert write(server, text)[0] == 0
    audit(server)


def test_a_till_that_reads_words_in_another_way_reads_the_list_again(serve):
    server = serve()
    create(server, name="Sofa")
    assert write(server, "sofa, couch")[0] == 0
    server.stop()
    with contextlib.closing(database(server, write=True)) as older:
        older.execute("UPDATE synonyms SET phrase = 'kouch' WHERE phrase = 'couch'")
        older.execute("UPDATE search_state SET version = 0")
    again = serve(server.folder)
    assert found(again.client(), "couch") == ["Sofa"] and found(again.client(), "kouch") == []
    audit(again)


MISTAKES = [
    ("sofa\n", 1, "a word alone"),
    ("ok, fine\n\nsofa, , couch\n", 3, "a word is missing"),
    ("sofa, couch,\n", 1, "a word is missing"),
    ("# fine\n=> television\n", 2, "a word is missing"),
    ("tv =>\n", 1, "a word is missing"),
    ("tv => tv\n", 1, "a word alone"),
    ("a => b => c\n", 1, "two arrows"),
    ("sofa, !!!\n", 1, "no letter or digit"),
    ("Café, CAFE\n", 1, "'Café' and 'CAFE' are the same"),
    ("a table, b\nsofas, couch, sofa\n", 2, "'sofas' and 'sofa' are the same"),
    ("one two three four five six seven, x\n", 1, "more than 6 words"),
    (", ".join(f"w{i}" for i in range(13)) + "\n", 1, "more than 12 words or phrases"),
    ("".join(f"a, b{i}\n" for i in range(13)), 13, "'a' finds more than 12 others"),
    (b"ok, fine\nsofa, caf\xe9\n", 2, "not UTF-8"),
    ("sofa, cou\0ch\n", 1, "control character"),
    ("sofa\\, couch, x\n", 1, "backslash"),
    ("a, b\n" + "x" * 1001 + "\n", 2, "longer than 1000 bytes"),
    ("#\n" * 2001, 2001, "more than 2000 lines"),
    (("# " + "x" * 800 + "\n") * 200, 0, "longer than 128 KiB"),
]


@pytest.mark.parametrize("text, line, error", MISTAKES, ids=[error for *_, error in MISTAKES])
def test_a_mistake_is_named_with_its_line_and_changes_nothing(shop, text, line, error):
    code, message = write(shop, text)
    assert code == 1 and error in message and "nothing was changed" in message
    assert (f"line {line}: " in message) == (line > 0)
    assert shown(shop) == LIST


def test_a_file_that_is_not_there_is_an_error(shop):
    done = till("synonyms", "/nonexistent/file", "--db", shop.db)
    assert done.returncode == 1 and "No such file" in done.stderr


PIECES = st.sampled_from(["sofa", "couch", "t shirt", "tee", ",", ", ", "=>", " => ", "#", "\n", "\r\n", " ", "é", "\\", "\0", "沙发", "TV", "a" * 60, "\ufeff", '"'])


@settings(max_examples=150, deadline=None)
@given(text=st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=60))
def test_any_text_is_a_list_or_a_mistake(fuzzed, text):
    """A list that is taken can be read back, and searched by; what is refused has changed nothing."""
    client = admin(fuzzed)
    before = client.get("/admin/synonyms").json()
    answer = client.put("/admin/synonyms", json={"text": text})
    assert answer.status_code in (200, 422), answer.text
    assert client.get("/admin/synonyms").json() == ({"text": text} if answer.status_code == 200 else before)
    for q in ["sofa", "t shirt tee", "沙发", "couch sofa"]:
        assert client.get("/products/search", params={"q": q}).status_code == 200


@pytest.fixture(scope="module")
def fuzzed(serve_module):
    server = serve_module()
    create(server, name="Sofa, t shirt")
    yield server
    assert till("audit", "--db", server.db).returncode == 0
