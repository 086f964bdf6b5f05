"""Workbooks and tables: by XlsxWriter, openpyxl, odfdo, DuckDB, pyarrow, the standard library."""

from __future__ import annotations

import csv
from datetime import date, time
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from tests.ingest.writers import opc
from tests.ingest.writers.words import LANGUAGE, WHEN, Made, Words
from tests.support.needs import library

SEEN = {  # how a person sees what cells hold
    "day as shown": "2017-04-05",
    "percentage as shown": "12.5%",
    "time as shown": "06:07:00",
    "truth as shown": "TRUE",
    "figure as shown": "1234.5",
}


def by_xlsxwriter() -> Made:
    words, out = Words(), BytesIO()
    book = library("xlsxwriter").Workbook(out, {"in_memory": True})
    book.set_properties(
        {
            "title": words["title"],
            "author": words["author"],
            "subject": words["subject"],
            "keywords": words["keywords"],
            "comments": words["description"],
            "created": WHEN,
        }
    )
    sheet = book.add_worksheet(words["sheet name"])
    sheet.write_row(0, 0, [words["header"], "B", "C", "D", "E"])
    sheet.write(1, 0, words["body"])
    sheet.write_rich_string(1, 1, words["rich text"], book.add_format({"bold": True}), " and", " more")
    sheet.write_formula(1, 2, '="x"', value=words["value of a formula"])
    sheet.write_url(1, 3, "http://a.example", string=words["link"])
    sheet.write(2, 0, words["hidden row"])
    sheet.set_row(2, None, None, {"hidden": True})
    sheet.write(1, 4, words["hidden column"])
    sheet.set_column(4, 4, None, None, {"hidden": True})
    sheet.merge_range(3, 0, 3, 1, words["merged cells"])
    _figures(book, sheet)
    sheet.write_comment(1, 0, words["comment"])
    sheet.insert_textbox(8, 0, words["text box"])
    picture = {"image_data": BytesIO(opc.PICTURE), "description": words["picture description"]}
    sheet.insert_image(9, 0, "x.png", picture)
    _chart(book, sheet, words)
    sheet.set_header("&C" + words["page header"])
    sheet.set_footer("&L" + words["page footer"])
    sheet.data_validation(
        5, 0, 5, 0, {"validate": "any", "input_title": "x", "input_message": words["hint at a cell"]}
    )
    sheet.add_table(
        20, 0, 21, 0, {"columns": [{"header": words["table header"]}], "data": [[words["table"]]]}
    )
    hidden = book.add_worksheet("Hidden")
    hidden.write(0, 0, words["hidden sheet"])
    hidden.hide()
    shown = book.add_chartsheet("Chart")
    shown.set_chart(_bars(book, words, "chart sheet"))
    book.close()
    return Made("XlsxWriter", "a.xlsx", out.getvalue(), (*words, "date", *SEEN))


def _figures(book: Any, sheet: Any) -> None:
    sheet.write_datetime(4, 0, date(2017, 4, 5), book.add_format({"num_format": "yyyy-mm-dd"}))
    sheet.write_number(4, 1, 0.125, book.add_format({"num_format": "0.0%"}))
    sheet.write_datetime(4, 2, time(6, 7), book.add_format({"num_format": "hh:mm:ss"}))
    sheet.write_boolean(4, 3, True)
    sheet.write_number(4, 4, 1234.5)


def _chart(book: Any, sheet: Any, words: Words) -> None:
    chart = _bars(book, words, "chart title")
    chart.set_x_axis({"name": words["axis title"]})
    sheet.insert_chart(10, 5, chart)


def _bars(book: Any, words: Words, title: str) -> Any:
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=Hidden!$B$1:$B$2", "name": words["chart series"]})
    chart.set_title({"name": words[title]})
    return chart


def by_openpyxl() -> Made:
    words, out = Words(), BytesIO()
    openpyxl = library("openpyxl")
    book = openpyxl.Workbook()
    said = book.properties
    said.title, said.creator, said.modified, said.language = words["title"], words["author"], WHEN, LANGUAGE
    said.keywords, said.subject, said.description = words["keywords"], words["subject"], words["description"]
    sheet = book.active
    sheet.title = words["sheet name"]
    sheet.append([words["header"], "B", "C", "D"])
    sheet.append([words["body"], f"={words['formula without a value']}(A1)", date(2017, 4, 5), 0.125])
    sheet["C2"].number_format, sheet["D2"].number_format = "yyyy-mm-dd", "0.0%"
    sheet.append([words["merged cells"], None, words["hidden column"]])
    sheet.merge_cells("A3:B3")
    sheet.append([words["hidden row"]])
    sheet.row_dimensions[4].hidden = sheet.column_dimensions["C"].hidden = True
    sheet["A2"].comment = openpyxl.comments.Comment(words["comment"], "x")
    sheet.oddHeader.center.text, sheet.oddFooter.center.text = words["page header"], words["page footer"]
    hidden = book.create_sheet("Hidden")
    hidden.append([words["hidden sheet"]])
    hidden.sheet_state = "hidden"
    chart = openpyxl.chart.BarChart()
    chart.title = words["chart title"]
    chart.add_data(openpyxl.chart.Reference(sheet, 4, 2))
    sheet.add_chart(chart, "F1")
    book.save(out)
    seen = ("day as shown", "percentage as shown")
    return Made("openpyxl", "a.xlsx", out.getvalue(), (*words, "language", *seen))


def by_odfdo() -> Made:
    """A sheet in OpenDocument, repeated cells among its own."""
    words, out = Words(), BytesIO()
    odfdo = library("odfdo")
    book = odfdo.Document("spreadsheet")
    book.body.clear()
    table = odfdo.Table(words["sheet name"])
    table.set_values([[words["header"], "B"], [words["body"], date(2017, 4, 5)]])
    repeated = odfdo.Row()
    repeated.append_cell(odfdo.Cell(words["repeated cells"], repeated=3))
    table.append_row(repeated)
    book.body.append(table)
    book.meta.title, book.meta.creator = words["title"], words["author"]
    book.save(out)
    return Made("odfdo", "a.ods", out.getvalue(), (*words, "day as shown"))


def by_csv(kind: str, encoding: str = "utf-8", line_end: str = "\n", delimiter: str = ",") -> Made:
    words, out = Words(), StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=line_end)
    writer.writerows(
        [
            [words["header"], "B"],
            [words["body"], f'a, {words["cell with a quote"]} "b"'],
            [f"{words['first line of a cell']}\n{words['second line of a cell']}", "café"],
        ][: 2 if kind == "tsv" else 3]
    )
    if kind == "tsv":
        words = Words({place: word for place, word in words.items() if "line" not in place})
    return Made("Python's csv", f"a.{kind}", out.getvalue().encode(encoding), tuple(words))


def by_duckdb(folder: Path, kind: str) -> Made:
    words = Words()
    how = {"csv": "", "tsv": " (FORMAT csv, DELIMITER '\t')", "parquet": " (FORMAT parquet)"}[kind]
    target = folder / f"duck.{kind}"
    lines = "" if kind == "tsv" else f"""|| chr(10) || '{words["second line of a cell"]}'"""
    table = f"""SELECT '{words["body"]}' AS {words["header"]}, '{words["cell with a quote"]} "b"' AS b,
        '{words["first line of a cell"]}' {lines} AS c, DATE '2017-04-05' AS d"""
    if kind == "parquet":
        table += (
            f""", ['{words["list"]}'] AS e, {{'f': '{words["field of a structure"]}'}} AS f, 'x'::BLOB AS g"""
        )
    with library("duckdb").connect() as connection:
        connection.execute(f"COPY ({table}) TO '{target}'{how}")
    more = ("day as shown", "bytes") if kind == "parquet" else ("day as shown",)
    return Made("DuckDB", f"a.{kind}", target.read_bytes(), (*words, *more))


def by_pyarrow() -> Made:
    words, out = Words(), BytesIO()
    arrow = library("pyarrow")
    columns = {
        words["header"]: [words["body"]],
        "c": [f"x\n{words['second line of a cell']}"],
        "d": [date(2017, 4, 5)],
        "e": [[words["list"]]],
        "f": [{"f": words["field of a structure"]}],
        "g": arrow.array([words["word of a dictionary"]]).dictionary_encode(),
        "vectors": [[0.5, 0.25]],
        "bytes": [b"x"],
    }
    library("pyarrow.parquet").write_table(arrow.table(columns), out)
    return Made("pyarrow", "a.parquet", out.getvalue(), (*words, "day as shown", "vectors", "bytes"))
