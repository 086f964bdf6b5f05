"""What works on this machine: tried, not guessed."""

from __future__ import annotations

import contextlib
import os
import platform
import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Literal

from memcodec.answers.machine import (
    CheckAnswer,
    CodecTrial,
    DoctorAnswer,
    ExtraAnswer,
    FolderAnswer,
    LibraryAnswer,
    MachineAnswer,
    SandboxAnswer,
)
from memcodec.config import folders
from memcodec.errors import MemcodecError
from memcodec.version import __version__

#: x86-64's and ARM64's, the slowest first: products of int8 are what embedding does
_SIMD = ("avx2", "avx512f", "avx_vnni", "avx512_vnni", "amx_int8", "asimd", "asimddp", "i8mm")
_TEXT = "The grey heron waits in the reeds."
_BUNDLES = {"all", "dev", "docs"}  # extras that are made of others, or for developers
_OLDER = re.compile(
    r"python_version < ['\"]3\.(\d+)['\"]"
)  # the one marker that memcodec's requirements have
_REQUIREMENT = re.compile(r"""([\w.-]+)[^;]*(?:;.*?\bextra == ['"]([\w-]+)['"])?""")


def examined() -> DoctorAnswer:
    """Everything, in a second or two and without the network."""
    from memcodec.config.settings import Encode

    codecs = list(_codecs())
    default = next((each for each in codecs if each["name"] == Encode().codec), None)
    is_sound = bool(default and default["encode"] and default["decode"])
    sandbox, contained = _sandbox()
    checks = [
        _settings(),
        _check("core", is_sound, default["detail"] if default else f"no codec {Encode().codec}"),
        _check("sandbox", *contained),
    ]
    return {
        "works": all(each["works"] for each in checks if each["name"] != "sandbox"),
        "version": __version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "machine": _machine(),
        "checks": checks,
        "sandbox": sandbox,
        "codecs": codecs,
        "extras": _extras(),
        "native": _native(),
        "folders": list(kept()),
    }


def _machine() -> MachineAnswer:
    from memcodec.jobs import pool
    from memcodec.process import machine

    return {
        "cores": machine.cores(),
        "machine_cores": os.cpu_count() or 1,
        "memory": machine.free_memory(),
        "workers": pool.default_workers(),
        "simd": list(_simd()),
        "provider": _provider(),
    }


def _provider() -> str | None:
    from memcodec.models import providers

    try:
        return providers.chosen()[0]
    except ImportError:  # without `semantic`, or one that does not fit this machine
        return None


def _simd() -> Iterator[str]:
    """Of ``_SIMD``, what Linux says that the processor has (proc(5), cpuinfo)."""
    with contextlib.suppress(OSError, StopIteration):
        lines = Path("/proc/cpuinfo").read_text("ascii", "replace").splitlines()
        flags = next(line for line in lines if line.startswith(("flags", "Features"))).split()
        yield from (flag for flag in _SIMD if flag in flags)


def _check(name: Literal["settings", "core", "sandbox"], works: bool, detail: str) -> CheckAnswer:
    return {"name": name, "works": works, "detail": detail}


def _settings() -> CheckAnswer:
    from memcodec.config import sources

    try:
        sources.load({})
    except MemcodecError as error:
        return _check("settings", False, str(error))
    return _check("settings", True, "read")


def _codecs() -> Iterator[CodecTrial]:
    from memcodec.media import registry

    for name in registry.names():
        encode, decode, detail = _tried(name)
        yield {"name": name, "encode": encode, "decode": decode, "detail": detail}


def _tried(name: str) -> tuple[bool, bool | None, str]:
    """A memory in RAM, written, opened and searched. Whatever goes wrong is the answer."""
    import memcodec
    from memcodec.config.settings import Settings

    try:
        with memcodec.create(settings=Settings.of(model="none", codec=name)) as memory:
            memory.add(_TEXT)
            memory.commit()
            data = memory.to_bytes()
    except Exception as error:  # whatever a library that does not fit this machine raises
        return False, None, _reason(error)
    try:
        with memcodec.open(data) as memory:
            found = [hit.text for hit in memory.search("heron")]
    except Exception as error:
        return True, False, _reason(error)
    return (
        True,
        found == [_TEXT],
        "written and read" if found == [_TEXT] else "what was read is not what was written",
    )


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, MemcodecError) else f"{type(error).__name__}: {error}"


def _sandbox() -> tuple[SandboxAnswer, tuple[bool, str]]:
    from memcodec.ingest.kinds.sandbox import SECONDS
    from memcodec.isolation import child, trial

    held = trial.confinement()
    means = {name: value or None for name, value in held._asdict().items()} if held else {}
    lacking = [name for name in ("files", "network", "programs", "memory") if not means.get(name)]
    told = f"no bound on {', '.join(lacking)}" if lacking else "no way out was found"
    answer: SandboxAnswer = {
        "files": means.get("files"),
        "network": means.get("network"),
        "programs": means.get("programs"),
        "memory": means.get("memory"),
        "bytes": child.memory(),
        "seconds": SECONDS,
    }
    return answer, (held is not None and not lacking, told if held else "no child process could be started")


def _extras() -> list[ExtraAnswer]:
    found: dict[str, list[LibraryAnswer]] = {"core": []}
    for requirement in metadata.requires("memcodec") or ():
        older = _OLDER.search(requirement)
        if older and sys.version_info >= (3, int(older[1])):
            continue
        match = _REQUIREMENT.match(requirement)
        extra = match[2] or "core" if match else "all"
        if match and extra not in _BUNDLES and match[1] != "memcodec":
            found.setdefault(extra, []).append({"name": match[1], "version": _version(match[1])})
    return [
        {"name": name, "installed": all(each["version"] for each in libraries), "libraries": libraries}
        for name, libraries in found.items()
    ]


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _native() -> dict[str, str]:
    try:
        import av
    except ImportError:
        return {}
    return {name: ".".join(map(str, version)) for name, version in av.library_versions.items()}


def kept() -> Iterator[FolderAnswer]:
    """The user's folders that memcodec keeps things in, and how much is there."""
    for name, where in folders.ALL.items():
        try:
            path = where()
        except MemcodecError:  # a user without a home
            yield {"name": name, "path": None, "bytes": 0}
        else:
            yield {"name": name, "path": str(path), "bytes": folders.size(name)}
