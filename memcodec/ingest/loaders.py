"""Which loader takes which file. A loader is a module with a function ``load``, as ``Loader`` says."""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from typing import Protocol, cast

from memcodec.ingest.files import RawFile
from memcodec.ingest.item import Item, Refused

_BY_SUFFIX: dict[str, str] = {}
_OTHERWISE = "memcodec.ingest.text"


class Loader(Protocol):
    """Reads one kind of file."""

    def load(self, file: RawFile, tags: Mapping[str, str]) -> Item | Refused:
        """The document in ``file``, or why there is none."""


def load(file: RawFile, tags: Mapping[str, str]) -> Item | Refused:
    """The document in ``file``, by the loader its suffix names. Loaders are imported when first needed."""
    module = _BY_SUFFIX.get(os.path.splitext(file.name.lower())[1], _OTHERWISE)  # noqa: PTH122
    return cast(Loader, importlib.import_module(module)).load(file, tags)
