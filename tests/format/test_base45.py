"""Base45: RFC 9285's examples, its errors, and the round trip."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcodec.format import base45


@pytest.mark.parametrize(
    ("data", "text"),
    [(b"AB", b"BB8"), (b"Hello!!", b"%69 VD92EX0"), (b"base-45", b"UJCLQE7W581"), (b"", b"")],
)
def test_examples_of_the_rfc(data: bytes, text: bytes) -> None:
    assert base45.encode(data) == text
    assert base45.decode(text) == data


@given(st.binary(max_size=300))
def test_round_trip(data: bytes) -> None:
    assert base45.decode(base45.encode(data)) == data


@pytest.mark.parametrize("text", [b"A", b"ABCD", b"abc", b":::", b"GGW", b"::", b"AB\xff", b"A\nB"])
def test_other_texts_are_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match="not base45"):
        base45.decode(text)


@given(st.binary(max_size=60))
def test_what_decodes_encodes_to_itself(text: bytes) -> None:
    try:
        data = base45.decode(text)
    except ValueError:
        return
    assert base45.encode(data) == text
