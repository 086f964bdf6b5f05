"""What is put in the place of numbers, strings, bytes and JSON values."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import zstandard

NUMBERS = sorted(
    {0, 3, 7, 10**30}
    | {
        (1 << bits) + more
        for bits in (0, 3, 7, 8, 12, 15, 16, 20, 24, 31, 32, 53, 62, 63, 64)
        for more in (-1, 0, 1)
    }
)
TIMES = (
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2020-01-01",
    "T",
    "2020-01-01T00:00:00.5+99:99",
)
STRINGS = (
    "",
    "\0",
    "\ud800",
    "../../up",
    "/etc/passwd",
    "a" * 5000,
    "\x9b31m\u202e",
    "0" * 8,
    "zz" * 4,
    "=1+1",
    *TIMES,
)
_MOST = 1 << 22  # bytes that are unpacked to be changed
BOMBS = (1 << 20, (16 << 20) + 1, 64 << 20, 256 << 20)


def number(rng: Random, old: int = 0) -> int:
    """Another number: one at an edge, or one near the old one."""
    if rng.random() < 0.5:
        return rng.choice(NUMBERS)
    near = (
        old + 1,
        old - 1,
        old * 2,
        old // 2,
        -old,
        old + rng.randrange(256),
        rng.randrange(max(1, abs(old) + 1)),
    )
    return rng.choice(near)


def bounded(rng: Random, old: int, bits: int) -> int:
    """The same, of so many bits."""
    return number(rng, old) & (1 << bits) - 1


def changed(rng: Random, data: bytes) -> bytes:
    """Other bytes, of about the same length."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        _BYTES[rng.randrange(len(_BYTES))](rng, out)
    return bytes(out)


def _at(rng: Random, out: bytearray) -> int:
    return rng.randrange(len(out)) if out else 0


def _flip(rng: Random, out: bytearray) -> None:
    if out:
        out[_at(rng, out)] ^= 1 << rng.randrange(8)


def _set(rng: Random, out: bytearray) -> None:
    if out:
        out[_at(rng, out)] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))


def _word(rng: Random, out: bytearray) -> None:
    size = rng.choice((2, 4, 8))
    at = _at(rng, out) // size * size
    if at + size <= len(out):
        order: Any = rng.choice(("little", "little", "big"))
        old = int.from_bytes(out[at : at + size], order)
        out[at : at + size] = bounded(rng, old, 8 * size).to_bytes(size, order)


def _cut(rng: Random, out: bytearray) -> None:
    at = _at(rng, out)
    del out[at : at + rng.choice((1, 4, 16, len(out)))]


def _put_in(rng: Random, out: bytearray) -> None:
    at = _at(rng, out)
    out[at:at] = rng.choice(
        (b"\0", b"\xff" * 4, bytes(out[at : at + 64]), rng.randbytes(rng.randrange(1, 40)))
    )


def _fill(rng: Random, out: bytearray) -> None:
    at = _at(rng, out)
    count = min(rng.choice((2, 8, 64, 1024)), len(out) - at)
    out[at : at + count] = bytes([rng.choice((0, 0xFF, 0x55))]) * count


_BYTES: tuple[Callable[[Random, bytearray], None], ...] = (
    _flip,
    _flip,
    _set,
    _word,
    _word,
    _word,
    _cut,
    _put_in,
    _fill,
)


def other_json(rng: Random, value: Any) -> Any:
    """A JSON value with a few of its parts changed. The value given is not kept."""
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        places = list(_places(value))
        if not places:
            return _leaf(rng, value)
        holder, key = rng.choice(places)
        _change_at(rng, holder, key, places)
    return value


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every list or object in it with each of its keys."""
    waiting = [value]
    while waiting:
        holder = waiting.pop()
        keys = (
            list(holder)
            if isinstance(holder, dict)
            else range(len(holder))
            if isinstance(holder, list)
            else ()
        )
        for key in keys:
            yield holder, key
            waiting.append(holder[key])


def _change_at(rng: Random, holder: Any, key: Any, places: list[tuple[Any, Any]]) -> None:
    chosen = rng.random()
    if chosen < 0.08:
        del holder[key]
    elif chosen < 0.16 and isinstance(holder, list):
        holder[key:key] = [holder[key]] * rng.choice((1, 2, 50, 2000))
    elif chosen < 0.24:
        other, at = rng.choice(places)
        holder[key] = json.loads(json.dumps(other[at]))
    else:
        holder[key] = _leaf(rng, holder[key])


def _leaf(rng: Random, old: Any) -> Any:
    kind = rng.random()
    if isinstance(old, int) and kind < 0.75:
        return number(rng, old)
    if isinstance(old, str) and kind < 0.6:
        return rng.choice(STRINGS) if kind < 0.3 or not old else _text(rng, old)
    if isinstance(old, list) and kind < 0.4:
        return rng.choice(
            ([], [[0, 1]], [[0, 1 << 31]], [[number(rng), number(rng)] for _ in range(3)], old[::-1])
        )
    return rng.choice(
        (None, True, 0, -1, 1.5, 1e308, float("nan"), "", "x", [], {}, [[]], number(rng), _deep(rng))
    )


def _text(rng: Random, old: str) -> str:
    at = rng.randrange(len(old))
    return old[:at] + rng.choice(("", "\0", "f", "G", old, "é")) + old[at + 1 :]


def _deep(rng: Random) -> Any:
    made: Any = 0
    for _ in range(rng.choice((3, 500))):
        made = [made]
    return made


def dumps(value: Any) -> bytes:
    """JSON as it stands in files; with escapes where it holds what no UTF-8 can say."""
    try:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=1).compress(data)


def unzstd(frame: bytes) -> bytes | None:
    """What a Zstandard frame holds; None for what is none, or holds a lot."""
    try:
        if zstandard.frame_content_size(frame) > _MOST:
            return None
        return zstandard.ZstdDecompressor().decompress(frame, max_output_size=_MOST)
    except zstandard.ZstdError:
        return None


def bomb(rng: Random) -> bytes:
    """A short Zstandard frame of many bytes, with its size in front or without."""
    size, told = rng.choice(BOMBS), rng.random() < 0.7
    if (size, told) not in _BOMBS:
        packer = zstandard.ZstdCompressor(level=1, write_content_size=told).compressobj(size if told else -1)
        parts = [packer.compress(bytes(1 << 20)) for _ in range(size >> 20)]
        _BOMBS[size, told] = b"".join([*parts, packer.compress(bytes(size & (1 << 20) - 1)), packer.flush()])
    return _BOMBS[size, told]


_BOMBS: dict[tuple[int, bool], bytes] = {}
