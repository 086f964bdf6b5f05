"""The order in which lines of a page are read."""

from __future__ import annotations

from memcodec.ingest.kinds.layout import Line, arranged


def column(left: int, top: int, *texts: str) -> list[Line]:
    return [
        Line(left, top + 40 * n, left + 14 * len(text), top + 40 * n + 30, text)
        for n, text in enumerate(texts)
    ]


LEFT = column(
    80,
    200,
    "The harbour was first lit in 1854.",
    "The keeper cleaned the lens",
    "with vinegar, every morn-",
    "ing.",
)
RIGHT = column(
    700,
    210,
    "In the winter the storm came from",
    "the west and took the gallery",
    "with it; nobody was hurt.",
)


def test_columns_are_read_one_after_the_other_below_what_stands_above_them() -> None:
    lines = [*RIGHT, *LEFT, *column(300, 50, "The Lighthouse Gazette of the whole western coast")]
    title, left, right = arranged(lines).split("\n\n")
    assert title.startswith("The Lighthouse Gazette")
    assert left.endswith("with vinegar, every morning.")
    assert right.startswith("In the winter") and right.endswith("nobody was hurt.")


def test_a_table_is_read_by_its_rows() -> None:
    lines = [*column(80, 100, "Oil", "Wicks", "Total"), *column(700, 103, "12.40", "3.10", "15.50")]
    assert arranged(lines[::-1]) == "Oil 12.40\nWicks 3.10\nTotal 15.50"


def test_a_hyphen_before_a_name_or_a_number_stays() -> None:
    assert arranged(column(0, 0, "Berlin-", "Mitte, 1854-", "1855")) == "Berlin-\nMitte, 1854-\n1855"


def test_no_lines_and_a_thousand_bands_are_no_trouble() -> None:
    assert arranged([]) == ""
    bands = [Line(0, 100 * n, 90, 100 * n + 20, str(n)) for n in range(1000)]
    assert arranged(bands).split() == [str(n) for n in range(1000)]
