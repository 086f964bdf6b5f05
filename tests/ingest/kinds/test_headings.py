"""Markdown is parsed up to its last heading: that changes none of them, whatever the text is."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memcodec.ingest.kinds import markdown
from memcodec.ingest.kinds.limits import TimeLimit

_LINES = (
    "# one",
    "   ## two ##",
    "# [a][b] and [b]",
    "\t# code",
    "    # code",
    "#",
    "===",
    "---",
    "  --- \t",
    "- item",
    "  # in an item",
    "1. item",
    "> # quoted",
    "> [b]: /url",
    "```",
    "~~~",
    "<!--",
    "-->",
    "<div>",
    "[b]: /url",
    "[b]: /url 'title",
    "title'",
    "| a | b |",
    "|---|---|",
    "a |",
    "text",
    "",
    "  ",
    "\t",
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(_LINES), max_size=14), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
def test_the_headings_are_those_of_the_whole_text(lines: list[str], end: str, ended: bool) -> None:
    text = end.join(lines) + end * ended
    found = markdown.headings(text, TimeLimit(20))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(markdown, "_up_to_last", lambda lines: lines)
        assert found == markdown.headings(text, TimeLimit(20))


def test_what_no_heading_follows_is_not_parsed() -> None:
    head = "# one\n\n"
    assert markdown._up_to_last(head + "text\n\n" * 1000) == head
    assert markdown._up_to_last("text - with # marks\n\n    # code\n") == ""
    named = "# [one]\n\ntext\n\n[one]: /url\n"
    assert markdown._up_to_last(named) == named
