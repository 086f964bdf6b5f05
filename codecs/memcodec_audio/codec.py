"""The FLAC codec behind memcodec's codec contract."""

from __future__ import annotations

from collections.abc import Mapping

from memcodec.errors import CodecError
from memcodec.media.contract import Profile
from memcodec.storage import Source, Target
from memcodec_audio import commits, flac, head
from memcodec_audio.profiles import configure
from memcodec_audio.reader import AudioReader
from memcodec_audio.writer import AudioWriter


class FLAC:
    """Spectra in the blocks of a FLAC recording."""

    name = "flac"
    summary = "FLAC sound: smallest of all; robust survives MP3, Opus and AAC"
    suffixes: tuple[str, ...] = (".flac",)

    def missing(self) -> str | None:
        from memcodec_audio.sound import missing

        return missing()

    def guide(self, profile: Profile) -> tuple[str, str]:
        return head.guide(profile)

    def sniff(self, head_: bytes) -> bool:
        """Whether a file that begins so is FLAC, its first bytes damaged or not."""
        return head_[:4] == b"fLaC" or head.config_in(head_) is not None or bool(flac.find(head_))

    def sniff_end(self, tail: bytes) -> bool:
        return commits.is_at_end(tail)

    def create(
        self, target: Target, profile: Profile, options: Mapping[str, str] | None = None
    ) -> AudioWriter:
        if target.size:
            raise CodecError(f"{target.name}: is not empty; a new memory file needs an empty one")
        return AudioWriter.create(target, configure(profile, options or {}))

    def reopen(self, target: Target) -> AudioWriter:
        source = target.source()
        try:
            last = commits.ending_at(source, source.size)
        finally:
            source.close()
        if last is None:
            raise CodecError(f"{target.name}: does not end in a commit; cut it there or repair it first")
        return AudioWriter.reopen(target, last)

    def open(self, source: Source) -> AudioReader:
        return AudioReader(source)

    def picture(self, source: Source) -> bytes:
        from memcodec_audio import picture as spectrogram

        return spectrogram.draw(source)
