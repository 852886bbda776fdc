#!/usr/bin/env python3
"""Plays sample messages through a real Postfix with the filter, and shows each header before and after.

    play.py DIRECTORY MILTER NAME...     with NAME a folder of samples/messages
"""
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from instance import Postfix  # noqa: E402  (it stands beside this file)

MESSAGES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "messages")


def header(message):
    return message.replace(b"\r\n", b"\n").split(b"\n\n", 1)[0].decode(errors="replace")


def main(directory, milter, names):
    with Postfix(os.path.join(directory, "postfix"), milter) as postfix:
        for count, name in enumerate(names, 1):
            folder = os.path.join(MESSAGES, name)
            with open(os.path.join(folder, "message.eml"), "rb") as source:
                message = source.read()
            with open(os.path.join(folder, "envelope.json")) as source:
                envelope = json.load(source)
            code, text = postfix.send(
                message, client=envelope["ip"], hostname=envelope["hostname"], helo=envelope["helo"],
                mail_from=envelope["mail_from"], rcpt=envelope["rcpt"],
                parameters=" SMTPUTF8" if not envelope["mail_from"].isascii() else "")
            print(f"\n=== {name}: {code} {text.decode()}\n--- sent\n{header(message)}")
            print(f"--- stored\n{header(postfix.delivered(count)[-1])}")


main(sys.argv[1], sys.argv[2], sys.argv[3:])
