#!/usr/bin/python3
"""What a message costs the filter: CPU time per message by size of the body, one message a connection, answers known;
and its memory with many connections in the middle of a large message.

    swift build -c release --product authres
    Tests/benchmark/filter.py [COUNT]       COUNT messages of 2 KB (default 5,000), fewer of the larger ones

Needs Debian's python3-dkim; talks to a Unix socket and nothing else.
"""
import os
import socket
import struct
import sys
import tempfile
import time

import dkim

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
os.environ.setdefault("AUTHRES", os.path.join(ROOT, ".build", "release", "authres"))
sys.path.insert(0, os.path.join(ROOT, "Tests", "integration"))
from program import Filter, run, sample, zone  # noqa: E402  (they stand elsewhere)

LINE = b"Ten lines of text, with some words of this and that size in each of them.\n"
SIZES = {"2 KB": 2_000, "10 KB": 10_000, "100 KB": 100_000, "5 MB": 5_000_000}


def message(size):
    """A message with a body of `size` octets, signed with RSA-2048, relaxed/relaxed."""
    with open(os.path.join(ROOT, "samples", "keys", "rsa2048.pem"), "rb") as key:
        header = sample("plain-pass").split(b"\n\n", 1)[0].split(b"\nDate:", 1)[1]
        text = b"Date:" + header + b"\n\n" + LINE * (size // len(LINE))
        return dkim.sign(text, b"s2048", b"sender.example", key.read(), canonicalize=(b"relaxed", b"relaxed"),
                         include_headers=[b"from", b"to", b"subject", b"date", b"message-id"]).replace(b"\r\n", b"\n") + text


def cpu(pid):
    """Seconds of processor time, user and system."""
    with open(f"/proc/{pid}/stat") as source:
        fields = source.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def frame(code, data=b""):
    return struct.pack(">I", 1 + len(data)) + code + data


def received(connection):
    head = connection.recv(4, socket.MSG_WAITALL)
    return connection.recv(struct.unpack(">I", head)[0], socket.MSG_WAITALL)


def play(path, header, body):
    """One message on a connection of its own, as Postfix plays it; the filter's answers to it."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        connection.sendall(frame(b"O", struct.pack(">III", 6, 0x1FF, 0x1FFFFF)))
        received(connection)
        connection.sendall(
            frame(b"C", b"mail.sender.example\0004" + struct.pack(">H", 25) + b"192.0.2.7\0")
            + frame(b"H", b"mail.sender.example\0") + frame(b"M", b"<ann@sender.example>\0")
            + frame(b"R", b"<bob@example.org>\0") + frame(b"T")
            + b"".join(frame(b"L", name + b"\0" + value + b"\0") for name, value in header) + frame(b"N")
            + b"".join(frame(b"B", body[i:i + 65535]) for i in range(0, len(body), 65535)) + frame(b"E"))
        answers = [received(connection)]
        while answers[-1][:1] not in b"cart":
            answers.append(received(connection))
        connection.sendall(frame(b"Q"))
    return answers


def parts(text):
    head, body = text.split(b"\n\n", 1)
    fields = []
    for line in head.split(b"\n"):
        if line[:1] in b" \t" and fields:
            fields[-1] += b"\n" + line
        else:
            fields.append(line)
    return [tuple(field.split(b":", 1)) for field in fields], body.replace(b"\n", b"\r\n")


def main(count):
    with Filter("--zone", *zone("plain-pass"), "--log-level", "warning") as milter:
        for name, size in SIZES.items():
            header, body = parts(message(size))
            number = max(20, count * 2_000 // max(size, 2_000))
            for _ in range(20):
                answers = play(milter.path, header, body)
            assert any(b"dkim=pass" in answer for answer in answers), answers
            before, started = cpu(milter.process.pid), time.monotonic()
            for _ in range(number):
                play(milter.path, header, body)
            spent, elapsed = cpu(milter.process.pid) - before, time.monotonic() - started
            print(f"{name:>7}: {spent / number * 1e6:8.0f} us of CPU a message ({number} messages, {number / elapsed:.0f}/s)")

    with Filter("--zone", *zone("plain-pass"), "--log-level", "warning") as milter:
        header, body = parts(message(5_000_000))
        rest = milter.status("VmRSS")
        connections = []
        for _ in range(1000):
            connection = socket.socket(socket.AF_UNIX)
            connection.connect(milter.path)
            connection.sendall(frame(b"O", struct.pack(">III", 6, 0x1FF, 0x1FFFFF)))
            received(connection)
            connection.sendall(
                frame(b"C", b"mail.sender.example\0004" + struct.pack(">H", 25) + b"192.0.2.7\0")
                + frame(b"M", b"<ann@sender.example>\0")
                + b"".join(frame(b"L", name + b"\0" + value + b"\0") for name, value in header) + frame(b"N"))
            connections.append(connection)
        for i in range(0, 40 * 65535, 65535):
            part = frame(b"B", body[i:i + 65535])
            for connection in connections:
                connection.sendall(part[:-100] if i == 39 * 65535 else part)
        time.sleep(1)
        print(f"memory: {rest / 1024:.1f} MiB at rest, {milter.status('VmRSS') / 1024:.1f} MiB with 1,000 connections "
              "in the middle of a 5 MB message")


main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000)
