"""Every setting, written once: name, default, what is allowed, and what it is called elsewhere.

``[table] key`` in a file is ``MEMCODEC_TABLE_KEY`` in the environment (lists separated by commas) and ``--key`` on the
command line (``read.disk_cache`` is ``--cache`` there, ``default.file`` is FILE, and MEMCODEC_FILE).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypedDict, TypeVar, Unpack

from memcodec.arguments import check_fields
from memcodec.config import rules
from memcodec.config.rules import Rule
from memcodec.errors import ConfigError

PREFIX = "MEMCODEC_"

T = TypeVar("T")


def _setting(default: T, rule: Rule[T], option: str = "", variable: str = "") -> T:
    """``option`` and ``variable``: what command line and environment call it, where that is another name."""
    return field(default=default, metadata={"rule": rule, "option": option, "variable": variable})


VECTOR_BITS = 2  #: of a number of a vector; docs/INDEXING.md says why


@dataclass(frozen=True, slots=True)
class Default:
    """What the command line takes where nothing is said. ``file``: the memory file; relative to where it is written."""

    file: str = _setting("", rules.place(), option="FILE", variable="MEMCODEC_FILE")


class _Table:
    """Settings of one table, each held against its rule."""

    __slots__ = ()

    def __post_init__(self) -> None:
        for entry in dataclasses.fields(self):  # type: ignore[arg-type]
            where, rule = f"{type(self).__name__.lower()}.{entry.name}", entry.metadata["rule"]
            object.__setattr__(self, entry.name, rule.kept(getattr(self, entry.name), where))


@dataclass(frozen=True, slots=True)
class Encode(_Table):
    """How a memory file is written. ``parity`` in percent; ``chunk_size`` and ``overlap`` in characters.

    ``bits`` of a sample and ``rate`` of the robust profile are for sound; "auto": what suits the profile. ``journal``:
    small texts that are added to a file go to its journal first, and into media when that is folded. ``durability`` of
    what is written there: on stable storage before it is acknowledged ("strict"), within 100 ms, or when the system
    likes.
    """

    codec: str = _setting("av1", rules.name())
    profile: str = _setting("dense", rules.one_of("dense", "robust"))
    bits: str = _setting("auto", rules.one_of("auto", "16", "24"))
    rate: str = _setting("auto", rules.one_of("auto", "normal", "low"))
    index: str = _setting("now", rules.one_of("now", "background", "none"))
    parity: float = _setting(10.0, rules.number(0, 100))
    chunk_size: int = _setting(1000, rules.whole(1, 1_000_000))
    overlap: int = _setting(50, rules.whole(0, 999_999))
    journal: bool = _setting(True, rules.flag())
    durability: str = _setting("batched", rules.one_of("strict", "batched", "none"))

    @property
    def options(self) -> dict[str, str]:
        """What only some codecs know, as far as it was chosen."""
        return {name: value for name in ("bits", "rate") if (value := getattr(self, name)) != "auto"}

    def __post_init__(self) -> None:
        _Table.__post_init__(self)
        if self.overlap >= self.chunk_size:
            raise ConfigError(
                f"encode.overlap {self.overlap} is not below encode.chunk_size {self.chunk_size}; change one"
            )


@dataclass(frozen=True, slots=True)
class Ingest(_Table):
    """What to take from folders.

    ``include``: file name endings (``md``, ``.md``, ``tar.gz``; any case), none: all. ``exclude``: patterns
    as in ``.gitignore``, relative to the folder. ``max_depth``: 1 takes a folder's own files only, 0 sets
    no limit. ``max_file_size``: bytes, for named files too. ``keep_originals``: of files that are no text keep the
    bytes too. ``strict``: a file that cannot be taken in stops. ``transcribe``: the model that writes down speech,
    "default" the one that is installed; "none" leaves recordings out. ``ocr``: whether the text in pictures is read,
    "auto" where a page or picture has no text of its own, "always" of every page. ``gps``: where photographs were
    taken is text too. ``image_model``: the folder of a CLIP model, by which pictures are found for what they show; they
    are kept then; "none": no such search. ``keep_paths``: the memory file keeps the absolute paths of what was
    named, which it else knows by a digest.
    """

    include: tuple[str, ...] = _setting((), rules.names())
    exclude: tuple[str, ...] = _setting((), rules.names())
    max_depth: int = _setting(0, rules.whole(0, 10_000))
    max_file_size: int = _setting(100_000_000, rules.size())
    hidden: bool = _setting(False, rules.flag())
    gitignore: bool = _setting(True, rules.flag())
    follow_links: bool = _setting(False, rules.flag())
    keep_originals: bool = _setting(False, rules.flag())
    strict: bool = _setting(False, rules.flag())
    transcribe: str = _setting("none", rules.name())
    ocr: str = _setting("auto", rules.one_of("auto", "always", "never"))
    gps: bool = _setting(False, rules.flag())
    image_model: str = _setting("none", rules.name())
    keep_paths: bool = _setting(False, rules.flag())


@dataclass(frozen=True, slots=True)
class Index(_Table):
    """How documents are indexed: the Snowball stemmer's language; the embedding model's name or folder.

    ``positions``: where words stand in chunks, for phrases. ``vectors``: bits of a number of a vector.
    """

    language: str = _setting("english", rules.name())
    model: str = _setting("all-MiniLM-L6-v2", rules.name())
    vectors: int = _setting(VECTOR_BITS, rules.one_number_of(8, 4, 2, 1))
    positions: bool = _setting(True, rules.flag())


@dataclass(frozen=True, slots=True)
class Search(_Table):
    """How a query is answered. ``k``: the number of hits.

    ``late``: of chunks without vectors, the best by words are embedded for a hybrid query: "auto", where a file has
    vectors of others; "always", where it has none at all, too.
    """

    mode: str = _setting("hybrid", rules.one_of("hybrid", "lexical", "semantic"))
    k: int = _setting(10, rules.whole(1, 10_000))
    late: str = _setting("auto", rules.one_of("auto", "always", "never"))


@dataclass(frozen=True, slots=True)
class Read(_Table):
    """How a memory file is read. ``cache``: bytes of what was decoded to keep in memory.

    ``disk_cache``: bytes of what was fetched from far away to keep on disk, for the next command; 0: none.
    ``max_memory``: bytes that one file may ask for at once; what would take more is refused.
    """

    cache: int = _setting(64_000_000, rules.size())
    disk_cache: int = _setting(0, rules.size(), option="--cache")
    max_memory: int = _setting(4 << 30, rules.size())


class Options(TypedDict, total=False):
    """The settings by their keys, of whatever table; None and () mean not given."""

    codec: str | None
    profile: str | None
    bits: str | None
    rate: str | None
    index: str | None
    parity: float | None
    chunk_size: int | None
    overlap: int | None
    journal: bool | None
    durability: str | None
    include: Sequence[str] | None
    exclude: Sequence[str] | None
    max_depth: int | None
    max_file_size: int | str | None
    hidden: bool | None
    gitignore: bool | None
    follow_links: bool | None
    file: str | None
    keep_originals: bool | None
    keep_paths: bool | None
    strict: bool | None
    transcribe: str | None
    ocr: str | None
    gps: bool | None
    image_model: str | None
    language: str | None
    model: str | None
    vectors: str | None
    positions: bool | None
    mode: str | None
    k: int | None
    late: str | None
    cache: int | str | None
    disk_cache: int | str | None
    max_memory: int | str | None


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, one table each. ``Settings.of(parity=20, chunk_size=500)``: the defaults but for those."""

    default: Default = field(default_factory=Default)
    encode: Encode = field(default_factory=Encode)
    ingest: Ingest = field(default_factory=Ingest)
    index: Index = field(default_factory=Index)
    search: Search = field(default_factory=Search)
    read: Read = field(default_factory=Read)

    def __post_init__(self) -> None:
        check_fields(self)

    @classmethod
    def of(cls, **options: Unpack[Options]) -> Settings:
        """The defaults with others by key, whatever table they are in. Raises ConfigError as ``with_options``."""
        return cls().with_options(**options)

    def with_options(self, **options: Unpack[Options]) -> Settings:
        """These with others by key, ``codec="h264"``; None and () mean not given.

        Raises ConfigError for a key that there is not, and for a value that is not allowed.
        """
        tables: dict[str, dict[str, object]] = {}
        for key, value in from_options(options):
            tables.setdefault(key.table, {})[key.name] = value
        return dataclasses.replace(
            self,
            **{name: dataclasses.replace(getattr(self, name), **values) for name, values in tables.items()},
        )


class Key(NamedTuple):
    """One setting. ``dotted`` names it in messages."""

    table: str
    name: str
    default: object
    rule: Rule[Any]
    option: str
    variable: str

    @property
    def dotted(self) -> str:
        """``encode.chunk_size``."""
        return f"{self.table}.{self.name}"

    def checked(self, value: object, where: str) -> object:
        """The value to keep. Raises ConfigError, which begins with ``where``."""
        return self.rule.kept(value, where)


TABLES: dict[str, Any] = {
    "default": Default,
    "encode": Encode,
    "ingest": Ingest,
    "index": Index,
    "search": Search,
    "read": Read,
}


def _key(table: str, entry: dataclasses.Field[Any]) -> Key:
    option = entry.metadata["option"] or "--" + entry.name.replace("_", "-")
    variable = entry.metadata["variable"] or f"{PREFIX}{table}_{entry.name}".upper()
    return Key(table, entry.name, entry.default, entry.metadata["rule"], option, variable)


KEYS = tuple(_key(table, entry) for table, fields in TABLES.items() for entry in dataclasses.fields(fields))


def from_options(options: Mapping[str, object]) -> Iterator[tuple[Key, object]]:
    """Settings given by their keys, those that are given. Raises ConfigError."""
    known = {key.name: key for key in KEYS}
    for name, value in options.items():
        if name not in known:
            raise ConfigError(f"unknown setting {name}; did you mean {nearest(name, known)}?")
        if value is not None and value != ():
            yield known[name], known[name].checked(value, f"`{name}`")


def nearest(wanted: str, known: Mapping[str, Key]) -> str:
    """What somebody may have meant who wrote what is unknown."""
    from difflib import SequenceMatcher  # needed to word an error only

    def likeness(candidate: str) -> float:
        right_name = candidate.split(".")[-1] == wanted.split(".")[-1]  # in the wrong table
        return right_name + SequenceMatcher(None, candidate.lower(), wanted.lower()).ratio()

    return max(known, key=likeness)
