"""What search quality and size are measured with: labelled sections, made vectors, and the measures themselves."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import harness, quality
from benchmarks.clusters import DIMENSIONS, PIECE, Clusters
from benchmarks.sections import LONGEST, SHORTEST, Question, questions, spread

pytestmark = pytest.mark.slow

MANUAL = """\
.. _the-title:

======================
:mod:`zlib` --- Packing
======================

{body}

.. index:: single: reading; files
   pair: reading; streams

.. _reading-files:

Reading ``whole`` files, by :func:`open <io.open>`
--------------------------------------------------

First. {body}

Why is there
no underline here

Words
-----

{body}

Said Twice
----------

{body}

Too short
---------

Little.
"""
BODY = "What a section says in many words.\n" * 12


def test_each_heading_asks_for_the_text_under_it() -> None:
    found = questions([MANUAL.format(body=BODY), "said twice\n~~~~~~~~~~\n\n" + BODY])
    assert [each.query for each in found] == ["zlib Packing", "Reading whole files, by open"]
    title, reading = found
    assert title.text == BODY.strip()
    assert reading.text == f"First. {BODY}\n\nWhy is there\nno underline here"


def test_only_sections_of_some_length_are_taken() -> None:
    def of(length: int) -> int:
        return len(questions(["Two words\n=========\n\n" + "x" * length]))

    assert [of(length) for length in (SHORTEST - 1, SHORTEST, LONGEST, LONGEST + 1)] == [0, 1, 1, 0]


def test_a_part_is_spread_over_the_whole() -> None:
    found = [Question(str(number), "x" * 100) for number in range(100)]
    assert [each.query for each in spread(found, 1000)] == [str(number) for number in range(0, 100, 10)]
    assert spread(found, 10**6) == found


def test_gain_is_discounted_by_rank() -> None:
    assert quality._gain([1]) == 1
    assert quality._gain([2, 3]) == pytest.approx(1 / np.log2(3) + 1 / 2)
    assert quality._gain([]) == 0


def test_made_vectors_are_the_same_each_time_in_clusters_and_of_length_one() -> None:
    made = list(Clusters().pieces(PIECE + 10))
    again = np.concatenate(list(Clusters().pieces(PIECE + 10)))
    others = next(Clusters().pieces(500, seed=1))
    assert [len(piece) for piece in made] == [PIECE, 10]
    np.testing.assert_array_equal(np.concatenate(made), again)
    assert again.dtype == np.float32 and again.shape[1] == DIMENSIONS
    np.testing.assert_allclose(np.linalg.norm(again, axis=1), 1, atol=1e-5)
    nearest = (others @ again.T).max(axis=1)
    assert np.median(nearest) > 0.4 and nearest.max() < 0.99  # of the same topics, none of them there


def test_a_large_index_is_measured_beside_faiss(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks", "scale", "--quick", "--out", str(tmp_path)]
    subprocess.run(command, cwd=harness.ROOT, check=True, capture_output=True)
    section = json.loads((tmp_path / "benchmarks.json").read_text())["scale"]
    assert list(section["figures"]) == ["2000", "14000"]
    for figures in section["figures"].values():
        assert figures["recall"] >= 0.85 and figures["anonymous MB"] < 200
        assert abs(figures["stated"] - figures["recall"]) <= 0.03  # what a file says of itself is true
