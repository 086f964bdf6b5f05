"""One memory file, made or opened. The public face of the library; ``collection.py`` is that of many."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from memcodec.arguments import Number, Seconds, checked
from memcodec.config.settings import Settings
from memcodec.file.reader import CACHE
from memcodec.format import budget
from memcodec.media import registry
from memcodec.memory.face import Memory
from memcodec.model import FilePath, Progress
from memcodec.storage import PlaceLike, RamFile
from memcodec.storage.open import place_of
from memcodec.storage.remote.source import SpanCache

__all__ = ["FilePath", "Memory", "allow_memory", "create", "open"]


@checked
def create(
    file: PlaceLike | None = None,
    *,
    settings: Settings | None = None,
    codec: str | None = None,
    profile: str | None = None,
    index: str | None = None,
    model: str | None = None,
    force: bool = False,
    progress: Progress | None = None,
    seal: Sequence[str] = (),
    passphrase: str | None = None,
) -> Memory:
    """Begin a new memory file. It appears, complete, at the first commit: ``commit()``, or the end of a ``with``.

    ``file`` is a path, the URL of an object in an S3 bucket, or a binary file object that is empty and can be read and
    written (docs/INTEGRATIONS.md). Without one the file lives in RAM: ``Memory.to_bytes`` takes it out, ``Memory.save``
    writes it elsewhere.

    ``settings`` say how it is written, ``Settings.of(parity=20, language="german")``; the four that are chosen most
    often may stand beside them. ``codec``: unless given, the file's name decides, AV1 for ``.mp4``, FLAC for ``.flac``.
    ``profile``: "dense" or "robust". ``index``: "now", "none" or "background", the lexical index now, vectors later, by
    ``index_background``. ``model`` names the embedding model, "none" leaves vectors out.

    ``seal`` has the file sealed (docs/SEALED.md) for these recipients: ``age1...``, ``ssh-ed25519 ...``, ``ssh-rsa
    ...``, or files with lines of such. ``passphrase`` opens it, too, or alone. Needs the extra ``sealed``.

    Raises StorageError when the file exists and not ``force``, CodecError without such a codec, ConfigError for a value
    that is not allowed.
    """
    from memcodec.file.writer import Writer  # what reads does not load it
    from memcodec.seal.asked import sealing_for

    settings, place = settings or Settings(), place_of(file) if file is not None else RamFile()
    codec = codec or registry.for_file(place.name, settings.encode.codec)
    settings = settings.with_options(codec=codec, profile=profile, index=index, model=model)
    sealing = sealing_for(seal, passphrase)
    writing = Writer.create(place, settings, force=force, progress=progress, sealing=sealing)
    return Memory(
        place,
        writing,
        settings.read.cache,
        settings=settings,
        progress=progress,
        keys=sealing.keys if sealing is not None else None,
    )


@checked
def open(  # noqa: A001 - memcodec.open
    file: PlaceLike,
    *,
    as_of: Number | datetime | None = None,
    cache: Number = CACHE,
    spans: SpanCache | None = None,
    wait: Seconds = 0.0,
    settings: Settings | None = None,
    progress: Progress | None = None,
    unlock: FilePath | Sequence[FilePath] | None = None,
    passphrase: str | None = None,
) -> Memory:
    """Open a memory file, to read it and to add to it.

    ``file`` is a path, the URL of one far away (http, https, s3, gs, az), its bytes, a binary file object, or any
    object with ``get_bytes(offset, length)`` and ``size`` (docs/INTEGRATIONS.md). What you opened you close.

    ``spans`` keeps on disk what is fetched from afar. ``as_of`` is a commit's number or a time: the file as it was
    then, for reading alone. ``cache`` bounds the bytes of text kept in memory. ``add`` takes the file's lock, waiting
    up to ``wait`` seconds for it, until ``commit`` or ``close``; what is added is written as ``settings`` say, but
    codec, profile, language and model are the file's.

    ``unlock`` opens a sealed file: one or more secret keys, of age or OpenSSH, or files that hold such. ``passphrase``
    does, if it was sealed with one. Without either, MEMCODEC_IDENTITY names files of secret keys. Keys are wiped when
    the memory is closed.

    Raises StorageError when there is no such file, NotAMemoryFile when it is something else, NotFound without such a
    commit, Sealed when no key was given, WrongKey when none of them opens it, Expired for a capsule whose time is over.
    """
    keys = None
    if unlock is not None or passphrase is not None:
        from memcodec.seal.keyring import Keyring, unlocking_of

        keys = Keyring(unlocking_of(unlock, passphrase))
    memory = Memory(
        file,
        None,
        cache,
        as_of=as_of,
        spans=spans,
        wait=wait,
        settings=settings,
        progress=progress,
        keys=keys,
    )
    try:
        memory.reader_for("any")  # opened now, so that errors come now
    except BaseException:
        memory.close()
        raise
    return memory


@checked
def allow_memory(size: Number) -> None:
    """Let each file that this process opens from now on ask for so many bytes at once, unless settings differ.

    What would take more is refused: ``Settings.of(max_memory=...)`` says it for one file.
    """
    budget.allow(size)
