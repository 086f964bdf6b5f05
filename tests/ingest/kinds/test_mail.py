"""Mail and mailboxes."""

from __future__ import annotations

import mailbox
import time
from base64 import b64encode
from email.message import EmailMessage
from pathlib import Path

import pytest

from memcodec.errors import SourceError
from memcodec.ingest.kinds import extract
from tests.ingest import made


def test_a_message_says_who_wrote_what_and_when() -> None:
    found = extract(made.MAIL, "a.eml")
    assert found.text == (
        "From: Ada <ada@example.org>\nTo: Bob <bob@example.org>\nDate: Tue, 05 Mar 2024 10:00:00 +0100\n"
        "Subject: Café lamp\n\nThe lamp burned naïvely.\n\nAttachments: chart.pdf\n"
    )
    assert (found.title, found.author) == ("Café lamp", "Ada <ada@example.org>")
    assert found.time is not None and found.time.isoformat() == "2024-03-05T09:00:00+00:00"


def test_a_mailbox_as_python_writes_it_gives_its_messages(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "box")
    for number in range(3):
        message = EmailMessage()
        message["Subject"] = f"Log {number}"
        message.set_content(f"Day {number}.\n\nFrom the sea, ünder the moon.\n")
        message.add_attachment(EmailMessage(), filename="inner.eml")
        box.add(message)
    box.close()
    found = extract((tmp_path / "box").read_bytes(), "a.mbox")
    assert [section.place for section in found.sections] == ["message 1", "message 2", "message 3"]
    assert found.sections[1].path == ("Log 1",)
    assert found.text.count("From the sea, ünder the moon.") == 3


@pytest.mark.parametrize(
    "raw, shown",
    [
        (b"=?utf-8?b?Q2Fmw6k=?= open", "Café open"),
        ("Café open".encode(), "Café open"),
        (b"=?nonsense?q?Caf=E9?=", "Café"),
        (b"=?unknown-8bit?q?Caf=E9?= open", "Café open"),
        (b"=?utf-8?b?Q2Fmw6k?= open", "Café open"),
        (b"=?utf-8*en?b?Q2Fmw6k=?=", "Café"),
        (b"=?UTF-8?Q?Caf=C3?=\n =?utf-8?Q?=A9_open?=", "Café open"),
        (b'"=?iso-8859-1?q?Caf=E9?=" open', '"Café" open'),
        (b"Re:=?iso-8859-1?q?Caf=E9?=open", "Re:Caféopen"),
        (b"=?utf-8?q?Caf=C3=A9 not open?=", "Café not open"),
        (b"=?utf-8?q?Open?=20now?_Yes=?=", "Open? now? Yes="),
        (b"=?gb2312?b?" + b64encode("朱镕基".encode("gbk")) + b"?=", "朱镕基"),
        (b"=?iso-2022-jp?b?" + b64encode("火曜日".encode("iso2022_jp")) + b"?=", "火曜日"),
        ("火曜日".encode("iso2022_jp"), "火曜日"),
        (b"=?windows-31j?b?" + b64encode("①髙".encode("cp932")) + b"?=", "①髙"),
        (b"=?ks_c_5601-1987?b?" + b64encode("펲시".encode("cp949")) + b"?=", "펲시"),
        (b"=?utf-7?q?Caf+AOk-?=", "Café"),
        (b"Caf\xe9 open", "Café open"),
        (b"=?utf-8?b?no end", "=?utf-8?b?no end"),
        (b"one\n two", "one two"),
    ],
)
def test_subjects_are_decoded(raw: bytes, shown: str) -> None:
    assert extract(b"Subject: " + raw + b"\n\nx\n", "a.eml").title == shown


def test_a_damaged_part_is_noted_and_the_rest_is_kept() -> None:
    mail = b"Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nfirst\n--b\n\n\0\1\xff\n--b--\n"
    found = extract(mail, "a.eml")
    assert "first" in found.text and found.notes[0].startswith("a part is left out: text/plain: not text")


def test_what_is_no_mail_is_an_error() -> None:
    with pytest.raises(SourceError, match="no mail"):
        extract(b"just words\n", "a.eml")


def test_parts_nested_very_deep_end() -> None:
    head = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(3000))
    try:
        found = extract(b"Subject: x\n" + head.encode() + b"\ntext\n", "a.eml")
    except SourceError as error:
        assert "nested too deep" in str(error)
    else:
        assert found.notes


def test_bytes_beyond_ascii_in_headers_are_of_the_body_s_charset() -> None:
    head = "Subject: Дом\nFrom: Анна <a@b.org>\nContent-Type: text/plain; charset=koi8-r\n\nДа.\n"
    found = extract(head.encode("koi8-r"), "a.eml")
    assert (found.title, found.author) == ("Дом", "Анна <a@b.org>") and found.text.endswith("Да.\n")


BODIES = [
    ("gb2312", "gbk", "朱镕基来了"),
    ("iso-8859-1", "cp1252", "“naïve” – €"),
    ("ks_c_5601-1987", "cp949", "펲시콜라"),
    ("windows-31j", "cp932", "①髙橋"),
    ("hz-gb-2312", "hz", "会议从星期二开始"),
    ("iso-2022-jp", "iso2022_jp", "打ち合わせ"),
    ("iso-2022-kr", "iso2022_kr", "안녕하세요"),
    ("utf-7", "utf-7", "naïve 日本"),
    ("us-ascii", "utf-8", "naïve"),
    ("utf-8", "cp1252", "The naïve café"),
    ("unknown-8bit", "cp1252", "The naïve café"),
    ("x-no-such", "cp1251", "Смотритель маяка"),
]


@pytest.mark.parametrize("kind", ["plain", "html"])
@pytest.mark.parametrize("label, codec, text", BODIES)
def test_bodies_are_read_in_the_charset_that_mailers_mean(
    label: str, codec: str, text: str, kind: str
) -> None:
    head = f"Subject: x\nContent-Type: text/{kind}; charset={label}\n\n".encode()
    assert text in extract(head + text.encode(codec) + b"\n", "a.eml").text


def test_html_without_a_charset_in_its_header_has_the_one_that_it_states() -> None:
    page = b'<meta charset="koi8-r"><p>' + "да".encode("koi8-r") + b"</p>"
    assert "да" in extract(b"Subject: x\nContent-Type: text/html\n\n" + page, "a.eml").text


@pytest.mark.parametrize(
    "parameters, name",
    [
        (b"filename*=utf-8''Caf%C3%A9%20plan.pdf", "Café plan.pdf"),
        (b"filename*0*=utf-8''Caf%C3;\n filename*1*=%A9.pdf", "Café.pdf"),
        (b"filename*=gb2312''%D6%EC%E9F.pdf", "朱镕.pdf".replace("镕", b"\xe9F".decode("gbk"))),
        (b'filename="=?utf-8?q?Caf=C3=A9.pdf?="', "Café.pdf"),
        ('filename="Café.pdf"'.encode(), "Café.pdf"),
        (b'filename="Caf\xe9.pdf"', "Café.pdf"),
        (b"filename*=nonsense''Caf%E9.pdf", "Café.pdf"),
        (b"filename=Cafe.pdf; filename*=utf-8''Caf%C3%A9.pdf", "Café.pdf"),
    ],
)
def test_files_are_named_in_whatever_way_mailers_write_names(parameters: bytes, name: str) -> None:
    mail = (
        b"Subject: x\nContent-Type: application/pdf\nContent-Disposition: attachment; "
        + parameters
        + b"\n\nx\n"
    )
    assert f"Attachments: {name}\n" in extract(mail, "a.eml").text


ALTERNATIVES = """Subject: x
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=utf-8

PLAIN
--b
OTHER
--b--
"""
HTML = "Content-Type: text/html\n\n<p>Walnut shelves.</p>"
RELATED = (
    "Content-Type: multipart/related; boundary=c\n\n--c\n"
    + HTML
    + "\n--c\nContent-Type: application/pdf\nContent-Disposition: attachment; filename=plan.pdf\n\nx\n--c--"
)


@pytest.mark.parametrize("plain", ["", " ", "\n\n", "\u00a0", "\u200b\n\ufeff"])
@pytest.mark.parametrize("other", [HTML, RELATED])
def test_where_the_plain_part_is_blank_the_other_is_the_message(plain: str, other: str) -> None:
    mail = ALTERNATIVES.replace("PLAIN", plain).replace("OTHER", other)
    assert "Walnut shelves." in extract(mail.encode(), "a.eml").text


def test_a_plain_part_that_only_points_to_the_other_does_not_hide_it() -> None:
    letter = HTML.replace("shelves.", "shelves. " + "They left the depot. " * 300)
    mail = ALTERNATIVES.replace("PLAIN", "See the HTML part.").replace("OTHER", letter)
    assert "Walnut shelves." in extract(mail.encode(), "a.eml").text


def test_of_a_plain_part_and_the_same_in_html_one_is_taken_and_files_beside_it_are_named() -> None:
    plain = " ".join(["Walnut shelves and a table."] * 20)
    mail = ALTERNATIVES.replace("PLAIN", plain).replace("OTHER", RELATED.replace("Walnut shelves.", plain))
    assert extract(mail.encode(), "a.eml").text == f"Subject: x\n\n{plain}\n\nAttachments: plan.pdf\n"


@pytest.mark.parametrize(
    "plain, html, shown",
    [
        ("The desk is moved.", "The desk is moved.", "The desk is moved."),
        (
            "A table.",
            "<b>A</b> table. And a heron, far out on the water.",
            "A table. And a heron, far out on the water.",
        ),
        (
            "Cannot be shown.",
            "And a heron, far out on the water.",
            "Cannot be shown.\n\nAnd a heron, far out on the water.",
        ),
    ],
)
@pytest.mark.parametrize("other", [HTML, RELATED])
def test_a_short_plain_part_is_shown_unless_the_other_says_the_same_and_more(
    plain: str, html: str, shown: str, other: str
) -> None:
    mail = ALTERNATIVES.replace("PLAIN", plain).replace("OTHER", other.replace("Walnut shelves.", html))
    assert extract(mail.encode(), "a.eml").text.partition("\n\nAttach")[0].strip() == f"Subject: x\n\n{shown}"


@pytest.mark.parametrize(
    "parameters, body, shown",
    [
        ("", "It flows \non.\n\n> as \n> quoted\n>> text\n", "It flows on.\n\n> as quoted\n>> text"),
        ("", "space-stuffed:\n From here \non\n-- \nsigned\n", "space-stuffed:\nFrom here on\n-- \nsigned"),
        ("; delsp=yes", "火曜日の \n午後\n", "火曜日の午後"),
    ],
)
def test_lines_that_a_mailer_broke_are_whole_again(parameters: str, body: str, shown: str) -> None:
    head = f"Subject: x\nContent-Type: text/plain; charset=utf-8; format=flowed{parameters}\n\n"
    assert extract((head + body).encode(), "a.eml").text == f"Subject: x\n\n{shown}\n"


INNER = b"From: Ann <ann@example.org>\nSubject: Pelican\n\nwalnut shelves\n"


@pytest.mark.parametrize(
    "part",
    [
        b"Content-Type: message/rfc822\n\n" + INNER,
        b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + b64encode(INNER),
        b"Content-Type: message/delivery-status\n\nReporting-MTA: dns; Pelican\n\nFinal-Recipient: rfc822; walnut\n",
        b"Content-Type: message/disposition-notification\n\nReporting-UA: Pelican\nFinal-Recipient: walnut\n",
    ],
)
def test_messages_in_messages_are_read(part: bytes) -> None:
    found = extract(
        b"Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n" + part + b"\n--b--\n", "a.eml"
    )
    assert "Pelican" in found.text and "walnut" in found.text


@pytest.mark.parametrize(
    "kind, note",
    [
        ("application/ms-tnef; name=winmail.dat", "winmail.dat: left out"),
        ("application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", "smime.p7m: left out"),
        ("multipart/encrypted; boundary=b", "the message is encrypted"),
    ],
)
def test_what_only_some_mailers_open_is_reported(kind: str, note: str) -> None:
    mail = f"Subject: x\nContent-Type: {kind}\n\n--b\nContent-Type: application/octet-stream\n\nx\n--b--\n"
    assert [each.startswith(note) for each in extract(mail.encode(), "a.eml").notes] == [True]


def test_parts_that_stand_nowhere_are_text() -> None:
    mail = b"Subject: x\nContent-Type: multipart/mixed; boundary=nowhere\n\nwalnut shelves\n"
    assert extract(mail, "a.eml").text == "Subject: x\n\nwalnut shelves\n"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_stated_length_is_believed_where_a_message_ends_there(end: str) -> None:
    body = f"{SEPARATORS[0]}\nSubject: forwarded\n\nwithin\n".replace("\n", end)
    for length, messages in ((len(body), 2), (len(body) + 9, 3)):
        first = f"{SEPARATORS[0]}\nSubject: one\nContent-Length: {length}\n\n".replace("\n", end)
        second = f"\n{SEPARATORS[0]}\nSubject: two\n\nend\n".replace("\n", end)
        found = extract((first + body + second).encode(), "a.mbox")
        assert len(found.sections) == messages and "within" in found.text


SEPARATORS = [
    "From ann@example.org Tue Mar  5 10:00:00 2024",
    "From - Tue Mar 05 10:00:00 2024",
    "From MAILER-DAEMON Fri Jul  8 12:08:34 2011",
    "From 17@xxx Tue Mar 05 10:00:00 +0000 2024",
    "From ???@??? Tue Mar 05 10:00:00 2024",
    "From ann Tue, 5 Mar 2024 10:00:00 +0100",
    "From ann@example.org Tue Mar  5 10:00 MET 2024",
]


@pytest.mark.parametrize("line", SEPARATORS)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_lines_that_part_messages_are_those_of_all_mailers(line: str, end: str) -> None:
    box = f"{line}\nSubject: one\n\nfirst\n\n{line}\nSubject: two\n\nsecond\n"
    found = extract(box.replace("\n", end).encode(), "a.mbox")
    assert [section.path for section in found.sections] == [("one",), ("two",)]


@pytest.mark.parametrize(
    "line",
    [
        "From Monday on the desk is moved.",
        "From 10:00 on, 5 March 2024, the desk is moved.",
        "From Ann",
        "From Tue to Mar at 10:00 in 2024",
    ],
)
@pytest.mark.parametrize("after", ["Note: the picture goes too.", "It is there."])
def test_prose_that_begins_with_from_parts_nothing_and_stays(line: str, after: str) -> None:
    box = f"{SEPARATORS[0]}\nSubject: one\n\nfirst\n\n{line}\n{after}\n\n>From quoted\n"
    found = extract(box.encode(), "a.mbox")
    assert [section.path for section in found.sections] == [("one",)]
    assert line in found.text and after in found.text and "\nFrom quoted" in found.text


def test_hostile_headers_end_quickly() -> None:
    start = time.process_time()
    extract(b"Subject: " + b"=?utf-8?q?" * 100_000 + b"\n\nx\n", "a.eml")
    extract(b"Subject: " + b"=?utf-8?q?a?=20" * 50_000 + b"\n\nx\n", "a.eml")
    assert time.process_time() - start < 20
