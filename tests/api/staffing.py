"""People of the staff, put into the database as `till staff` and the admin's pages will do it."""
from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time
import uuid

import httpx

import postgres
from server import PATIENCE_S, Server
from shopping import execute

PASSWORD = "correct horse battery"
HASH = "$argon2id$v=19$m=19456,t=2,p=1$CPHjaeb9jaLY6005BNlB+g$8i+mH8FBsfPeW7dASv7jDJBUL71RENukrPNvtTqZytI"
OLDER_HASH = "$argon2id$v=19$m=8192,t=1,p=1$tGXf9BTCmPpltEugYMbO4A$UA7LaqGdCyqGQvZwrLfpA73G7w17P80n2vSJZCKs9CU"


def minted(serve) -> Server:
    """A shop whose token is stored, and not given to the server."""
    server = serve(admin_token=None)
    server.token = re.search(r"^Admin token +([\w-]{43})$", server.output, re.M)[1]
    return server


def hire(server, email: str, role: str = "manager", status: str = "active", password: str | None = HASH) -> str:
    """Adds a member whose password is PASSWORD. Returns the id."""
    made = uuid.uuid4()
    key, now = (f"'{made}'", "now()") if postgres.WANTED else (f"x'{made.hex}'", "1700000000000000")
    stored = f"'{password}'" if password else "NULL"
    execute(
        server,
        "INSERT INTO staff (id, email, email_key, name, password, role, status, created_at)"
        f" VALUES ({key}, '{email}', '{email.lower()}', 'Somebody', {stored}, '{role}', '{status}', {now})",
    )
    return str(made)


def browser(server) -> httpx.Client:
    """A client that keeps cookies, as a browser does, and checks answers against the document."""
    return server.client(admin=False)


def login(client: httpx.Client, email: str, password: str = PASSWORD, **more) -> httpx.Response:
    return client.post("/staff/login", json={"email": email, "password": password} | more, timeout=PATIENCE_S)


def refusals(server, member: str, action: str = "POST /staff/login") -> list[str]:
    """Why proofs of an account were refused, by the audit log, the oldest first. Only who has signed in is known."""
    entries = server.client().get("/admin/audit", params={"target": member, "action": action, "limit": 500}).json()
    noted = [entry for entry in reversed(entries) if entry["changes"][0]["field"] == "refused"]
    for entry in noted:
        assert (entry["actor_kind"], entry["actor"]) == (("system", None) if action == "POST /staff/login" else ("staff", member))
        assert (entry["changes"][0]["before"], len(entry["changes"])) == (None, 1)
    return [entry["changes"][0]["after"] for entry in noted]


def signed_in(server, email: str, role: str = "manager") -> httpx.Client:
    """A browser of a new member who is signed in."""
    hire(server, email, role)
    client = browser(server)
    answer = login(client, email)
    assert answer.status_code == 200, answer.text
    return client


def app_code(secret: str, ahead_s: float = 0) -> str:
    """What an authenticator app shows so many seconds from now, by RFC 6238 alone."""
    counter = struct.pack(">Q", int(time.time() + ahead_s) // 30)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    at = digest[19] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


def invite(server, email: str = "bob@shop.example", role: str = "support") -> str:
    """Returns the token of an invitation."""
    with server.client() as admin:
        answer = admin.post("/admin/staff", json={"email": email, "name": "Bob", "role": role})
        assert answer.status_code == 201, answer.text
        return answer.json()["invite_url"].rsplit("=", 1)[1]


def accept(client: httpx.Client, token: str, password: str = PASSWORD, **more) -> httpx.Response:
    return client.post("/staff/accept", json={"token": token, "password": password} | more, timeout=PATIENCE_S)


def with_app(client: httpx.Client, ahead_s: float = 0) -> tuple[str, list[str]]:
    """Sets up a second factor; returns the app's secret and the recovery codes."""
    begun = client.post("/staff/totp")
    assert begun.status_code == 201, begun.text
    secret = begun.json()["secret"]
    confirmed = client.post("/staff/totp/confirm", json={"code": app_code(secret, ahead_s)})
    assert confirmed.status_code == 200, confirmed.text
    return secret, confirmed.json()["recovery_codes"]
