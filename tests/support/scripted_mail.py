"""A mail server that answers by a script: what real ones say only on their bad days.

    with ScriptedMail({"RCPT TO:<b@example.org>": "450 4.2.0 later"}) as server:
        ...
        server.mails    # [([recipients accepted], content)]

Keys: GREETING, a verb, a whole command, or CONTENT (the reply to the message). SILENCE: no reply
until the other side leaves; BREAK: the connection ends instead.
"""

import contextlib
import socketserver
import threading

SILENCE, BREAK = "silence", "break"
_LIMIT_S = 60


class _Over(Exception):
    pass


class ScriptedMail:
    def __init__(self, script=()):
        self.script = dict(script)
        self.mails = []
        self.commands = []
        self.said_quit = threading.Event()
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            timeout = _LIMIT_S

            def handle(self):
                with contextlib.suppress(_Over, OSError):
                    outer._talk(self)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            block_on_close = False

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def _say(self, peer, reply):
        if reply == SILENCE:
            while peer.rfile.read(1):
                pass
        if reply in (SILENCE, BREAK):
            raise _Over
        peer.wfile.write("".join(line + "\r\n" for line in reply.split("\n")).encode())

    def _reply(self, command, usual):
        verb = command.split(" ")[0].upper()
        return self.script.get(command, self.script.get(verb, usual))

    def _talk(self, peer):
        self._say(peer, self.script.get("GREETING", "220 mail.example.org"))
        accepted = []
        while line := peer.rfile.readline():
            command = line.decode().strip()
            self.commands.append(command)
            verb = command.split(" ")[0].upper()
            if verb == "QUIT":
                self.said_quit.set()
            reply = self._reply(command, {"EHLO": "250-mail.example.org\n250 8BITMIME",
                                          "DATA": "354 go on", "QUIT": "221 bye"}
                                .get(verb, "250 ok"))
            self._say(peer, reply)
            if verb == "RCPT" and reply.startswith("2"):
                accepted.append(command.split("<")[1].rstrip(">"))
            if verb == "DATA" and reply.startswith("3"):
                self._take(peer, accepted)
                accepted = []
            if verb == "QUIT":
                return

    def _take(self, peer, accepted):
        content = b""
        while (line := peer.rfile.readline()) not in (b".\r\n", b""):
            content += line
        reply = self.script.get("CONTENT", "250 taken")
        if reply.startswith("2"):
            self.mails.append((accepted, content))
        self._say(peer, reply)
