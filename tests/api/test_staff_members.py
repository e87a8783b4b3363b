"""The members of the staff: who is invited, changed and shut out, over HTTP and by `till staff`."""
import hashlib
import json
import re

import pytest
from server import till
from shopping import key_of, query
from test_staff import NOBODY, bearer, make

LINK = re.compile(r"^/admin#accept=([\w-]{43})$")


def invite(client, email: str, role: str = "support", name: str = "Bob", status: int = 201) -> dict:
    answer = client.post("/admin/staff", json={"email": email, "name": name, "role": role})
    assert answer.status_code == status, answer.text
    return answer.json()


def change(client, member: dict, answers: int = 200, **fields) -> dict:
    answer = client.patch(f"/admin/staff/{member['id']}", json=fields)
    assert answer.status_code == answers, answer.text
    return answer.json()


def proofs(server, member: dict) -> list[bytes]:
    sql = "SELECT p.token FROM mail_proofs p JOIN staff s ON s.seq = p.staff WHERE s.id = ? AND p.purpose = 'invite'"
    return [bytes(token) for (token,) in query(server, sql, key_of(member))]


def command(server, *arguments, code: int = 0):
    done = till("staff", *arguments, "--db", server.db)
    assert done.returncode == code, done.stderr
    return done


def listed(server) -> dict[str, tuple[str, str]]:
    return {email: (role, status) for email, role, status in map(str.split, command(server, "list").stdout.splitlines())}


@pytest.fixture(scope="module")
def client(shop):
    """Its answers are checked against the OpenAPI document."""
    with shop.client() as checked:
        yield checked


def test_a_person_is_invited(shop, client):
    made = invite(client, "Bob@Shop.example", role="fulfilment")
    assert (made["email"], made["name"], made["role"], made["status"]) == ("Bob@Shop.example", "Bob", "fulfilment", "invited")
    assert made["has_second_factor"] is False and made["invite_expires_at"] > made["created_at"]
    token = LINK.match(made["invite_url"])[1]
    assert proofs(shop, made) == [hashlib.sha256(token.encode()).digest()]
    seen = client.get("/admin/staff", params={"limit": 500})
    (mine,) = [member for member in seen.json() if member["id"] == made["id"]]
    assert mine == {name: value for name, value in made.items() if not name.startswith("invite_")}
    assert token not in seen.text
    assert int(seen.headers["x-total-count"]) == len(seen.json())


def test_a_newer_invitation_ends_the_one_before(shop, client):
    first = invite(client, "carol@shop.example", role="support")
    second = invite(client, "CAROL@shop.example", role="catalogue", name="Carol")
    assert (second["id"], second["role"], second["name"]) == (first["id"], "catalogue", "Carol")
    assert proofs(shop, second) == [hashlib.sha256(second["invite_url"][-43:].encode()).digest()]


def test_the_desks_address_is_a_flag(serve):
    server = serve(desk_url="https://shop.example/admin")
    with server.client() as admin:
        url = invite(admin, "a@shop.example")["invite_url"]
        assert re.fullmatch(r"https://shop\.example/admin#accept=[\w-]{43}", url)
        ((to, kind, text),) = query(server, "SELECT to_address, kind, text FROM mails")
        assert (to, kind) == ("a@shop.example", "staff_invite") and url in text and "support" in text


def test_without_the_desks_address_nothing_is_mailed(shop, client):
    invite(client, "liam@shop.example")
    assert query(shop, "SELECT count(*) FROM mails") == [(0,)]


@pytest.mark.parametrize("url", ["shop.example", "ftp://shop.example", "https://shop.example/#x", "https://shop.example/a b", "https://x/" + "y" * 500])
def test_a_desks_address_that_is_none_stops_the_start(serve, url):
    done = till("serve", "--db", serve.folder() / "till.db", "--listen", "127.0.0.1:0", "--desk-url", url)
    assert done.returncode == 2 and "--desk-url takes a URL" in done.stderr


def test_an_invitation_is_in_the_audit_log_without_its_link(client):
    made = invite(client, "dan@shop.example", role="manager")
    change(client, made, role="support", name="Dan")
    answer = client.get("/admin/audit", params={"target": made["id"]})
    changed, invited = answer.json()
    assert (invited["action"], changed["action"]) == ("POST /admin/staff", "PATCH /admin/staff/{staff_id}")
    assert {c["field"]: (c["before"], c["after"]) for c in changed["changes"]} == {"role": ("manager", "support"), "name": ("Bob", "Dan")}
    assert made["invite_url"][-43:] not in answer.text


def test_who_has_not_accepted_cannot_be_active(client):
    made = invite(client, "eve@shop.example")
    assert change(client, made, 409, status="active") == {"detail": "The invitation was not accepted yet"}
    assert change(client, made, status="disabled")["status"] == "disabled"
    assert change(client, made, 409, status="active") == {"detail": "The invitation was not accepted yet"}
    assert invite(client, "eve@shop.example")["status"] == "invited"


def test_disabling_ends_the_invitation_at_once(shop, client):
    made = invite(client, "frank@shop.example")
    assert len(proofs(shop, made)) == 1
    change(client, made, status="disabled")
    assert proofs(shop, made) == []


def test_nobody_gives_a_role_that_may_do_more(shop, client):
    """Neither as a new role, nor by changing a member who may do more."""
    owner = invite(client, "grace@shop.example", role="owner")
    clerk = invite(client, "heidi@shop.example", role="fulfilment")
    key = make(client, scopes=["staff:write", "orders:read", "orders:fulfil"])
    with shop.client() as limited:
        limited.headers.update(bearer(key["key"]))
        assert invite(limited, "ivan@shop.example", role="fulfilment")["role"] == "fulfilment"
        assert change(limited, clerk, name="Heidi")["name"] == "Heidi"
        invite(limited, "judy@shop.example", role="catalogue", status=403)
        invite(limited, "grace@shop.example", role="fulfilment", status=403)
        change(limited, clerk, 403, role="owner")
        change(limited, owner, 403, role="fulfilment")
        change(limited, owner, 403, status="disabled")
        change(limited, owner, 403, name="Nobody")
    by_id = {member["id"]: member for member in client.get("/admin/staff", params={"limit": 500}).json()}
    assert (by_id[owner["id"]]["role"], by_id[owner["id"]]["status"]) == ("owner", "invited")
    assert "judy@shop.example" not in {member["email"] for member in by_id.values()}


def test_what_is_no_member_is_404_and_what_is_no_change_422(client):
    made = invite(client, "kim@shop.example")
    assert change(client, {"id": NOBODY}, 404, name="x") == {"detail": "Staff member not found"}
    for wrong in ({"role": "custom"}, {"role": "admin"}, {"status": "invited"}, {"name": ""}, {"name": "x" * 101}, {"role": None}):
        assert change(client, made, 422, **wrong)["detail"][0]["loc"] == ["body", *wrong]
    for wrong in ({"email": "kim"}, {"email": "k" * 250 + "@x.example"}, {"name": ""}, {"role": "custom"}):
        answer = client.post("/admin/staff", json={"email": "kim@shop.example", "name": "Kim", "role": "owner"} | wrong)
        assert answer.status_code == 422 and answer.json()["detail"][0]["loc"] == ["body", *wrong]
    unchanged = {name: value for name, value in made.items() if not name.startswith("invite_")}
    assert change(client, made) == unchanged


# ---- till staff


def test_the_first_owner_is_added_beside_a_running_server(serve):
    server = serve()
    done = command(server, "add", "ann@shop.example", "--name", "Ann", "--desk-url", "https://shop.example/admin")
    assert re.fullmatch(r"https://shop\.example/admin#accept=[\w-]{43}\n", done.stdout) and "7 days" in done.stderr
    with server.client() as admin:
        (ann,) = admin.get("/admin/staff").json()
        assert (ann["email"], ann["name"], ann["role"], ann["status"]) == ("ann@shop.example", "Ann", "owner", "invited")
        assert proofs(server, ann) == [hashlib.sha256(done.stdout.strip()[-43:].encode()).digest()]
        (entry,) = admin.get("/admin/audit", params={"actor": "system"}).json()
        assert (entry["actor_kind"], entry["action"], entry["target"]) == ("system", "till staff add", ann["id"])
        assert done.stdout.strip()[-43:] not in json.dumps(entry)


def test_the_command_adds_lists_disables_and_resets(serve):
    server = serve()
    first = command(server, "add", "bob@shop.example", "--role", "support").stdout
    assert re.fullmatch(r"[\w-]{43}\n", first)
    assert listed(server) == {"bob@shop.example": ("support", "invited")}
    second = command(server, "reset", "BOB@shop.example").stdout
    command(server, "add", "ann@shop.example")
    with server.client() as admin:
        bob = next(m for m in admin.get("/admin/staff").json() if m["name"] == "bob")
        assert proofs(server, bob) == [hashlib.sha256(second.strip().encode()).digest()] and second != first
        command(server, "disable", "bob@shop.example")
        assert proofs(server, bob) == []
        assert listed(server) == {"bob@shop.example": ("support", "disabled"), "ann@shop.example": ("owner", "invited")}
        actions = [entry["action"] for entry in admin.get("/admin/audit", params={"target": bob["id"]}).json()]
        assert actions == ["till staff disable", "till staff reset", "till staff add"]


@pytest.mark.parametrize(
    "arguments, code, message",
    [
        (["add"], 2, "needs"),
        (["add", "bob"], 2, "is no address"),
        (["add", "b@shop.example", "--role", "custom"], 2, "--role takes owner"),
        (["add", "b@shop.example", "--name", "x" * 101], 2, "--name takes"),
        (["reset", "stranger@shop.example"], 1, "Staff member not found"),
        (["disable", "stranger@shop.example"], 1, "Staff member not found"),
        (["remove", "b@shop.example"], 2, "there is no command"),
    ],
)
def test_what_the_command_refuses(shop, arguments, code, message):
    assert message in command(shop, *arguments, code=code).stderr
