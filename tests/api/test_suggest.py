"""Suggestions over HTTP: they complete a word, and a search for each of them finds something."""
from searching import demo, find  # noqa: F401, a fixture
from server import product


def suggested_words(client, q: str) -> list[str]:
    return [s["text"] for s in client.get("/products/suggest", params={"q": q}).json() if s["kind"] == "words"]


def test_a_word_is_completed_by_what_follows_the_words_before(serve):
    client = serve().client()
    for i in range(24):  # words with b that are commoner in the shop, but not beside `light`
        for name in [f"Basket b{i}x", f"Bowl b{i}x"]:
            client.post("/products", json=product(name=name, description="Light.", category="kitchen"))
    for name in ["Light bulb", "LED light bulbs, set of 4", "Light by Brass & Co", "Big desk light"]:
        client.post("/products", json=product(name=name, description="", category="lighting"))
    assert suggested_words(client, "light b") == ["light bulb", "light brass", "light bulbs", "light big"]
    assert suggested_words(client, "light ") == ["light bulb", "light brass", "light bulbs"]
    assert suggested_words(client, "light by") == []
    assert suggested_words(client, "bu") == ["bulb", "bulbs"]


def test_suggestions_lead_somewhere(demo):
    """A search for each suggestion finds something; a suggested product comes first."""
    for q in ["l", "li", "lamp", "wireless h", "caf", "coffe", "sen", "brass-h", "hedph", "hedphones", "light b", "wool ", "bag f"]:
        suggestions = demo.get("/products/suggest", params={"q": q}).json()
        assert len(suggestions) <= 8
        for s in suggestions:
            found = find(demo, q=s["text"])
            assert found, s
            if s["kind"] == "product":
                assert found[0]["id"] == s["product_id"]
    for q, words in [("wireless h", ["wireless headphones"]), ("desk ", ["desk lamp"]), ("usb-", ["usb-c"]), ("dsek la", ["dsek lamp"]), ("string l", ["string lights"]), ("laptop s", ["laptop sleeve"]), ("65 w", []), ("desk xy", [])]:
        assert suggested_words(demo, q) == words
    assert demo.get("/products/suggest").json() == []
    assert demo.get("/products/suggest", params={"q": "x" * 201}).status_code == 422
