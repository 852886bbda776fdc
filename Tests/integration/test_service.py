"""The filter as a service: systemd's protocols, its units, the journal."""
import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest

from program import AUTHRES, MESSAGES, ROOT, run, zone

UNITS = os.path.join(ROOT, "samples", "systemd")
PLAIN = os.path.join(MESSAGES, "plain-pass", "message.eml")


class Service:
    """A filter that is started as systemd would, with variables and descriptors of ours."""

    def __init__(self, *arguments, variables=None, listener=None, stderr=subprocess.PIPE):
        command = [AUTHRES, "milter", "--authserv-id", "mx.example.org", "--zone", *zone("plain-pass"), *arguments]
        passed = []
        if listener is not None:
            # Only the process itself knows the ID that LISTEN_PID must have.
            command = ["/bin/bash", "-c", f'exec 3<&{listener.fileno()}; LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"', "bash", *command]
            passed = [listener.fileno()]
        self.process = subprocess.Popen(command, env={**os.environ, **(variables or {})}, pass_fds=passed, stderr=stderr)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if self.process.stderr:
            self.process.stderr.close()


class NotificationTests(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="authres")
        self.addCleanup(shutil.rmtree, self.directory)
        self.path = os.path.join(self.directory, "milter")
        self.config = os.path.join(self.directory, "authres.yaml")
        self.write("foreign: keep\n")

    def write(self, text):
        with open(self.config, "w") as file:
            file.write(text)

    def listener(self, address):
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(manager.close)
        manager.settimeout(60)
        manager.bind(address)
        return manager

    def states(self, manager, last):
        """What comes up to the state that begins so; life signs aside."""
        seen = []
        while True:
            state = manager.recv(4096).decode()
            if state != "WATCHDOG=1":
                seen.append(re.sub(r"USEC=\d+", "USEC=N", state))
            if state.startswith(last):
                return seen

    def test_ready_reloading_and_stopping_are_said_in_their_order(self):
        for name in (os.path.join(self.directory, "notify"), "@authres-notify"):
            with self.subTest(name):
                self.write("foreign: keep\n")
                manager = self.listener(name.replace("@", "\0"))
                ready = f"READY=1\nSTATUS=listening at unix:{self.path}"
                with Service("--socket", "unix:" + self.path, "--config", self.config, variables={"NOTIFY_SOCKET": name}) as service:
                    self.assertEqual(self.states(manager, "READY"), [ready])
                    self.assertEqual(run("send", "--socket", "unix:" + self.path, PLAIN).returncode, 0)
                    for text in ("foreign: remove\n", "no-such-key: 1\n"):
                        self.write(text)
                        service.process.send_signal(signal.SIGHUP)
                        self.assertEqual(self.states(manager, "READY"), ["RELOADING=1\nMONOTONIC_USEC=N", ready])
                    service.process.terminate()
                    self.assertEqual(self.states(manager, "STOPPING"), ["STOPPING=1\nSTATUS=finishing the messages in flight"])
                    self.assertEqual(service.process.wait(60), 0)

    def test_signs_of_life_come_when_they_are_wanted(self):
        manager = self.listener(os.path.join(self.directory, "notify"))
        variables = {"NOTIFY_SOCKET": manager.getsockname(), "WATCHDOG_USEC": "200000"}
        with Service("--socket", "unix:" + self.path, variables=variables):
            self.assertEqual([manager.recv(4096)[:9] for _ in range(4)], [b"READY=1\nS"] + [b"WATCHDOG="] * 3)

    def test_a_filter_that_cannot_start_is_never_ready(self):
        manager = self.listener(os.path.join(self.directory, "notify"))
        self.write("no-such-key: 1\n")
        with Service("--config", self.config, variables={"NOTIFY_SOCKET": manager.getsockname()}) as service:
            self.assertEqual(service.process.wait(60), 78)
        manager.setblocking(False)
        with self.assertRaises(BlockingIOError):
            manager.recv(4096)


class SocketActivationTests(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="authres")
        self.addCleanup(shutil.rmtree, self.directory)
        self.path = os.path.join(self.directory, "milter")

    def listener(self):
        listener = socket.socket(socket.AF_UNIX)
        self.addCleanup(listener.close)
        listener.bind(self.path)
        listener.listen(64)
        return listener

    def test_a_restart_loses_no_connection(self):
        listener = self.listener()
        for _ in range(2):
            # The message is sent before there is a filter.
            client = subprocess.Popen([AUTHRES, "send", "--socket", "unix:" + self.path, PLAIN], stdout=subprocess.PIPE)
            with Service(listener=listener) as service:
                self.assertIn(b"listening at fd:3", service.process.stderr.readline())
                output, _ = client.communicate(timeout=60)
                self.assertIn(b"dkim=pass", output)
                service.process.terminate()
                self.assertEqual(service.process.wait(60), 0)
            self.assertTrue(os.path.exists(self.path))

    def test_a_socket_that_is_configured_goes_before_the_one_that_is_passed(self):
        other = os.path.join(self.directory, "other")
        with Service("--socket", "unix:" + other, listener=self.listener()) as service:
            self.assertIn(f"listening at unix:{other}".encode(), service.process.stderr.readline())
            self.assertIn(b"warning", service.process.stderr.readline())

    def test_a_descriptor_that_was_not_passed_is_named(self):
        with Service("--socket", "fd:7", listener=self.listener()) as service:
            self.assertEqual(service.process.wait(60), 69)
            self.assertEqual(service.process.stderr.read(), b"authres: socket: fd:7 was not passed; systemd passed fd:3\n")

    def test_variables_for_another_process_say_nothing(self):
        variables = {"LISTEN_FDS": "1", "LISTEN_PID": "1"}
        with Service("--socket", "unix:" + self.path, variables=variables) as service:
            self.assertIn(f"listening at unix:{self.path}".encode(), service.process.stderr.readline())

    def test_systemd_passes_its_socket(self):
        command = ["systemd-socket-activate", "--listen", self.path, AUTHRES, "milter", "--authserv-id", "mx.example.org",
                   "--zone", *zone("plain-pass")]
        with subprocess.Popen(command, stderr=subprocess.PIPE) as process, contextlib.ExitStack() as stack:
            stack.callback(process.terminate)
            self.assertIn(b"Listening on", process.stderr.readline())
            self.assertIn(b"dkim=pass", run("send", "--socket", "unix:" + self.path, PLAIN).stdout)


class JournalTests(unittest.TestCase):
    def test_lines_have_their_priority_and_no_time(self):
        with tempfile.TemporaryDirectory(prefix="authres") as directory:
            path = os.path.join(directory, "milter")
            reading, writing = os.pipe()
            status = os.fstat(writing)
            for stream, pattern in ((f"{status.st_dev}:{status.st_ino}", rb"<5>listening at .*\n<4>--also-remove: Auth.*\n<6>00000001: "),
                                    ("1:2", rb"\d{4}-\S+ notice authres: listening at .*\n.* warning authres: .*\n.* info authres: 00000001: ")):
                with Service("--socket", "unix:" + path, "--also-remove", "Authentication-Results",
                             variables={"JOURNAL_STREAM": stream}, stderr=writing) as service:
                    text = b""
                    while text.count(b"\n") < 2:
                        text += os.read(reading, 65536)
                    self.assertEqual(run("send", "--socket", "unix:" + path, PLAIN).returncode, 0)
                    while text.count(b"\n") < 3:
                        text += os.read(reading, 65536)
                    self.assertRegex(text, pattern)
                    service.process.terminate()
                    service.process.wait(60)
                    while b"ended" not in text:
                        text = os.read(reading, 65536)
            os.close(reading)
            os.close(writing)


class UnitTests(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="authres")
        self.addCleanup(shutil.rmtree, self.directory)
        for name in ("authres.service", "authres.socket"):
            with open(os.path.join(UNITS, name)) as source, open(os.path.join(self.directory, name), "w") as out:
                out.write(source.read().replace("/usr/local/bin/authres", os.path.abspath(AUTHRES)))

    def analyze(self, *arguments):
        return subprocess.run(["systemd-analyze", *arguments], capture_output=True, cwd=self.directory, timeout=120)

    def test_systemd_finds_nothing_wrong_with_the_units(self):
        result = self.analyze("verify", "--man=no", "./authres.service", "./authres.socket")
        self.assertEqual((result.returncode, result.stdout + result.stderr), (0, b""))

    def test_the_service_may_do_no_more_than_it_needs(self):
        result = self.analyze("security", "--offline=true", "--no-pager", "--threshold=10", "./authres.service")
        self.assertEqual(result.returncode, 0, result.stdout.decode()[-2000:] + result.stderr.decode())


if __name__ == "__main__":
    unittest.main()
