"""memcodec: text knowledge as media files that search themselves.

import memcodec

with memcodec.create("notes.mp4") as memory:
    memory.add("The heron nests in April.", title="Herons")

with memcodec.open("notes.mp4") as memory:
    for hit in memory.search("nesting birds"):
        print(hit.score, hit.document.title, hit.text)
"""

import importlib

from memcodec.version import __version__

# What `python -m memcodec` imports here comes from the working directory, if there is such a file: next to nothing.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from memcodec import aio
    from memcodec.agents.runs import Run, run
    from memcodec.collection import Collection
    from memcodec.config.settings import Ingest, Settings
    from memcodec.errors import (
        Changed,
        Closed,
        CodecError,
        ConfigError,
        Conflict,
        Damaged,
        Diverged,
        Expired,
        Forged,
        MemcodecError,
        MissingExtra,
        ModelError,
        NewerFormat,
        NotAllowed,
        NotAMemoryFile,
        NotFound,
        NotRestored,
        OlderFormat,
        Sealed,
        SourceError,
        StorageError,
        Unproven,
        WrongKey,
    )
    from memcodec.file.filter import Filter
    from memcodec.file.history import Diff
    from memcodec.file.info import Info
    from memcodec.file.restore import RestoreReport
    from memcodec.file.sync import SyncReport
    from memcodec.ingest.walk import Skipped
    from memcodec.jobs.client import JobHandle
    from memcodec.live.making import live
    from memcodec.memory import Memory, create, open
    from memcodec.memory.signatures import check_proof
    from memcodec.model import Commit, CommitReport, Document, Hit, Line, Original, Section
    from memcodec.search.results import Mode, Results
    from memcodec.upkeep.branch import BranchReport
    from memcodec.upkeep.capsule import CapsuleReport
    from memcodec.upkeep.compact import CompactReport
    from memcodec.upkeep.convert import ConvertReport, convert
    from memcodec.upkeep.merge import MergeReport, merge
    from memcodec.upkeep.prove import Proof
    from memcodec.upkeep.repair import RepairReport, repair
    from memcodec.upkeep.sign import SignReport
    from memcodec.upkeep.signed import SignedReport
    from memcodec.upkeep.verify import VerifyReport

__all__ = [
    "BranchReport",
    "CapsuleReport",
    "Changed",
    "Closed",
    "CodecError",
    "Collection",
    "Commit",
    "CommitReport",
    "CompactReport",
    "ConfigError",
    "Conflict",
    "ConvertReport",
    "Damaged",
    "Diff",
    "Diverged",
    "Document",
    "Expired",
    "Filter",
    "Forged",
    "Hit",
    "Info",
    "Ingest",
    "JobHandle",
    "Line",
    "MemcodecError",
    "Memory",
    "MergeReport",
    "MissingExtra",
    "Mode",
    "ModelError",
    "NewerFormat",
    "NotAMemoryFile",
    "NotAllowed",
    "NotFound",
    "NotRestored",
    "OlderFormat",
    "Original",
    "Proof",
    "RepairReport",
    "RestoreReport",
    "Results",
    "Run",
    "Sealed",
    "Section",
    "Settings",
    "SignReport",
    "SignedReport",
    "Skipped",
    "SourceError",
    "StorageError",
    "SyncReport",
    "Unproven",
    "VerifyReport",
    "WrongKey",
    "__version__",
    "aio",
    "check_proof",
    "convert",
    "create",
    "live",
    "merge",
    "open",
    "repair",
    "run",
]

_HOMES = {
    "BranchReport": "upkeep.branch",
    "CapsuleReport": "upkeep.capsule",
    "Changed": "errors",
    "Closed": "errors",
    "CodecError": "errors",
    "Collection": "collection",
    "Commit": "model",
    "CommitReport": "model",
    "CompactReport": "upkeep.compact",
    "ConfigError": "errors",
    "Conflict": "errors",
    "ConvertReport": "upkeep.convert",
    "Damaged": "errors",
    "Diff": "file.history",
    "Diverged": "errors",
    "Document": "model",
    "Expired": "errors",
    "Filter": "file.filter",
    "Forged": "errors",
    "Hit": "model",
    "Info": "file.info",
    "Ingest": "config.settings",
    "JobHandle": "jobs.client",
    "Line": "model",
    "MemcodecError": "errors",
    "Memory": "memory",
    "MergeReport": "upkeep.merge",
    "MissingExtra": "errors",
    "Mode": "search.results",
    "ModelError": "errors",
    "NewerFormat": "errors",
    "NotAMemoryFile": "errors",
    "NotAllowed": "errors",
    "NotFound": "errors",
    "NotRestored": "errors",
    "OlderFormat": "errors",
    "Original": "model",
    "Proof": "upkeep.prove",
    "RepairReport": "upkeep.repair",
    "RestoreReport": "file.restore",
    "Results": "search.results",
    "Run": "agents.runs",
    "Sealed": "errors",
    "Section": "model",
    "Settings": "config.settings",
    "SignReport": "upkeep.sign",
    "SignedReport": "upkeep.signed",
    "Skipped": "ingest.walk",
    "SourceError": "errors",
    "StorageError": "errors",
    "SyncReport": "file.sync",
    "Unproven": "errors",
    "VerifyReport": "upkeep.verify",
    "WrongKey": "errors",
    "check_proof": "memory.signatures",
    "convert": "upkeep.convert",
    "create": "memory",
    "merge": "upkeep.merge",
    "open": "memory",
    "repair": "upkeep.repair",
    "run": "agents.runs",
}


def __getattr__(name: str) -> "Any":
    """Import the public names when they are first used, so that importing memcodec costs nothing."""
    if name in ("aio", "live"):
        return importlib.import_module(f"memcodec.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module 'memcodec' has no attribute {name!r}")
    return getattr(importlib.import_module(f"memcodec.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
