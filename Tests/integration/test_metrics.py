"""What a running filter tells those who watch it: metrics, health, `authres status`; and the samples made for them."""
import contextlib
import http.client
import json
import os
import re
import shutil
import socket
import struct
import subprocess
import tempfile
import time
import unittest
import urllib.parse
import urllib.request

from nameserver import NameServer
from program import MESSAGES, ROOT, Filter, frame, run, zone

SAMPLES = os.path.join(ROOT, "samples")
CLIENT = frame(b"C", b"mail.sender.example\0004\x00\x19192.0.2.7\0")
SAMPLE_LINE = re.compile(r'^([a-z_]+)(?:\{(.*)\})? (\S+)$')


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=60)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


def get(path, page, method="GET"):
    """Status, content type and text of a page at a Unix socket."""
    connection = UnixConnection(path)
    with contextlib.closing(connection):
        connection.request(method, page)
        response = connection.getresponse()
        return response.status, response.getheader("Content-Type"), response.read().decode()


def figures(text):
    """Values by name and sorted labels."""
    found = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        name, labels, value = SAMPLE_LINE.match(line).groups()
        found[name, tuple(sorted(re.findall(r'([a-z]\w*)="([^"]*)"', labels or "")))] = float(value)
    return found


def figure(found, name, **labels):
    """The sum of what has these labels."""
    return sum(value for (own, pairs), value in found.items() if own == name and set(labels.items()) <= set(pairs))


class WatchedFilter(Filter):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.metrics = os.path.join(self.directory, "metrics")
        self.arguments += ["--metrics", "unix:" + self.metrics]

    def figures(self):
        return figures(get(self.metrics, "/metrics")[2])

    def until(self, condition):
        """Waits until it is true of the figures, and returns them."""
        for _ in range(600):
            found = self.figures()
            if condition(found):
                return found
            time.sleep(0.05)
        raise AssertionError(found)


def zones(*names):
    return [word for path in zone(*names) for word in ("--zone", path)]


def play(milter, *names, **options):
    for name in names:
        result = run("send", "--socket", milter.socket, os.path.join(MESSAGES, name, "message.eml"), **options)
        # A message that is refused is 1, and one that is deferred 75.
        if result.returncode not in (0, 1, 75):
            raise AssertionError(result.stderr)


class MetricsTests(unittest.TestCase):
    def test_every_message_is_counted_by_what_became_of_it(self):
        names = ("plain-pass", "forged-fields", "dmarc-fail", "two-signatures")
        with WatchedFilter(*zones(*names)) as milter:
            before = milter.figures()
            self.assertEqual(figure(before, "authres_messages_total"), 0)
            self.assertEqual(figure(before, "authres_build_info"), 1)
            play(milter, *names)
            # The MTA goes away within a message.
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(milter.path)
                connection.sendall(frame(b"O", struct.pack(">III", 6, 0x1FF, 0x1FFFFF)) + CLIENT + frame(b"M", b"<a@b.example>\0"))
                found = milter.until(lambda found: figure(found, "authres_messages_in_flight") == 1)
                self.assertEqual(figure(found, "authres_connections"), 1)
            found = milter.until(lambda found: figure(found, "authres_messages_total", outcome="aborted") == 1)
            found = milter.until(lambda found: figure(found, "authres_connections") == 0)
        self.assertEqual(figure(found, "authres_messages_total", outcome="checked"), 4)
        self.assertEqual(figure(found, "authres_messages_in_flight"), 0)
        self.assertEqual(figure(found, "authres_connections_total"), 5)
        self.assertEqual(figure(found, "authres_results_total", method="dkim", result="pass"), 5)
        self.assertEqual(figure(found, "authres_results_total", method="dmarc", result="pass"), 3)
        self.assertEqual(figure(found, "authres_dmarc_policy_total", result="fail", policy="reject", test="0"), 1)
        self.assertEqual(figure(found, "authres_dkim_signatures_total", algorithm="rsa-sha256"), 5)
        self.assertEqual(figure(found, "authres_removed_fields_total"), 7)
        self.assertEqual(figure(found, "authres_removed_fields_total", reason="own_id"), 3)
        self.assertEqual(figure(found, "authres_after_body_seconds_count"), 4)
        self.assertEqual(figure(found, "authres_after_body_seconds_bucket", le="+Inf"), 4)
        self.assertGreater(figure(found, "process_resident_memory_bytes"), 1 << 20)
        self.assertGreater(figure(found, "process_open_fds"), 5)

    def test_no_label_comes_from_a_sender(self):
        with WatchedFilter(*zones("plain-pass", "forged-fields")) as milter:
            series = set(milter.figures())
            play(milter, "plain-pass", "forged-fields")
            self.assertEqual({key for key in milter.figures()} - series, set())

    def test_failures_limits_and_rules_are_counted(self):
        rules = "policy: {rules: [{name: trial, when: {dmarc: fail}, action: reject}]}\nlimits: {removals: 5, recipients: 100}\n"
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write(rules)
            file.flush()
            with WatchedFilter("--config", file.name, *zones("dmarc-fail", "forged-fields")) as milter:
                play(milter, "dmarc-fail", "forged-fields")
                found = milter.figures()
                self.assertEqual(figure(found, "authres_policy_actions_total", action="reject", dry_run="0"), 1)
                self.assertEqual(figure(found, "authres_messages_total", outcome="tempfail"), 1)
                self.assertEqual(figure(found, "authres_limit_exceeded_total", limit="removals"), 1)
                with socket.socket(socket.AF_UNIX) as connection:
                    connection.connect(milter.path)
                    connection.sendall(frame(b"O", struct.pack(">III", 6, 0x1FF, 0x1FFFFF)) + CLIENT + frame(b"M", b"<a@b.example>\0")
                                       + frame(b"R", b"<c@d.example>\0") * 101)
                    # The message is counted after the limit.
                    found = milter.until(lambda found: figure(found, "authres_messages_total", outcome="tempfail") == 2)
                    self.assertEqual(figure(found, "authres_limit_exceeded_total", limit="recipients"), 1)
                with socket.socket(socket.AF_UNIX) as connection:
                    connection.connect(milter.path)
                    connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
                    milter.until(lambda found: figure(found, "authres_protocol_errors_total") == 1)
                # A configuration that is refused.
                file.write("authserv_id: a\n")
                file.flush()
                milter.process.send_signal(1)
                milter.until(lambda found: figure(found, "authres_config_reload_success") == 0)
                self.assertIn("REFUSED", run("status", "--metrics", "unix:" + milter.metrics).stdout.decode())
                health = json.loads(get(milter.metrics, "/healthz")[2])
                self.assertEqual((health["status"], health["configuration"]), ("ok", "refused"))

    def test_connections_over_the_limit(self):
        with WatchedFilter("--limits-connections", "1", *zones("plain-pass")) as milter, socket.socket(socket.AF_UNIX) as first:
            first.connect(milter.path)
            milter.until(lambda found: figure(found, "authres_connections") == 1)
            with socket.socket(socket.AF_UNIX) as second:
                second.connect(milter.path)
                self.assertEqual(second.recv(1), b"")
            found = milter.until(lambda found: figure(found, "authres_connections_refused_total", reason="limit") == 1)
            self.assertEqual(figure(found, "authres_connections_limit"), 1)

    def test_other_pages_and_methods(self):
        with WatchedFilter(*zones("plain-pass")) as milter:
            self.assertEqual(get(milter.metrics, "/")[0], 404)
            self.assertEqual(get(milter.metrics, "/metrics", "POST")[0], 405)
            status, kind, body = get(milter.metrics, "/metrics", "HEAD")
            self.assertEqual((status, kind, body), (200, "text/plain; version=0.0.4; charset=utf-8", ""))
            status, kind, body = get(milter.metrics, "/healthz?verbose")
            self.assertEqual((status, kind, json.loads(body)["dns"]), (200, "application/json", "zone files"))
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(milter.metrics)
                client.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                client.shutdown(socket.SHUT_WR)
                answer = b"".join(iter(lambda: client.recv(65536), b""))
                self.assertRegex(answer, rb'^HTTP/1.1 200 OK\r\n(?s:.*)\r\n\r\n\{"status":"ok",.*\}\n$')
            milter.stop()
            self.assertFalse(os.path.exists(milter.metrics))

    def test_it_is_off_by_default_and_cannot_be_where_something_listens(self):
        result = run("status", env={**os.environ, "AUTHRES_AUTHSERV_ID": "mx.example.org"})
        self.assertEqual((result.returncode, result.stdout), (78, b""))
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            place = "inet:%d@127.0.0.1" % other.getsockname()[1]
            result = run("milter", "--socket", "inet:0@127.0.0.1", "--metrics", place, *zones("plain-pass"))
            self.assertEqual(result.returncode, 69)
            self.assertIn(f"cannot listen at {place}".encode(), result.stderr)


class StatusTests(unittest.TestCase):
    maxDiff = None

    def test_a_table_for_people(self):
        with WatchedFilter(*zones("plain-pass", "forged-fields", "dmarc-fail")) as milter:
            play(milter, "plain-pass", "forged-fields", "dmarc-fail")
            result = run("status", "--metrics", "unix:" + milter.metrics)
            self.assertEqual(result.returncode, 0, result.stderr)
            text = result.stdout.decode()
            self.assertRegex(text, r"^authres 0\.\S+, commit \S+, running for \d+ s\n")
            self.assertIn("3 checked, 0 of trusted relays, 0 deferred, 0 given up by the client; 0 under way", text)
            self.assertRegex(text, r"\nremoved fields +own_id 3, ")
            self.assertRegex(text, r"\ndmarc +2 +1 +- +- +- +0 +0 +0\n")
            self.assertEqual(run("status", "--raw", "--metrics", "unix:" + milter.metrics).stdout.decode().splitlines()[0],
                             "# HELP authres_build_info Versions.")
            self.assertEqual(run("status", "--check", "--metrics", "unix:" + milter.metrics).returncode, 0)
            milter.stop()
            result = run("status", "--check", "--metrics", "unix:" + milter.metrics)
            self.assertEqual((result.returncode, result.stdout), (69, b""))
            self.assertRegex(result.stderr, rb"^authres: unix:\S+: connect: No such file or directory\n$")


class OutageTests(unittest.TestCase):
    def test_an_outage_of_the_dns_is_seen_reported_once_and_its_end_too(self):
        with NameServer(zone("plain-pass")) as server:
            with WatchedFilter("--dns-server", server.address, "--dns-timeout", "1s", "--limits-deadline", "3s") as milter:
                self.assertEqual(json.loads(get(milter.metrics, "/healthz")[2])["dns"], "answers")
                play(milter, "plain-pass")
                found = milter.figures()
                self.assertEqual(figure(found, "authres_dns_servers_up", server=server.address), 1)
                self.assertGreater(figure(found, "authres_dns_questions_total", outcome="records"), 3)
                play(milter, "plain-pass")
                self.assertGreater(figure(milter.figures(), "authres_dns_cache_hits_total"), 3)

                # A zone that is dead is not an outage, though nothing else is asked.
                server.silent.add("l1._domainkey.list.example")
                play(milter, "two-signatures")
                milter.until(lambda found: figure(found, "authres_dns_questions_total", outcome="timeout") == 1)

                server.is_down = True
                play(milter, "dmarc-fail")
                milter.until(lambda found: figure(found, "authres_dns_servers_up") == 0)
                self.assertEqual(milter.logged("no name server answers (" + server.address), 1, milter.log())
                status, _, body = get(milter.metrics, "/healthz")
                self.assertEqual((status, json.loads(body)["status"], json.loads(body)["dns"]), (503, "unavailable", "silent"))
                result = run("status", "--check", "--metrics", "unix:" + milter.metrics)
                self.assertEqual((result.returncode, b"silent" in result.stderr), (69, True))
                self.assertIn("SILENT", run("status", "--metrics", "unix:" + milter.metrics).stdout.decode())

                # No mail comes, and its return is seen all the same.
                server.is_down = False
                milter.until(lambda found: figure(found, "authres_dns_servers_up") == 1)
                self.assertEqual(milter.logged("answers again, after"), 1, milter.log())
                self.assertEqual(milter.log().count("no name server answers"), 1)
                self.assertRegex(milter.log(), r" warning authres: no name server")
                self.assertRegex(milter.log(), r" notice authres: name server \S+ answers again")

    def test_a_filter_without_mail_finds_out_when_it_is_asked(self):
        with NameServer(zone("plain-pass")) as server, \
                WatchedFilter("--dns-server", server.address, "--dns-timeout", "1s") as milter:
            server.is_down = True
            milter.until(lambda found: figure(found, "authres_dns_servers_up") == 0)


class SampleTests(unittest.TestCase):
    """The samples for Prometheus and Grafana, in a real Prometheus that scrapes a filter."""

    def test_the_alerts_come_when_they_must(self):
        rules = os.path.join(SAMPLES, "prometheus", "authres.rules.yml")
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file, \
                open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "alerts_test.yaml")) as tests:
            file.write(tests.read().replace("RULES", os.path.abspath(rules)))
            file.flush()
            for command in (["check", "config", os.path.join(SAMPLES, "prometheus", "prometheus.yml")], ["test", "rules", file.name]):
                result = subprocess.run(["promtool", *command], capture_output=True)
                self.assertEqual(result.returncode, 0, result.stdout.decode() + result.stderr.decode())

    def test_every_query_of_the_dashboard_and_every_alert_finds_its_families(self):
        with open(os.path.join(SAMPLES, "grafana", "authres.json")) as source:
            dashboard = json.load(source)
        queries = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
        self.assertGreater(len(queries), 25)
        with open(os.path.join(SAMPLES, "prometheus", "authres.rules.yml")) as source:
            rules = source.read()
        directory = tempfile.mkdtemp(prefix="authres")
        self.addCleanup(shutil.rmtree, directory)
        with socket.socket() as probe, socket.socket() as other:
            probe.bind(("127.0.0.1", 0))
            other.bind(("127.0.0.1", 0))
            port, metrics = probe.getsockname()[1], other.getsockname()[1]
        with open(os.path.join(SAMPLES, "prometheus", "prometheus.yml")) as source, \
                open(os.path.join(directory, "prometheus.yml"), "w") as config:
            config.write(source.read().replace("9791", str(metrics)).replace("15s", "200ms"))
        with open(os.path.join(directory, "authres.rules.yml"), "w") as out:
            out.write(rules)
        with contextlib.ExitStack() as stack:
            server = stack.enter_context(NameServer(zone("plain-pass", "dmarc-fail")))
            milter = stack.enter_context(Filter("--metrics", f"inet:{metrics}@127.0.0.1", "--dns-server", server.address))
            play(milter, "plain-pass", "dmarc-fail")
            prometheus = stack.enter_context(subprocess.Popen(
                ["prometheus", f"--config.file={directory}/prometheus.yml", f"--storage.tsdb.path={directory}/data",
                 f"--web.listen-address=127.0.0.1:{port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
            stack.callback(prometheus.kill)

            def ask(query):
                url = f"http://127.0.0.1:{port}/api/v1/query?" + urllib.parse.urlencode({"query": query})
                with urllib.request.urlopen(url, timeout=60) as response:
                    return json.load(response)["data"]["result"]

            def ready():
                with contextlib.suppress(OSError):
                    return bool(ask("rate(authres_messages_total[5s])"))

            for _ in range(600):
                if ready():
                    break
                time.sleep(0.05)
            for query in queries:
                with self.subTest(query):
                    asked = query.replace("$job", "authres").replace("$instance", ".*").replace("$__rate_interval", "5s")
                    self.assertTrue(ask(asked))
            # Each name that an alert or a query uses is one that the filter has.
            names = {series["__name__"] for series in (result["metric"] for result in ask('{job="authres"}'))}
            used = set(re.findall(r"\b(?:authres|process)_[a-z_]+", "\n".join(queries) + re.sub(r"(?m)^ *(summary|description):.*", "", rules)))
            self.assertEqual(used - names, set())


if __name__ == "__main__":
    unittest.main()
