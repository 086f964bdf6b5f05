"""Post-quantum recipients: files of another implementation, ours, and what must not pass for either."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

import memcodec
from memcodec.errors import ConfigError, WrongKey
from memcodec.seal import age, hybrid
from tests.seal.people import DOCUMENTS, HYBRID, Person, read, sealed

SECRET, PUBLIC = HYBRID

# Of age's own JavaScript implementation (npm: age-encryption 0.3.0), which opens our files, too: 32 times "q".
FILE = base64.b64decode(
    "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IG1sa2VtNzY4eDI1NTE5IDlBVm9pRHpvUG1UcERPMkVwMnpLczk2ek9p"
    "emRDRDlVVUNFSFB2NmFwajhzeXpXOFNydUY3MmExVTN0UmVKMXNzcU1CRVN6dG52MkViWXljcy9BRzJLQm5OYk5F"
    "a1dKbmR1YkorbTJLdlNuVWFDYkhIVzNhdWhDUGZuZFRmWTA2Y1l6QzhZOWsvc2lGSFV2TXBLSTgySGlMclF3cjBh"
    "dndmWmRBbjcybjBHQk9XeFhmRTBYUmFKZGZGWjlaZXhJcHFKRHdlMGlNVlNhVHFiZzJkRnVXL21EODllcEpVM1kx"
    "T3NaZ2tCOEk4ZCtoaGtWaitmNUpLZUhmU1A0c2lIWXFYN2UxZ2FGWFlsN2paZERqQmxlYW85WnJCODNYazBYV2ZS"
    "VFA1emFPdjQ1aUg5S0YyeWUxQlJ6cDhXd1NHaVRtTlVBOFdyQ1hPdjVTdWdRcndyVmlTcFVGZy85VVlPTEVxbzFQ"
    "NGhKMXlaaG1meVBtVkhiS2Q5aXZWOURVTHJsL3JXUFhWd2RYaml0VHI3UUYwcGx2VFFxRUp1bUJCS2g0NmRHL3FF"
    "Q0xvK0M3cnBJZHhDaEhoMVdkZmJWUHovNEdLb1U5eE9RblZFa2NURVpoaGM1K2RzRUNxSG1ZVWRHcHAyU2E4MGN0"
    "YzhON3k4MUVrOSt6M2NnMUtzZ2Q1MFcxbUcvN01kbm9YWlFLSm9Gc0pibHlXY3UzV2lXbGZxRDBxNEVRNE9EeTBF"
    "NlVDdlZ2cDFYSFlvdHpHNDdHVUxxV3hZa3ZZOUxlMGJHVUtaWW5YelNjTnVlbE9ycjRETFUwdDlLQTNUaTU2Y0Nw"
    "ZnBMTXF1T0lZS0dndTNLVzc5WFRzdDQ3OGIrT2VGdVkyWXNmUktTbUxkSTdvdXhkekVZLzVhekhDVWdyRmowNmdE"
    "YVZ6ZGdVQzBBRXBrRGxyako2SDVEeVZDY29tUXBkRXFMTlpQdnJNTW5YbDYzbjErc09nT0MxclhYYkNHa1dNSlpW"
    "ckoxMVI2SG4wQ0U1bjU1NS9yNkM2STJScWE3L3Z0WkhVbHdXc0xjUUh3SThURUNYcnkvQUIzeDNUYlFBclJMV1ZI"
    "YldUT3hrZEZpWkZMVStmUXhPVWRlZEViMlRncWdVQWVDV3NMSE9LekhMK2VLT0RKa2FMTndRNE01WGNWYVFuWDNI"
    "YXRuMGswME1hVWgzUnVyWjkwVDd6UHNiNWIwYXlkRWxZa291WW8zVnhheGFXcXBXMHJKY0kvUnFUSmlrNmVmb0FX"
    "SWljbXVBempPTmlYei9wa2lHWlZTMTdTMzdxYWhsUkg4T0Qyc2RRRWxob0t3ZDZtaTZaNzRPZzFueEo3TzdNQUlt"
    "dlFHTmM3WUlKN3lrQzVBYldsYndpRlVzS1I0UENhMXQzUnRnbjFicTIvbldyVHJWRThYTHlZS3pOWWRXYW14bTln"
    "UGs5dk1wWEMzZzBlU2tWZ1RDRCtoYmluRE1ZK3ZBc2dHblZQbTU0MXJYV0JRY0VablRHejJmaTBzMG9iZnpiMnZJ"
    "SGd4OHg0NzdyUk9VYkpGTHFVRWxkbnkyTmw3clorS2l5bTJVUUIybjBxc1BTejRsNDdlSWY1TlY1R2lkWFFXeEVo"
    "aDJMSVRnYTdCRUV4NjZieExFNVEydjgrbEQrNjJKVjBzejd0USs2bmp6TGZGc3N6TDZjbDdwY2VmSXFkTVY5d1lO"
    "VzE5ejNXcVpHeGgyYzZUMUxhZW9yeFR3K3QyZHJCakcyeHlJUzJ0eklIbUxBTThUMS81cFVyMTZaYVRwdWFBY1BH"
    "RlcwcGtDejVOVUlXWG5lZVN6UW1TVkRKSWdSL0Y4d3VuSzBCYWpOUHVNSG5pK0VyR0JIcnZwU0o3aTlSSWJvdHk1"
    "UlFWWGthdmltUzlGS0NUUk4zakVMUUlGWXZad25rRlhVbUlZN1lBbW1JN0dCcm9YWnptRG5iVlRCMzl6aVBhVCtY"
    "d24xaW5CaGJ4SGhSUGhNZwoxM1JwY2Q4Vlc4L0UvTDhYZkREVGJuc3AzWnY0Q21JYzJERVgzRUZPTkJJCi0tLSAz"
    "Mk0vTDhMK2J4UzVZTTArdTNsVXpDQWdQd3Rsdkx5RVRXWk02RTIzeGhFCh46nUFN9br+reKSzrQxjywgCIYSAJkW"
    "hXcf6sBQJbCwkhfIlg0kiwotB63T7svBKk1SnI4doRhwwoGXToSodwU="
)


def test_we_open_what_age_sealed() -> None:
    assert age.unwrap(FILE, age.identities([SECRET])) == b"q" * 32


def test_a_file_is_for_post_quantum_recipients_and_others(tmp_path: Path, ada: Person, eve: Person) -> None:
    """Each sort in an age file of its own: age mixes none."""
    file = sealed(tmp_path / "a.mp4", PUBLIC, ada.recipient)
    assert read(file, SECRET) == read(file, ada.identity) == DOCUMENTS
    with pytest.raises(WrongKey):
        read(file, eve.identity)
    with memcodec.open(file, unlock=SECRET) as memory:
        assert memory.reader.seal is not None and memory.reader.record.recipients == (PUBLIC, ada.recipient)
        kinds = [b"-> mlkem768x25519 " in each for each in memory.reader.seal.files]
        memory.add("A weir.", uri="weir")
    assert kinds == [False, True]
    (tmp_path / "key.txt").write_text(f"# created: today\n{ada.identity}\n{SECRET}\n")
    assert read(file, str(tmp_path / "key.txt")).keys() == {*DOCUMENTS, "weir"}
    alone = sealed(tmp_path / "b.flac", PUBLIC)
    assert read(alone, SECRET) == DOCUMENTS
    with pytest.raises(WrongKey):
        read(alone, ada.identity)


def test_what_was_changed_does_not_open() -> None:
    (key,) = age.identities([SECRET])
    (made,) = age.wrap(b"k" * 32, age.recipients([PUBLIC]))
    assert age.unwrap(made, [key]) == b"k" * 32 and len(made) == len(FILE)
    for at in range(0, len(made), 7):
        assert age.unwrap(made[:at] + bytes([made[at] ^ 1]) + made[at + 1 :], [key]) is None, at
        assert age.unwrap(made[:at], [key]) is None, at
    (again,) = age.wrap(b"k" * 32, age.recipients([PUBLIC]))
    assert (
        age.unwrap(made[:-48] + again[-48:], [key]) is None
    )  # the payload of another file for the same person


@pytest.mark.parametrize(
    "wrong",
    [PUBLIC[:-1], PUBLIC[:100] + "q" + PUBLIC[101:], PUBLIC.replace("q", "Q", 1), "age1pq1", "age1pq1b"],
)
def test_a_recipient_that_was_mistyped_is_told(wrong: str) -> None:
    with pytest.raises(ConfigError, match="no recipient that age knows"):
        age.recipients([wrong])


def test_a_secret_key_that_was_mistyped_is_told_and_not_shown() -> None:
    for wrong in (SECRET[:-1], SECRET[:30] + "Q" + SECRET[31:], SECRET.replace("1", "2", 1)):
        with pytest.raises(ConfigError, match="no secret key") as told:
            age.identities([wrong])
        assert wrong[20:40] not in str(told.value)
    assert isinstance(age.identities([SECRET])[0], hybrid.Identity)
