"""Reports, documents, hits, commits ... as JSON: the names that scripts and MCP clients may rely on.

What a command prints with ``--json`` is made here and nowhere else, and so is what a tool of the MCP server answers.
A ``TypedDict`` shapes each answer, named like the command and ``Answer``; JSON Schema is made of it.

``documents.py``: documents, chunks, hits. ``files.py``: what is in a file, and whether it is whole. ``writes.py``:
what became of a file that was written to. ``jobs.py``: indexing. ``sealed.py``, ``signatures.py``: for whom a file is,
who vouches for it. ``transfers.py``: files on their way. ``runs.py``: runs of agents. ``live.py``: rings.
``insight.py``: graph, topics, trends, synthesis. ``machine.py``: what a machine is able to. ``words.py`` has what
errors and notes advise, for whoever reads them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from memcodec.answers import (
        documents,
        files,
        insight,
        jobs,
        live,
        machine,
        runs,
        sealed,
        signatures,
        transfers,
        writes,
    )

__all__ = [
    "documents",
    "files",
    "insight",
    "jobs",
    "live",
    "machine",
    "runs",
    "sealed",
    "signatures",
    "transfers",
    "writes",
]


def __getattr__(name: str) -> Any:
    """Each is imported when an answer of its kind is made: a shape costs time to make, too."""
    if name not in __all__:
        raise AttributeError(f"module 'memcodec.answers' has no attribute {name!r}")
    return import_module(f"memcodec.answers.{name}")
