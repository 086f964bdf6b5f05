"""CSV, TSV, XLSX, ODS, Parquet: each row with its header, each at its place."""

from __future__ import annotations

import pytest

from memcodec.errors import SourceError
from memcodec.ingest.kinds import extract, limits, sandbox
from memcodec.ingest.kinds.limits import MAX_TEXT
from tests.ingest import made
from tests.support.needs import library

FASTNET = "Name: Fastnet; Year: 1904; Place: Cork"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_rows_say_their_columns_names(delimiter: str) -> None:
    found = extract(made.TABLE.replace(",", delimiter).encode(), "a.csv")
    assert found.text.endswith(f"Place: Devon\n\n{FASTNET}\n")
    assert [section.place for section in found.sections] == ["row 1", "row 2", "row 3"]


def test_without_a_header_no_name_is_made_up() -> None:
    assert extract(b"1,2\n3,4\n", "a.csv").text == "1 | 2\n\n3 | 4\n"


def test_quoted_cells_and_ragged_rows_lose_nothing() -> None:
    found = extract(b'Name,Note\nAda,"two\nlines, and ""quotes"""\nBob,b,extra\n\nEve\n', "a.csv")
    assert 'Name: Ada; Note: two\nlines, and "quotes"' in found.text
    assert "Name: Bob; Note: b; extra" in found.text and found.text.endswith("Name: Eve\n")


def test_a_single_column_is_not_cut() -> None:
    assert (
        extract(b"Title\nThe Lamp\nThe Sea\n", "a.csv").text == "Title\n\nTitle: The Lamp\n\nTitle: The Sea\n"
    )


def test_a_workbook_s_sheets_are_paths() -> None:
    found = extract(made.workbook(), "a.xlsx")
    assert found.text.endswith(FASTNET + "\n") and found.title == "Lights of the sea"
    assert found.sections[-1].path == ("Lights",) and found.sections[-1].place == "Lights row 3"


def test_a_cell_at_the_far_end_of_a_sheet_costs_little() -> None:
    openpyxl = library("openpyxl")
    from io import BytesIO

    book, out = openpyxl.Workbook(), BytesIO()
    book.active["A1"], book.active["XFD200000"] = "near", "far"
    book.save(out)
    found = extract(out.getvalue(), "a.xlsx")
    assert found.text == "near\n\nfar\n" and found.sections[-1].place == "Sheet row 200000"


def test_a_spreadsheet_that_repeats_cells_by_the_million_costs_little() -> None:
    content = (
        '<o:document-content xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:t="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
        ' xmlns:x="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
        '<o:body><o:spreadsheet><t:table t:name="S"><t:table-row t:number-rows-repeated="1048576">'
        '<t:table-cell t:number-columns-repeated="16384"/></t:table-row><t:table-row><t:table-cell><x:p>end</x:p>'
        "</t:table-cell></t:table-row></t:table></o:spreadsheet></o:body></o:document-content>"
    )
    data = made.zipped(
        {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": content.encode()}
    )
    found = extract(data, "a.ods")
    assert found.text == "end\n" and found.sections[0].place == "S row 1048577"


def test_parquet_leaves_out_vectors_and_says_so() -> None:
    found = extract(made.parquet(), "a.parquet")
    assert (
        found.text
        == "name | year | tags\n\nname: Eddystone; year: 1882; tags: ['a']\n\nname: Fastnet; tags: ['b', 'c']\n"
    )
    assert [note.partition(":")[0] for note in found.notes] == ["column 'vector'", "column 'raw'"]
    assert found.sections[-1].place == "row 2"


def test_rows_that_take_too_long_are_left_out_and_that_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(10**9))
    monkeypatch.setattr(limits.time, "monotonic", lambda: next(clock))  # each look at it takes a second
    found = extract(b"Name\n" + b"lamp\n" * 200, "a.csv")
    assert found.notes == (f"row {len(found.sections) + 1} and those after it: left out (took over 60 s)",)


@pytest.mark.slow
def test_a_parquet_file_of_one_long_value_many_times_is_bounded() -> None:
    arrow = library("pyarrow")
    writer = library("pyarrow.parquet")
    from io import BytesIO

    out = BytesIO()
    column = arrow.DictionaryArray.from_arrays(
        arrow.array([0] * 100_000, "int32"), arrow.array(["lol" * 1_000_000])
    )
    writer.write_table(arrow.table({"a": column}), out, compression="zstd")
    assert len(out.getvalue()) < 1_000_000
    try:
        found = sandbox.extract(out.getvalue(), "a.parquet", seconds=60)
    except SourceError as error:
        assert str(error).startswith("a.parquet: ")
    else:
        assert len(found.text) <= MAX_TEXT and found.notes
