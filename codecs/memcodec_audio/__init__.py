"""The audio codec: memory files whose every block of sound is a spectrum. Importing this loads no libsndfile."""

from __future__ import annotations

from memcodec_audio.codec import FLAC

__all__ = ["FLAC"]
