"""Apache Parquet by pyarrow: rows with their header, rows as places. Memory: one batch of rows of one row group.

Columns of bytes, and of lists of numbers (vectors), are no text: they are left out and noted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from memcodec.config.units import format_size
from memcodec.errors import SourceError
from memcodec.ingest.kinds.builder import Builder
from memcodec.ingest.kinds.extracted import Extracted
from memcodec.ingest.kinds.limits import MAX_UNPACKED, library, reading
from memcodec.ingest.kinds.rows import add_rows

_BATCH = 256  # rows
_THRIFT = 1 << 24  # bytes of the file's own description, and entries of it


def extract(data: bytes, name: str) -> Extracted:
    """The rows. The header is row 0: a Parquet file's first row is its first data. Raises SourceError, MissingExtra."""
    arrow = library("pyarrow", "data", "Parquet")
    parquet = library("pyarrow.parquet", "data", "Parquet")
    with reading(name, "Parquet file"):
        file = parquet.ParquetFile(
            arrow.BufferReader(data), thrift_string_size_limit=_THRIFT, thrift_container_size_limit=_THRIFT
        )
        with file:
            _refuse_large(file.metadata, name)
            out, kept = Builder(), []
            for column in file.schema_arrow:
                if _readable(arrow, column.type):
                    kept.append(column.name)
                else:
                    out.note(f"column {column.name!r}: left out ({column.type} is no text)")
            add_rows(out, _rows(file, kept))
        return out.build()


def _refuse_large(metadata: Any, name: str) -> None:
    largest = max((metadata.row_group(n).total_byte_size for n in range(metadata.num_row_groups)), default=0)
    if largest > MAX_UNPACKED:
        raise SourceError(
            f"{name}: a row group unpacks to over {format_size(MAX_UNPACKED)}; write smaller ones"
        )


def _readable(arrow: Any, kind: Any) -> bool:
    types = arrow.types
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        return not types.is_floating(kind.value_type) and _readable(arrow, kind.value_type)
    return not (types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind))


def _rows(file: Any, columns: list[str]) -> Iterator[tuple[int, list[str]]]:
    yield 0, columns
    number = 0
    for batch in file.iter_batches(batch_size=_BATCH, columns=columns, use_threads=False):
        for row in batch.to_pylist():
            number += 1
            yield number, ["" if value is None else str(value) for value in row.values()]
