"""ONNX files, as bytes: the few messages of onnx.proto that a graph of ours has, in Protocol Buffers' wire format.

The `onnx` package would do it, and weighs 40 MB. Each function gives the bytes of the message it is named after;
``tensors`` reads those of a file that is known by its hash.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Attribute = int | float | Sequence[int]

_IR, _OPSET = 8, 17
_TYPES = {"float32": 1, "uint8": 2, "int8": 3, "int64": 7}  # TensorProto.DataType
FLOAT, INT64 = _TYPES["float32"], _TYPES["int64"]
_INT, _FLOAT, _INTS = 2, 1, 7  # AttributeProto.AttributeType


def model(
    nodes: Iterable[bytes], constants: Iterable[bytes], inputs: Iterable[bytes], outputs: Iterable[bytes]
) -> bytes:
    """A whole file; the nodes stand in the order in which they are to run."""
    named = ((1, nodes), (5, constants), (11, inputs), (12, outputs))
    graph = b"".join(_bytes(field, each) for field, several in named for each in several)
    opset = _number(2, _OPSET)
    return _number(1, _IR) + _bytes(7, _text(2, "embedding") + graph) + _bytes(8, opset)


def node(kind: str, inputs: Sequence[str], outputs: Sequence[str], attributes: dict[str, Attribute]) -> bytes:
    """An operator of the set above, its attributes numbers or lists of whole ones."""
    names = [_text(1, each) for each in inputs] + [_text(2, each) for each in outputs]
    given = [_bytes(5, _attribute(name, value)) for name, value in attributes.items()]
    return b"".join([*names, _text(4, kind), *given])


def tensor(name: str, value: npt.NDArray[Any]) -> bytes:
    """A constant: float32, uint8, int8 or int64."""
    dims = b"".join(_number(1, size) for size in value.shape)
    data = value.astype(value.dtype.newbyteorder("<")).tobytes()
    return dims + _number(2, _TYPES[value.dtype.name]) + _text(8, name) + _bytes(9, data)


def value_info(name: str, type_: int, shape: Sequence[int | str]) -> bytes:
    """An input or output; a size that differs from run to run has a name."""
    sizes = [_number(1, size) if isinstance(size, int) else _text(2, size) for size in shape]
    dims = b"".join(_bytes(1, size) for size in sizes)
    return _text(1, name) + _bytes(2, _bytes(1, _number(1, type_) + _bytes(2, dims)))


def tensors(data: bytes) -> dict[str, npt.NDArray[Any]]:
    """The constants of a file, by name, in the order in which they stand there; others than ours are left out."""
    (graph,) = _each(data, 7)
    return {name: value for name, value in map(_tensor, _each(graph, 5)) if value is not None}


def _tensor(data: bytes) -> tuple[str, npt.NDArray[Any] | None]:
    (name,), (type_,) = _each(data, 8), _each(data, 2)
    kind = next((each for each, number in _TYPES.items() if number == type_), None)
    if kind is None:
        return name.decode(), None
    (raw,) = _each(data, 9)
    return name.decode(), np.frombuffer(raw, np.dtype(kind).newbyteorder("<")).reshape(list(_each(data, 1)))


def _each(data: bytes, wanted: int) -> Iterator[Any]:
    """The values of one field of a message: bytes, or numbers."""
    at = 0
    while at < len(data):
        tag, at = _read_varint(data, at)
        size, at = _read_varint(data, at) if tag & 7 != 5 else (4, at)
        if tag & 7 == 0:
            value: Any = size
        else:
            value, at = data[at : at + size], at + size
        if tag >> 3 == wanted:
            yield value


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        value, shift, at = value | (data[at] & 0x7F) << shift, shift + 7, at + 1
        if data[at - 1] < 0x80:
            return value, at


def _attribute(name: str, value: Attribute) -> bytes:
    if isinstance(value, int):
        return _text(1, name) + _number(3, value) + _number(20, _INT)
    if isinstance(value, float):
        return _text(1, name) + _varint(2 << 3 | 5) + struct.pack("<f", value) + _number(20, _FLOAT)
    return _text(1, name) + b"".join(_number(8, each) for each in value) + _number(20, _INTS)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value % 2**64)


def _text(field: int, value: str) -> bytes:
    return _bytes(field, value.encode())


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    """Seven bits a byte, the lowest first; all but the last have the highest bit set."""
    made = bytearray()
    while value > 0x7F:
        made.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*made, value])
