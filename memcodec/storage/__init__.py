"""Bytes from somewhere, bytes to somewhere: the one seam between the format and the world."""

from memcodec.storage.contract import Source, Target
from memcodec.storage.fileobject import SourceFile
from memcodec.storage.local import LocalSource, LocalTarget
from memcodec.storage.ram import MemorySource, MemoryTarget

__all__ = ["LocalSource", "LocalTarget", "MemorySource", "MemoryTarget", "Source", "SourceFile", "Target"]
