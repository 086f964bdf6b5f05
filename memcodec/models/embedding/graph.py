"""ONNX graphs of int8 weights, node by node: products in int8 too, of activations that are scaled at each run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from memcodec.models.embedding import onnx_file

Array = npt.NDArray[Any]


class Scaled(NamedTuple):
    """int8 [rows, columns], and float32 that they are to be multiplied by: [1, columns], of a table [rows, 1]."""

    whole: Array
    scale: Array


class Graph:
    """Token numbers to a vector. A node or constant is known by the name of what it gives."""

    INPUT = "input_ids"

    def __init__(self, *, int8: bool) -> None:
        """``int8``: whether products are; else they are of 32 bits."""
        self._int8 = int8
        self._nodes: list[bytes] = []
        self._constants: list[bytes] = []
        self._quantized: dict[str, list[str]] = {}

    def node(self, kind: str, *inputs: str, **attributes: onnx_file.Attribute) -> str:
        """An operator with one output."""
        return self._node(kind, inputs, 1, attributes)[0]

    def constant(self, value: npt.ArrayLike) -> str:
        name = f"constant.{len(self._constants)}"
        self._constants.append(onnx_file.tensor(name, np.asarray(value)))
        return name

    def rows(self, table: Scaled, numbers: str) -> str:
        """The rows of a table that stand at some numbers, in 32 bits."""
        whole, scale = (self.node("Gather", self.constant(each), numbers) for each in table)
        return self.node("Mul", self._float(whole), scale)

    def product(self, rows: str, matrix: Scaled) -> str:
        """Rows [1, n, width] times a matrix [width, columns], in 32 bits."""
        whole = self.constant(matrix.whole)
        if not self._int8:
            scaled = self.node("Mul", self._float(whole), self.constant(matrix.scale))
            return self.node("MatMul", rows, scaled)
        if rows not in self._quantized:
            self._quantized[rows] = self._node("DynamicQuantizeLinear", [rows], 3, {})
        small, small_scale, zero = self._quantized[rows]
        zeros = self.constant(np.zeros(matrix.whole.shape[1], np.int8))
        product = self._float(self.node("MatMulInteger", small, whole, zero, zeros))
        return self.node("Mul", product, self.node("Mul", small_scale, self.constant(matrix.scale[0])))

    def save(self, path: Path, output: str) -> None:
        """Write the graph that gives ``output``."""
        given = onnx_file.value_info(self.INPUT, onnx_file.INT64, [1, "tokens"])
        made = onnx_file.value_info(output, onnx_file.FLOAT, [1, "dimensions"])
        path.write_bytes(onnx_file.model(self._nodes, self._constants, [given], [made]))

    def _float(self, name: str) -> str:
        return self.node("Cast", name, to=onnx_file.FLOAT)

    def _node(
        self, kind: str, inputs: Sequence[str], outputs: int, attributes: dict[str, onnx_file.Attribute]
    ) -> list[str]:
        names = [f"{kind}.{len(self._nodes)}.{number}" for number in range(outputs)]
        self._nodes.append(onnx_file.node(kind, inputs, names, attributes))
        return names
