"""A file far away, brought here: piece by piece, gone on with after an interruption, proven before it has its name.

Until then its bytes stand beside it in ``.NAME.<version>.memcodec-partial``, front to back; the version in the name is
a hash of what the place calls the version they are of, so bytes of two versions never mix.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from urllib.parse import unquote

from memcodec.errors import Changed, ConfigError, Damaged, StorageError
from memcodec.file.paths import safe_name
from memcodec.file.reader import Reader
from memcodec.model import Progress
from memcodec.share.delivery import whole
from memcodec.storage import LocalSource, attributes, lock
from memcodec.storage.descriptors import NOFOLLOW, open_file, rename_new, sync, sync_folder, write_at
from memcodec.storage.http.answers import NoRanges
from memcodec.storage.local import PARTIAL
from memcodec.storage.open import RemotePlace, place_of
from memcodec.storage.remote.log import RequestLog
from memcodec.storage.remote.source import RemoteSource
from memcodec.storage.urls import parse, shown
from memcodec.upkeep.keyless import outside, verify_sealed
from memcodec.upkeep.verify import VerifyReport, verify

WINDOW = 32 << 20  #: bytes asked for at once, at most: they travel as several requests side by side
_FIRST, _LEAST = 1 << 20, 128 << 10  # bytes asked for at once: at the beginning, and on the slowest line
_SHORT, _LONG = 1.0, 4.0  # seconds: what comes sooner is followed by twice as much, what takes longer by half


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that was fetched: ``resumed`` of its bytes were here already; requests and bytes are of this run."""

    url: str
    file: Path
    size: int
    resumed: int
    requests: int
    received: int
    frames: int


def fetch(
    url: str,
    file: Path,
    *,
    force: bool = False,
    progress: Progress | None = None,
    max_size: int | None = None,
) -> Fetched:
    """Copy the memory file at ``url`` to ``file``, which appears when all of it is here and its checksums agree.

    An interrupted run leaves what has arrived beside ``file``, and the next one goes on from there, if the place still
    holds that version. More than ``max_size`` bytes are not taken, nor more than the disk has room for; a server that
    does not say how many come may send ``whole.UNSAID``. Raises StorageError (``file`` exists and not ``force``; the
    place cannot be read; too much comes), Changed (the file there was replaced meanwhile), NotAMemoryFile, and Damaged
    when what arrived is not whole.
    """
    if not place_of(url).far:
        raise ConfigError(
            f"{url}: is not a URL such as https://host/notes.mp4; files of this machine are there already"
        )
    path = Path(os.path.realpath(file))
    _check_free(path, file, force)
    tell = progress or (lambda stage, done, total: None)
    most = min(_room(path), max_size if max_size is not None else sys.maxsize)
    source = _opened(url)
    if source is None:
        name, version, size = shown(url), "", 0
    else:
        name, version, size = source.name, source.version, source.size
    if size > most:
        if source is not None:
            source.close()
        raise whole.too_much(name, size, most)
    partial = _partial(path, f"{name}\n{version}\n{size}")
    with (
        contextlib.closing(source) if source else contextlib.nullcontext(),
        _refused(file),
        contextlib.ExitStack() as held,
    ):
        fd = held.enter_context(_locked(partial, 0o600 if path.exists() else 0o666))
        resumed = _begin(fd, path, partial, size if version else 0)
        with _removed(partial, when=Changed if source else Exception):
            log = _parts(source, fd, resumed, tell) if source else whole.download(url, fd, tell, most)
        sync(fd)
        with _removed(partial, when=Exception):
            report = _proven(partial, name, tell)
        size = os.fstat(fd).st_size
        _keep_attributes(path, fd)
        if sys.platform == "win32":
            held.close()  # no file that is open is renamed there
        _appear(partial, path, file, force)
    return Fetched(name, file, size, resumed, log.requests, log.received, report.frames)


def unfinished(file: Path) -> int:
    """How many bytes of ``file`` an interrupted run has left here."""
    path = Path(os.path.realpath(file))
    return max((other.stat().st_size for other in _partials(path)), default=0)


def _opened(url: str) -> RemoteSource | None:
    """The file at a URL; None when its server gives whole files alone. Raises NotAMemoryFile."""
    try:
        source = RemotePlace(url).open()
    except NoRanges:
        return None
    try:
        if outside(source) is None:
            Reader(source)  # what is no memory file is not worth the journey
    except BaseException:
        source.close()
        raise
    return source


def place_for(url: str, file: Path | None) -> Path:
    """Where to: ``file``, or when it is a folder or not given, there by the URL's last name. Raises ConfigError."""
    if file is not None and not file.is_dir():
        return file
    name = unquote(parse(url).path.rpartition("/")[2])
    if name in ("", ".", "..") or "/" in name or not name.isprintable():
        raise ConfigError(f"{parse(url)}: does not end in a file's name; say what to name it here")
    return (file or Path()) / safe_name(name)


def _room(path: Path) -> int:
    """Bytes that may be written beside a file: what is free, but for a hundredth of the disk, and what is here."""
    with _refused(path):
        usage = shutil.disk_usage(path.parent)
    return max(0, usage.free - usage.total // 100) + unfinished(path)


def _check_free(path: Path, file: Path, force: bool) -> None:
    if path.is_dir():
        raise StorageError(f"{file}: is a folder; name a file")
    if path.exists() and not force:
        raise StorageError(f"{file}: exists already; use `force=True` to replace it")


def _partial(path: Path, version: str) -> Path:
    return path.with_name(f".{path.name}.{hashlib.sha256(version.encode()).hexdigest()[:16]}{PARTIAL}")


def _partials(path: Path) -> list[Path]:
    return list(path.parent.glob(f".{escape(path.name)}.{'[0-9a-f]' * 16}{PARTIAL}"))


@contextlib.contextmanager
def _refused(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(f"{file}: cannot write: {error.strerror or error}") from error


@contextlib.contextmanager
def _locked(partial: Path, mode: int) -> Iterator[int]:
    """The partial file, which no other process writes to meanwhile; with this mode if it is new."""
    fd = lock.open_locked(partial, 0.0, os.O_RDWR | os.O_CREAT | NOFOLLOW, mode)
    try:
        yield fd
    finally:
        os.close(fd)


@contextlib.contextmanager
def _removed(partial: Path, when: type[Exception]) -> Iterator[None]:
    """Remove the partial file after such an error: nobody can go on from it."""
    try:
        yield
    except when:
        partial.unlink(missing_ok=True)
        raise


def _begin(fd: int, path: Path, partial: Path, most: int) -> int:
    """How many bytes are here already, of ``most``. What was begun of other versions goes."""
    for other in _partials(path):
        if other != partial:
            other.unlink(missing_ok=True)
    size = os.fstat(fd).st_size
    if size > most:
        os.ftruncate(fd, 0)
        return 0
    return size


def _parts(source: RemoteSource, fd: int, resumed: int, tell: Progress) -> RequestLog:
    tell("fetch", 0, source.size - resumed)
    at, window = resumed, min(_FIRST, WINDOW)
    while at < source.size:
        began = time.monotonic()
        data = source.get_bytes(at, min(window, source.size - at))
        write_at(fd, data, at)
        at += len(data)
        tell("fetch", at - resumed, source.size - resumed)
        window = _next(window, time.monotonic() - began)
    return source.requests


def _next(window: int, seconds: float) -> int:
    """How much to ask for after ``window`` bytes that took so long: a server has but so long for an answer."""
    if seconds < _SHORT:
        return min(WINDOW, 2 * window)
    return max(_LEAST, window // 2) if seconds > _LONG else window


def _proven(partial: Path, name: str, tell: Progress) -> VerifyReport:
    """Every checksum of the file agrees."""
    with contextlib.closing(LocalSource(partial, name)) as source:
        if outside(source) is not None:
            report = verify_sealed(source, progress=tell)
        else:
            with contextlib.closing(Reader(LocalSource(partial, name))) as reader:
                report = verify(reader, progress=tell)
    if not report.ok:
        first = report.damage[0]
        raise Damaged(
            f"{name}: what arrived is damaged ({first.part}, at byte {first.offset:,}) and was dropped; fetch it again,"
            " and if that does not help, `verify()` the URL"
        )
    return report


def _keep_attributes(path: Path, fd: int) -> None:
    """Have the mode, the owner and all that of the file that gives way."""
    if path.exists():
        old = open_file(path, os.O_RDONLY | NOFOLLOW)
        try:
            attributes.keep(old, fd)
        finally:
            os.close(old)
        sync(fd)


def _appear(partial: Path, path: Path, file: Path, force: bool) -> None:
    """Give the file its name, at once or not at all."""
    if force:
        with _unwritten(path):
            partial.replace(path)
    else:
        try:
            rename_new(partial, path)
        except FileExistsError as error:
            raise StorageError(f"{file}: appeared in the meantime; use `force=True` to replace it") from error
    sync_folder(path.parent)


@contextlib.contextmanager
def _unwritten(path: Path) -> Iterator[None]:
    """What a writer to it was told is stored must not be lost behind its back: it is locked until it gives way."""
    with contextlib.ExitStack() as held:
        if path.exists():
            held.callback(os.close, lock.open_locked(path, 0.0, os.O_RDONLY))
        if sys.platform == "win32":
            held.close()  # no file that is open is replaced there
        yield
