"""CSV, TSV, XLSX, ODS, Parquet: each row with its header, each at its place."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcodec.errors import SourceError
from memcodec.ingest.kinds import extract, limits, sandbox
from memcodec.ingest.kinds.delimited import NumberedRows
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


def test_a_blank_before_a_quote_is_none_of_the_cell() -> None:
    assert extract(b'Name, Note\nAda, "a, b"\nBob, c\n', "a.csv").text.endswith(
        "Note: a, b\n\nName: Bob; Note: c\n"
    )


def test_a_title_with_a_comma_is_no_header() -> None:
    text = extract(b"Lights, 1904\nName,Height,Place\nFastnet,54,Cork\nBull,15,Cork\n", "a.csv").text
    assert text.endswith("Name: Bull; Height: 15; Place: Cork\n")
    assert extract(b"Name,,Height\nAda,x,none\nBob,y,5\n", "a.csv").text.endswith("Name: Bob; y; Height: 5\n")


def test_a_single_column_is_not_cut() -> None:
    assert (
        extract(b"Title\nThe Lamp\nThe Sea\n", "a.csv").text == "Title\n\nTitle: The Lamp\n\nTitle: The Sea\n"
    )


@pytest.mark.parametrize("size", [131_073, 3_000_000])
def test_a_large_cell_costs_no_other(size: int) -> None:
    found = extract(f'id,detail\n1,"{"scan, " * (size // 6)}"\n2,marzipan\n'.encode(), "a.csv")
    assert found.text.endswith("id: 2; detail: marzipan\n") and len(found.text) > size - 10


@pytest.mark.parametrize(("rows", "later"), [(1, ""), (5000, ""), (5000, '9,"closed, later",x\n')])
def test_a_quote_that_is_never_closed_costs_its_own_line(rows: int, later: str) -> None:
    body = "".join(f"{n},shelf {n},wood\n" for n in range(rows))
    found = extract(f'id,name,note\n1,crate,"left open\n{body}{later}'.encode(), "a.csv")
    assert 'id: 1; name: crate; note: "left open' in found.text
    assert found.text.count("name: shelf") == rows
    assert found.notes == ("row 2: a quote is not closed; it is taken as a letter",)
    assert found.sections[-1].place == f"row {2 + rows + bool(later)}"


@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1),
            min_size=2,
            max_size=2,
        ),
        min_size=2,
        max_size=9,
    ),
    st.sampled_from([",", ";", "|"]),
)
@settings(deadline=None)
def test_what_a_csv_writer_writes_is_read(rows: list[list[str]], delimiter: str) -> None:
    out = StringIO()
    csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([["Name", "Note"], *rows])
    lines = list(StringIO(out.getvalue(), newline=""))
    assert [row for _, row in NumberedRows(lines, 0, delimiter)] == [["Name", "Note"], *rows]


@pytest.mark.parametrize(
    "text, shown",
    [
        ("sep=;\r\nName;Betrag\r\nAnna;12,50\r\n", "Name: Anna; Betrag: 12,50"),
        ('"sep=;"\nName;Betrag\nAnna;12,50\n', "Name: Anna; Betrag: 12,50"),
        ("SEP=\t\nName\tBetrag\nAnna\t12,50\n", "Name: Anna; Betrag: 12,50"),
        (
            "Umsatzanzeige\r\n\r\nBuchung;Betrag\r\n01.02.2024;-750,00\r\n",
            "Buchung: 01.02.2024; Betrag: -750,00",
        ),
        (
            "Konto;123\n\nDatum;Text;Art;Betrag\n1.2.24;Miete;x;-7,5\n2.2.24;Lohn;y;8,5\n",
            "Art: x; Betrag: -7,5",
        ),
        ("Name;Betrag;Ort\nAnna;12,50;Bonn\nBernd;7,20;Ulm\nSumme\n", "Betrag: 12,50; Ort: Bonn"),
        ("1,5;2,5\n3,5;4,5\n", "3,5 | 4,5"),
        ("Country,2019,2020\nNorway,5.3,5.4\n", "Country: Norway; 2019: 5.3; 2020: 5.4"),
        ("Country,2024-01,2024-02\nNorway,5,6\n", "Country: Norway; 2024-01: 5; 2024-02: 6"),
        ("Site,N,E\nHarbour,59.1,10.2\n", "Site: Harbour; N: 59.1; E: 10.2"),
        ("Name,Note,Note\nAnna,tea,rain\n", "Name: Anna; Note: tea; Note: rain"),
        ("Site,1,2,3\nHarbour,5,6,9\n", "Site: Harbour; 1: 5; 2: 6; 3: 9"),
        ("Date,e\n2024-01-02,1\n", "Date: 2024-01-02; e: 1"),
        ("2024-03-05,started\n2024-03-06,stopped\n", "2024-03-06 | stopped"),
        ("Norway,2019\nPeru,2020\n", "Peru | 2020"),
        ("Norway,5.3\nPeru,5.4\n", "Peru | 5.4"),
    ],
)
def test_the_delimiter_and_the_header_are_those_that_people_mean(text: str, shown: str) -> None:
    assert shown in extract(text.encode(), "a.csv").text


def test_tsv_does_not_quote() -> None:
    found = extract(b'Name\tSize\n"pipe" of iron\t5"\n"open\t7\n"quoted ""x"""\t8\n', "a.tsv")
    assert found.text.split("\n\n")[1:] == [
        'Name: "pipe" of iron; Size: 5"',
        'Name: "open; Size: 7',
        'Name: quoted "x"; Size: 8\n',
    ]


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
