"""A search by vectors where FAISS is not installed."""

from __future__ import annotations

import sys

import pytest

from memcodec.errors import MissingExtra
from memcodec.index.vectors import nearest


def test_without_faiss_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faiss", None)
    with pytest.raises(MissingExtra, match=r"pip install 'memcodec\[semantic\]'"):
        nearest.library.__wrapped__()
