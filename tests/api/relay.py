"""A mail relay on this machine: it keeps the mails that it takes, and refuses, hangs or hangs up as a test wants."""
from __future__ import annotations

import base64
import contextlib
import email
import email.message
import email.policy
import pathlib
import socket
import socketserver
import ssl
import subprocess
import threading


class Session(socketserver.StreamRequestHandler):
    def say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")

    def fault(self, step: str) -> bool:
        """Does what this connection is to do at a step; False if the step goes on."""
        if self.faults.get(step) is None:
            return False
        fault = self.faults[step]
        if callable(fault):
            fault(self)
        else:
            self.say(fault)
        return True

    def tls(self) -> None:
        self.connection = self.server.outer.context.wrap_socket(self.connection, server_side=True)
        self.setup_files()

    def setup_files(self) -> None:
        self.rfile = self.connection.makefile("rb", -1)
        self.wfile = socketserver._SocketWriter(self.connection)

    def handle(self) -> None:
        outer = self.server.outer
        self.faults = outer.faults.pop(0) if outer.faults else {}
        self.envelope: dict = {"commands": []}
        outer.connections += 1
        if outer.context and not outer.starttls:
            self.tls()
        if self.fault("greeting"):
            return
        self.say("220 relay.example ESMTP")
        while line := self.rfile.readline():
            line = line.decode("latin-1").rstrip("\r\n")
            self.envelope["commands"].append(line)
            word = line.split(" ")[0].split(":")[0].lower()
            if word == "quit":
                return self.say("221 bye")
            if not self.fault(word) and not getattr(self, f"do_{word}", self.unknown)(line):
                return

    def unknown(self, line: str) -> bool:
        self.say("502 what?")
        return True

    def do_ehlo(self, line: str) -> bool:
        outer = self.server.outer
        self.say("250-relay.example")
        if outer.starttls and not isinstance(self.connection, ssl.SSLSocket):
            self.say("250-STARTTLS")
        self.say("250 AUTH PLAIN")
        return True

    def do_starttls(self, line: str) -> bool:
        self.say("220 go on")
        self.tls()
        return True

    def do_auth(self, line: str) -> bool:
        parts = line.split(" ")
        if len(parts) < 3:
            self.say("334 ")
            parts.append(self.rfile.readline().decode().strip())
        self.envelope["auth"] = base64.b64decode(parts[2]).decode().split("\0")[1:]
        self.say("235 welcome")
        return True

    def do_mail(self, line: str) -> bool:
        self.envelope["from"] = line
        self.say("250 ok")
        return True

    def do_rcpt(self, line: str) -> bool:
        self.envelope.setdefault("to", []).append(line.split("<")[1].split(">")[0])
        self.say("250 ok")
        return True

    def do_data(self, line: str) -> bool:
        self.say("354 go on")
        lines = []
        while (one := self.rfile.readline()) and one != b".\r\n":
            lines.append(one[1:] if one.startswith(b".") else one)
        self.envelope["data"] = b"".join(lines)
        if not self.fault("taken"):
            self.say("250 taken")
            self.server.outer.got.append(self.envelope)
            return True
        return "taken" not in self.faults or isinstance(self.faults["taken"], str)


def hang_up(session: Session) -> None:
    """Takes the mail, and is gone before it says so."""
    session.server.outer.got.append(session.envelope)
    session.connection.shutdown(socket.SHUT_RDWR)


def endless(session: Session) -> None:
    while True:
        session.wfile.write(b"250-" + b"x" * 400 + b"\r\n")


def endless_line(session: Session) -> None:
    while True:
        session.wfile.write(b"x" * 65536)


def hang(session: Session) -> None:
    """Answers nothing until the relay is released, and then hangs up."""
    session.server.outer.released.wait()
    with contextlib.suppress(OSError):  # the sender may have hung up first
        session.connection.shutdown(socket.SHUT_RDWR)


class Relay:
    """`relay.got` are the envelopes of the mails that it took. `relay.faults` are what goes wrong with the next connections: each
    a dict from a step (greeting, ehlo, auth, mail, rcpt, data, taken) to an answer, or to a function of the session."""

    def __init__(self, host: str = "127.0.0.1", context: ssl.SSLContext | None = None, starttls: bool = False):
        self.got: list[dict] = []
        self.faults: list[dict] = []
        self.connections = 0
        self.context, self.starttls = context, starttls
        self.released = threading.Event()

        class Quiet(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True
            outer = self

            def handle_error(self, *_):  # the sender hung up, or did not trust us
                pass

        self.server = Quiet((host, 0), Session)
        scheme = "smtps" if context and not starttls else "smtp"
        self.url = f"{scheme}://{host}:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.released.set()
        self.server.shutdown()
        self.server.server_close()

    def mails(self) -> list[email.message.EmailMessage]:
        return [email.message_from_bytes(got["data"], policy=email.policy.default) for got in self.got]


def authority(folder: pathlib.Path) -> pathlib.Path:
    """The certificate of an authority of the test's own, for `certificate_by`."""
    key, cert = folder / "ca-key.pem", folder / "ca.pem"
    openssl("req", "-x509", *NEW_KEY, key, "-days", "2", "-subj", "/CN=Authority of a test", "-out", cert)
    return cert


def certificate_by(ca: pathlib.Path, names: str) -> ssl.SSLContext:
    """A context with a certificate for `names` (IP:127.0.0.1) that the authority has signed."""
    key, request, cert, extension = (ca.with_name(name) for name in ("signed-key.pem", "signed.csr", "signed.pem", "signed.cnf"))
    extension.write_text(f"subjectAltName={names}\n")
    openssl("req", "-new", *NEW_KEY, key, "-subj", "/CN=relay", "-out", request)
    openssl("x509", "-req", "-in", request, "-CA", ca, "-CAkey", ca.with_name("ca-key.pem"), "-CAcreateserial", "-days", "2", "-extfile", extension, "-out", cert)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context


NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout"]


def openssl(*arguments) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


def certificate(folder: pathlib.Path) -> ssl.SSLContext:
    """A context with a certificate that nobody has signed but itself."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,IP:127.0.0.2,DNS:localhost",
                    "-keyout", key, "-out", cert], check=True, capture_output=True)  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context
