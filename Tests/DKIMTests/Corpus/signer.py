"""A DKIM signer that signs whatever it is told to, right or wrong. It knows RFC 6376 by itself: what it signs is what the
standard says is signed, so that a verdict can be derived from the standard alone."""

import base64
import hashlib
import os
import re

import nacl.signing
from dkim.crypto import DigestTooLargeError, RSASSA_PKCS1_v1_5_sign, parse_pem_private_key

HERE = os.path.dirname(os.path.abspath(__file__))
DOMAIN = b"example.com"


class Key:
    def __init__(self, name):
        self.name = name
        path = os.path.join(HERE, "keys", name)
        if name == "ed25519":
            with open(path + ".seed") as file:
                self.private = nacl.signing.SigningKey(base64.b64decode(file.read()))
            self.public = self.private.verify_key.encode()
        else:
            self.path = path + ".pem"
            with open(self.path, "rb") as file:
                self.pem = file.read()
            self.private = parse_pem_private_key(self.pem)
            self.pkcs1 = sequence(integer(self.private["modulus"]) + integer(self.private["publicExponent"]))
            identifier = bytes.fromhex("300d06092a864886f70d0101010500")
            self.public = sequence(identifier + tagged(0x03, b"\0" + self.pkcs1))

    @property
    def p(self):
        return base64.b64encode(self.public).decode()

    @property
    def record(self):
        return "v=DKIM1; k=%s; p=%s" % ("ed25519" if self.name == "ed25519" else "rsa", self.p)

    def sign(self, hasher):
        if self.name == "ed25519":
            return self.private.sign(hasher.digest()).signature
        return RSASSA_PKCS1_v1_5_sign(hasher, self.private)


def tagged(tag, content):
    if len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def sequence(content):
    return tagged(0x30, content)


def integer(number):
    return tagged(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


KEYS = {name: Key(name) for name in ("rsa512", "rsa1020", "rsa1024", "rsa2048", "rsa4096", "rsa6144", "rsa8192", "rsa2048e40", "ed25519")}


def canonical_field(way, field):
    """RFC 6376, 3.4.1 and 3.4.2; without the CRLF at the end."""
    if way == "simple":
        return field
    name, value = field.split(b":", 1)
    value = re.sub(rb"[ \t]+", b" ", value.replace(b"\r\n", b"")).strip(b" ")
    return name.rstrip(b" \t").lower() + b":" + value


def canonical_body(way, body):
    """RFC 6376, 3.4.3 and 3.4.4."""
    lines = body.split(b"\r\n")
    if way == "relaxed":
        lines = [re.sub(rb"[ \t]+", b" ", line).rstrip(b" ") for line in lines]
    while lines and lines[-1] == b"":
        lines.pop()
    if not lines:
        return b"\r\n" if way == "simple" else b""
    return b"\r\n".join(lines) + b"\r\n"


def field_name(field):
    return field.split(b":", 1)[0].rstrip(b" \t").lower()


def selected(fields, names):
    """RFC 6376, 5.4.2: each name takes the lowest field that is left."""
    left = list(fields)
    for name in names:
        for index in range(len(left) - 1, -1, -1):
            if field_name(left[index]) == name.lower():
                yield left.pop(index)
                break


TEMPLATE = "v=1; a={a}; c={c}; d=example.com; s={s};{more}\r\n h={h};\r\n bh={bh};\r\n b={b}"


def sign(
    fields,
    body,
    *,
    key="rsa2048",
    a=None,
    c="relaxed/relaxed",
    s=None,
    h="From:To:Subject:Date:Message-ID",
    more="",
    template=TEMPLATE,
    start=b"DKIM-Signature:",
    length=None,
    ways=None,
    names=None,
    covers=None,
    bh=None,
    mangle=lambda b: b,
    fold=True,
):
    """The signature field. `ways` are the canonicalizations really used if not those of `c`, `names` the fields really
    covered if not those of `h`, `covers` the header really signed if not `fields`."""
    key = KEYS[key]
    a = a or ("ed25519-sha256" if key.name == "ed25519" else "rsa-sha256")
    hash_function = hashlib.sha1 if a.endswith("sha1") else hashlib.sha256
    way = ways or (c.split("/") + ["simple"])[:2]
    canonical = canonical_body(way[1], body)
    if length is not None:
        canonical = canonical[:length]
    if bh is None:
        bh = base64.b64encode(hash_function(canonical).digest()).decode()
    values = {"a": a, "c": c, "s": s or key.name, "h": h, "bh": bh, "more": more, "b": "{b}"}
    value = template
    for tag, text in values.items():
        value = value.replace("{%s}" % tag, text)
    value = value.encode("latin-1")
    hasher = hash_function()
    if names is None:
        names = [part.strip() for part in h.split(":")]
    for field in selected(fields if covers is None else covers, [part.encode() for part in names]):
        hasher.update(canonical_field(way[0], field) + b"\r\n")
    unsigned = re.sub(rb"[ \t\r\n]*\{b\}[ \t\r\n]*", b"", value)
    hasher.update(canonical_field(way[0], start + b" " + unsigned))
    b = base64.b64encode(key.sign(hasher)).decode()
    if fold:
        b = "\r\n ".join(b[index : index + 72] for index in range(0, len(b), 72))
    return start + b" " + value.replace(b"{b}", mangle(b).encode("latin-1"))
