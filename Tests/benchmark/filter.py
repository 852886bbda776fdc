#!/usr/bin/python3
"""What a message costs the filter: CPU time per message by size of the body, one message a connection, answers known;
and its memory with many connections in the middle of a large message.

    swift build -c release --static-swift-stdlib --product authres
    Tests/benchmark/filter.py [COUNT]       COUNT messages of 2 KB (default 5,000), fewer of the larger ones
    Tests/benchmark/filter.py COUNT SOCKET PID      another milter that is running, for comparison; no memory

Needs Debian's python3-dkim; talks to a Unix socket and nothing else. On a machine that does other work as well the least
of a size's rounds says most.
"""
import os
import resource
import socket
import statistics
import struct
import sys
import time

import dkim

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
os.environ.setdefault("AUTHRES", os.path.join(ROOT, ".build", "release", "authres"))
sys.path.insert(0, os.path.join(ROOT, "Tests", "integration"))
from program import Filter, frame, received, sample, zone  # noqa: E402  (they stand elsewhere)

LINE = b"Ten lines of text, with some words of this and that size in each of them.\n"
SIZES = {"2 KB": 2_000, "10 KB": 10_000, "100 KB": 100_000, "5 MB": 5_000_000}
ROUNDS = 10


def message(size):
    """A message with a body of `size` octets, signed with RSA-2048, relaxed/relaxed."""
    with open(os.path.join(ROOT, "samples", "keys", "rsa2048.pem"), "rb") as key:
        header = sample("plain-pass").split(b"\n\n", 1)[0].split(b"\nDate:", 1)[1]
        text = b"Date:" + header + b"\n\n" + LINE * (size // len(LINE))
        return dkim.sign(text, b"s2048", b"sender.example", key.read(), canonicalize=(b"relaxed", b"relaxed"),
                         include_headers=[b"from", b"to", b"subject", b"date", b"message-id"]).replace(b"\r\n", b"\n") + text


def cpu(pid):
    """Seconds of processor time of all threads."""
    return time.clock_gettime(~pid << 3 | 2)  # CPUCLOCK_SCHED of another process, as clock_getcpuclockid(3) makes it


def play(path, header, body):
    """One message on a connection of its own, as Postfix plays it; the milter's answers to its end."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        connection.sendall(frame(b"O", struct.pack(">III", 6, 0x1FF, 0x1FFFFF)))
        steps = struct.unpack(">III", received(connection)[1:13])[2]
        pending = b""
        for code, unsent, unanswered, data in commands(header, body):
            if steps & unsent:
                continue
            pending += frame(code, data)
            if not steps & unanswered:
                connection.sendall(pending)
                pending = b""
                assert received(connection)[:1] == b"c"
        connection.sendall(pending + frame(b"E"))
        answers = [received(connection)]
        while answers[-1][:1] not in b"cart":
            answers.append(received(connection))
        connection.sendall(frame(b"Q"))
    return answers


def commands(header, body):
    """Code, the bits that keep it from being sent and from being answered (SMFIP_NO..., SMFIP_NR_...), data."""
    yield b"C", 0x1, 0x1000, b"mail.sender.example\0004" + struct.pack(">H", 25) + b"192.0.2.7\0"
    yield b"H", 0x2, 0x2000, b"mail.sender.example\0"
    yield b"M", 0x4, 0x4000, b"<ann@sender.example>\0"
    yield b"R", 0x8, 0x8000, b"<bob@example.org>\0"
    yield b"T", 0x200, 0x10000, b""
    for name, value in header:
        yield b"L", 0x20, 0x80, name + b"\0" + value + b"\0"
    yield b"N", 0x40, 0x40000, b""
    for i in range(0, len(body), 65535):
        yield b"B", 0x10, 0x80000, body[i:i + 65535]


def parts(text):
    head, body = text.split(b"\n\n", 1)
    fields = []
    for line in head.split(b"\n"):
        if line[:1] in b" \t" and fields:
            fields[-1] += b"\n" + line
        else:
            fields.append(line)
    return [tuple(field.split(b":", 1)) for field in fields], body.replace(b"\n", b"\r\n")


def measure(path, pid, count):
    for name, size in SIZES.items():
        header, body = parts(message(size))
        number = max(4, count * 2_000 // max(size, 2_000) // ROUNDS)
        for _ in range(20):
            answers = play(path, header, body)
            assert any(b"dkim=pass" in answer for answer in answers), answers
        spent = []
        for _ in range(ROUNDS):
            before = cpu(pid)
            for _ in range(number):
                play(path, header, body)
            spent.append((cpu(pid) - before) / number * 1e6)
        print(f"{name:>7}: {statistics.median(spent):8.0f} us of CPU a message, {min(spent):8.0f} at least "
              f"({ROUNDS} rounds of {number})")


def hold(milter, number):
    """The memory of the filter with so many connections that each have sent half of a message of 5 MB."""
    header, body = parts(message(5_000_000))
    resource.setrlimit(resource.RLIMIT_NOFILE, (2 * number, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    rest = milter.status("VmRSS"), milter.status("RssAnon")
    connections = []
    for _ in range(number):
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(milter.path)
        connection.sendall(frame(b"O", struct.pack(">III", 6, 0x1FF, 0x1FFFFF)))
        received(connection)
        connection.sendall(b"".join(frame(code, data) for code, _, _, data in commands(header, b"")))
        connections.append(connection)
    for i in range(0, 40 * 65535, 65535):
        part = frame(b"B", body[i:i + 65535])
        for connection in connections:
            connection.sendall(part[:-100] if i == 39 * 65535 else part)
    time.sleep(1)
    now = milter.status("VmRSS"), milter.status("RssAnon")
    print("memory: %.1f MiB at rest (%.1f of its own, the rest is program text that is shared), "
          "%.1f (%.1f) with %d connections in the middle of a message of 5 MB"
          % (rest[0] / 1024, rest[1] / 1024, now[0] / 1024, now[1] / 1024, number))
    for connection in connections:
        connection.close()


def main(count, peer=None, pid=None):
    if peer:
        measure(peer, int(pid), count)
        return
    with Filter("--zone", *zone("plain-pass"), "--log-level", "warning") as milter:
        measure(milter.path, milter.process.pid, count)
    with Filter("--zone", *zone("plain-pass"), "--log-level", "warning") as milter:
        hold(milter, 1000)


main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000, *sys.argv[2:])
