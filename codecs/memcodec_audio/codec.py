"""The FLAC codec behind memcodec's codec contract."""

from __future__ import annotations

from collections.abc import Mapping

from memcodec.media.contract import Profile
from memcodec.storage import Source, Target
from memcodec_audio import flac, head
from memcodec_audio.commits import COMMITS
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
        return COMMITS.is_at_end(tail)

    def create(
        self, target: Target, profile: Profile, options: Mapping[str, str] | None = None
    ) -> AudioWriter:
        return AudioWriter.create(target, configure(profile, options or {}))

    def reopen(self, target: Target) -> AudioWriter:
        return AudioWriter.reopen(target, *COMMITS.to_continue(target))

    def open(self, source: Source) -> AudioReader:
        return AudioReader(source)

    def picture(self, source: Source) -> bytes:
        from memcodec_audio import picture as spectrogram

        return spectrogram.draw(source)
