"""Insight: graphs, key terms, summaries and trends against what authors wrote of their own texts, and how it grows."""

from __future__ import annotations

from benchmarks import insight_graphs, insight_texts
from benchmarks.insight_graphs import NODES
from benchmarks.insight_texts import BURSTS, DOCUMENTS, KEYS, MONTHS
from benchmarks.results import Section, Table


def run(quick: bool) -> Section:
    edges, shuffled, nodes, graph_checks = insight_graphs.graphs(quick)
    keys, key_checks = insight_texts.keys(quick)
    sums, sum_checks = insight_texts.summaries(quick)
    bursts, burst_checks = insight_texts.bursts(quick)
    growth, growth_checks = insight_graphs.growth(quick)
    return Section(
        name="insight",
        title="Insight",
        intro=(
            "Against what authors wrote about their own texts; glossaries, index entries, summaries and the markup of "
            "cross-references are taken out of the texts first. What concepts weigh was fitted on the glossaries of "
            "Python, Git, Apache and scikit-learn, with features chosen by leaving each of them out in turn; what key "
            "terms weigh on Python's index (`python -m benchmarks.insight_fit`). "
            "PostgreSQL's and SQLAlchemy's are held out: SQLAlchemy's documentation was looked at for nothing else, "
            "PostgreSQL's glossary had been in view of an earlier weighting. Of relations, settings were searched for "
            "on Python's, Apache's, scikit-learn's, Git's and CMake's; summaries' settings were chosen with "
            "both kinds of pages in view. Baselines run in the same run."
        ),
        tables=[
            Table(
                "Relations: authors' own links",
                [
                    "corpus",
                    "terms",
                    "links",
                    "pairs",
                    "chance",
                    "raw counts",
                    "ours",
                    "ours / raw",
                    "ours / chance",
                ],
                edges,
                "Precision of the strongest pairs, as many as authors made links. Python: the glossary's links. CMake: "
                "links between pages of commands, variables, modules and properties. PostgreSQL, SQLAlchemy: the "
                "glossary's links.",
            ),
            Table(
                f"Concepts: terms of the glossary among the best {NODES}",
                [
                    "corpus",
                    "terms",
                    "in the texts",
                    "weighed",
                    "ours",
                    "term frequency",
                    "raw marks",
                    "ours, of the weighed",
                    "ours, of all terms",
                ],
                nodes,
                "Shares of the glossary's terms that stand anywhere in the texts without it. Weighed: runs of one to "
                "three words that are no words of grammar and stand there three times at least; more cannot be found. "
                "Raw marks: by how much authors set a name apart, alone. Fitted on Git and Python, beside two more; "
                "PostgreSQL and SQLAlchemy are held out.",
            ),
            Table(
                "Shuffled text",
                ["corpus", "relations", "of shuffled words", "share"],
                shuffled,
                "Confidence 0.95: all words of the corpus shuffled over its documents.",
            ),
            Table(
                f"Key terms: F1@{KEYS} against index entries",
                ["corpus", "method", "pages", "F1"],
                keys,
                "Fitted on Python; PostgreSQL's index is held out.",
            ),
            Table(
                "Summaries: ROUGE-1 F against the page's own, at equal words",
                ["pages", "count", "lead", "ours", "ours / lead"],
                sums,
            ),
            Table(
                f"Trends: {BURSTS} planted bursts",
                ["seed", "recall@10", "shuffles of dates", "tables with anything"],
                bursts,
                f"{DOCUMENTS:,} documents over {MONTHS} months; a word of middling frequency is moved to two months.",
            ),
            Table("Growth", ["chunks", "graph s", "dashboard s", "peak MB", "dashboard kB"], growth),
        ],
        checks=[*graph_checks, *key_checks, *sum_checks, *burst_checks, *growth_checks],
    )
