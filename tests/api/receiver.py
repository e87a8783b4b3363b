"""A receiver of webhooks on this machine: it keeps what it gets, and answers as a test wants."""
from __future__ import annotations

import base64
import hashlib
import hmac
import http.server
import json
import threading


class Receiver:
    """`receiver.url` is its address. `receiver.answers` are the next answers, each a status or a function of the handler;
    without any it answers 204. Each says in its body the how manieth it is."""

    def __init__(self):
        self.got: list[dict] = []
        self.answers: list = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.got.append({"body": body, "headers": {k.lower(): v for k, v in self.headers.items()}, "path": self.path})
                answer = outer.answers.pop(0) if outer.answers else 204
                if callable(answer):
                    return answer(self)
                self.send_response(answer)
                text = b"" if answer == 204 else b"answer %d" % len(outer.got)
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        class Quiet(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):  # the sender hung up
                pass

        self.server = Quiet(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?shop=1"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def events(self) -> list[dict]:
        return [json.loads(got["body"]) for got in self.got]

    def types(self) -> list[str]:
        return [event["type"] for event in self.events()]


def is_signed(got: dict, secret: str) -> bool:
    """Whether one of the delivery's signatures is this secret's, by Standard Webhooks 1.0.0."""
    headers, key = got["headers"], base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + got["body"]
    wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return wanted in headers["webhook-signature"].split(" ")
