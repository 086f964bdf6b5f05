"""Bytes from somewhere, bytes to somewhere: the one seam between the format and the world."""

from memcodec.storage.base import Source, Target
from memcodec.storage.file import SourceFile
from memcodec.storage.local import LocalSource, LocalTarget
from memcodec.storage.memory import MemorySource, MemoryTarget

__all__ = ["LocalSource", "LocalTarget", "MemorySource", "MemoryTarget", "Source", "SourceFile", "Target"]
