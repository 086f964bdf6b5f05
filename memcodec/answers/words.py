"""What errors and notes advise, in the words of whoever reads them.

The library speaks to a Python program: what to call or to give stands between backticks, "use `force=True`". The
command line and the MCP server say it in their own words; what is not in their tables they leave as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from memcodec.config.settings import KEYS

#: what a program calls, and the command that does it
COMMANDS = {
    "convert()": "`memcodec convert`",
    "compact()": "`memcodec compact`",
    "create()": "`memcodec encode`",
    "documents()": "`memcodec list`",
    "index_background()": "`memcodec index`",
    "log()": "`memcodec log`",
    "merge()": "`memcodec merge`",
    "repair()": "`memcodec repair`",
    "fold()": "`memcodec fold`",
    "sign()": "`memcodec sign`",
    "verify()": "`memcodec verify`",
    "verify_signed()": "`memcodec verify --signed-by KEY`",
}
GIVEN = {
    "Filter(path='*')": "--path '*'",
    "allow_empty=True": "--allow-empty",
    "as_of": "--as-of",
    "cluster": "--cluster",
    "endpoint": "--endpoint",
    "force=True": "--force",
    "image_model": "--image-model DIR",
    "index='now'": "--index now",
    "k": "-k",
    "keep_originals=True": "`--keep-originals`",
    "level": "--level",
    "llm_model": "--llm-model",
    "max_memory": "--max-memory (read.max_memory)",
    "max_size": "--max-size",
    "mode='lexical'": "--mode lexical",
    "model='none'": "--model none",
    "new_token": "--new-token",
    "origins": "--origin URL",
    "out": "-o",
    "pages": "--pages",
    "profile='robust'": "--profile robust",
    "rebuild=True": "--rebuild",
    "root": "--as",
    "runtime": "--runtime",
    "passphrase": "--passphrase-file FILE",
    "passphrase='...'": "--passphrase",
    "seal='age1...'": "--seal-to RECIPIENT",
    "timeout": "--timeout",
    "to='age1...'": "--to RECIPIENT",
    "transcribe": "--transcribe MODEL",
    "unlock": "--identity FILE",
    "wait": "--wait SECONDS",
    "writable=True": "--write",
}
CLI: Mapping[str, str] = {key.name: key.option for key in KEYS} | COMMANDS | GIVEN
#: a client that is a model has tools; what else there is to do is for the user, at the command line
MCP: Mapping[str, str] = {**CLI, "documents()": "`list`", "mode='lexical'": "mode lexical"}

_ADVICE = re.compile("`([^`]+)`")
_TOLD = frozenset({"damage", "error", "files", "note", "notes", "reason"})  # of an answer: lines for people


def told(text: str, words: Mapping[str, str] = CLI) -> str:
    """An error or a note in these words."""
    return _ADVICE.sub(lambda match: words.get(match[1], match[0]), text)


def in_answer(value: Any, words: Mapping[str, str] = CLI, *, key: str = "") -> Any:
    """An answer whose notes and reasons are in these words; what is the user's own is as it is."""
    if isinstance(value, dict):
        return {name: in_answer(each, words, key=name) for name, each in value.items()}
    if isinstance(value, list):
        return [in_answer(each, words, key=key) for each in value]
    return told(value, words) if isinstance(value, str) and key in _TOLD else value
