"""Bytes from somewhere, bytes to somewhere: the one seam between the format and the world."""

from memcodec.storage.contract import Place, PlaceLike, Source, Target
from memcodec.storage.fileobject import SourceFile
from memcodec.storage.local import LocalSource, LocalTarget
from memcodec.storage.ram import MemorySource, MemoryTarget, RamFile

__all__ = [
    "LocalSource",
    "LocalTarget",
    "MemorySource",
    "MemoryTarget",
    "Place",
    "PlaceLike",
    "RamFile",
    "Source",
    "SourceFile",
    "Target",
]
