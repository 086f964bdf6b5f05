"""How large the files are: every codec and profile, beside plain compressors."""

from __future__ import annotations

import gzip
import lzma
from pathlib import Path

import zstandard

import memcodec
from benchmarks import corpora, harness
from benchmarks.results import Cell, Check, Section, Table
from memcodec.file.info import Info

CODECS = ("av1", "h264", "h265", "mp4v", "vp9")
PROFILES = ("dense", "robust")
MODEL = "all-MiniLM-L6-v2"
SUBSET = 2_000_000  #: bytes of text for what encodes slowly
QUICK = 150_000
_LIMITS = {("av1", "dense"): 1.47, ("h264", "dense"): 4.5, ("h264", "robust"): 6.0}


def run(quick: bool) -> Section:
    with harness.scratch() as folder:
        small = corpora.subset(QUICK if quick else SUBSET, folder / "subset")
        full = small if quick else corpora.python_docs()
        infos = {
            (codec, profile): _encode(
                full if (codec, profile) == ("av1", "dense") else small, folder, codec, profile
            )
            for profile in PROFILES
            for codec in CODECS
        }
        indexed = {
            "none": infos["av1", "dense"],
            "lexical": _encode(full, folder, "av1", "dense", index="now"),
            "lexical, semantic": _encode(full, folder, "av1", "dense", index="now", model=MODEL),
        }
        packed = compressors(corpora.whole(full))
    return Section(
        name="density",
        title="Density",
        intro=(
            "What becomes of the text's bytes. *Payload* is the compressed text with all that is "
            "needed to unpack it."
        ),
        tables=[_codec_table(infos), _file_table(indexed, packed), _parts_table(indexed)],
        checks=_checks(infos, indexed),
        figures=_figures(infos, indexed, packed),
    )


def _encode(
    source: Path, folder: Path, codec: str, profile: str, *, index: str = "none", model: str = "none"
) -> Info:
    path = folder / "density.mp4"
    taken = harness.seconds(lambda: _write(source, path, codec, profile, index, model))
    with memcodec.open(path) as memory:
        info = memory.info()
    path.unlink()
    harness.say(
        f"  {codec} {profile} index={index} model={model}: {info.size / info.text:.3f} x the text, "
        f"{taken:.1f} s"
    )
    return info


def _write(source: Path, path: Path, codec: str, profile: str, index: str, model: str) -> None:
    with memcodec.create(path, codec=codec, profile=profile, index=index, model=model) as memory:
        memory.add_path(source)


def compressors(text: bytes) -> dict[str, int]:
    """Bytes the whole text takes as one stream: what a file that cannot be searched or read in part comes to."""
    return {
        "gzip -9": len(gzip.compress(text, 9)),
        "xz -9": len(lzma.compress(text, preset=9)),
        "zstd -19": len(zstandard.ZstdCompressor(level=19).compress(text)),
    }


def media_per_payload(info: Info) -> float:
    """Data frames' bytes over the compressed text in them: before parity."""
    return info.parts["text"] / info.stream


def media_per_text(info: Info) -> float:
    """Everything that is media (data, parity, guide, the container's boxes) over the text."""
    return sum(info.parts[part] for part in ("text", "parity", "guide", "container")) / info.text


def _codec_table(infos: dict[tuple[str, str], Info]) -> Table:
    rows: list[list[Cell]] = [
        [
            codec,
            profile,
            info.text / 1e6,
            info.stream / info.text,
            media_per_payload(info),
            media_per_text(info),
            info.size / info.text,
        ]
        for (codec, profile), info in infos.items()
    ]
    return Table(
        "Codecs and profiles, without index",
        [
            "codec",
            "profile",
            "text MB",
            "payload / text",
            "media / payload",
            "media with parity / text",
            "file / text",
        ],
        rows,
        "*media / payload* counts the data frames alone; *media with parity* adds 10% parity, the guide "
        "and the container's boxes. What encodes slowly is measured on every n-th file of the corpus; "
        "the guide weighs more in small files.",
    )


def _file_table(indexed: dict[str, Info], packed: dict[str, int]) -> Table:
    text = indexed["none"].text
    rows: list[list[Cell]] = [
        [f"memcodec av1 dense, index: {name}", info.size, info.size / text] for name, info in indexed.items()
    ]
    rows += [[name, size, size / text] for name, size in packed.items()]
    return Table(
        "Whole files beside compressors",
        ["file", "bytes", "bytes / text"],
        rows,
        "The compressors take the whole text as one stream: no search, no repair, nothing read without "
        "all before it.",
    )


def _parts_table(indexed: dict[str, Info]) -> Table:
    info = indexed["lexical, semantic"]
    rows: list[list[Cell]] = [[part, size, size / info.size] for part, size in info.parts.items()]
    return Table(
        "Where every byte of the file went", ["part", "bytes", "share"], [*rows, ["file", info.size, 1.0]]
    )


def _checks(infos: dict[tuple[str, str], Info], indexed: dict[str, Info]) -> list[Check]:
    checks = [
        Check(
            f"{codec} {profile}: media / payload before parity",
            media_per_payload(infos[codec, profile]),
            limit,
        )
        for (codec, profile), limit in _LIMITS.items()
    ]
    return [
        *checks,
        Check("av1 dense: media with 10% parity / text", media_per_text(infos["av1", "dense"]), 0.40),
        Check(
            "av1 dense: file with both indexes / text",
            indexed["lexical, semantic"].size / indexed["none"].text,
            1.0,
        ),
    ]


def _figures(
    infos: dict[tuple[str, str], Info], indexed: dict[str, Info], packed: dict[str, int]
) -> dict[str, dict[str, float]]:
    text = indexed["none"].text
    return {
        "codecs": {f"{codec} {profile}": info.size / info.text for (codec, profile), info in infos.items()},
        "indexed": {name: info.size / text for name, info in indexed.items()},
        "packed": {name: size / text for name, size in packed.items()},
    }
