"""The blob of pictures' vectors, as it is and as a stranger may have made it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from memcodec.errors import Damaged
from memcodec.file.pictures import PictureVectors, joined, pack, renamed, unpack
from memcodec.format.blob import BlobWriter, in_memory

ROWS = np.eye(3, dtype=np.float16)
THREE = PictureVectors("clip@1", ("a", "b", "c"), ROWS)


def test_a_blob_gives_what_it_was_made_of() -> None:
    found = unpack(in_memory(pack(THREE), "pictures"), 3)
    assert (found.model, found.documents) == ("clip@1", ("a", "b", "c")) and (found.rows == ROWS).all()


@pytest.mark.parametrize(
    ("change", "pictures"),
    [
        ({}, 2),
        ({}, 4),
        ({"space": "text"}, 3),
        ({"model": 7}, 3),
        ({"dimensions": 0}, 3),
        ({"dimensions": 1 << 40}, 3),
        ({"dimensions": True}, 3),
        ({"rows": np.full((3, 3), np.nan, np.float16)}, 3),
        ({"kind": "vectors"}, 3),
    ],
)
def test_what_does_not_add_up_is_damage(change: dict[str, object], pictures: int) -> None:
    meta = {"model": "clip@1", "space": "image", "dimensions": 3} | change
    rows, kind = meta.pop("rows", ROWS), meta.pop("kind", "pictures")
    blob = BlobWriter(str(kind))
    blob.add("meta", json.dumps(meta).encode())
    blob.add("documents", b"a\nb\nc")
    blob.add("vectors", np.asarray(rows))
    with pytest.raises(Damaged, match=r"run `repair\(\)`"):
        unpack(in_memory(blob.to_bytes(), "pictures"), pictures)


def test_blobs_are_joined_by_model_and_documents_get_other_ids() -> None:
    later = PictureVectors("clip@1", ("c", "d"), -np.ones((2, 3), np.float16))
    other = PictureVectors("other@2", ("a",), np.ones((1, 5), np.float16))
    first, second = joined([THREE, other, later], {"a", "c"})
    assert first.documents == ("a", "c") and first.rows[1].tolist() == [-1, -1, -1]  # the last row counts
    assert second.model == "other@2" and joined([other], set()) == []
    (moved,) = renamed([THREE, other], {"x": "c", "y": "nobody"})
    assert moved.documents == ("x",) and moved.rows.tolist() == [[0, 0, 1]]
