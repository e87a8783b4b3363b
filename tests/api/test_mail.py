"""The shop's mails: what is sent and what is held, what a relay may do to us, and what a crash may cost."""
import contextlib
import email.header
import email.utils
import os
import signal
import sqlite3
import subprocess
import time

import pytest

import postgres
from receiver import Receiver
from relay import Relay, authority, certificate, certificate_by, endless, endless_line, hang, hang_up
from server import PATIENCE_S, SANITIZED, TILL, environment, till, wait_until
from shopping import Clock, admin, audit, execute, id_text, query
from wire import Closed

KILLS = int(os.environ.get("KILLS") or (20 if os.environ.get("CI") else 1000 if os.environ.get("SOAK") else 4))
SHOP = "https://lamps.example"


@pytest.fixture
def relay():
    relay = Relay()
    yield relay
    relay.close()


@pytest.fixture
def clock(serve):
    return Clock(serve.folder())


def sending(relay: Relay, clock=None, **flags) -> dict:
    """The flags of a shop that sends its mails."""
    flags = {"mail": relay.url, "mail_from": "Lamps <shop@lamps.example>", "shop_url": SHOP} | flags
    return flags | ({"test_clock": clock.path} if clock else {})


@pytest.fixture
def server(serve, relay, clock):
    return serve(**sending(relay, clock))


def sent_test(server, to: str = "ann@example.com") -> dict:
    response = admin(server).post("/admin/mails/test", json={"to": to})
    assert response.status_code == 202, response.text
    return response.json()


def mail(server, mail: dict) -> dict:
    response = admin(server).get(f"/admin/mails/{mail['id']}")
    assert response.status_code == 200, response.text
    return response.json()


def mails(server, **query) -> list[dict]:
    response = admin(server).get("/admin/mails", params=query)
    assert response.status_code == 200, response.text
    return response.json()


def is_in(server, made: dict, state: str) -> dict:
    """Waits until a mail is in a state."""
    wait_until(lambda: mail(server, made)["state"] == state, f"the mail is not {state}")
    return mail(server, made)


def tried(server, made: dict, attempts: int = 1) -> dict:
    """Waits until a mail was tried so often, and each try is written down."""
    wait_until(lambda: (m := mail(server, made))["attempts"] == attempts and m["last_error"], "the mail was not tried")
    return mail(server, made)


def words(part) -> str:
    """A part's text with the line ends that it was written with."""
    return part.get_content().replace("\r\n", "\n").strip("\n")


def test_a_mail_is_sent_whole(server, relay):
    made = sent_test(server)
    is_in(server, made, "sent")
    (got,) = relay.got
    assert got["commands"][0] == "EHLO lamps.example"
    assert got["from"].startswith("MAIL FROM:<shop@lamps.example>")
    assert got["to"] == ["ann@example.com"]
    (message,) = relay.mails()
    assert message["from"] == "Lamps <shop@lamps.example>"
    assert message["to"] == "<ann@example.com>" or message["to"] == "ann@example.com"
    assert message["subject"] == "lamps.example can send mail" == made["subject"]
    assert message["message-id"] == f"<{made['id']}@lamps.example>"
    assert message["auto-submitted"] == "auto-generated"
    assert email.utils.parsedate_to_datetime(message["date"]).isoformat()[:19] == made["created_at"][:19]
    assert message.get_content_type() == "multipart/alternative"
    text, html = message.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    stored = mail(server, made)
    assert [words(text), words(html)] == [stored["text"].strip(), stored["html"].strip()]
    assert SHOP in stored["text"] and 'name="color-scheme" content="light dark"' in stored["html"]
    assert all(len(line) <= 76 + 2 for line in got["data"].splitlines(True))
    wait_until(lambda: server.metric("till_mails_total", 'state="sent"') == 1)  # counted after it is written


def test_words_of_any_language_come_through(serve, relay):
    """The shop's name is in the subject, in the sender and in the bodies; lines that are long, or begin with a full stop, stay."""
    folder = serve.folder()
    name = "Лампы & «Ütopia» 灯" * 8
    text = f"Subject: {{{{shop}}}} — ok\n\n.\n..dots\n{'x' * 3000} {{{{shop}}}}\ntrailing \t\nFrom me\n"
    (folder / "mail_test.txt").write_text(text)
    server = serve(**sending(relay, mail_templates=folder, mail_from=f"{name} <shop@lamps.example>"))
    assert admin(server).patch("/admin/settings", json={"shop_name": name[:100]}).status_code == 200
    made = sent_test(server)
    is_in(server, made, "sent")
    (message,) = relay.mails()
    assert message["subject"] == f"{name[:100]} — ok" == made["subject"]
    raw = email.message_from_bytes(relay.got[0]["data"])  # the new policy's parser keeps the blanks between encoded words
    assert str(email.header.make_header(email.header.decode_header(raw["from"]))) == f"{name} <shop@lamps.example>"
    body, _ = message.iter_parts()
    assert words(body) == text.split("\n\n", 1)[1].replace("{{shop}}", name[:100]).strip("\n")
    assert all(len(line) <= 78 and line.endswith(b"\r\n") and max(line) < 128 for line in relay.got[0]["data"].splitlines(True))


def test_the_relay_gets_the_name_and_the_password(serve, relay):
    url = relay.url.replace("://", "://ann%40lamps.example@")
    server = serve(**sending(relay, mail=url), env={"TILL_MAIL_PASSWORD": "open sesame"})
    is_in(server, sent_test(server), "sent")
    assert relay.got[0]["auth"] == ["ann@lamps.example", "open sesame"]
    assert "sesame" not in server.errors


def test_without_mail_a_mail_is_held_and_sent_if_it_is_younger_than_a_day(serve, relay, clock):
    folder = serve.folder()
    server = serve(folder, test_clock=clock.path)
    old = sent_test(server, "old@example.com")
    clock.forward(hours=25)
    young = sent_test(server, "young@example.com")
    assert {old["state"], young["state"], *(m["state"] for m in mails(server))} == {"held"}
    assert server.address in young["text"]
    wait_until(lambda: server.metric("till_mails_total", 'state="held"') == 2)
    assert admin(server).post(f"/admin/mails/{old['id']}/retry").status_code == 409  # there is no relay
    assert admin(server).get("/admin/settings").json()["sends_mail"] is False
    server.stop()
    server = serve(folder, **sending(relay, clock))
    is_in(server, young, "sent")
    assert mail(server, old)["state"] == "held"
    assert admin(server).get("/admin/settings").json()["sends_mail"] is True
    assert admin(server).post(f"/admin/mails/{old['id']}/retry").status_code == 202
    is_in(server, old, "sent")
    assert [got["to"] for got in relay.got] == [["young@example.com"], ["old@example.com"]]


def test_mails_are_found_by_address_and_subject(serve):
    server = serve()
    made = {to: sent_test(server, to)["id"] for to in ("Ann@example.com", "bob@example.com")}
    for q, found in {"ann@EXAMPLE": ["Ann@example.com"], "can send": ["bob@example.com", "Ann@example.com"], "no such": []}.items():
        assert [m["id"] for m in mails(server, q=q)] == [made[to] for to in found]
        assert [m["id"] for m in mails(server, q=q, state="held")] == [made[to] for to in found]
        assert mails(server, q=q, state="sent") == []
    for limit, offset, count in ((1, 0, 1), (1, 1, 1), (2, 0, 2), (3, 1, 1), (3, 0, 2), (3, 2, 0), (3, 9, 0)):
        answer = admin(server).get("/admin/mails", params={"q": "example", "limit": limit, "offset": offset})
        assert answer.headers["x-total-count"] == "2" and len(answer.json()) == count, (limit, offset)


@pytest.mark.parametrize("step", ["mail", "rcpt", "data", "taken"])
def test_5xx_is_for_good_and_the_owner_can_try_again(server, relay, step):
    relay.faults = [{step: "550 5.1.1 no such user ann@example.com"}]
    made = sent_test(server)
    failed = is_in(server, made, "failed")
    assert (failed["attempts"], failed["last_error"], failed["due_at"]) == (1, "550 5.1.1 no such user ann@example.com", None)
    assert "ann@example.com" not in server.errors and made["id"] in server.errors
    wait_until(lambda: server.metric("till_mails_total", 'state="failed"') == 1)  # counted after it is written
    assert [m["id"] for m in mails(server, state="failed")] == [made["id"]]
    assert admin(server).post(f"/admin/mails/{made['id']}/retry").status_code == 202
    is_in(server, made, "sent")
    assert admin(server).post(f"/admin/mails/{made['id']}/retry").status_code == 409


@pytest.mark.parametrize("fault", [{"greeting": "421 busy"}, {"greeting": "554 no"}, {"rcpt": "451 greylisted"}, {"data": "452 full"},
                                   {"taken": "451 later"}, {"auth": "535 wrong"}, {"greeting": lambda session: session.connection.close()}],
                         ids=["busy", "554", "greylisted", "full", "later", "auth", "closed"])  # fmt: skip
def test_what_may_pass_is_tried_again(serve, relay, clock, fault):
    url = relay.url.replace("://", "://ann@")
    server = serve(**sending(relay, clock, mail=url), env={"TILL_MAIL_PASSWORD": "x"})
    relay.faults = [fault]
    made = sent_test(server)
    assert tried(server, made)["state"] == "queued"
    assert server.metric("till_mail_tries_failed_total") == 1
    clock.forward(seconds=67)
    is_in(server, made, "sent")
    assert mail(server, made)["attempts"] == 2 and mail(server, made)["last_error"] is None


def test_a_mail_is_tried_eight_times_in_two_days(server, relay, clock):
    relay.faults = [{"rcpt": f"451 no {i}"} for i in range(1, 9)]
    made = sent_test(server)
    for attempt, seconds in enumerate([60, 300, 1800, 7200, 21600, 43200, 86400], 1):
        wait_until(lambda: mail(server, made)["last_error"] == f"451 no {attempt}")
        assert mail(server, made)["state"] == "queued"
        clock.forward(seconds=seconds * 1.11)
    assert is_in(server, made, "failed")["attempts"] == 8
    assert relay.connections == 8


@pytest.mark.parametrize("fault", [endless, endless_line])
@pytest.mark.parametrize("step", ["greeting", "ehlo", "rcpt"])
def test_an_endless_answer_is_cut(server, relay, step, fault):
    before = server.memory_kib()
    relay.faults = [{step: fault}]
    made = sent_test(server)
    assert tried(server, made)["state"] == "queued"
    assert SANITIZED or server.memory_kib() < before + 32 * 1024


def test_a_mail_that_was_taken_and_not_answered_is_sent_once_more_with_the_same_id(server, relay, clock):
    relay.faults = [{"taken": hang_up}]
    made = sent_test(server)
    assert tried(server, made)["state"] == "queued"
    clock.forward(seconds=67)
    is_in(server, made, "sent")
    assert [message["message-id"] for message in relay.mails()] == [f"<{made['id']}@lamps.example>"] * 2


def test_a_relay_that_hangs_holds_up_no_webhook(serve, relay, clock):
    server, receiver = serve(**sending(relay, clock), webhook_insecure=True), Receiver()
    relay.faults = [{"rcpt": hang}]
    made = sent_test(server)
    other = sent_test(server)
    wait_until(lambda: mail(server, made)["attempts"] == 1)
    webhook = admin(server).post("/admin/webhooks", json={"url": receiver.url, "types": ["order.paid"]}).json()
    for _ in range(8):
        assert admin(server).post(f"/admin/webhooks/{webhook['id']}/test").status_code == 202
    wait_until(lambda: len(receiver.got) == 8)
    assert mail(server, other)["attempts"] == 0  # one at a time
    relay.released.set()  # the connection ends
    is_in(server, other, "sent")
    receiver.close()


def test_a_stop_does_not_wait_for_a_relay_that_hangs(serve, relay, clock):
    """The try does not count, and the mail is due again at once."""
    folder = serve.folder()
    server = serve(folder, **sending(relay, clock))
    relay.faults = [{"taken": hang}]
    made = sent_test(server)
    wait_until(lambda: relay.connections == 1)
    begun = time.monotonic()
    server.stop()
    assert time.monotonic() - begun < 25  # the relay has 30 seconds
    server = serve(folder, **sending(relay, clock))
    assert is_in(server, made, "sent")["attempts"] == 1


@pytest.mark.parametrize("to", ["a@b.example\r\nBcc: x@example.com", "a@b.example\n", "a@b.example\r", "a@b.example, c@d.example", "<a@b.example>",
                                "a b@c.example", "é@b.example", "@b.example", "", "a@b.example\x00"])
def test_an_address_that_could_begin_a_header_is_refused(server, to):
    response = admin(server).post("/admin/mails/test", json={"to": to})
    assert response.status_code == 422
    assert response.json()["detail"][0]["loc"] == ["body", "to"]
    assert mails(server) == []


def test_a_row_with_a_line_feed_is_not_sent(server, relay, clock):
    """Somebody has written it past us: the message's writer looks once more."""
    relay.faults = [{"rcpt": "451 later"}]
    made = sent_test(server)
    tried(server, made)
    execute(server, "UPDATE mails SET subject = 'Hi' || chr(13) || chr(10) || 'Bcc: x@example.com'" if postgres.WANTED else
            "UPDATE mails SET subject = 'Hi' || char(13, 10) || 'Bcc: x@example.com'")  # fmt: skip
    clock.forward(seconds=67)
    assert is_in(server, made, "failed")["last_error"] == "an address or the subject has a control character"
    assert relay.got == []


def test_no_more_than_the_limit_are_sent_in_an_hour(serve, relay, clock):
    server = serve(**sending(relay, clock, mail_per_hour=2))
    for _ in range(3):
        sent_test(server)
    wait_until(lambda: len(mails(server, state="sent")) == 2)
    assert len(mails(server, state="queued")) == 1
    clock.forward(minutes=61)
    wait_until(lambda: len(mails(server, state="sent")) == 3)


def test_a_certificate_of_nobodys_is_refused(serve, clock):
    context = certificate(serve.folder())
    relay = Relay(context=context)
    server = serve(**sending(relay, clock))
    made = sent_test(server)
    assert "certificate" in tried(server, made)["last_error"].lower()
    assert relay.got == [] and mail(server, made)["state"] == "queued"
    relay.close()


@pytest.mark.parametrize("starttls", [False, True], ids=["smtps", "starttls"])
@pytest.mark.parametrize("names, known, why", [
    ("IP:127.0.0.2", True, None),
    ("DNS:relay.example,IP:127.0.0.3", True, "no alternative certificate subject name matches target"),
    ("IP:127.0.0.2", False, "SSL certificate problem: unable to get local issuer certificate"),
], ids=["valid", "another name", "an unknown authority"])  # fmt: skip
def test_a_certificate_is_valid_or_nothing_is_sent(serve, clock, names, known, why, starttls):
    """127.0.0.2 counts as another machine. The reason stands in the mail's last error, in plain words."""
    ca, stranger = authority(serve.folder()), authority(serve.folder())
    relay = Relay(host="127.0.0.2", context=certificate_by(ca, names), starttls=starttls)
    url = relay.url.replace("://", "://ann@")
    server = serve(**sending(relay, clock, mail=url, mail_ca=ca if known else stranger), env={"TILL_MAIL_PASSWORD": "open sesame"})
    made = sent_test(server)
    if why is None:
        is_in(server, made, "sent")
        assert [(got["to"], got["auth"]) for got in relay.got] == [(["ann@example.com"], ["ann", "open sesame"])]
    else:
        once = tried(server, made)
        assert why in once["last_error"] and once["state"] == "queued" and relay.got == []
    relay.close()


@pytest.mark.parametrize("offered", [True, False])
def test_another_machine_gets_nothing_without_tls(serve, clock, offered):
    """127.0.0.2 counts as another machine: plain SMTP is for 127.0.0.1, ::1 and localhost."""
    relay = Relay(host="127.0.0.2", context=certificate(serve.folder()) if offered else None, starttls=offered)
    server = serve(**sending(relay, clock))
    tried(server, sent_test(server))
    assert relay.got == [] and relay.connections == 1
    relay.close()


WRONG = [
    ({"mail": "https://relay.example"}, "--mail: give smtps://user@host:465, or smtp://user@host:587"),
    ({"mail": "smtps://ann:secret-word@relay.example"}, "--mail: its password belongs in TILL_MAIL_PASSWORD"),
    ({"mail": "smtps://relay.example/path"}, "--mail: nothing may follow the port"),
    ({"mail": "relay"}, "--mail: "),
    ({"mail": "smtps://relay.example\r\nRSET"}, "--mail: "),
    ({"mail_from": None}, "--mail needs --mail-from, and --shop-url for the links in mails"),
    ({"shop_url": None}, "--mail needs --mail-from, and --shop-url for the links in mails"),
    ({"shop_url": "lamps.example"}, "--shop-url takes the shop's address"),
    ({"shop_url": 'https://lamps.example/"'}, "--shop-url takes the shop's address"),
    ({"mail_from": "shop"}, "--mail-from: An email address must have an @-sign."),
    ({"mail_from": "Shop\n<shop@lamps.example>"}, "--mail-from: give shop@example.com, or 'Shop <shop@example.com>'"),
    ({"mail_per_hour": "0"}, "--mail-per-hour"),
    ({"mail_ca": "/nowhere.pem"}, "--mail-ca /nowhere.pem: No such file or directory"),
    ({"mail_templates": "/nowhere"}, "--mail-templates: /nowhere: No such file or directory"),
]


@pytest.mark.parametrize("flags, error", WRONG, ids=range(len(WRONG)))
def test_a_wrong_flag_stops_the_start(serve, relay, flags, error):
    flags = {name: value for name, value in (sending(relay) | flags).items() if value is not None}
    arguments = [text for name, value in flags.items() for text in ("--" + name.replace("_", "-"), value)]
    done = till("serve", "--db", serve.folder() / "till.db", "--listen", "127.0.0.1:0", *arguments)
    assert done.returncode == 2 and error in done.stderr
    assert "secret-word" not in done.stderr


def test_a_template_with_an_unknown_name_stops_the_start(serve):
    folder = serve.folder()
    (folder / "staff_invite.html").write_text("<p>{{shop}} {{inviter}} {{linc}}</p>")
    done = till("serve", "--db", folder / "till.db", "--listen", "127.0.0.1:0", "--mail-templates", folder)
    assert done.returncode == 2
    assert f"{folder}/staff_invite.html: there is no name {{{{linc}}}} in a mail of this kind" in done.stderr


def test_bodies_are_forgotten_after_thirty_days(server, relay, clock):
    made = sent_test(server)
    is_in(server, made, "sent")
    clock.forward(days=31)
    wait_until(lambda: mail(server, made)["text"] is None)
    assert (mail(server, made)["html"], mail(server, made)["to"]) == (None, "ann@example.com")
    clock.forward(days=366)
    wait_until(lambda: mails(server) == [])


def test_the_text_of_an_invitation_goes_once_it_is_sent(serve, relay, clock):
    server = serve(**sending(relay, clock), desk_url="https://lamps.example/admin")
    relay.faults = [{"rcpt": "451 later"}]
    link = admin(server).post("/admin/staff", json={"email": "bob@example.com", "name": "Bob", "role": "support"}).json()["invite_url"]
    (made,) = mails(server)
    wait_until(lambda: mail(server, made)["attempts"] == 1 and mail(server, made)["last_error"])
    assert link in mail(server, made)["text"]  # the next try needs it
    clock.forward(minutes=2)
    is_in(server, made, "sent")
    assert link in str(relay.mails()[0].get_body(("plain",)).get_content())
    assert (mail(server, made)["text"], mail(server, made)["html"]) == (None, None)
    token = link.rsplit("=", 1)[1].encode()
    server.stop()
    if not postgres.WANTED:
        connection = sqlite3.connect(server.db)
        assert not any(token in line.encode() for line in connection.iterdump())


def test_the_text_of_an_invitation_takes_the_scope_that_invites(server, relay):
    """Its link signs in as somebody else: a manager could become the owner by it."""
    made = sent_test(server)
    is_in(server, made, "sent")
    execute(server, "UPDATE mails SET kind = 'staff_invite'")
    for scopes, sees in ((["settings:write"], False), (["settings:write", "staff:write"], True)):
        key = admin(server).post("/admin/keys", json={"name": "Mails", "scopes": scopes}).json()["key"]
        client = server.client(admin=False, Authorization=f"Bearer {key}")
        shown = client.get(f"/admin/mails/{made['id']}").json()
        assert (shown["text"] is not None, shown["html"] is not None, shown["to"]) == (sees, sees, "ann@example.com")


def test_the_staff_are_mailed_that_a_webhook_fails_and_that_it_is_off(serve, relay, clock):
    """Once on the first day, and at the end; those alone who can do something about it."""
    server = serve(**sending(relay, clock), webhook_insecure=True)
    receiver, owner = Receiver(), admin(server)
    receiver.answers = [500] * 1000
    for role in ("owner", "manager", "support"):
        assert owner.post("/admin/staff", json={"email": f"{role}@example.com", "name": role, "role": role}).status_code == 201
    execute(server, "UPDATE staff SET status = 'active', password = 'x'")
    assert owner.post("/admin/staff", json={"email": "new@example.com", "name": "New", "role": "owner"}).status_code == 201
    webhook = owner.post("/admin/webhooks", json={"url": receiver.url + "&token=secret", "types": ["order.paid"]}).json()
    path = f"/admin/webhooks/{webhook['id']}"
    assert owner.post(f"{path}/test").status_code == 202

    def told() -> list[tuple]:
        """The mails that were sent about webhooks."""
        return sorted((message["to"].addresses[0].addr_spec, message["subject"]) for message in relay.mails() if "webhook" in message["subject"])

    def answer() -> str | None:
        return owner.get(f"{path}/deliveries").json()[0]["answer"]

    def later(**time) -> None:
        """Lets time pass until the next try is written down."""
        before = answer()
        clock.forward(**time)
        wait_until(lambda: answer() != before)

    wait_until(answer)
    clock.forward(seconds=6)
    wait_until(lambda: answer() == "answer 2")  # the next one is due in five minutes, not by itself while we look
    later(hours=23)
    assert told() == []
    later(hours=2)
    first = [(f"{role}@example.com", "A webhook of lamps.example fails") for role in ("manager", "owner")]
    wait_until(lambda: told() == first)
    later(hours=24)
    later(days=4)
    off = [(f"{role}@example.com", "A webhook of lamps.example was switched off") for role in ("manager", "owner")]
    wait_until(lambda: told() == sorted(first + off))
    text = query(server, "SELECT text FROM mails ORDER BY seq DESC LIMIT 1")[0][0]
    assert webhook["id"] in text and "127.0.0.1" in text and "secret" not in text
    receiver.close()


def stored_entries(server) -> list[dict]:
    """The audit log, newest first, of a server that is stopped."""
    return [{"action": action} for (action,) in query(server, "SELECT action FROM audit_log ORDER BY seq DESC")]


def test_the_command_lists_shows_and_sends_again(serve, relay):
    folder = serve.folder()
    server = serve(folder)
    made = sent_test(server)
    server.stop()
    listed = till("mail", "--db", server.db)
    assert listed.returncode == 0 and f"Mail     {made['id']}\n" in listed.stdout and "State    held\n" in listed.stdout
    assert "this is the test" not in listed.stdout
    shown = till("mail", made["id"], "--db", server.db)
    assert "this is the test that you asked for" in shown.stdout and "To       ann@example.com\n" in shown.stdout
    assert "State    queued" in till("mail", "retry", made["id"], "--db", server.db).stdout
    assert [e["action"] for e in stored_entries(server)] == ["till mail retry", "POST /admin/mails/test"]
    again = till("mail", "retry", made["id"], "--db", server.db)
    assert again.returncode == 1 and "The mail is sent, on its way" in again.stderr
    server = serve(folder, **sending(relay))
    is_in(server, made, "sent")
    assert till("mail", "--db", server.db).stdout == ""
    for arguments in (["x"], ["retry"], ["retry", "x"], [made["id"], "--follow"]):
        assert till("mail", *arguments, "--db", server.db).returncode == 2
    assert till("mail", "0198c0e4-6d1b-7f20-8a3c-5e7f9a1b2c3d", "--db", server.db).returncode == 1


def test_the_command_follows(serve):
    server = serve()
    sent_test(server, "before@example.com")
    command = [TILL, "mail", "--follow", "--db", server.db]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment())
    assert process.stderr.readline() == "waiting for mails\n"
    made = sent_test(server)
    assert process.stdout.readline() == f"Mail     {made['id']}\n"
    process.terminate()
    process.communicate(timeout=PATIENCE_S)


def test_what_is_not_there_is_404(server):
    owner, nobody = admin(server), "/admin/mails/0198c0e4-6d1b-7f20-8a3c-5e7f9a1b2c3d"
    assert owner.get(nobody).status_code == 404
    assert owner.post(f"{nobody}/retry").status_code == 404


@pytest.mark.parametrize("point", ["mail-before-send", "mail-after-send"])
def test_a_killed_server_loses_no_mail(serve, clock, relay, point):
    """A mail that was answered arrives, with one id however often it is sent, and at most twice."""
    folder, answered = serve.folder(), []
    for i in range(KILLS):
        server = serve(folder, **sending(relay, clock), test_kill=point)
        assert server.contract  # read while there is a server
        with contextlib.suppress(Closed, OSError):  # it may be killed as soon as the mail is committed, before it answers
            answered.append(sent_test(server, f"ann{i}@example.com")["id"])
        assert server.wait() == -signal.SIGKILL
        server = serve(folder, **sending(relay, clock))
        clock.forward(minutes=2)  # past the lease
        wait_until(lambda: not query(server, "SELECT 1 FROM mails WHERE state <> 'sent'"))
        server.stop()
    made = [id_text(key) for (key,) in query(server, "SELECT id FROM mails ORDER BY seq")]
    assert len(made) == KILLS and set(answered) <= set(made)
    ids = [message["message-id"].split("@")[0].strip("<") for message in relay.mails()]
    assert ids == [i for i in made for _ in range(2 if point == "mail-after-send" else 1)]
    audit(server)


@pytest.mark.skipif(not postgres.WANTED, reason="SQLite has one node")
def test_of_several_nodes_one_sends_a_mail(serve, relay, clock):
    first = serve(**sending(relay, clock))
    nodes = [first, serve(**sending(relay, clock), db=first.db)]
    made = [sent_test(nodes[i % 2], f"ann{i}@example.com")["id"] for i in range(40)]
    wait_until(lambda: not query(nodes[0], "SELECT 1 FROM mails WHERE state <> 'sent'"))
    ids = [message["message-id"].split("@")[0].strip("<") for message in relay.mails()]
    assert sorted(ids) == sorted(made)
