"""Servers that say what they like: a script of replies, on loopback, and everything that the client sent."""
import socket
import ssl
import threading


class Server:
    """`talk(session)` has the conversation with one client; what came is in `received`, one entry a line."""

    def __init__(self, talk, certificate=None, implicit=False, address="127.0.0.1"):
        self.talk, self.certificate, self.implicit = talk, certificate, implicit
        self.listener = socket.create_server((address, 0))
        self.port = self.listener.getsockname()[1]
        self.received = []
        self.connections = 0
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            connection.settimeout(60)
            try:
                session = Session(self, connection)
                if self.implicit:
                    session.tls()
                self.talk(session)
            except (OSError, EOFError):
                pass
            finally:
                connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # A thread that accepts would take one more client.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def text(self):
        return b"\n".join(self.received)


class Session:
    def __init__(self, server, connection):
        self.server, self.connection, self.buffer = server, connection, b""

    def tls(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate, key, _ = self.server.certificate
        context.load_cert_chain(certificate, key)
        self.connection = context.wrap_socket(self.connection, server_side=True)

    def send(self, *lines):
        self.connection.sendall(b"".join(line + b"\r\n" for line in lines))

    def line(self):
        while b"\n" not in self.buffer:
            data = self.connection.recv(65536)
            if not data:
                raise EOFError
            self.buffer += data
        line, self.buffer = self.buffer.split(b"\n", 1)
        line = line.rstrip(b"\r")
        self.server.received.append(line)
        return line

    def rest(self):
        """Reads to the end, and keeps it."""
        while True:
            self.line()


def smtp(*keywords, starttls=False, greeting=b"220 mx.example.org ESMTP"):
    """An SMTP server with these EHLO keywords."""
    def talk(session):
        session.send(greeting)
        secure = False
        while True:
            verb = session.line().split(b" ")[0].upper()
            if verb == b"EHLO":
                lines = [b"mx.example.org", *keywords, *([b"STARTTLS"] if starttls and not secure else [])]
                session.send(*(b"250-" + line for line in lines[:-1]), b"250 " + lines[-1])
            elif verb == b"STARTTLS" and starttls:
                session.send(b"220 go")
                session.tls()
                secure = True
            elif verb == b"QUIT":
                session.send(b"221 bye")
                return
            else:
                session.send(b"502 no")
    return talk


def imap(before=b"IMAP4rev1", after=b"IMAP4rev1", login=b"OK in", greeting=b"* OK ready"):
    """An IMAP server with these capabilities; `login` is its reply to a login, whatever the password."""
    def talk(session):
        session.send(greeting)
        words = before
        while True:
            line = session.line().split(b" ")
            tag, verb = line[0], line[1].upper() if len(line) > 1 else b""
            if verb == b"CAPABILITY":
                session.send(b"* CAPABILITY " + words, tag + b" OK done")
            elif verb in (b"LOGIN", b"AUTHENTICATE"):
                if verb == b"AUTHENTICATE" and len(line) == 3:
                    session.send(b"+ ")
                    session.line()
                session.send(tag + b" " + login)
                words = after if login.startswith(b"OK") else words
            elif verb == b"LOGOUT":
                session.send(b"* BYE", tag + b" OK")
                return
            else:
                session.send(tag + b" BAD no")
    return talk
