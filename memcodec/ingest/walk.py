"""Finds the documents in what the user names: files, folders, standard input.

What is named is taken, or it is an error that names it. What lies in a named folder is taken when the
options want it and it is text, and else counted in ``Skipped``. Symbolic links in a folder are left out
unless ``follow_links`` is set, since they may lead outside it; then a linked file is a document under the
link's name, and each folder is walked once, under the name met first. Pipes, devices and sockets are never
opened.
"""

from __future__ import annotations

import os
import stat
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from memcodec.config.settings import Ingest
from memcodec.config.units import format_count, format_size
from memcodec.errors import ConfigError, SourceError
from memcodec.ingest import ahead
from memcodec.ingest.files import RawFile, regular_file, standard_input
from memcodec.ingest.ignore import Rules
from memcodec.ingest.item import Item, Reason, Rejected, checked_tags
from memcodec.ingest.loaders import Loader
from memcodec.ingest.names import to_uri
from memcodec.ingest.spot import Named, lone_spot, named_folder, spot_in

_EXAMPLES = 3
FAILURES = (
    Reason.DAMAGED,
    Reason.MISSING,
    Reason.UNREADABLE,
)  #: not by choice: each gets a line, or stops it all


@dataclass(slots=True)
class Skipped:
    """What a walk left out: how many of each kind, and the first names. A folder counts once."""

    counts: Counter[Reason] = field(default_factory=Counter)
    examples: dict[Reason, list[str]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)  #: a line for each file that should have been taken in
    notes: list[str] = field(
        default_factory=list
    )  #: what of files that were taken in could not be read, and the like
    places: dict[str, Reason] = field(default_factory=dict, repr=False)  #: why, by uri

    def add(self, reason: Reason, uri: str, detail: str = "") -> None:
        """Count the file or folder that ``uri`` is of."""
        self.counts[reason] += 1
        self.places[uri] = reason
        if reason in FAILURES:
            self.failures.append(f"{uri}: {detail or reason}")
        examples = self.examples.setdefault(reason, [])
        if len(examples) < _EXAMPLES:
            examples.append(uri)

    def update(self, other: Skipped) -> None:
        """Count what another one counted, too."""
        self.counts += other.counts
        self.places |= other.places
        self.failures += other.failures
        self.notes += other.notes
        for reason, names in other.examples.items():
            self.examples[reason] = [*self.examples.get(reason, []), *names][:_EXAMPLES]

    @property
    def total(self) -> int:
        """How many were left out."""
        return self.counts.total()

    def __str__(self) -> str:
        """``12 not UTF-8 text (a.png, b.png, c.png, ...), 1 hidden (.git)``."""
        return ", ".join(
            f"{format_count(count)} {reason} ({self._examples(reason)})"
            for reason, count in self.counts.most_common()
        )

    def _examples(self, reason: Reason) -> str:
        names = self.examples[reason]
        return ", ".join([*names, "..."] if self.counts[reason] > len(names) else names)


def walk(
    sources: Iterable[str | os.PathLike[str]],
    options: Ingest | None = None,
    skipped: Skipped | None = None,
    tags: Mapping[str, str] | None = None,
    root: str | None = None,
    piped: str | None = None,
    progress: Callable[[str, int, int], object] | None = None,
) -> Iterator[Item]:
    """The documents in ``sources``, in the order given, a folder's by the bytes of their names.

    A file's uri is its name; in a folder, its path from there; of standard input (``-``), ``stdin-`` and the time:
    until they are stored, when ``file.roots`` tells files of different places apart. ``root`` names the root that the
    one folder in ``sources`` is, ``piped`` is the uri of standard input. ``skipped`` is filled on the way;
    ``progress`` as ``Loader``'s. Raises SourceError for a source that cannot be taken, ConfigError for options that
    cannot be used.
    """
    options, skipped = options or Ingest(), Skipped() if skipped is None else skipped
    loader = Loader(options, checked_tags(tags), skipped.notes, progress)
    for file, found in ahead.loaded(files(sources, options, skipped, root, piped), loader):
        yield from _documents(file, found, options, skipped)


def files(
    sources: Iterable[str | os.PathLike[str]],
    options: Ingest,
    skipped: Skipped,
    root: str | None = None,
    piped: str | None = None,
    folders: list[str] | None = None,
) -> Iterator[RawFile]:
    """The files that ``walk`` loads. ``folders`` is filled with the real paths of the folders they were sought in."""
    named = [os.fspath(source) for source in sources]
    if root is not None and not (len(named) == 1 and named[0] != "-" and os.path.isdir(named[0])):  # noqa: PTH112
        raise ConfigError(f"root {root!r}: names one folder; give that folder and no other source")
    endings = tuple(_ending(name) for name in options.include)
    rules = Rules.excluding(options.exclude)
    stdin_taken = False
    for source in named:
        if source == "-":
            if stdin_taken:
                raise SourceError("-: standard input can be read once; name it once")
            stdin_taken = True
            yield standard_input(options.max_file_size, uri=piped)
        elif stat.S_ISDIR(_stat(source).st_mode):
            folder = named_folder(source, root, keep=options.keep_paths)
            yield from _Folder(source, options, endings, skipped, folder, folders).files(rules)
        else:
            yield _named_file(source, options)


def load(file: RawFile, loader: Loader, skipped: Skipped) -> Iterator[Item]:
    """The documents in a file. One that was named must be of a kind that can be taken in; damage is reported."""
    yield from _documents(file, loader.load(file), loader.options, skipped)


def _documents(
    file: RawFile, loaded: Iterable[Item | Rejected], options: Ingest, skipped: Skipped
) -> Iterator[Item]:
    is_named = file.spot is None or not file.spot.source.folder
    for found in loaded:
        if isinstance(found, Item):
            yield found
        elif is_named and (found.reason != Reason.DAMAGED or options.strict):
            raise SourceError(f"{_shown(file.name)}: {found.detail}")
        else:
            leave_out(found, to_uri(file.name) if is_named else file.uri, options, skipped)


def leave_out(refused: Rejected, uri: str, options: Ingest, skipped: Skipped) -> None:
    if options.strict and refused.reason in FAILURES:
        raise SourceError(f"{_one_line(uri)}: {refused.detail}")
    skipped.add(refused.reason, uri, refused.detail)


def _ending(name: str) -> str:
    ending = name.strip().removeprefix("*").removeprefix(".").lower()
    if not ending or any(c in "*?[]/\\" for c in ending):
        raise ConfigError(f"include: {name!r} is not a file name ending; write for example md or .md")
    return "." + ending


def _stat(source: str) -> os.stat_result:
    try:
        return os.stat(source)  # noqa: PTH116
    except OSError as error:
        raise SourceError(f"{_shown(source)}: cannot be read: {error.strerror or error}") from error
    except ValueError as error:  # a NUL in it
        raise SourceError(f"{_shown(source)}: not a file name: {error}") from error


def _named_file(source: str, options: Ingest) -> RawFile:
    status, limit = _stat(source), options.max_file_size
    if not stat.S_ISREG(status.st_mode):
        raise SourceError(f"{_shown(source)}: neither a file nor a folder; send a pipe to standard input (-)")
    if status.st_size > limit:
        raise SourceError(f"{_shown(source)}: larger than {format_size(limit)}; raise `max_file_size`")
    name = to_uri(os.path.basename(source))  # noqa: PTH119
    return regular_file(source, lone_spot(source, name, keep=options.keep_paths), status, limit)


def _shown(name: str) -> str:
    return _one_line(to_uri(name))


def _one_line(uri: str) -> str:
    return uri.replace("\n", "\\n") or "''"


@dataclass(frozen=True, slots=True)
class _Level:
    """A folder on the way from the root: its entries to come, its place (``''`` or ``a/b/``), its rules."""

    entries: Iterator[os.DirEntry[str]]
    place: str
    rules: Rules


@dataclass(slots=True)
class _Folder:
    root: str
    options: Ingest
    endings: tuple[str, ...]
    skipped: Skipped
    named: Named
    folders: list[str] | None
    seen: set[tuple[int, int]] = field(default_factory=set)

    def files(self, rules: Rules) -> Iterator[RawFile]:
        """The folder's files. A list of levels, not recursion: a deep tree must not exhaust the stack."""
        try:
            levels = [self._enter(self.root, "", rules)]
        except OSError as error:
            raise SourceError(f"{_shown(self.root)}: cannot be read: {error.strerror or error}") from error
        while levels:
            level = levels[-1]
            entry = next(level.entries, None)
            if entry is None:
                levels.pop()
                continue
            name = level.place + entry.name
            try:
                if (reason := self._unwanted(entry, name, level.rules, len(levels))) is not None:
                    self.skipped.add(reason, to_uri(name))
                elif entry.is_dir():
                    levels.append(self._enter(entry.path, name + "/", level.rules))
                else:
                    yield self._file(entry, name)
            except OSError as error:
                refused = Rejected(Reason.UNREADABLE, f"cannot be read: {error.strerror or error}")
                leave_out(refused, to_uri(name), self.options, self.skipped)

    def _enter(self, path: str, place: str, rules: Rules) -> _Level:
        self.seen.add(_identity(path))
        with os.scandir(path) as found:
            entries = sorted(found, key=lambda entry: os.fsencode(entry.name))
        if self.folders is not None:
            self.folders.append(
                spot_in(self.named, place, "").path.rstrip(os.sep) if place else self.named.folder
            )
        if self.options.gitignore:
            for entry in entries:
                if entry.name == ".gitignore" and entry.is_file(follow_symlinks=False):
                    rules = rules.inside(place, entry.path)
        return _Level(iter(entries), place, rules)

    def _unwanted(self, entry: os.DirEntry[str], name: str, rules: Rules, depth: int) -> Reason | None:
        if entry.name.startswith(".") and not self.options.hidden:
            return Reason.HIDDEN
        if entry.name == ".git" and self.options.gitignore:
            return Reason.IGNORED  # git's own, which no .gitignore needs to name
        if _is_link(entry) and not self.options.follow_links:
            return Reason.LINK
        folder = entry.is_dir()
        if rules.ignore(name, folder=folder):
            return Reason.IGNORED
        return self._unwanted_folder(entry, depth) if folder else self._unwanted_file(entry)

    def _unwanted_folder(self, entry: os.DirEntry[str], depth: int) -> Reason | None:
        if depth == self.options.max_depth:
            return Reason.TOO_DEEP
        return Reason.LOOP if _identity(entry.path) in self.seen else None

    def _unwanted_file(self, entry: os.DirEntry[str]) -> Reason | None:
        if self.endings and not entry.name.lower().endswith(self.endings):
            return Reason.NOT_INCLUDED
        status = entry.stat()
        if not stat.S_ISREG(status.st_mode):
            return Reason.SPECIAL
        return Reason.TOO_LARGE if status.st_size > self.options.max_file_size else None

    def _file(self, entry: os.DirEntry[str], name: str) -> RawFile:
        spot = spot_in(self.named, name, to_uri(name))
        return regular_file(entry.path, spot, entry.stat(), self.options.max_file_size)


def _is_link(entry: os.DirEntry[str]) -> bool:
    """A symbolic link, or a junction of Windows (which Python 3.11 cannot tell)."""
    return entry.is_symlink() or (sys.version_info >= (3, 12) and entry.is_junction())


def _identity(path: str) -> tuple[int, int]:
    status = os.stat(path)  # noqa: PTH116
    return status.st_dev, status.st_ino
