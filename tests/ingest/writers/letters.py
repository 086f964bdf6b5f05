"""Mail: by the standard library, and by hand as Outlook and mailing lists write it."""

from __future__ import annotations

import mailbox
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.ingest.writers.words import WHEN, Made, Words


def _message(words: Words) -> EmailMessage:
    message = EmailMessage()
    message["From"] = f"{words['sender']} <a@a.example>"
    message["To"] = f"{words['recipient']} <b@a.example>"
    message["Cc"] = f"{words['copied recipient']} <c@a.example>"
    message["Date"] = WHEN
    message["Subject"] = f"{words['subject line']} é"
    message["Keywords"] = words["keywords"]
    message["X-Mailer"] = words["technical header"]
    message.set_content(words["body"])
    message.add_alternative(f"<p>{words['body']}</p>", subtype="html")
    message.add_attachment(words["attached text"], filename=f"{words['name of an attachment']}.txt")
    inner = EmailMessage()
    inner["Subject"] = words["subject of an attached message"]
    inner.set_content(words["attached message"])
    message.add_attachment(inner)
    return message


def by_python() -> Made:
    words = Words()
    return Made("Python's email", "a.eml", _message(words).as_bytes(), (*words, "date"))


def by_mailbox() -> Made:
    words = Words()
    second = EmailMessage()
    second["Subject"], second["From"] = words["second message's subject"], "x@a.example"
    second.set_content(f"From {words['line that begins with From']} on\n")
    with TemporaryDirectory() as folder:
        box = mailbox.mbox(Path(folder) / "a.mbox")
        box.add(_message(words))
        box.add(second)
        box.flush()
        data = (Path(folder) / "a.mbox").read_bytes()
        box.close()
    return Made("Python's mailbox", "a.mbox", data, tuple(words))


def by_hand(box: bool) -> Made:
    """As Outlook sends it: HTML of Word's in Windows-1252, a picture within, a calendar, a signature."""
    words = Words()
    html = (
        "<html xmlns:o='urn:schemas-microsoft-com:office:office'><head><style>p.MsoNormal {}</style></head><body>"
        f"<p class=MsoNormal>{words['body']}&nbsp;caf\xe9<o:p></o:p></p><table><tr><td>{words['table']}</td></tr></table>"
        f"<img src='cid:x' alt='{words['picture description']}'></body></html>"
    )
    text = f"""Received: from {words["technical header"]} by x; {WHEN:%a, %d %b %Y %H:%M:%S} +0000
From: "{words["sender"]}" <a@a.example>
To: =?iso-8859-1?Q?{words["recipient"]}?= <b@a.example>
Date: {WHEN:%a, %d %b %Y %H:%M:%S} +0000
Subject: =?utf-8?B?w6k=?= {words["subject line"]}
Thread-Topic: x
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="m"

--m
Content-Type: multipart/related; boundary="r"

--r
Content-Type: text/html; charset="Windows-1252"
Content-Transfer-Encoding: 8bit

{html}
--r
Content-Type: image/png; name="{words["name of an attachment"]}.png"
Content-ID: <x>
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--r--
--m
Content-Type: text/calendar; method=REQUEST

BEGIN:VCALENDAR
BEGIN:VEVENT
SUMMARY:{words["calendar"]}
END:VEVENT
END:VCALENDAR
--m--
"""
    data = text.replace("\n", "\r\n").encode("cp1252")
    if not box:
        return Made("by hand", "a.eml", data, (*words, "date"))
    return Made("by hand", "a.mbox", b"From a@a.example Wed Apr  5 06:07:08 2017\n" + data, tuple(words))
