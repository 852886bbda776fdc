"""`authres discover` and `authres announce`: real servers with the fragments as they are printed, and hostile ones."""
import json
import os
import subprocess
import time
import unittest

from hostile_server import Server, imap, smtp
from mail_servers import Authority, Dovecot, HAProxy, Nginx, Submission, directory, fragment
from program import AUTHRES, run

ANN, BOB = "ann@example.org", "bob@tenant.example"


def discover(*arguments, password=None, **options):
    environment = {**os.environ, **({"AUTHRES_ASK_PASSWORD": password} if password else {})}
    return run("discover", *arguments, env=environment, **options)


def reports(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


class RealServers(unittest.TestCase):
    """Dovecot; Postfix; nginx and HAProxy before both of them."""

    @classmethod
    def setUpClass(cls):
        cls.authority = Authority()
        cls.servers = []
        try:
            cls.dovecot = cls.start(Dovecot, fragment("dovecot"))
            cls.silent = cls.start(Dovecot)
            cls.postfix = cls.start(Submission)
            cls.nginx = cls.start(Nginx, cls.postfix.plain, cls.dovecot.imap, cls.dovecot.pop3)
            cls.haproxy = cls.start(HAProxy, cls.postfix.proxied, cls.dovecot.proxied_pop3)
        except BaseException:
            cls.tearDownClass()
            raise

    @classmethod
    def start(cls, kind, *arguments):
        server = kind(cls.authority, *arguments)
        cls.servers.append(server)
        return server

    @classmethod
    def tearDownClass(cls):
        for server in reversed(cls.servers):
            server.stop()

    def ask(self, *arguments, **options):
        return discover("--ca", self.authority.path, "--timeout", "60s", *arguments, **options)

    def test_every_server_announces_what_its_fragment_says(self):
        none, mine, tenant = [], ["mx.example.org"], ["mx.tenant.example"]
        cells = [
            (f"imap://localhost:{self.dovecot.imap}", "before-login", True, none),
            (f"imaps://localhost:{self.dovecot.imaps}", "before-login", True, none),
            (f"imap://{ANN}@localhost:{self.dovecot.imap}", "after-login", True, mine),
            (f"imaps://{ANN}@localhost:{self.dovecot.imaps}", "after-login", True, mine),
            (f"imaps://{BOB}@localhost:{self.dovecot.imaps}", "after-login", True, tenant),
            (f"smtp://localhost:{self.nginx.smtp}", "ehlo", True, mine),
            (f"imap://localhost:{self.nginx.imap}", "before-login", True, none),
            (f"imap://{ANN}@localhost:{self.nginx.imap}", "after-login", True, mine),
            (f"imap://{BOB}@localhost:{self.nginx.imap}", "after-login", True, tenant),
            (f"pop3://localhost:{self.nginx.pop3}", "before-login", True, none),
            (f"smtps://localhost:{self.haproxy.smtp}", "ehlo", True, mine),
            (f"pop3s://localhost:{self.haproxy.pop3}", "before-login", True, none),
            (f"pop3s://{ANN}@localhost:{self.haproxy.pop3}", "after-login", True, mine),
        ]
        result = self.ask("--output", "json", *(url for url, *_ in cells), password="secret")
        self.assertEqual(result.returncode, 0, (result.stdout.decode(), result.stderr.decode(), self.dovecot.log(), self.nginx.log()))
        self.assertEqual(len(reports(result)), len(cells))
        for (url, phase, conforms, ids), report in zip(cells, reports(result)):
            with self.subTest(url):
                self.assertRegex(report.pop("asked_at"), r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
                self.assertRegex(report["tls"].pop("version"), r"^TLSv1\.[23]$")
                self.assertEqual(report, {
                    "server": url, "protocol": url.split(":")[0], "phase": phase, "tls": {"verified": True}, "conforms": conforms,
                    "ids": ids, "refused": [], "findings": [], "error": None})

    def test_servers_that_announce_nothing(self):
        for url in (f"smtp://localhost:{self.postfix.starttls}", f"imaps://{ANN}@localhost:{self.silent.imaps}",
                    f"imap://localhost:{self.silent.imap}", f"pop3s://{ANN}@localhost:{self.silent.pop3s}"):
            with self.subTest(url):
                result = self.ask(url, password="secret")
                self.assertEqual(result.returncode, 1, result)
                self.assertIn(b": nothing announced ", result.stdout)
        behind = self.ask("--output", "json", f"pop3://{ANN}@localhost:{self.nginx.pop3}", password="secret")
        self.assertEqual(behind.returncode, 1)
        self.assertEqual(reports(behind)[0]["findings"], ["announced before login only"])

    def test_expected_ids(self):
        url = f"imaps://{ANN}@localhost:{self.dovecot.imaps}"
        for expected, code in ((["mx.example.org"], 0), (["MX.Example.org"], 0), (["mx2.example.org"], 1),
                               (["mx.example.org", "mx2.example.org"], 1)):
            flags = [flag for name in expected for flag in ("--expect", name)]
            self.assertEqual(self.ask(*flags, url, password="secret").returncode, code, expected)

    def test_the_snippet_is_a_line_of_the_configuration(self):
        result = self.ask("--config-snippet", f"imaps://{ANN}@localhost:{self.dovecot.imaps}",
                          f"imaps://{BOB}@localhost:{self.dovecot.imaps}", f"smtp://localhost:{self.nginx.smtp}", password="secret")
        self.assertEqual(result.stdout, b"own-ids: [mx.example.org, mx.tenant.example]\n")
        path = os.path.join(directory("config"), "authres.yaml")
        with open(path, "wb") as out:
            out.write(result.stdout)
        self.assertEqual(run("config", "--config", path).returncode, 0)

    def test_logins(self):
        url = f"imaps://{ANN}@localhost:{self.dovecot.imaps}"
        netrc = os.path.join(directory("netrc"), "netrc")
        with open(netrc, "w") as out:
            out.write(f"machine localhost login {ANN} password secret\n")
        os.chmod(netrc, 0o600)
        named = self.ask("--netrc", netrc, "--output", "json", url, f"pop3s://{ANN}@localhost:{self.haproxy.pop3}")
        self.assertEqual(named.returncode, 0, named)
        self.assertEqual([report["ids"] for report in reports(named)], [["mx.example.org"]] * 2)
        self.assertEqual(self.ask(url, password="wrong").returncode, 77)
        self.assertEqual(self.ask(f"pop3s://{ANN}@localhost:{self.haproxy.pop3}", password="wrong").returncode, 77)
        for mode in (0o604, 0o640, 0o644):
            os.chmod(netrc, mode)
            refused = self.ask("--netrc", netrc, url)
            self.assertEqual((refused.returncode, refused.stdout), (64, b""))
            self.assertIn(b"can be read by others", refused.stderr)
        self.assertEqual(self.ask("--netrc", "/nonexistent", url).returncode, 66)
        self.assertEqual(self.ask(url).returncode, 64)

    def test_no_transcript_has_a_secret(self):
        result = self.ask("--transcript", f"imaps://{ANN}@localhost:{self.dovecot.imaps}", f"pop3s://{ANN}@localhost:{self.haproxy.pop3}",
                          f"imap://{ANN}@localhost:{self.nginx.imap}", password="secret")
        self.assertEqual(result.returncode, 0, result)
        self.assertIn(b"C: AUTHENTICATE\n", result.stdout)
        for secret in (b"secret", b"c2VjcmV0", b"AHNlY3JldA", b"BzZWNyZXQ"):
            self.assertNotIn(secret, result.stdout + result.stderr)

    def test_certificates(self):
        other = Authority()
        url = f"imaps://localhost:{self.dovecot.imaps}"
        self.assertEqual(discover("--ca", other.path, url).returncode, 69)
        self.assertEqual(discover(url).returncode, 69)
        self.assertEqual(discover("--ca", other.path, f"smtp://localhost:{self.nginx.smtp}").returncode, 69)
        zone = os.path.join(directory("zone"), "zone")
        with open(zone, "w") as out:
            out.write("mx.example.net. A 127.0.0.1\n")
        wrong = self.ask("--zone", zone, f"imaps://mx.example.net:{self.dovecot.imaps}")
        self.assertEqual(wrong.returncode, 69)
        self.assertIn(b"mx.example.net", wrong.stdout)

    def test_environment_that_would_lead_elsewhere_is_not_looked_at(self):
        environment = {**os.environ, "ALL_PROXY": "socks5://127.0.0.1:1", "all_proxy": "http://127.0.0.1:1", "imaps_proxy": "http://127.0.0.1:1"}
        result = run("discover", "--ca", self.authority.path, f"imaps://localhost:{self.dovecot.imaps}", env=environment)
        self.assertEqual(result.returncode, 0, result)

    def test_the_worst_of_several_counts(self):
        good = f"smtp://localhost:{self.nginx.smtp}"
        silent = f"smtp://localhost:{self.postfix.starttls}"
        self.assertEqual(self.ask(good, silent).returncode, 1)
        self.assertEqual(self.ask(good, silent, "smtp://localhost:1").returncode, 69)


class HostileServers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.authority = Authority()
        cls.certificate = cls.authority.certificate("localhost")

    def ask(self, server, *arguments, scheme="smtp", user="", password=None, timeout="60s", code=69):
        result = discover("--ca", self.authority.path, "--timeout", timeout, "--output", "json", *arguments,
                          f"{scheme}://{user}localhost:{server.port}", password=password)
        self.assertEqual(result.returncode, code, (result.stdout, result.stderr, server.received))
        return reports(result)[0]

    def test_no_password_goes_without_tls(self):
        cases = {
            "imap": imap(), "smtp": smtp(b"AUTH PLAIN LOGIN"),
            "pop3": lambda session: (session.send(b"+OK"), [session.send(b"-ERR") for _ in iter(session.line, b"QUIT")]),
        }
        for scheme, talk in cases.items():
            with self.subTest(scheme), Server(talk) as server:
                self.ask(server, scheme=scheme, user="ann@", password="hunter2")
                self.assertNotRegex(server.text().upper(), rb"LOGIN |AUTH|PASS|USER|HUNTER2")

    def test_on_loopback_a_password_goes_without_tls_if_it_is_asked_for(self):
        with Server(imap(after=b"IMAP4rev1 AUTHSERV=mx.example.org")) as server:
            report = self.ask(server, "--clear-text-login", scheme="imap", user="ann@", password="hunter2", code=0)
            self.assertEqual((report["ids"], report["tls"]), (["mx.example.org"], None))
            self.assertIn(b"hunter2", server.text())

    def test_a_netrc_is_not_used_without_tls_either(self):
        netrc = os.path.join(directory("netrc"), "netrc")
        with open(netrc, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as out:
            out.write("default login ann password hunter2\n")
        with Server(imap()) as server:
            self.ask(server, "--netrc", netrc, scheme="imap")
            self.assertNotIn(b"hunter2", server.text())

    def test_a_token_that_others_can_read_is_refused_and_a_good_one_is_sent_as_one(self):
        token = os.path.join(directory("token"), "token")
        with open(token, "w") as out:
            out.write("hunter2\n")
        os.chmod(token, 0o644)
        with Server(imap(before=b"IMAP4rev1 AUTH=XOAUTH2 AUTH=PLAIN SASL-IR", after=b"AUTHSERV=mx.example.org"), self.certificate,
                    implicit=True) as server:
            url = f"imaps://ann@localhost:{server.port}"
            self.assertEqual(discover("--ca", self.authority.path, "--bearer-file", token, url).returncode, 64)
            os.chmod(token, 0o600)
            self.assertEqual(discover("--ca", self.authority.path, "--bearer-file", token, url).returncode, 0, server.received)
            self.assertIn(b"AUTHENTICATE XOAUTH2", server.text())
        with Server(imap(before=b"IMAP4rev1 AUTH=PLAIN"), self.certificate, implicit=True) as server:
            self.assertNotEqual(discover("--ca", self.authority.path, "--bearer-file", token,
                                         f"imaps://ann@localhost:{server.port}").returncode, 0)
            self.assertNotIn(b"hunter2", server.text())

    def test_a_password_in_the_url_is_refused_and_not_repeated(self):
        result = discover("imap://ann:hunter2@localhost")
        self.assertEqual((result.returncode, result.stdout), (64, b""))
        self.assertNotIn(b"hunter2", result.stderr)

    def test_a_server_that_repeats_the_password(self):
        words = b"IMAP4rev1 AUTHSERV=mx.example.org"
        for login in (b"OK hunter2 [hunter2] in", b"NO hunter2"):
            with self.subTest(login), Server(imap(after=words, login=login), self.certificate, implicit=True) as server:
                result = discover("--ca", self.authority.path, "--transcript", f"imaps://ann@localhost:{server.port}", password="hunter2")
                self.assertNotIn(b"hunter2", result.stdout + result.stderr)

    def test_text_behind_the_go_ahead_of_starttls_is_not_taken(self):
        def talk(session):
            session.send(b"220 mx")
            session.line()
            session.send(b"250-mx.example.org", b"250 STARTTLS")
            session.line()
            session.send(b"220 go", b"250-mx.example.org", b"250 AUTHSERV injected.example")
            session.tls()
            session.rest()
        with Server(talk, self.certificate) as server:
            self.assertNotIn("injected.example", self.ask(server)["ids"])

    def test_preauth_where_tls_is_wanted(self):
        greeting = b"* PREAUTH [CAPABILITY IMAP4rev1 AUTHSERV=mx.example.org] hello"
        with Server(imap(greeting=greeting)) as server:
            self.ask(server, scheme="imap", user="ann@", password="hunter2")
            self.assertNotIn(b"hunter2", server.text())
        with Server(imap(before=b"AUTHSERV=mx.example.org", greeting=greeting), self.certificate, implicit=True) as server:
            report = self.ask(server, scheme="imaps", code=0)
            self.assertEqual((report["ids"], report["refused"]), ([], ["mx.example.org"]))
            self.assertIn("the server took us for logged in (PREAUTH)", report["findings"])

    def test_a_flood_of_lines(self):
        def talk(session):
            session.send(b"220 mx")
            session.line()
            for _ in range(2000):
                session.send(*[b"250-AUTHSERV mx.example.org"] * 100)
        with Server(talk) as server:
            self.assertEqual(self.ask(server)["ids"], [])

    def test_a_line_of_ten_megabytes(self):
        def talk(session):
            session.send(b"220 mx")
            session.line()
            session.connection.sendall(b"250-" + b"x" * 10_000_000 + b"\r\n250 AUTHSERV\r\n")
            session.rest()
        with Server(talk) as server:
            self.ask(server)

    def test_an_octet_at_a_time(self):
        def talk(session):
            for octet in b"220 mx.example.org " + b"x" * 600:
                session.connection.sendall(bytes([octet]))
                time.sleep(0.1)
        with Server(talk) as server:
            self.ask(server, timeout="3s", code=75)

    def test_silence(self):
        with Server(lambda session: session.rest()) as server:
            self.ask(server, scheme="pop3", timeout="1s", code=75)

    def test_a_good_bye_that_never_comes(self):
        def talk(session):
            session.send(b"+OK")
            while True:
                if session.line() == b"CAPA":
                    session.send(b"+OK", b"AUTHSERV", b".")
        with Server(talk) as server:
            self.assertTrue(self.ask(server, scheme="pop3", code=0)["conforms"])

    def test_forty_ids_and_what_is_no_id(self):
        keywords = [b"AUTHSERV=*", b"AUTHSERV [192.0.2.1]", b"XAUTHSERV evil.example", b"AUTHSERV \x1b[2J"]
        keywords += [b"AUTHSERV mx%d.example.org" % number for number in range(40)]
        with Server(smtp(*keywords)) as server:
            report = self.ask(server, code=0)
        self.assertEqual(report["ids"], [f"mx{number}.example.org" for number in range(16)])
        self.assertEqual(report["findings"], ["id is not a domain name", "more than 16 ids"])
        self.assertEqual(report["refused"][:3], ["*", "[192.0.2.1]", "\\x1b[2J"])
        self.assertEqual(len(report["refused"]), 27)

    def test_an_id_before_login(self):
        with Server(imap(before=b"IMAP4rev1 AUTHSERV=mx.example.org")) as server:
            report = self.ask(server, scheme="imap", code=0)
        self.assertEqual((report["conforms"], report["ids"], report["refused"], report["findings"]),
                         (True, [], ["mx.example.org"], ["id before login"]))

    def test_upper_case(self):
        with Server(smtp(b"AUTHSERV=MX.EXAMPLE.ORG")) as server:
            self.assertEqual(self.ask(server, code=0)["ids"], ["mx.example.org"])

    def test_conformance_alone(self):
        with Server(smtp(b"AUTHSERV")) as server:
            self.assertTrue(self.ask(server, code=0)["conforms"])

    def test_starttls_stripped_is_a_failure_for_a_host_that_is_not_this_one(self):
        # To be another host it needs another address, whoever has it.
        if subprocess.run(["ip", "address", "add", "10.99.99.1/32", "dev", "lo"], capture_output=True).returncode != 0:
            self.skipTest("no address can be added to the loopback interface")
        try:
            with Server(smtp(b"AUTHSERV mx.example.org"), address="10.99.99.1") as server:
                result = discover("--timeout", "60s", f"smtp://10.99.99.1:{server.port}")
                self.assertEqual(result.returncode, 69, result)
                self.assertNotIn(b"conforms", result.stdout)
        finally:
            subprocess.run(["ip", "address", "del", "10.99.99.1/32", "dev", "lo"], capture_output=True)

    def test_metadata_addresses_are_not_asked(self):
        for host in ("169.254.169.254", "[::ffff:169.254.169.254]", "0.0.0.0", "224.0.0.1"):
            result = discover("--timeout", "2s", f"smtp://{host}:587")
            self.assertEqual(result.returncode, 69)
            self.assertIn(b"not in a network that may be asked", result.stdout)

    def test_without_libcurl(self):
        path = subprocess.run(["sh", "-c", "/sbin/ldconfig -p | sed -n 's/.*libcurl.so.4 .*=> //p' | head -n 1"],
                              capture_output=True, text=True).stdout.strip()
        hidden = subprocess.run(["unshare", "-m", "sh", "-c", 'mount --bind /dev/null "$1" && exec "$2" discover smtp://localhost:1',
                                 "sh", os.path.realpath(path), AUTHRES], capture_output=True)
        if b"unshare" in hidden.stderr or b"mount:" in hidden.stderr:
            self.skipTest("nothing can be mounted here")
        self.assertEqual(hidden.returncode, 69, hidden)
        self.assertIn(b"libcurl4", hidden.stdout + hidden.stderr)

    def test_usage(self):
        for arguments in (["http://localhost"], [], ["smtp://localhost", "--expect", "a b"], ["smtp://localhost", "--ehlo", "x\r\ny"],
                          ["smtp://localhost", "--timeout", "soon"], ["smtp://localhost", "--netrc", "a", "--bearer-file", "b"]):
            self.assertEqual(discover(*arguments).returncode, 64, arguments)


class Announce(unittest.TestCase):
    def test_only_a_domain_name_is_printed(self):
        for identifier in ("mx", "a b.example", "mx.example.org;", "192.0.2.1", "x\ny.example", "mx.example.org}"):
            for server in ("dovecot", "nginx", "haproxy"):
                refused = run("announce", "--for", server, "--id", identifier)
                self.assertEqual((refused.returncode, refused.stdout), (78, b""), identifier)
        self.assertIn("AUTHSERV=mx.xn--bcher-kva.example\n", fragment("dovecot", identifier="mx.bücher.example"))

    def test_the_configured_id_is_printed(self):
        printed = run("announce", "--for", "dovecot", "--authserv-id", "mx.example.org")
        self.assertIn(b"+AUTHSERV=mx.example.org\n", printed.stdout)
        self.assertEqual(run("announce", "--for", "dovecot").returncode, 78)
        self.assertEqual(run("announce", "--for", "exim").returncode, 64)


if __name__ == "__main__":
    unittest.main()
