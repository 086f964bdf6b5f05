"""Files of age for a passphrase: their work does not depend on how busy the machine is, and rage opens them."""

from __future__ import annotations

import pyrage
import pytest

from memcodec.seal import age, phrases
from memcodec.seal.age import Recipients

PASSPHRASE = "correct horse, Käse"


def test_the_work_is_fixed_and_another_program_opens_it() -> None:
    (made,) = age.wrap(b"k" * 32, Recipients((), PASSPHRASE))
    assert made.split(b"\n")[1].endswith(b" 18") and age.needs_passphrase(made)
    assert pyrage.passphrase.decrypt(made, PASSPHRASE) == b"k" * 32
    assert age.unwrap_by(made, PASSPHRASE) == b"k" * 32
    assert age.unwrap_by(made, PASSPHRASE + " ") is None


def test_a_file_of_more_work_opens_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """rage refuses work far above what it measures just then: a busy machine would not open a quick one's file."""
    monkeypatch.setattr(phrases, "WORK", phrases.MOST_WORK)
    made = phrases.encrypt(b"k" * 32, PASSPHRASE)
    assert age.unwrap_by(made, PASSPHRASE) == b"k" * 32


@pytest.mark.parametrize("work", [b"0", b"01", b"1 ", b"", b"21", b"99", b"-1", b"x"])
def test_work_that_is_none_or_too_much_opens_nothing(work: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phrases, "WORK", 1)
    made = phrases.encrypt(b"k" * 32, PASSPHRASE)
    assert age.unwrap_by(made.replace(b" 1\n", b" %b\n" % work, 1), PASSPHRASE) is None


def test_each_byte_of_it_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phrases, "WORK", 1)
    made = phrases.encrypt(b"k" * 32, PASSPHRASE)
    for at in range(len(made)):
        assert age.unwrap_by(made[:at] + bytes([made[at] ^ 1]) + made[at + 1 :], PASSPHRASE) is None, at
        assert age.unwrap_by(made[:at], PASSPHRASE) is None, at
