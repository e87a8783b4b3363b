"""The examples in Next.js, on the storefront's packages: they type-check, and sell in a development server."""
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile

import httpx
import pytest

from server import PATIENCE_S, ROOT, environment, wait_until
from test_proxies import free_port

EXAMPLES = ROOT / "examples"
STOREFRONT = ROOT / "storefront"
NEXT = STOREFRONT / "node_modules/next/dist/bin/next"
TSC = STOREFRONT / "node_modules/typescript/bin/tsc"

# Calls a function of the provider by its name, in a request, as the template's actions do.
CALL = """import * as shop from 'lib/shopify';
type Functions = Record<string, (...all: unknown[]) => Promise<unknown>>;
export async function POST(request: Request, { params }: { params: Promise<{ name: string }> }) {
  return Response.json((await (shop as unknown as Functions)[(await params).name]!(...(await request.json()))) ?? null);
}
"""
CHANGES_CART = ("addToCart", "updateCart", "removeFromCart")  # a cookie that is set makes Next.js render the template's page anew
LAYOUT = (EXAMPLES / "nextjs/app/layout.tsx").read_text()


@contextlib.contextmanager
def next_app(example: str, url: str, **files: str):
    """The example's files in a folder within the storefront's, where its packages are found, type-checked and served. Yields its address."""
    folder = tempfile.mkdtemp(prefix=".example-", dir=STOREFRONT)
    options = json.loads((STOREFRONT / "tsconfig.json").read_text())["compilerOptions"] | {"paths": {"lib/*": ["./lib/*"]}, "incremental": False}
    try:
        shutil.copytree(EXAMPLES / example, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules", ".next", "package.json"))
        for path, text in {**files, "tsconfig.json": json.dumps({"compilerOptions": options, "include": ["**/*.ts", "**/*.tsx"]})}.items():
            os.makedirs(os.path.dirname(os.path.join(folder, path)), exist_ok=True)
            with open(os.path.join(folder, path), "w") as file:
                file.write(text)
        checked = subprocess.run(["node", TSC, "--noEmit"], cwd=folder, capture_output=True, text=True)
        assert checked.returncode == 0, checked.stdout
        with open(os.path.join(folder, "log"), "w+") as log, serving(folder, log, url) as address:
            yield address
            log.seek(0)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def serving(folder: str, log, url: str):
    port = free_port()
    server = subprocess.Popen(["node", NEXT, "dev", "-H", "127.0.0.1", "-p", str(port)], cwd=folder, stdout=log, stderr=log, start_new_session=True,
                              env=environment(TILL_URL=url, NEXT_TELEMETRY_DISABLED="1", CI="1"))  # fmt: skip

    def listens():
        log.seek(0)
        assert server.poll() is None, log.read()
        with contextlib.suppress(httpx.ConnectError):
            return httpx.get(f"http://127.0.0.1:{port}/nothing", timeout=PATIENCE_S).status_code == 404

    try:
        wait_until(listens)
        yield f"http://127.0.0.1:{port}"
    except AssertionError:
        log.seek(0)
        print(log.read()[-3000:])
        raise
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(PATIENCE_S)


def submit(browser: httpx.Client, path: str, button: str) -> httpx.Response:
    """Sends the first form that has this button, as a browser without scripts does, and follows its redirect."""
    html = browser.get(path).text
    form = next(form for form in re.findall(r"<form.*?</form>", html, re.S) if button in re.sub(r"<!--.*?-->", "", form))
    fields = [re.findall(r'(name|value)="([^"]*)"', field) for field in re.findall(r"<input[^>]*>", form)]
    answer = browser.post(path, files={dict(pairs)["name"]: (None, dict(pairs).get("value", "")) for pairs in fields}, follow_redirects=True)
    assert answer.status_code == 200, answer.text[:2000]
    return answer


def text_of(answer: httpx.Response) -> str:
    return re.sub(r"<!--.*?-->", "", answer.text)


def test_a_page_of_thirty_lines_sells(serve):
    server = serve(demo=True)
    with next_app("nextjs", server.address) as address, httpx.Client(base_url=address, timeout=PATIENCE_S) as browser:
        assert "1 ×" in text_of(submit(browser, "/", "Add"))
        assert browser.cookies["shopper"]
        bought = text_of(submit(browser, "/", "Buy"))
        assert ": paid" in bought and "1 ×" not in bought
    assert server.metric("till_payments_succeeded_total") == 1


def test_the_provider_of_the_template_sells(serve):
    server = serve(demo=True)
    config = (EXAMPLES / "nextjs/next.config.ts").read_text()
    files = {"app/layout.tsx": LAYOUT, "app/call/[name]/route.ts": CALL, "next.config.ts": config}
    with next_app("vercel-commerce", server.address, **files) as address, httpx.Client(base_url=address, timeout=PATIENCE_S) as browser:

        def call(name: str, *arguments):
            answer = browser.post(f"/call/{name}", content=json.dumps(arguments))
            assert answer.status_code == 200, f"{name}: {answer.text[:2000]}"
            assert ("cartId" in answer.cookies) == (name in CHANGES_CART), name
            return answer.json()

        # home and menus
        carousel = call("getCollectionProducts", {"collection": "hidden-homepage-carousel"})
        assert len(carousel) == 12 and all(p["featuredImage"]["url"].startswith(server.address) for p in carousel)
        assert httpx.get(carousel[0]["featuredImage"]["url"]).status_code == 200
        assert [item["path"] for item in call("getMenu", "next-js-frontend-header-menu")][0] == "/search"
        assert call("getPages") == []
        # search and collections
        prices = [float(p["priceRange"]["minVariantPrice"]["amount"]) for p in call("getProducts", {"query": "lamp", "sortKey": "PRICE", "reverse": True})]
        assert len(prices) > 1 and prices == sorted(prices, reverse=True)
        lighting = call("getCollectionProducts", {"collection": "lighting", "sortKey": "CREATED_AT"})
        assert lighting and call("getCollection", "lighting")["path"] == "/search/lighting" and call("getCollection", "none") is None
        # a product
        product = call("getProduct", lighting[0]["handle"])
        assert product["variants"][0]["price"]["currencyCode"] == "USD" and call("getProduct", "nothing") is None
        related = call("getProductRecommendations", product["id"])
        assert related and product["id"] not in [p["id"] for p in related]
        # the cart: the template sets the cookie of a new one
        assert call("getCart") is None
        browser.cookies["cartId"] = call("createCart")["id"]
        [variant] = next(p for p in lighting if p["availableForSale"])["variants"]
        cart = call("addToCart", [{"merchandiseId": variant["id"], "quantity": 2}])
        assert cart["totalQuantity"] == 2 and float(cart["cost"]["totalAmount"]["amount"]) == 2 * float(variant["price"]["amount"])
        [line] = cart["lines"]
        assert call("updateCart", [{"id": line["id"], "merchandiseId": variant["id"], "quantity": 1}])["totalQuantity"] == 1
        assert call("removeFromCart", [line["id"]])["lines"] == []
        call("addToCart", [{"merchandiseId": variant["id"], "quantity": 1}])
        # checkout and paid
        paid = submit(browser, call("getCart")["checkoutUrl"], "Pay ")
        assert re.search(r"/checkout/[0-9a-f-]{36}$", str(paid.url)) and ": paid" in text_of(paid)
        assert call("getCart")["lines"] == []
    assert server.metric("till_payments_succeeded_total") == 1


@pytest.mark.parametrize("name", ["next", "react", "react-dom"])
def test_the_example_names_the_storefronts_versions(name):
    versions = [json.loads((folder / "package.json").read_text())["dependencies"][name] for folder in (EXAMPLES / "nextjs", STOREFRONT)]
    assert versions[0] == versions[1]
