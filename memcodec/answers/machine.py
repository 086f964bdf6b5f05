"""What this machine is able to, and what memcodec stands on here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Literal, cast

from memcodec.answers.typed import TypedDict
from memcodec.version import __version__

if TYPE_CHECKING:
    from memcodec.config.packages import Dependency
    from memcodec.config.settings import Key
    from memcodec.config.sources import Given
    from memcodec.media.contract import Codec
    from memcodec.models.embedding import ModelInfo


class CodecAnswer(TypedDict):
    """A kind of media: whether this machine can write it, or what is ``missing``."""

    name: str
    summary: str
    suffixes: list[str]
    ready: bool
    missing: str | None
    default: bool


class CodecsAnswer(TypedDict):
    """``codecs``."""

    codecs: list[CodecAnswer]


def codecs(found: Iterable[Codec], default: str) -> CodecsAnswer:
    """The codecs that are installed."""
    return {"codecs": [_codec(each, default) for each in found]}


def _codec(codec: Codec, default: str) -> CodecAnswer:
    missing = codec.missing()
    return {
        "name": codec.name,
        "summary": codec.summary,
        "suffixes": list(codec.suffixes),
        "ready": missing is None,
        "missing": missing,
        "default": codec.name == default,
    }


class ModelAnswer(TypedDict):
    """An embedding model: ``model``, its identity, and ``dimensions`` are known once it is exported."""

    name: str
    origin: str
    installed: bool
    exported: bool
    model: str | None
    dimensions: int | None
    default: bool


class ModelsAnswer(TypedDict):
    """``models``: whether models can be used here at all, and which there are."""

    available: bool
    models: list[ModelAnswer]


def models(found: Iterable[ModelInfo], default: str, *, available: bool) -> ModelsAnswer:
    """The embedding models of this machine."""
    shown = [{**asdict(each), "default": each.name == default} for each in found]
    return {"available": available, "models": cast("list[ModelAnswer]", shown)}


class CarriedAnswer(TypedDict):
    """A library in a package's wheel; ``copyleft`` is its licence where that asks more than to be named."""

    name: str
    copyleft: str | None


class PackageAnswer(TypedDict):
    """A package: ``extra`` is "" for those of the core, ``version`` None for those that are not installed."""

    name: str
    extra: str
    version: str | None
    licence: str | None
    carries: list[CarriedAnswer]


class AboutAnswer(TypedDict):
    """``about``: memcodec's version and licence, and the packages it stands on."""

    version: str
    licence: str
    packages: list[PackageAnswer]


def about(found: Iterable[Dependency]) -> AboutAnswer:
    """The packages of the core and of each extra, as they are installed."""
    shown = cast("list[PackageAnswer]", [asdict(each) for each in found])
    return {"version": __version__, "licence": "MIT", "packages": shown}


class CheckAnswer(TypedDict):
    """Something that was tried; ``detail`` says how it went, or why not."""

    name: Literal["settings", "core", "sandbox"]
    works: bool
    detail: str


class SandboxAnswer(TypedDict):
    """By what means a child that reads a stranger's file is bounded, None where not; its most bytes and seconds."""

    files: str | None
    network: str | None
    programs: str | None
    memory: str | None
    bytes: int
    seconds: float


class MachineAnswer(TypedDict):
    """What this process has of the machine: ``cores`` of ``machine_cores``, and as many threads; free bytes of
    ``memory``, None where the system does not say; ``workers``, the processes that therefore index in the background;
    ``simd``, what of the processor's makes embedding quick; ``provider``, what ONNX Runtime is asked to run models on
    first, None where it is not installed.
    """

    cores: int
    machine_cores: int
    memory: int | None
    workers: int
    simd: list[str]
    provider: str | None


class CodecTrial(TypedDict):
    """Whether a small memory was written and read back; ``decode`` is None where there was nothing to read."""

    name: str
    encode: bool
    decode: bool | None
    detail: str


class LibraryAnswer(TypedDict):
    """A Python package; ``version`` is None when it is not installed."""

    name: str
    version: str | None


class ExtraAnswer(TypedDict):
    """An extra ("core" is what every installation has) and its libraries; ``installed`` when none is missing."""

    name: str
    installed: bool
    libraries: list[LibraryAnswer]


class FolderAnswer(TypedDict):
    """A folder of the user's, and the bytes in it. ``path`` is None when the user has none."""

    name: Literal["models", "spans", "vectors", "sources", "notes", "jobs", "settings"]
    path: str | None
    bytes: int


class DoctorAnswer(TypedDict):
    """``doctor``. ``works``: the core does. ``native``: versions of FFmpeg's libraries."""

    works: bool
    version: str
    python: str
    system: str
    machine: MachineAnswer
    checks: list[CheckAnswer]
    sandbox: SandboxAnswer
    codecs: list[CodecTrial]
    extras: list[ExtraAnswer]
    native: dict[str, str]
    folders: list[FolderAnswer]


class CacheAnswer(TypedDict):
    """``cache``: what memcodec keeps on this machine."""

    bytes: int
    folders: list[FolderAnswer]


def cache(found: list[FolderAnswer]) -> CacheAnswer:
    """The folders, and how much all of them hold."""
    return {"bytes": sum(each["bytes"] for each in found), "folders": found}


class ClearedAnswer(TypedDict):
    """A folder that was cleared: bytes that were ``freed``, and why something was left; null when nothing was."""

    name: Literal["models", "spans", "vectors", "sources", "jobs"]
    freed: int
    left: str | None


class ClearAnswer(TypedDict):
    """``cache clear``."""

    freed: int
    folders: list[ClearedAnswer]


def cleared(found: list[ClearedAnswer]) -> ClearAnswer:
    """What was cleared."""
    return {"freed": sum(each["freed"] for each in found), "folders": found}


class SettingAnswer(TypedDict):
    """A setting: ``source`` is "default", a settings file, or a variable of the environment."""

    name: str
    value: bool | int | float | str | list[str]
    source: str


class SettingsAnswer(TypedDict):
    """``config show``."""

    settings: list[SettingAnswer]


def settings(found: Mapping[Key, Given]) -> SettingsAnswer:
    """Every setting with its value."""
    shown = [
        {"name": key.dotted, "value": _plain(each.value), "source": each.source}
        for key, each in found.items()
    ]
    return {"settings": cast("list[SettingAnswer]", shown)}


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
