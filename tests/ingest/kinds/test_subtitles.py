"""Subtitles: sentences at their times."""

from __future__ import annotations

import pytest

from memcodec.errors import SourceError
from memcodec.ingest.kinds import extract
from tests.ingest import made

VTT = """WEBVTT - title

NOTE a comment

STYLE
::cue { color: red }

00:01.000 --> 00:03.000 align:start
<v Ada>The keeper climbed

intro
00:03.100 --> 00:05.000
one hundred steps.

01:02:03.100 --> 01:02:05.000
The lamp burned.
"""


@pytest.mark.parametrize(
    "name, text, places",
    [("a.srt", made.SUBTITLES, ["00:00:01", "00:01:23"]), ("a.vtt", VTT, ["00:00:01", "01:02:03"])],
)
def test_cues_are_joined_to_sentences(name: str, text: str, places: list[str]) -> None:
    found = extract(text.encode(), name)
    assert found.text == "The keeper climbed one hundred steps.\n\nThe lamp burned.\n"
    assert [section.place for section in found.sections] == places


@pytest.mark.parametrize("data", [b"", b"words\n", b"WEBVTT\n"])
def test_a_file_without_cues_is_an_error(data: bytes) -> None:
    with pytest.raises(SourceError, match="no subtitles"):
        extract(data, "a.srt")
