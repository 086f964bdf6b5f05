"""Descriptions of documents: each is found in its table without the others."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcodec.errors import Damaged
from memcodec.format import budget, documents
from memcodec.format.documents import Stored
from memcodec.model import Document, Section

TIME = datetime(2024, 5, 6, tzinfo=UTC)
BETWEEN = '},{"id":"'
texts = st.lists(st.sampled_from([BETWEEN, '"', "\\", "}", "é", "\n", ","]), max_size=5).map("".join)


@given(st.lists(st.tuples(texts, texts, texts), min_size=1, max_size=5))
def test_each_stands_alone_whatever_its_words(given: list[tuple[str, str, str]]) -> None:
    stored = [
        Stored(
            Document(
                f"{number:016x}", uri, title, TIME, "0" * 64, 9, {"id": tag}, sections=(Section(0, (tag,)),)
            ),
            9 * number,
        )
        for number, (uri, title, tag) in enumerate(given)
    ]
    table = budget.unpack(documents.pack(stored), budget.MAX_DOCUMENTS, "table")
    rows = documents.split(table)
    assert [documents.parse(json.loads(row)) for row in rows] == stored
    assert [json.loads(row) for row in rows] == json.loads(table)


@pytest.mark.parametrize("table", [b"", b"[]", b"{}", b'[{"id":"', b'[{"uri":"a"}]', b'[ {"id":"a"}]'])
def test_a_table_of_another_shape_is_damage(table: bytes) -> None:
    with pytest.raises(Damaged):
        documents.split(table)
