"""The program under test, started and stopped as an operator would."""
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
AUTHRES = os.environ.get("AUTHRES", os.path.join(ROOT, ".build", "debug", "authres"))
# At full length; not in the environment of the program, which would take it for a setting.
LONG = bool(os.environ.pop("AUTHRES_LONG", ""))
MESSAGES = os.path.join(ROOT, "samples", "messages")
sys.path.insert(0, os.path.join(ROOT, "samples", "postfix"))


def sample(name, part="message.eml"):
    with open(os.path.join(MESSAGES, name, part), "rb") as source:
        return source.read()


def zone(*names):
    return [os.path.join(MESSAGES, name, "zone") for name in names]


def run(*arguments, stdin=b"", **options):
    """One command of the program, to its end."""
    return subprocess.run([AUTHRES, *arguments], input=stdin, capture_output=True, timeout=600, **options)


def frame(code, data=b""):
    """One packet of the milter protocol."""
    return struct.pack(">I", 1 + len(data)) + code + data


def received(connection):
    """The next packet that the filter sends: its code and data."""
    head = connection.recv(4, socket.MSG_WAITALL)
    return connection.recv(struct.unpack(">I", head)[0], socket.MSG_WAITALL)


def is_listened_on(path):
    """True if a Unix socket takes connections, which its file does not tell. A probe would be a connection that counts."""
    accepts = "00010000"
    with open("/proc/net/unix") as sockets:
        return any(line.split()[3] == accepts and line.rstrip().endswith(" " + path) for line in sockets)


def logged(log, text, wanted=1):
    """How often the text is in what log() returns; a line may come a moment after the answer it tells of."""
    for _ in range(1200):
        if log().count(text) >= wanted:
            break
        time.sleep(0.05)
    return log().count(text)


class Filter:
    """A running `authres milter` on a Unix socket in a directory of its own."""

    def __init__(self, *arguments, directory=None, mode="0666"):
        self.directory = directory or tempfile.mkdtemp(prefix="authres")
        os.chmod(self.directory, 0o755)
        self.path = os.path.join(self.directory, "milter")
        self.socket = "unix:" + self.path
        self.arguments = [AUTHRES, "milter", "--socket", self.socket, "--socket-mode", mode, "--authserv-id", "mx.example.org",
                          *arguments]
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def start(self):
        self.log_path = os.path.join(self.directory, "log")
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(self.arguments, stdout=log, stderr=log)
        if not self.listens():
            raise RuntimeError("the filter ended: " + self.log())

    def listens(self):
        """True as soon as the socket takes connections, false if the process has ended."""
        for _ in range(2400):
            if is_listened_on(self.path) or self.process.poll() is not None:
                break
            time.sleep(0.025)
        return self.process.poll() is None

    def log(self):
        with open(self.log_path, errors="replace") as log:
            return log.read()

    def logged(self, text, wanted=1):
        """How often the log says it."""
        return logged(self.log, text, wanted)

    def status(self, key):
        """A number of /proc/PID/status: VmRSS and VmHWM in KiB, Threads."""
        with open(f"/proc/{self.process.pid}/status") as source:
            for line in source:
                if line.startswith(key + ":"):
                    return int(line.split()[1])
        raise KeyError(key)

    def stop(self, number=signal.SIGTERM, seconds=60):
        """Stops the filter and returns its exit code."""
        self.process.send_signal(number)
        return self.process.wait(seconds)

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
