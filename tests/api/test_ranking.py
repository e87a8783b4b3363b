"""What each constant of the ranking does: a row is a constant, what the shop sells, what a shopper types, and which names
come in which order. A row fails if its constant loses its effect (the factor becomes that of the better match, the points
those of the next field, and so on). docs/guides/search.md explains the constants to shops in the same order.
"""
from __future__ import annotations

import re

import pytest

from server import ROOT
from shopping import admin, create

SOURCE = "".join(path.read_text() for room in ("index", "search") for path in (ROOT / "src/shop" / room).glob("*.[ch]"))
SYNONYMS = "divan => ottoman\nquandoline => zithern\nskiff, dinghy\nlook out => tall belvedere\n"


def item(name: str, category: str = "things", description: str = "", stock: int = 5, copies: int = 1) -> list[dict]:
    return [{"name": name, "category": category, "description": description, "stock_quantity": stock, "price": 100}] * copies


def order(*names: str) -> list[str]:
    return list(names)


# constant, products (the oldest first), query, names in their order. Without the constant the newer or shorter one would be first.
ROWS = [
    ("points_name", [item("Walnut bowl, large and heavy"), item("Bowl", category="walnut")], "walnut", order("Walnut bowl, large and heavy", "Bowl")),
    ("points_category", [item("Chest of drawers", category="cedar"), item("Chest", description="Cedar.")], "cedar", order("Chest of drawers", "Chest")),
    ("points_description", [item("Ebony box"), item("Box", description="Ebony.")], "ebony", order("Ebony box", "Box")),
    ("points_category_too", [item("Maple tray with handles", category="maple"), item("Maple tray")], "maple", order("Maple tray with handles", "Maple tray")),
    ("points_description_too", [item("Teak tray with handles", description="Teak."), item("Teak tray")], "teak", order("Teak tray with handles", "Teak tray")),
    ("MATCH_STEM", [item("Candles, a set of three"), item("Candle")], "candles", order("Candles, a set of three", "Candle")),
    ("MATCH_SYNONYM", [item("Divan bed, large"), item("Ottoman bed")], "divan", order("Divan bed, large", "Ottoman bed")),
    ("MATCH_PREFIX", [item("Zithern red, deep and dark"), item("Quandolinex red")], "quandoline red", order("Zithern red, deep and dark", "Quandolinex red")),
    ("last_prefix_per_cent", [item("Velveteens red, plain"), item("Cloth red", category="vel")], "red vel", order("Velveteens red, plain", "Cloth red")),
    ("MATCH_JOINED", [item("Lights stand, up high"), item("Uplights")], "up lights", order("Lights stand, up high", "Uplights")),
    ("MATCH_SPELLING", [item("Case for winds", category="clarinett", description="Clarinett."), item("Clarinet reed")], "clarinett",
     order("Case for winds", "Clarinet reed")),
    ("only_spelling_per_cent", [item("Bassoon reeds, long and soft", category="oboist"), item("Oboists case", category="bassoon")], "bassoom oboist",
     order("Bassoon reeds, long and soft", "Oboists case")),
    ("share * 9 / 10", [item("Dulcians, a pair of them"), item("Dulcian")], "dulcains", order("Dulcians, a pair of them", "Dulcian")),
    ("swap_cost", [item("Qluot"), item("Qulox")], "qulot", order("Qluot", "Qulox")),
    ("double_cost", [item("Mummel"), item("Mukmel")], "mumel", order("Mummel", "Mukmel")),
    ("vowel_cost", [item("Drovk"), item("Drevp")], "drevk", order("Drovk", "Drevp")),
    ("neighbour_cost", [item("Fribs"), item("Fribq")], "fribd", order("Fribs", "Fribq")),
    ("missing_cost", [item("Snarkv"), item("Snarh")], "snarv", order("Snarkv", "Snarh")),
    ("first_cost", [item("Plurm"), item("Klurd")], "plurd", order("Plurm", "Klurd")),
    ("use_points", [item("Wrenp"), item("Wrenp lid"), item("Wrenp case"), item("Wrenb")], "wrenk", order("Wrenp", "Wrenb")),
    ("space_cost", [item("Tolmkerd"), item("Tolm kard")], "tolmkard", order("Tolmkerd")),
    ("50 * word->text.size", [item("Grand stand, wide"), item("Granulated mix")], "gran", order("Grand stand, wide", "Granulated mix")),
    ("common_word_per_cent", [item("Cobalt pot, very large")] + [item(f"Jar {i}") for i in range(6)], "jar cobalt", order("Cobalt pot, very large", "Jar 5")),
    ("filler_part", [item("Gimlet for everyone"), item("Gimlet on wood")], "for gimlet", order("Gimlet for everyone", "Gimlet on wood")),
    ("name length", [item("Birch bowl"), item("Birch bowl, wide")], "birch", order("Birch bowl", "Birch bowl, wide")),
    ("newest first", [item("Aspen pole A"), item("Aspen pole B")], "aspen", order("Aspen pole B", "Aspen pole A")),
    ("rerank_head_points", [item("Children's scooter, 16 inch"), item("Scooter seat")], "scooter", order("Children's scooter, 16 inch", "Scooter seat")),
    ("a synonym's head", [item("Small dinghy, three seats"), item("Dinghy seat")], "skiffs", order("Small dinghy, three seats", "Dinghy seat")),
    ("a synonym's last word", [item("Tall garden belvedere, oak"), item("Tall belvedere lid")], "look out", order("Tall garden belvedere, oak", "Tall belvedere lid")),
    ("rerank_pair_points", [item("Round plum torch, brass"), item("Plum or torch")], "plum torch", order("Round plum torch, brass", "Plum or torch")),
    ("is_sold_out", [item("Hazel stick A", stock=5), item("Hazel stick B", stock=0)], "hazel", order("Hazel stick A", "Hazel stick B")),
]

# The same in a German shop.
GERMAN = [
    ("MATCH_HEAD", [item("Ottomane rot, groß und weich", category="garten"), item("Gartendivan rot")], "divan rot",
     order("Ottomane rot, groß und weich", "Gartendivan rot")),
]  # fmt: skip


@pytest.fixture(scope="module")
def german_shop(serve_module):
    server = serve_module(language="de")
    for product in sum(sum([products for _, products, _, _ in GERMAN], []), []):
        create(server, **product)
    assert admin(server).put("/admin/synonyms", json={"text": "divan => ottomane\n"}).status_code == 200
    return server


@pytest.fixture(scope="module")
def shop(serve_module):
    server = serve_module()
    for _, products, _, _ in ROWS:
        for product in sum(products, []):
            create(server, **product)
    assert admin(server).put("/admin/synonyms", json={"text": SYNONYMS}).status_code == 200
    return server


def found(shop, q: str, **query) -> list[str]:
    return [product["name"] for product in shop.client().get("/products/search", params={"q": q} | query).json()]


def counted(shop, q: str) -> tuple[int, int]:
    """How many products lead, and how many follow."""
    headers = shop.client().get("/products/search", params={"q": q}).headers
    return int(headers["x-total-count"]), int(headers.get("x-further-count", 0))


@pytest.mark.parametrize("constant, products, q, wanted", ROWS, ids=[row[0] for row in ROWS])
def test_a_constant_has_its_effect(shop, constant, products, q, wanted):
    assert [name for name in found(shop, q) if name in wanted] == wanted


@pytest.mark.parametrize("constant, products, q, wanted", GERMAN, ids=[row[0] for row in GERMAN])
def test_a_constant_has_its_effect_on_compounds(german_shop, constant, products, q, wanted):
    assert [name for name in found(german_shop, q) if name in wanted] == wanted


def test_the_guide_names_each_constant():
    guide = (ROOT / "docs/guides/search.md").read_text()
    assert [row[0] for row in ROWS + GERMAN if f"`{row[0]}`" not in guide] == []
    assert [row[0] for row in ROWS + GERMAN if " " not in row[0] and row[0] not in SOURCE] == []


def source_value(name: str) -> int:
    """A constant's number in the source."""
    found_in = re.findall(rf"\b{name}\]?\s*=\s*(\d+)", SOURCE)
    assert len(found_in) == 1, (name, found_in)
    return int(found_in[0])


def test_the_guide_has_the_value_of_each_constant():
    """So one that is changed by mistake, or in one place only, is seen."""
    guide = (ROOT / "docs/guides/search.md").read_text()
    told = {name: int(value) for name, value in re.findall(r"^\| `(\w+_\w+)` \|[^|\d]*(\d+)", guide, re.M)}
    told |= {name: int(value) for value, name in re.findall(r"(\d+)[^\d`|]*\(`(\w+_\w+)`", guide)}
    assert {name: source_value(name) for name in told} == told
    assert set(told) >= {row[0] for row in ROWS + GERMAN if re.search(rf"\b{row[0]}\]?\s*=\s*\d", SOURCE)}
    assert {"few_results", "enough_results", "rerank_count"} <= set(told)


# Bounds: what lies on either side of each.


@pytest.mark.parametrize("right, corrected", [(2, True), (3, False)])
def test_few_results_is_when_spelling_is_corrected(serve, right, corrected):
    server = serve()
    for _ in range(right):
        create(server, name="Saber", description="", category="c")
    create(server, name="Sabre", description="", category="c")
    assert ("Sabre" in found(server, "saber")) == corrected


@pytest.mark.parametrize("names, q, wanted", [(["Vokal", "Hokla"], "vokla", ["Vokal"]), (["Vokal", "Vokba"], "vokla", ["Vokal", "Vokba"]),
                                              (["Grinder"], "ringer", []), (["Drniger"], "ringer", ["Drniger"])])  # fmt: skip
def test_points_margin_and_cheap_two_max_are_how_unlikely_a_spelling_may_be(serve, names, q, wanted):
    server = serve()
    for name in names:
        create(server, name=name, description="", category="c")
    assert found(server, q) == wanted


@pytest.mark.parametrize("right, further", [(9, 1), (10, 0)])
def test_enough_results_is_when_nothing_follows(serve, right, further):
    server = serve()
    for i in range(right):
        create(server, name=f"Onyx ring {i}", description="", category="c")
    create(server, name="Onyx stone", description="", category="c")
    assert counted(server, "onyx ring") == (right, further)


@pytest.mark.parametrize("shorter, place", [(49, 0), (50, 50)])
def test_rerank_count_is_how_many_names_are_read(serve, shorter, place):
    server = serve()
    create(server, name="A wooden sledge", description="", category="c")
    for _ in range(shorter):
        create(server, name="Sledge rope", description="", category="c")
    assert found(server, "sledge").index("A wooden sledge") == place


@pytest.mark.parametrize("language, q, thing, accessory", [("de", "fahrrad", "Fahrrad für Kinder, 16 Zoll", "Sattel für Fahrrad"),
                                                           ("fr", "vélo", "Vélo pour enfant, 16 pouces", "Selle de vélo"),
                                                           ("nl", "fiets", "Fiets voor kinderen, 16 inch", "Zadel voor fiets")])  # fmt: skip
def test_the_thing_comes_first_in_each_language(serve, language, q, thing, accessory):
    server = serve(language=language)
    for name in [thing, accessory]:
        create(server, name=name, description="", category="c")
    assert found(server, q) == [thing, accessory]


def test_fillers_need_not_match(serve):
    server = serve()
    create(server, name="Brick", description="", category="c")
    assert counted(server, "a brick for the")[0] == counted(server, "brick")[0] == 1
    assert counted(server, "a wall for the")[0] == 0


@pytest.mark.parametrize("q, total", [("fig box", 1), ("fi box", 0), ("box fi", 1), ("ヘッド 箱", 1), ("ヘッ 箱", 0), ("箱 ヘッ", 1)])
def test_letters_min_is_what_stands_for_longer_words(serve, q, total):
    """Where the word is not the last one. What has the other word alone leads, if nothing has both: here a second box."""
    server = serve()
    for name in ["Figure box", "Blue box", "ヘッドライト 箱", "白 箱"]:
        create(server, name=name, description="", category="c")
    found_names = found(server, q)[: counted(server, q)[0]]
    assert (found_names in (["Figure box"], ["ヘッドライト 箱"])) == (total == 1)


def test_a_word_of_names_is_the_likelier_correction(serve):
    """Counted nine times. It outdoes one of four descriptions."""
    server = serve()
    create(server, name="Krast", description="", category="c")
    for _ in range(4):
        create(server, name="Thing", description="A krest.", category="c")
    answer = server.client().get("/products/search", params={"q": "krost"})
    assert answer.headers["x-search-correction"] == "krast"


@pytest.mark.parametrize("name, q, meets", [("Fyg", "fxg", False), ("Dove", "dowe", True), ("Dove", "dawe", False), ("Pigeon", "pigoen", True), ("Pigeons", "pogeobs", True)])
def test_a_longer_word_may_have_more_wrong_letters(serve, name, q, meets):
    server = serve()
    create(server, name=name, description="", category="c")
    assert (found(server, q) == [name]) == meets


# What is typed, names and how often each is sold, and the words that are suggested in their order.
COMPLETIONS = [
    ("points_behind", "light b", [("Light brim", 1), ("Bolt light", 63)], ["brim", "bolt"]),
    ("points_behind too", "lamp c", [("Lamp crim", 1), ("Colt lamp", 65)], ["colt", "crim"]),
    ("points_past_filler", "shade d", [("Shade for drums", 1), ("Dust shade", 31)], ["drums", "dust"]),
    ("points_past_filler too", "stool e", [("Stool for easels", 1), ("Elm stool", 33)], ["elm", "easels"]),
    ("points_after", "vase g", [("Vase white gold", 1), ("Gilt vase", 3)], ["gold", "gilt"]),
    ("points_after too", "urn h", [("Urn white hazel", 1), ("Hemp urn", 5)], ["hemp", "hazel"]),
    ("points_elsewhere", "jar k", [("Kelp jar", 1), ("Kiln jar", 2)], ["kiln", "kelp"]),
    ("other_form_share", "pan l", [("Pan lid", 4), ("Pan lids", 3), ("Pan loop", 2)], ["lid", "loop", "lids"]),
    ("other_form_share too", "pot m", [("Pot mat", 6), ("Pot mats", 5), ("Pot mesh", 2)], ["mat", "mats", "mesh"]),
]


@pytest.fixture(scope="module")
def completing_shop(serve_module):
    server = serve_module()
    for _, _, names, _ in COMPLETIONS:
        for name, copies in names:
            for _ in range(copies):
                create(server, name=name, description="", category="c")
    return server


@pytest.mark.parametrize("constant, q, names, wanted", COMPLETIONS, ids=[row[0] for row in COMPLETIONS])
def test_a_completion_counts_by_where_it_stands(completing_shop, constant, q, names, wanted):
    suggestions = completing_shop.client().get("/products/suggest", params={"q": q}).json()
    assert [s["text"].split()[-1] for s in suggestions if s["kind"] == "words"] == wanted
