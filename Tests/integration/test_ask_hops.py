"""Reading with what servers announce: --trust-server, --ask-hops, announced-by. The border host is a real nginx before a
real Postfix, the store a Postfix alone."""
import email.utils
import json
import os
import socket
import threading
import time
import unittest

from hostile_server import Server, imap, smtp
from mail_servers import Authority, Dovecot, Nginx, Submission, directory, fragment
from program import Filter, run

DAY = 86_400


def date(age=0):
    return email.utils.formatdate(time.time() - age).replace("-0000", "+0000").encode()


def sample(age=DAY, below=b""):
    """A message that mx took in and store has; the field between them was written there, the one below came along."""
    return (b"""\
Return-Path: <ann@sender.example>
Received: from mx.example.org (mx.example.org [10.0.0.5]) by store.example.org (Postfix) with ESMTPS id 4AB for <bob@example.org>; DATE
Authentication-Results: mx.example.org; spf=pass smtp.mailfrom=sender.example
Authentication-Results: filter.example.org; dkim=pass header.d=sender.example
Received: from mail.sender.example (mail.sender.example [192.0.2.7]) by mx.example.org (Postfix) with ESMTPS id 4AA for <bob@example.org>; DATE
Authentication-Results: mx.example.org; dkim=pass header.d=bank.example
""" + below + b"""\
Received: from x by 169.254.169.254.evil.example with ESMTP id 1; DATE
Received: from y ([192.0.2.9]) by mx.example.org with ESMTP id 2; DATE
From: ann@sender.example
Subject: x

hello
""").replace(b"DATE", date(age))


class Listener:
    """A port that must see no connection."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.seen = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                self.listener.accept()[0].close()
            except OSError:
                return
            self.seen += 1

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


class AskHops(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.authority = Authority()
        cls.names = ("mx.example.org", "store.example.org")
        cls.postfix = Submission(cls.authority, cls.names)
        # Nobody asks for IMAP or POP3 here.
        cls.nginx = Nginx(cls.authority, cls.postfix.plain, cls.postfix.plain, cls.postfix.plain, cls.names)
        cls.root = directory("hops")
        cls.zone = os.path.join(cls.root, "zone")
        with open(cls.zone, "w") as out:
            out.write("mx.example.org. A 127.0.0.1\nstore.example.org. A 127.0.0.1\nelsewhere.example.org. A 192.0.2.1\n")

    @classmethod
    def tearDownClass(cls):
        cls.nginx.stop()
        cls.postfix.stop()

    def setUp(self):
        self.cache = directory("cache")
        self.config = None

    def configure(self, mx=None, store=None, more=""):
        mx = mx or f"smtp://mx.example.org:{self.nginx.smtp}"
        store = store or f"smtp://store.example.org:{self.postfix.starttls}"
        self.config = os.path.join(directory("config"), "authres.yaml")
        with open(self.config, "w") as out:
            out.write("authserv-id: mx.example.org\nown-hosts: [mx.example.org, store.example.org]\n"
                      f"ask: {{hosts: {{mx.example.org: {mx}, store.example.org: {store}}}, horizon: 30d, cache: 24h}}\n{more}")

    def check(self, message, *arguments, code=1, **environment):
        if self.config is None:
            self.configure()
        result = run("check", "--verify-field", "--ask-hops", "--config", self.config, "--zone", self.zone, "--ca", self.authority.path,
                     "--timeout", "60s", *arguments, "-", stdin=message,
                     env={**os.environ, "XDG_CACHE_HOME": self.cache, **environment})
        self.assertEqual(result.returncode, code, (result.stdout.decode(), result.stderr.decode()))
        return result.stdout.decode()

    def fields(self, message, *arguments, **options):
        return {field["position"]: field for field in json.loads(self.check(message, "--output", "json", *arguments, **options))["fields"]}

    def test_the_sample(self):
        self.assertEqual(self.check(sample()), """\
-: field 3 (mx.example.org): ours: it is directly above the Received field of mx.example.org
hop: Received field 2 by store.example.org: nothing announced
hop: Received field 5 by mx.example.org (border): conforms, ids mx.example.org
field 3 (mx.example.org): proven: above the Received field of mx.example.org, which says that it removes forged fields of mx.example.org
field 4 (filter.example.org): not proven: no host that handled the message announces filter.example.org
field 6 (mx.example.org): NOT ours: below the Received field 5 of mx.example.org: it came in with the message
""")
        shown = json.loads(self.check(sample(), "--output", "json"))
        self.assertEqual((shown["proof"], shown["by"], shown["position"]), ("position", "mx.example.org", 3))
        first = shown["fields"][0]["proofs"]
        self.assertEqual([proof["proof"] for proof in first], ["position", "hop"])
        self.assertEqual(first[1]["by"], "mx.example.org")
        self.assertRegex(first[1]["asked_at"], r"^\d{4}-\d\d-\d\dT")
        self.assertEqual([field["verdict"] for field in shown["fields"]], ["proven", "not-proven", "not-ours"])
        self.assertIn("  by position: ", self.check(sample(), "--explain"))

    def test_without_what_came_along_all_is_well(self):
        lines = sample().split(b"\n")
        self.check(b"\n".join(line for line in lines if b"bank.example" not in line), code=0)

    def test_a_field_that_only_the_hosts_prove(self):
        # X-Spam stands between the field and the Received field, so that its place does not prove it.
        message = sample().replace(b"Authentication-Results: filter", b"X-Spam: no\nAuthentication-Results: filter")
        message = b"\n".join(line for line in message.split(b"\n") if b"bank.example" not in line)
        shown = json.loads(self.check(message, "--output", "json", code=0))
        self.assertEqual((shown["proof"], shown["by"]), ("hop", "mx.example.org"))
        self.assertRegex(shown["asked_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertIn("ours: above the Received field of mx.example.org", self.check(message, code=0))

    def test_hosts_below_the_border_and_elsewhere_see_no_connection(self):
        with Listener() as listener:
            hosts = ["evil.example", "mx.example.org.evil.example", "127.0.0.1", "localhost", "mx.example.org", "store.example.org"]
            below = b"".join(b"Received: from z ([192.0.2.9]) by %s:%d with ESMTP id 3; DATE\nReceived: from z ([192.0.2.9]) by %s "
                             b"(port %d) with ESMTP id 4; DATE\n" % (host.encode(), listener.port, host.encode(), listener.port) for host in hosts)
            self.check(sample(below=below.replace(b"DATE", date())))
            # And a stranger on top.
            self.check(b"Received: from z ([10.0.0.1]) by 127.0.0.1 with ESMTP id 5; " + date() + b"\n" + sample())
            self.assertEqual(listener.seen, 0)

    def test_an_own_name_that_leads_elsewhere_is_not_asked(self):
        with Listener() as listener:
            zone = os.path.join(directory("zone"), "zone")
            for address in ("192.0.2.1", "169.254.169.254"):
                with open(zone, "w") as out:
                    out.write(f"mx.example.org. A 127.0.0.1\nmx.example.org. A {address}\nstore.example.org. A 127.0.0.1\n")
                self.configure(mx=f"smtp://mx.example.org:{listener.port}")
                self.zone, kept = zone, self.zone
                try:
                    fields = self.fields(sample(), code=0)
                finally:
                    self.zone = kept
                self.assertIn("not in a network that may be asked", fields[6]["reason"])
                self.assertEqual(fields[6]["verdict"], "unknown")
            self.assertEqual(listener.seen, 0)
        with Listener() as listener:
            self.configure(mx=f"smtp://mx.example.org:{listener.port}", more="")
            self.check(sample(), "--ask-networks", "10.0.0.0/8", code=0)
            self.assertEqual(listener.seen, 0)

    def test_a_border_that_cannot_be_reached_is_no_disproof(self):
        for mx in ("smtp://mx.example.org:1", f"imaps://mx.example.org:{self.nginx.smtp}"):
            self.configure(mx=mx)
            fields = self.fields(sample(), code=0)
            self.assertEqual([field["verdict"] for field in fields.values()], ["proven", "unknown", "unknown"])
            self.assertEqual(fields[3]["proof"], "position")

    def test_a_host_that_names_no_id_vouches_for_the_configured_ones(self):
        with Server(smtp(b"AUTHSERV")) as server:
            self.configure(mx=f"smtp://mx.example.org:{server.port}")
            self.assertEqual([field["verdict"] for field in self.fields(sample()).values()], ["proven", "not-proven", "not-ours"])

    def test_an_id_that_must_not_be_believed_proves_nothing(self):
        with Server(imap(before=b"IMAP4rev1 AUTHSERV=mx.example.org")) as server:
            self.configure(mx=f"imap://mx.example.org:{server.port}")
            self.assertEqual([field["verdict"] for field in self.fields(sample(), code=0).values()],
                             ["proven", "unknown", "unknown"])

    def test_a_message_from_before_the_horizon(self):
        fields = self.fields(sample(age=31 * DAY), code=0)
        self.assertEqual(fields[6]["verdict"], "not-proven")
        self.assertIn("too old", fields[6]["reason"])
        self.assertEqual(self.fields(sample(age=31 * DAY), "--ask-horizon", "40d")[6]["verdict"], "not-ours")

    def test_answers_are_kept_in_a_file_of_our_own_and_not_beyond_their_time(self):
        path = os.path.join(self.cache, "authres", "servers.json")
        with Server(smtp(b"AUTHSERV mx.example.org")) as server:
            self.configure(mx=f"smtp://mx.example.org:{server.port}")
            self.check(sample())
            self.assertEqual(server.connections, 1)
            self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
            self.check(sample())
            self.assertEqual(server.connections, 1, "the answer is known")
            self.check(sample(), "--ask-cache", "1ms")
            self.assertEqual(server.connections, 2, "it is too old")
            # What others could have written is not believed.
            with open(path) as source:
                poisoned = source.read().replace("mx.example.org\"", "filter.example.org\"", 1)
            for mode in (0o622, 0o606):
                with open(path, "w") as out:
                    out.write(poisoned)
                os.chmod(path, mode)
                self.assertEqual(self.fields(sample())[4]["verdict"], "not-proven")
            for text in ("", "{", "[]", "{\"x\": 1}"):
                with open(path, "w") as out:
                    out.write(text)
                self.check(sample())
        # The server is gone, and the answer with it when its time is over.
        self.assertEqual(self.fields(sample())[6]["verdict"], "not-ours")
        self.assertEqual(self.fields(sample(), "--ask-cache", "1ms", code=0)[6]["verdict"], "unknown")

    def test_hosts_that_no_rule_names_are_not_asked(self):
        self.config = os.path.join(directory("config"), "authres.yaml")
        with open(self.config, "w") as out:
            out.write("authserv-id: mx.example.org\nown-hosts: [mx.example.org, store.example.org]\n")
        fields = self.fields(sample(), code=0)
        self.assertIn("ask.hosts does not say where to ask it", fields[6]["reason"])


class TrustServer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.authority = Authority()
        cls.dovecot = Dovecot(cls.authority, fragment("dovecot"))
        cls.url = f"imaps://ann@example.org@localhost:{cls.dovecot.imaps}"
        cls.flags = ["--ca", cls.authority.path, "--timeout", "60s", "--own-hosts", "mx.example.org", "--own-hosts", "store.example.org",
                     "--authserv-id", "other.example.net"]

    @classmethod
    def tearDownClass(cls):
        cls.dovecot.stop()

    def command(self, *arguments, stdin=b"", password="secret"):
        return run(*arguments, stdin=stdin, env={**os.environ, "AUTHRES_ASK_PASSWORD": password})

    def test_check_believes_what_the_server_announces(self):
        plain = self.command("check", "--verify-field", *self.flags, "-", stdin=sample())
        self.assertEqual(plain.returncode, 1)
        trusting = self.command("check", "--verify-field", "--trust-server", self.url, *self.flags, "-", stdin=sample())
        self.assertEqual((trusting.returncode, trusting.stderr), (0, b""))
        self.assertIn(b"field 3 (mx.example.org): ours", trusting.stdout)
        # Where the configuration names no hosts, they are taken to be called what the ids are.
        message = b"\n".join(line for line in sample().split(b"\n") if b"store.example.org" not in line)
        bare = self.command("check", "--verify-field", "--trust-server", self.url, "--ca", self.authority.path, "--timeout", "60s", "-", stdin=message)
        self.assertEqual(bare.returncode, 0, bare)

    def test_lint_tells_what_was_not_removed(self):
        plain = self.command("lint", *self.flags, "-", stdin=sample())
        self.assertNotIn(b"claims to be ours", plain.stdout)
        trusting = self.command("lint", "--trust-server", self.url, *self.flags, "-", stdin=sample())
        self.assertIn(b"-:6:", trusting.stdout)
        self.assertIn(b"claims to be ours", trusting.stdout)
        self.assertEqual(trusting.returncode, 1)

    def test_mbox_counts_the_proven_fields_and_removes_what_it_did(self):
        archive = b"From ann@sender.example Thu Jan  1 00:00:00 2026\n" + sample() + b"\n"
        path = os.path.join(directory("mbox"), "in")
        with open(path, "wb") as out:
            out.write(archive)
        empty = os.path.join(directory("zone"), "zone")
        open(empty, "w").close()
        outputs = []
        for trust in ([], ["--trust-server", self.url]):
            output = path + str(len(trust))
            # A zone has all names there are, so the server is named by its address.
            result = self.command("mbox", path, "--zone", empty, "--output", output, "--summary", *trust, *self.flags)
            self.assertEqual(result.returncode, 0, result.stderr)
            with open(output, "rb") as source:
                outputs.append((source.read(), result.stdout))
        self.assertEqual(outputs[0][0], outputs[1][0], "what is removed does not change")
        self.assertNotIn(b"fields of ours, proven by", outputs[0][1])
        self.assertRegex(outputs[1][1], rb"fields of ours, proven by +messages\nposition +1\n")

    def test_a_server_that_cannot_be_asked_ends_the_run_before_the_first_message(self):
        path = os.path.join(directory("mbox"), "in")
        with open(path, "wb") as out:
            out.write(b"From x Thu Jan  1 00:00:00 2026\n" + sample() + b"\n")
        for trust, password in ((self.url, "wrong"), ("smtp://localhost:1", "secret"), (self.url.replace("localhost", "127.0.0.2"), "secret")):
            for arguments in (["check", "--verify-field", "-"], ["lint", "-"], ["mbox", "--output", path + ".out", path]):
                result = self.command(*arguments, "--trust-server", self.url, "--trust-server", trust, *self.flags, stdin=sample(),
                                      password=password)
                self.assertEqual((result.returncode, result.stdout), (69, b""), (arguments, result.stderr))
        self.assertEqual(os.listdir(os.path.dirname(path)), ["in"])

    def test_what_is_removed_cannot_be_changed(self):
        self.assertEqual(self.command("check", "--trust-server", self.url, "-", stdin=sample()).returncode, 64)
        self.assertEqual(self.command("check", "--ask-hops", "-", stdin=sample()).returncode, 64)


class AnnouncedBy(unittest.TestCase):
    def test_the_filter_warns_of_servers_that_announce_another_name(self):
        with Server(smtp(b"AUTHSERV mx1.example.org")) as other, Server(smtp(b"SIZE")) as silent, \
                Server(smtp(b"AUTHSERV MX.example.org")) as good:
            servers = [f"smtp://127.0.0.1:{server.port}" for server in (other, silent, good)] + ["smtp://127.0.0.1:1"]
            with Filter(*(flag for server in servers for flag in ("--announced-by", server))) as milter:
                for round in (1, 2):
                    self.assertEqual(milter.logged(f"{servers[0]} announces mx1.example.org, the filter writes mx.example.org", round), round)
                    self.assertEqual(milter.logged(f"{servers[1]} announces nothing", round), round)
                    self.assertEqual(milter.logged(f"{servers[2]} announces mx.example.org", round), round)
                    self.assertEqual(milter.logged(f"announced-by: {servers[3]}: ", round), round)
                    if round == 1:
                        milter.process.send_signal(1)
                self.assertEqual(milter.stop(), 0)

    def test_the_filter_carries_no_libcurl_unless_it_has_to_ask(self):
        with Filter() as milter:
            milter.logged("listening at")
            with open(f"/proc/{milter.process.pid}/maps") as maps:
                self.assertNotIn("libcurl", maps.read())

    def test_announce_compares(self):
        with Server(smtp(b"AUTHSERV mx.example.org")) as good, Server(smtp(b"AUTHSERV mx1.example.org")) as other:
            for servers, code in (([good], 0), ([good, other], 1), ([], 64)):
                flags = [flag for server in servers for flag in ("--announced-by", f"smtp://127.0.0.1:{server.port}")]
                self.assertEqual(run("announce", "--authserv-id", "mx.example.org", *flags).returncode, code)


class Configuration(unittest.TestCase):
    def test_the_keys_are_read_and_shown_as_they_can_be_read_again(self):
        path = os.path.join(directory("config"), "authres.yaml")
        with open(path, "w") as out:
            out.write('ask: {hosts: {mx.example.org: "smtp://mx.example.org:587", "*.example.net": "smtp://*.example.net:587"}, '
                      "networks: [10.0.0.0/8], horizon: 30d, cache: 24h}\nannounced-by: [smtp://127.0.0.1:587]\n")
        shown = run("config", "--config", path)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        for line in (b"horizon: 30d", b"cache: 1d", b"mx.example.org=smtp://mx.example.org:587", b"announced-by: [\"smtp://127.0.0.1:587\"]"):
            self.assertIn(line, shown.stdout)
        again = path + ".2"
        with open(again, "wb") as out:
            out.write(shown.stdout)
        self.assertEqual(run("config", "--config", again).returncode, 0)

    def test_mistakes_have_their_place_and_no_password(self):
        path = os.path.join(directory("config"), "authres.yaml")
        with open(path, "w") as out:
            out.write("ask:\n  hosts:\n    mx.example.org: http://mx.example.org\n    mx2.example.org: smtp://ann:hunter2@mx.example.org\n"
                      "  horizon: soon\nannounced-by: [imap://ann:hunter2@mx.example.org]\n")
        result = run("config", "--config", path)
        self.assertEqual(result.returncode, 78)
        for place in (b":3:", b":4:", b":5:", b":6:"):
            self.assertIn(place, result.stderr)
        self.assertNotIn(b"hunter2", result.stderr)

    def test_the_password_is_no_setting(self):
        result = run("config", env={**os.environ, "AUTHRES_ASK_PASSWORD": "hunter2"})
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertNotIn(b"hunter2", result.stdout)


if __name__ == "__main__":
    unittest.main()
