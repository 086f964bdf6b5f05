"""ONNX graphs, node by node: in 32 bits, or in int8 with activations that are scaled at each run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from memcodec.models.embedding import onnx_file

Array = npt.NDArray[Any]


class Graph:
    """Token numbers to a vector. A node or constant is known by the name of what it gives."""

    INPUT = "input_ids"

    def __init__(self, *, int8: bool) -> None:
        self._int8 = int8
        self._nodes: list[bytes] = []
        self._constants: list[bytes] = []
        self._scaled: dict[str, list[str]] = {}

    def node(self, kind: str, *inputs: str, **attributes: onnx_file.Attribute) -> str:
        """An operator with one output."""
        return self._node(kind, inputs, 1, attributes)[0]

    def constant(self, value: npt.ArrayLike) -> str:
        name = f"constant.{len(self._constants)}"
        self._constants.append(onnx_file.tensor(name, np.asarray(value)))
        return name

    def rows(self, table: Array, numbers: str) -> str:
        """The rows of a table [rows, width] that stand at some numbers."""
        if not self._int8:
            return self.node("Gather", self.constant(table), numbers)
        kept, scale, zero = _quantized_table(table)
        taken = self.node("Gather", self.constant(kept), numbers)
        return self.node("DequantizeLinear", taken, self.constant(scale), self.constant(zero))

    def product(self, rows: str, matrix: Array) -> str:
        """Rows [1, n, width] times a matrix [width, columns]."""
        if not self._int8:
            return self.node("MatMul", rows, self.constant(matrix))
        kept, scales = _quantized_columns(matrix)
        if rows not in self._scaled:
            self._scaled[rows] = self._node("DynamicQuantizeLinear", [rows], 3, {})
        small, scale, zero = self._scaled[rows]
        zeros = self.constant(np.zeros(len(scales), np.int8))
        whole = self.node("MatMulInteger", small, self.constant(kept), zero, zeros)
        factor = self.node("Mul", scale, self.constant(scales))
        return self.node("Mul", self.node("Cast", whole, to=onnx_file.FLOAT), factor)

    def save(self, path: Path, output: str) -> None:
        """Write the graph that gives ``output``."""
        given = onnx_file.value_info(self.INPUT, onnx_file.INT64, [1, "tokens"])
        made = onnx_file.value_info(output, onnx_file.FLOAT, [1, "dimensions"])
        path.write_bytes(onnx_file.model(self._nodes, self._constants, [given], [made]))

    def _node(
        self, kind: str, inputs: Sequence[str], outputs: int, attributes: dict[str, onnx_file.Attribute]
    ) -> list[str]:
        names = [f"{kind}.{len(self._nodes)}.{number}" for number in range(outputs)]
        self._nodes.append(onnx_file.node(kind, inputs, names, attributes))
        return names


def _quantized_columns(matrix: Array) -> tuple[Array, Array]:
    """int8 of a matrix, and float32 [columns] that each column is to be multiplied by."""
    scales = (np.abs(matrix).max(axis=0) / 127).astype(np.float32)
    return np.rint(matrix / scales).clip(-127, 127).astype(np.int8), scales


def _quantized_table(table: Array) -> tuple[Array, Array, Array]:
    """uint8 of a table, its scale, and the number that stands for 0."""
    least, most = min(float(table.min()), 0.0), max(float(table.max()), 0.0)
    scale = np.float32((most - least) / 255)
    zero = np.rint(-least / scale)
    kept = np.rint(table / scale)
    kept += zero
    return kept.clip(0, 255).astype(np.uint8), np.asarray(scale), np.asarray(zero, np.uint8)
