"""The options of a long command under headings in its --help, so that what one looks for is found."""

from __future__ import annotations

import click

from memcodec.cli.options import Setting

_LONG = 12  #: options that one list may have
_FEW = 3  #: so many make a heading

_OWN = "Options"
_HEADINGS = {
    "Which documents": "documents tags path type language since until before",
    "What goes in": "pairs chunk_size overlap include exclude max_depth max_file_size hidden gitignore keep_originals "
    "transcribe strict follow_links",
    "What it is called": "text title uri root keep_paths",
    "Media": "codec profile bits rate parity",
    "Index": "index model positions vectors",
    "Pictures": "images image image_model ocr no_ocr gps",
    "Ranking": "mode exact regex k min_score show_all chunks rerank diverse explain",
    "Language model": "llm llm_model llm_timeout",
    "Output": "full group paged utc as_json jsonl as_csv fail_empty quiet",
}
_HEADING = {name: heading for heading, names in _HEADINGS.items() for name in names.split()}


class Command(click.Command):
    """A command whose options stand under headings when they are many; first those that are its own."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """As click has it, by headings."""
        options = [each for each in self.get_params(ctx) if isinstance(each, click.Option)]
        shown = [(each, row) for each in options if (row := each.get_help_record(ctx)) is not None]
        under = [_heading(each) if len(shown) > _LONG else _OWN for each, _ in shown]
        under = [heading if under.count(heading) >= _FEW else _OWN for heading in under]
        for heading in (_OWN, *_HEADINGS):
            if rows := [row for (_, row), own in zip(shown, under, strict=True) if own == heading]:
                with formatter.section(heading):
                    formatter.write_dl(rows)


def _heading(option: click.Parameter) -> str:
    if option.name == "language" and isinstance(option, Setting):  # of word endings, not of documents
        return "Index"
    return _HEADING.get(str(option.name), _OWN)
