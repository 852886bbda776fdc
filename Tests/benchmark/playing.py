"""A message as the benchmark sends it, and a connection that plays it to a milter as Postfix does."""
import os
import socket
import struct
import sys

import dkim

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
os.environ.setdefault("AUTHRES", os.path.join(ROOT, ".build", "release", "authres"))
sys.path.insert(0, os.path.join(ROOT, "Tests", "integration"))
from program import frame, received, sample  # noqa: E402

LINE = b"Ten lines of text, with some words of this and that size in each of them.\n"
KEY = os.path.join(ROOT, "samples", "keys", "rsa2048.pem")


def message(size):
    """A message with a body of `size` octets, signed with RSA-2048, relaxed/relaxed."""
    with open(KEY, "rb") as key:
        header = sample("plain-pass").split(b"\n\n", 1)[0].split(b"\nDate:", 1)[1]
        text = b"Date:" + header + b"\n\n" + LINE * (size // len(LINE))
        return dkim.sign(text, b"s2048", b"sender.example", key.read(), canonicalize=(b"relaxed", b"relaxed"),
                         include_headers=[b"from", b"to", b"subject", b"date", b"message-id"]).replace(b"\r\n", b"\n") + text


def parts(text):
    """The fields of a message as names and values, and its body with CRLF."""
    head, body = text.split(b"\n\n", 1)
    fields = []
    for line in head.split(b"\n"):
        if line[:1] in b" \t" and fields:
            fields[-1] += b"\n" + line
        else:
            fields.append(line)
    return [tuple(field.split(b":", 1)) for field in fields], body.replace(b"\n", b"\r\n")


class Connection:
    """One connection of Postfix: negotiation, then any number of messages."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.socket.sendall(frame(b"O", struct.pack(">III", 6, 0x1FF, 0x1FFFFF)))
        self.steps = struct.unpack(">III", received(self.socket)[1:13])[2]
        self.say([(b"C", 0x1, 0x1000, b"mail.sender.example\0004" + struct.pack(">H", 25) + b"192.0.2.7\0"),
                  (b"H", 0x2, 0x2000, b"mail.sender.example\0")])

    def say(self, commands, last=b""):
        """Sends commands, those that are not answered together with the next that is; each is a code, the bits that
        keep it from being sent and from being answered (SMFIP_NO..., SMFIP_NR_...), and data."""
        pending = b""
        for code, unsent, unanswered, data in commands:
            if self.steps & unsent:
                continue
            pending += frame(code, data)
            if not self.steps & unanswered:
                self.socket.sendall(pending)
                pending = b""
                if received(self.socket)[:1] != b"c":
                    raise RuntimeError("the milter does not want the message")
        if pending + last:
            self.socket.sendall(pending + last)

    def play(self, header, body):
        """One message; the milter's answers to its end."""
        commands = [(b"M", 0x4, 0x4000, b"<ann@sender.example>\0"), (b"R", 0x8, 0x8000, b"<bob@example.org>\0"),
                    (b"T", 0x200, 0x10000, b"")]
        commands += [(b"L", 0x20, 0x80, name + b"\0" + value + b"\0") for name, value in header]
        commands += [(b"N", 0x40, 0x40000, b"")]
        commands += [(b"B", 0x10, 0x80000, body[i:i + 65535]) for i in range(0, len(body), 65535)]
        self.say(commands, frame(b"E"))
        answers = [received(self.socket)]
        while answers[-1][:1] not in b"cart":
            answers.append(received(self.socket))
        return answers

    def close(self):
        self.socket.sendall(frame(b"Q"))
        self.socket.close()


def play(path, header, body, count, each=1):
    """`count` messages, `each` on a connection; every one must have a signature that verifies."""
    left = count
    while left > 0:
        connection = Connection(path)
        for _ in range(min(each, left)):
            answers = connection.play(header, body)
            if not any(b"dkim=pass" in answer for answer in answers):
                raise RuntimeError(f"no dkim=pass in {answers}")
        left -= each
        connection.close()
