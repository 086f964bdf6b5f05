"""What is answered, as clients may have it: files by their public names, and not where they lie."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from starlette.responses import Response

from memcodec import Collection
from memcodec.answers.words import in_answer
from memcodec.config.times import state_of
from memcodec.service.shelf import Shelf


class Answering:
    """What calls of every subject share."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def _json(self, value: Any, status: int = 200) -> Response:
        return Response(json.dumps(self._public(value)), status, media_type="application/json")

    def _public(self, value: Any) -> Any:
        """An answer that names files as clients do, and not where they lie."""
        value = in_answer(value)
        if isinstance(value, dict):
            return {
                key: self._shelf.short(each) if key == "file" and isinstance(each, str) else self._filed(each)
                for key, each in value.items()
            }
        return value

    def _filed(self, value: Any) -> Any:
        return [self._public(each) for each in value] if isinstance(value, list) else value

    @contextmanager
    def _at(self, files: Collection, as_of: int | str | None, file: str | None) -> Iterator[Collection]:
        if (meant := state_of(as_of)) is None:
            yield files
            return
        with files.at(meant, file=file) as then:
            yield then
