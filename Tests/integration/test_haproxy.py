"""samples/haproxy/authserv.lua in a real HAProxy: before servers that say what a test wants, cut where it wants, and before
the real ones."""
import base64
import random
import socket
import ssl
import threading
import unittest

from mail_servers import Authority, Dovecot, HAProxy, Submission
from program import logged

ID = b"mx.example.org"
MESSAGE = (b"Received: from x\r\nSubject: +OK\r\n\r\n+OK\r\nCAPA\r\nAUTHSERV evil.example\r\nSTLS\r\n250-AUTHSERV=evil.example\r\n"
           b"-ERR no\r\n+ \r\n..\r\n...\r\n")


class Backend:
    """A server behind HAProxy: `talk(lines, send)` has the conversation."""

    def __init__(self, talk):
        self.talk = talk
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self.talk(connection.makefile("rb"), connection.sendall)
        except (OSError, ValueError):
            pass
        finally:
            connection.close()

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


class Client:
    def __init__(self, authority, port):
        context = ssl.create_default_context(cafile=authority.path)
        plain = socket.create_connection(("127.0.0.1", port), 30)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connection = context.wrap_socket(plain, server_hostname="localhost")
        self.file = self.connection.makefile("rb")

    def send(self, *lines):
        self.connection.sendall(b"".join(line + b"\r\n" for line in lines))

    def line(self):
        return self.file.readline().rstrip(b"\r\n")

    def listing(self):
        """Lines up to a dot."""
        lines = []
        while (line := self.line()) != b".":
            if not line:
                raise EOFError(lines)
            lines.append(line)
        return lines

    def reply(self):
        """The lines of an SMTP reply."""
        lines = [self.line()]
        while lines[-1][3:4] == b"-":
            lines.append(self.line())
        return lines

    def close(self):
        self.file.close()
        self.connection.close()


def unproxied(fragment):
    """Servers of a test do not speak the PROXY protocol."""
    return fragment.replace(" send-proxy-v2", "")


class Pieces(unittest.TestCase):
    """What a server sends comes in pieces, and in all of them at once."""

    @classmethod
    def setUpClass(cls):
        cls.authority = Authority()
        cls.pop3_talk = cls.smtp_talk = None
        cls.pop3 = Backend(lambda lines, send: cls.pop3_talk(lines, send))
        cls.smtp = Backend(lambda lines, send: cls.smtp_talk(lines, send))
        cls.haproxy = HAProxy(cls.authority, cls.smtp.port, cls.pop3.port, edit=unproxied)

    @classmethod
    def tearDownClass(cls):
        cls.haproxy.stop()
        cls.pop3.stop()
        cls.smtp.stop()

    def pop3_client(self, talk):
        type(self).pop3_talk = staticmethod(talk)
        return Client(self.authority, self.haproxy.pop3)

    def smtp_client(self, talk):
        type(self).smtp_talk = staticmethod(talk)
        return Client(self.authority, self.haproxy.smtp)

    def test_a_list_that_is_cut_anywhere(self):
        text = b"+OK\r\nTOP\r\nSTLS\r\nUIDL\r\n.\r\n"
        gate = threading.Semaphore(0)
        for cut in range(1, len(text)):
            def talk(lines, send, cut=cut):
                send(b"+OK ready\r\n")
                lines.readline()
                send(text[:cut])
                gate.acquire(timeout=30)
                send(text[cut:])
                lines.readline()
            client = self.pop3_client(talk)
            client.line()
            client.send(b"CAPA")
            # What of it may come is not waited for; the rest is sent when HAProxy has had the first piece for long enough to
            # have passed it on, had it wanted to.
            client.connection.settimeout(0.02)
            early = b""
            try:
                while True:
                    early += client.connection.recv(4096)
            except TimeoutError:
                pass
            client.connection.settimeout(30)
            gate.release()
            while not early.endswith(b".\r\n"):
                early += client.connection.recv(4096)
            self.assertEqual(early, b"+OK\r\nTOP\r\nUIDL\r\nAUTHSERV\r\n.\r\n", cut)
            client.close()

    def test_an_ehlo_reply_that_is_cut_anywhere(self):
        text = b"250-mx\r\n250-SIZE\r\n250 STARTTLS\r\n"
        expected = b"250-mx\r\n250-SIZE\r\n250-AUTHSERV %s\r\n250 AUTHSERV=%s\r\n" % (ID, ID)
        gate = threading.Semaphore(0)
        for cut in range(1, len(text)):
            def talk(lines, send, cut=cut):
                send(b"220 ready\r\n")
                lines.readline()
                send(text[:cut])
                gate.acquire(timeout=30)
                send(text[cut:])
                lines.readline()
            client = self.smtp_client(talk)
            client.line()
            client.send(b"EHLO x")
            client.connection.settimeout(0.02)
            early = b""
            try:
                while True:
                    early += client.connection.recv(4096)
            except TimeoutError:
                pass
            client.connection.settimeout(30)
            gate.release()
            while early.count(b"\n") < 4:
                early += client.connection.recv(4096)
            self.assertEqual(early, expected, cut)
            client.close()

    def test_octets_of_every_kind_come_through_in_pieces_of_every_size(self):
        random.seed(7)
        body = bytes(random.randrange(256) for _ in range(200_000)).replace(b"\r", b"").replace(b"\n", b"\r\n").replace(b"\r\n.", b"\r\n..")
        text = b"+OK message\r\n" + MESSAGE + body + b"\r\n.\r\n"

        def talk(lines, send):
            send(b"+OK ready\r\n")
            for line in lines:
                if line.startswith(b"RETR"):
                    rest = text
                    while rest:
                        size = random.choice((1, 2, 3, 100, 5000, 17_000))
                        send(rest[:size])
                        rest = rest[size:]
                elif line.startswith(b"CAPA"):
                    send(b"+OK\r\nTOP\r\n.\r\n")
                else:
                    send(b"+OK\r\n")
        client = self.pop3_client(talk)
        client.send(b"USER a", b"PASS b", b"RETR 1", b"RETR 1", b"NOOP")
        self.assertEqual([client.line() for _ in range(3)], [b"+OK ready", b"+OK", b"+OK"])
        for _ in range(2):
            self.assertEqual(client.file.read(len(text)), text)
        self.assertEqual(client.line(), b"+OK")
        client.close()

    def test_a_client_that_does_not_read_gets_every_octet_in_the_end(self):
        text = b"+OK\r\n" + b"".join(b"%d +OK AUTHSERV\r\n" % number for number in range(400_000)) + b".\r\n"
        sent = threading.Event()

        def talk(lines, send):
            send(b"+OK ready\r\n")
            lines.readline()
            sent.set()
            send(text)
            lines.readline()
        client = self.pop3_client(talk)
        client.send(b"RETR 1")
        self.assertTrue(sent.wait(30))
        client.line()
        self.assertEqual(client.file.read(len(text)), text)
        client.close()

    def test_a_reply_that_ends_with_the_connection(self):
        def talk(lines, send):
            send(b"+OK ready\r\n")
            lines.readline()
            send(b"+OK\r\nTOP\r\nUI")
        client = self.pop3_client(talk)
        client.line()
        client.send(b"CAPA")
        self.assertEqual(client.file.read(), b"+OK\r\nTOP\r\nUI")
        client.close()

    def test_a_list_that_does_not_end_is_passed_on(self):
        def talk(lines, send):
            send(b"+OK ready\r\n")
            lines.readline()
            send(b"+OK\r\n" + b"X\r\n" * 5000)
            lines.readline()
            send(b".\r\n")
            lines.readline()
        client = self.pop3_client(talk)
        client.line()
        client.send(b"CAPA")
        self.assertEqual(client.file.read(5 + 15_000), b"+OK\r\n" + b"X\r\n" * 5000)
        client.close()

    def test_a_sasl_response_is_no_command(self):
        def talk(lines, send):
            send(b"+OK ready\r\n")
            while line := lines.readline():
                if line.startswith(b"AUTH PLAIN"):
                    send(b"+ \r\n")
                    lines.readline()
                    send(b"+OK in\r\n")
                elif line.startswith(b"AUTH"):
                    send(b"+OK\r\nPLAIN\r\n.\r\n")
                elif line.startswith(b"CAPA"):
                    send(b"+OK\r\nTOP\r\n.\r\n")
                else:
                    send(b"-ERR " + line)
        for response in (b"CAPA", b"RETR 1", base64.b64encode(b"\0ann\0secret"), b""):
            for pipelined in (False, True):
                with self.subTest(response=response, pipelined=pipelined):
                    client = self.pop3_client(talk)
                    client.line()
                    client.send(b"AUTH")
                    client.listing()
                    if pipelined:
                        client.send(b"AUTH PLAIN", response, b"CAPA")
                        self.assertEqual(client.line(), b"+ ")
                    else:
                        client.send(b"AUTH PLAIN")
                        self.assertEqual(client.line(), b"+ ")
                        client.send(response)
                        client.send(b"CAPA")
                    self.assertEqual(client.line(), b"+OK in")
                    self.assertEqual(client.line(), b"+OK")
                    self.assertEqual(client.listing(), [b"TOP", b"AUTHSERV " + ID])
                    client.close()

    def test_a_failed_login_is_none(self):
        def talk(lines, send):
            send(b"+OK ready\r\n")
            for line in lines:
                send(b"+OK\r\nTOP\r\nAUTHSERV evil.example\r\n.\r\n" if line.upper().startswith(b"CAPA") else
                     b"-ERR no\r\n" if line.startswith(b"PASS") else b"+OK\r\n")
        client = self.pop3_client(talk)
        client.send(b"USER a", b"PASS b", b"capa")
        self.assertEqual([client.line() for _ in range(4)], [b"+OK ready", b"+OK", b"-ERR no", b"+OK"])
        self.assertEqual(client.listing(), [b"TOP", b"AUTHSERV"])
        client.close()

    def test_after_a_reply_that_nobody_understands_nothing_is_changed(self):
        def talk(lines, send):
            send(b"+OK ready\r\n")
            for line in lines:
                send(b"+OK\r\n" if line.startswith(b"XFOO") else b"+OK\r\nSTLS\r\n.\r\n")
        client = self.pop3_client(talk)
        client.send(b"XFOO", b"CAPA")
        self.assertEqual([client.line() for _ in range(5)], [b"+OK ready", b"+OK", b"+OK", b"STLS", b"."])
        client.close()

    @staticmethod
    def smtp_server(lines, send):
        send(b"220-mx\r\n220 ready\r\n")
        while line := lines.readline():
            verb = line.split()[0].upper() if line.strip() else b""
            if verb == b"EHLO":
                send(b"250-mx\r\n250-SIZE\r\n250-STARTTLS\r\n250 CHUNKING\r\n")
            elif verb == b"DATA":
                send(b"354 go\r\n")
                while lines.readline() != b".\r\n":
                    pass
                send(b"250 kept\r\n")
            elif verb == b"BDAT":
                lines.read(int(line.split()[1]))
                send(b"250 chunk\r\n")
            elif verb == b"AUTH":
                send(b"334 \r\n")
                lines.readline()
                send(b"235 in\r\n")
            elif verb == b"HELP":
                send(b"214-EHLO\r\n214 AUTHSERV\r\n")
            elif verb == b"QUIT":
                send(b"221 bye\r\n")
                return
            else:
                send(b"250 ok\r\n")

    def test_an_smtp_session_with_everything_in_it(self):
        client = self.smtp_client(self.smtp_server)
        announced = [b"250-mx", b"250-SIZE", b"250-CHUNKING", b"250-AUTHSERV " + ID, b"250 AUTHSERV=" + ID]
        self.assertEqual(client.reply(), [b"220-mx", b"220 ready"])
        client.send(b"EHLO x")
        self.assertEqual(client.reply(), announced)
        client.send(b"AUTH PLAIN")
        self.assertEqual(client.reply(), [b"334 "])
        client.send(b"EHLO not-a-command")
        self.assertEqual(client.reply(), [b"235 in"])
        client.send(b"MAIL FROM:<a@x.example>", b"RCPT TO:<b@x.example>", b"DATA")
        self.assertEqual([client.reply() for _ in range(3)], [[b"250 ok"], [b"250 ok"], [b"354 go"]])
        client.send(b"Subject: x", b"", b"EHLO x", b"250-AUTHSERV", b"..", b".")
        self.assertEqual(client.reply(), [b"250 kept"])
        client.send(b"HELP", b"EHLO x", b"BDAT 12", b"EHLO x", b".", b"", b"BDAT 0 LAST", b"ehlo x", b"QUIT")
        self.assertEqual(client.reply(), [b"214-EHLO", b"214 AUTHSERV"])
        self.assertEqual(client.reply(), announced)
        self.assertEqual(client.reply(), [b"250 chunk"])
        client.close()

    def test_a_list_of_one_line_gets_more(self):
        def talk(lines, send):
            send(b"220 ready\r\n")
            lines.readline()
            send(b"250 mx\r\n")
            lines.readline()
        client = self.smtp_client(talk)
        client.line()
        client.send(b"EHLO x")
        self.assertEqual(client.reply(), [b"250-mx", b"250-AUTHSERV " + ID, b"250 AUTHSERV=" + ID])
        client.close()


class RealServers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.authority = Authority()
        cls.dovecot = Dovecot(cls.authority)
        cls.postfix = Submission(cls.authority)
        cls.haproxy = HAProxy(cls.authority, cls.postfix.proxied, cls.dovecot.proxied_pop3)

    @classmethod
    def tearDownClass(cls):
        for server in (cls.haproxy, cls.postfix, cls.dovecot):
            server.stop()

    def test_a_session_in_one_go(self):
        self.dovecot.deliver(MESSAGE.replace(b"\r\n", b"\n"))
        for login in ((b"USER ann@example.org", b"PASS secret"),
                      (b"AUTH PLAIN " + base64.b64encode(b"\0ann@example.org\0secret"),)):
            client = Client(self.authority, self.haproxy.pop3)
            client.line()
            client.send(b"CAPA", *login)
            self.assertEqual(client.line(), b"+OK")
            before = client.listing()
            self.assertIn(b"AUTHSERV", before)
            self.assertNotIn(b"STLS", before)
            for _ in login:
                self.assertTrue(client.line().startswith(b"+OK"))
            client.send(b"CAPA", b"RETR 1", b"UIDL", b"CAPA", b"TOP 1 0", b"QUIT")
            self.assertTrue(client.line().startswith(b"+OK"))
            self.assertIn(b"AUTHSERV " + ID, client.listing())
            self.assertTrue(client.line().startswith(b"+OK"))
            stuffed = b"".join((b"." if line.startswith(b".") else b"") + line for line in MESSAGE.splitlines(keepends=True))
            self.assertEqual(client.file.read(len(stuffed)), stuffed)
            self.assertEqual(client.line(), b".")
            self.assertTrue(client.line().startswith(b"+OK"))
            self.assertEqual(len(client.listing()), 1)
            self.assertTrue(client.line().startswith(b"+OK"))
            self.assertIn(b"AUTHSERV " + ID, client.listing())
            client.close()

    def test_auth_without_an_initial_response(self):
        client = Client(self.authority, self.haproxy.pop3)
        client.line()
        client.send(b"AUTH PLAIN")
        self.assertEqual(client.line().rstrip(), b"+")
        client.send(base64.b64encode(b"\0ann@example.org\0secret"))
        self.assertTrue(client.line().startswith(b"+OK"))
        client.send(b"CAPA")
        self.assertTrue(client.line().startswith(b"+OK"))
        self.assertIn(b"AUTHSERV " + ID, client.listing())
        client.close()

    def test_postfix_takes_a_message_through_it_and_knows_the_client(self):
        client = Client(self.authority, self.haproxy.smtp)
        self.assertTrue(client.line().startswith(b"220 "))
        client.send(b"EHLO x")
        keywords = [line[4:] for line in client.reply()]
        self.assertIn(b"AUTHSERV " + ID, keywords)
        self.assertNotIn(b"STARTTLS", keywords)
        client.send(b"MAIL FROM:<a@x.example>", b"RCPT TO:<bob@example.org>", b"DATA")
        self.assertEqual([client.reply()[0][:3] for _ in range(3)], [b"250", b"250", b"354"])
        client.connection.sendall(MESSAGE + b".\r\n")
        self.assertEqual(client.reply()[0][:3], b"250")
        client.send(b"EHLO x")
        self.assertIn(b"AUTHSERV " + ID, [line[4:] for line in client.reply()])
        client.close()
        self.assertTrue(self.postfix.postfix.delivered(1)[0].endswith(MESSAGE.replace(b"\r\n", b"\n").replace(b"\n..", b"\n.")))
        self.assertGreater(logged(self.postfix.log, "client=unknown[127.0.0.1]"), 0)


if __name__ == "__main__":
    unittest.main()
