"""Where the values of settings come from.

Lowest to highest: the defaults; ``memcodec.toml`` in the user's config folder; the nearest ``memcodec.toml`` upward
from the working directory that no other user can have put there; the environment; options.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from memcodec.config import folders
from memcodec.config.settings import KEYS, PREFIX, TABLES, Key, Settings, from_options, nearest
from memcodec.errors import ConfigError

FILE_NAME = "memcodec.toml"
#: variables that are read where they are needed
APART = "MEMCODEC_CHAT_", "MEMCODEC_DEVICE", "MEMCODEC_IDENTITY", "MEMCODEC_ORT_WEB", "MEMCODEC_RUN"

_LARGEST_FILE = 1 << 20


class Given(NamedTuple):
    """A setting's value, and where it comes from: "default", a settings file, a variable or an option."""

    value: object
    source: str


def load(
    options: Mapping[str, object] | None = None,
    *,
    directory: str | os.PathLike[str] | None = None,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """The settings in force in ``directory`` (default: the working one); ``options`` as ``with_options`` takes.

    ``environ`` holds the variables that are settings; where the user's file lies, ``os.environ`` says.
    Raises ConfigError: a file that cannot be read, a key that is unknown, a value that is not allowed.
    """
    values = given(options, directory=directory, environ=environ)
    return Settings(
        **{
            table: fields(**{key.name: each.value for key, each in values.items() if key.table == table})
            for table, fields in TABLES.items()
        }
    )


def given(
    options: Mapping[str, object] | None = None,
    *,
    directory: str | os.PathLike[str] | None = None,
    environ: Mapping[str, str] | None = None,
) -> dict[Key, Given]:
    """Every setting with its value and where that comes from. Takes and raises what ``load`` does."""
    values = {key: Given(key.default, "default") for key in KEYS}
    for path in filter(None, (_user_file(), _project_file(directory))):
        values |= {key: Given(value, str(path)) for key, value in _from_file(path)}
    found = _from_environment(os.environ if environ is None else environ)
    values |= {key: Given(value, key.variable) for key, value in found}
    values |= {key: Given(value, key.option) for key, value in from_options(options or {})}
    return values


def _user_file() -> Path | None:
    try:
        return _existing(folders.config() / FILE_NAME)
    except ConfigError:  # a user without a home has no file there
        return None


def _project_file(directory: str | os.PathLike[str] | None) -> Path | None:
    try:
        start = Path(directory or ".").absolute()
    except FileNotFoundError:  # the working directory was deleted
        return None
    found = filter(None, (_existing(folder / FILE_NAME) for folder in (start, *start.parents)))
    return next(filter(_is_ours, found), None)


def _is_ours(path: Path) -> bool:
    """Whether nobody but this user and the system's can have put it there; another's is not obeyed."""
    if sys.platform == "win32":
        return True
    try:
        owners = {path.lstat().st_uid, path.stat().st_uid, path.parent.stat().st_uid}
    except OSError:
        return False
    if owners <= {os.geteuid(), 0}:
        return True
    # Its folder's name may be a stranger's too: repr leaves nothing in it that steers a terminal.
    _tell(f"{str(path)!r}: another user's settings are not obeyed; copy them here")
    return False


@cache
def _tell(text: str) -> None:
    """A warning, once."""
    import logging  # few runs have one

    logging.getLogger(__name__).warning("%s", text)


def _existing(path: Path) -> Path | None:
    return path if os.path.isfile(path) else None  # noqa: PTH113 -- Path's raises in a locked folder


def _from_file(path: Path) -> Iterator[tuple[Key, object]]:
    import tomllib  # most runs meet no file

    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}") from error
    if len(data) > _LARGEST_FILE:
        raise ConfigError(f"{path}: larger than 1 MB; this is not a settings file")
    try:
        tables = tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: not valid TOML: {error or 'nested too deeply'}") from error
    known = {key.dotted: key for key in KEYS}
    for dotted, value in _flat(tables):
        if dotted not in known:
            raise ConfigError(f"{path}: unknown key {dotted}; did you mean {nearest(dotted, known)}?")
        key = known[dotted]
        kept = key.checked(value, f"{path}: {dotted}")
        yield key, _beside(path, str(kept)) if key.rule.is_place else kept


def _beside(path: Path, name: str) -> str:
    """A place that a settings file names: a path in it begins in its folder."""
    return str(path.parent / os.path.expanduser(name)) if name and "://" not in name else name  # noqa: PTH111


def _flat(tables: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for table, content in tables.items():
        if isinstance(content, dict) and (content or table in TABLES):
            yield from ((f"{table}.{name}", value) for name, value in content.items())
        else:
            yield table, content


def _from_environment(environ: Mapping[str, str]) -> Iterator[tuple[Key, object]]:
    known = {key.variable: key for key in KEYS}
    for variable in sorted(
        name for name in environ if name.startswith(PREFIX) and not name.startswith(APART)
    ):
        if variable not in known:
            _tell(f"unknown variable {variable!r} is passed over; did you mean {nearest(variable, known)}?")
            continue
        text, key = environ[variable], known[variable]
        value = key.rule.read(text.strip())
        yield key, key.checked(text if value is None else value, variable)
