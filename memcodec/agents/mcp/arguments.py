"""What tools of the MCP server have in common: how documents are chosen, and the state of the files that is read."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from pydantic import Field

from memcodec import Filter

Tool = TypeVar("Tool", bound=Callable[..., Any])
Texts = str | list[str] | None

State = Annotated[
    int | str | None,
    Field(description="As the files were: a commit's number, or a date or time. Now, unless given."),
]
Offset = Annotated[int, Field(ge=0)]
File = Annotated[str | None, Field(description="One of the files by its name; all of them unless given.")]
OneFile = Annotated[str | None, Field(description="The file's name; needed when several files are served.")]

# Named and read as the options of the command line are.
_CONDITIONS: dict[str, tuple[str, Any, str]] = {
    "documents": ("doc", Texts, "Only that document, by uri or id; or one of several."),
    "tags": ("tag", Texts, "Only documents with that tag, KEY=VALUE; or with all of several."),
    "path": ("path", Texts, "Only documents whose uri matches that glob, as birds/*; or one of several."),
    "type": ("type", str | None, "Only documents of that kind of file: markdown, pdf, py."),
    "language": ("lang", str | None, "Only documents in that language; en takes en-GB, too."),
    "since": ("since", str | None, "Only documents from then on: 2026-04-02, yesterday."),
    "until": ("until", str | None, "Only documents up to then: 2026-04, last Tuesday."),
    "before": ("before", str | None, "Only documents older than then."),
}


def filtered(tool: Tool) -> Tool:
    """A tool that takes ``only``, a ``Filter``, by the conditions of the command line instead."""

    @functools.wraps(tool)
    def call(*args: Any, **given: Any) -> Any:
        words = {name: given.pop(option, None) for name, (option, *_) in _CONDITIONS.items()}
        # Models fill in what they do not mean with an empty text.
        return tool(*args, only=Filter.of(**{name: text for name, text in words.items() if text}), **given)

    own = inspect.signature(tool, eval_str=True)
    kept = [each for each in own.parameters.values() if each.name != "only"]
    conditions = [
        inspect.Parameter(
            option,
            inspect.Parameter.KEYWORD_ONLY,
            default=None,
            annotation=Annotated[kind, Field(description=told)],
        )
        for option, kind, told in _CONDITIONS.values()
    ]
    call.__signature__ = own.replace(parameters=[*kept, *conditions])  # type: ignore[attr-defined]
    return call  # type: ignore[return-value]
