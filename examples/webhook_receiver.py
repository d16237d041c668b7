#!/usr/bin/python3
"""A small receiver of Understudy's webhooks: checks the signature, prints what happened.

    UNDERSTUDY_WEBHOOK_SECRET=whsec_... examples/webhook_receiver.py [port]

Signatures follow the Standard Webhooks specification (https://www.standardwebhooks.com), for which
there are libraries in most languages; verified() below is all that they do. Behind TLS (a reverse
proxy) this is enough for production; remember message ids you have seen, since delivery is at
least once.
"""

import base64
import hashlib
import hmac
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

TOLERANCE_S = 300


class Refused(Exception):
    """The message is not from our controller, or too old."""


def verified(secret, headers, body):
    """The document of a message whose signature is right."""
    if not secret:
        raise Refused("no secret is set")
    message_id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not stamp.isdigit() or abs(time.time() - int(stamp)) > TOLERANCE_S:
        raise Refused("the timestamp is missing or too far off")
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{message_id}.{stamp}.".encode() + body
    wanted = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    given = [one.removeprefix("v1,") for one in headers.get("webhook-signature", "").split()]
    if not any(hmac.compare_digest(wanted, one) for one in given):
        raise Refused("the signature is wrong")
    return json.loads(body)


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            document = verified(os.environ.get("UNDERSTUDY_WEBHOOK_SECRET"), self.headers, body)
        except Refused as problem:
            print(f"refused: {problem}", file=sys.stderr, flush=True)
            self.send_response(401)
        else:
            print(document["timestamp"], document["type"], json.dumps(document["data"]), flush=True)
            self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8000
    HTTPServer(("127.0.0.1", port), Handler).serve_forever()
