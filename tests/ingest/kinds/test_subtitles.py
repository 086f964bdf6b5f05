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


MICRODVD = "{25}{75}{Y:i}The keeper|climbed\n{80}{125}one hundred steps.\n{2075}{2125}The lamp burned.\n"


@pytest.mark.parametrize(
    "name, text, places",
    [
        ("a.srt", made.SUBTITLES, ["00:00:01", "00:01:23"]),
        ("a.vtt", VTT, ["00:00:01", "01:02:03"]),
        ("a.ass", made.SUBSTATION, ["00:00:01", "00:01:23"]),
        ("a.ssa", made.SUBSTATION.replace("Dialogue: 0", "Dialogue: Marked=0"), ["00:00:01", "00:01:23"]),
        ("a.sub", "{1}{1}12.5\n" + MICRODVD, ["00:00:02", "00:02:46"]),
        ("a.txt", MICRODVD, ["00:00:01", "00:01:23"]),
    ],
)
def test_cues_are_joined_to_sentences(name: str, text: str, places: list[str]) -> None:
    found = extract(text.encode(), name)
    speaker = "Ada: " if name == "a.vtt" else ""  # WebVTT names who speaks to those who see it
    assert found.text == f"{speaker}The keeper climbed one hundred steps.\n\nThe lamp burned.\n"
    assert [section.place for section in found.sections] == places


@pytest.mark.parametrize(
    "name, cue, words",
    [
        ("a.srt", "00:00:01,000 --> 00:00:02,000\nIn the year\n1984\n", "In the year 1984"),
        ("a.srt", "1\n00:00:01,0 --> 00:00:02,0\nOne\n2\n00:00:02,0 --> 00:00:03,0\ntwo\n", "One two"),
        ("a.srt", "1\n00:00:01,0 --> 00:00:02,0\nAbove\n\nand below\n", "Above and below"),
        ("a.srt", "1\r00:01,5 --> 00:02,5\r\rno {brace} &lt; <i>2</i>\r", "no {brace} < 2"),
        (
            "a.vtt",
            "00:01.000 --> 00:02.000\n \nso<00:00:01.400><c> the</c><00:00:01.600><c> sea</c>\n",
            "so the sea",
        ),
        ("a.vtt", "00:01.000 --> 00:02.000\nOne\n\nNOTE no\n\n3\n00:02.000 --> 00:03.000\ntwo\n", "One two"),
    ],
)
def test_no_word_of_a_cue_is_lost_and_none_is_added(name: str, cue: str, words: str) -> None:
    assert extract(cue.encode(), name).text == f"{words}\n"


def test_frames_without_a_rate_are_noted() -> None:
    assert "frame rate" in extract(MICRODVD.encode(), "a.sub").notes[0]


@pytest.mark.parametrize("name", ["a.srt", "a.ass"])
@pytest.mark.parametrize(
    "data", [b"", b"words\n", b"WEBVTT\n", b"[Events]\nComment: 0,0:00:01.00,0:00:03.00,,,,,,,x\n"]
)
def test_a_file_without_cues_is_an_error(data: bytes, name: str) -> None:
    with pytest.raises(SourceError, match="no subtitles"):
        extract(data, name)
