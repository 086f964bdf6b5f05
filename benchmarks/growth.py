"""Growth: what it costs to append, to have many commits, to merge and to compact, beside encoding anew."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchmarks import appends, commits, copies, corpora, harness, stock
from benchmarks.results import Section
from benchmarks.stock import Documents

SUFFIXES = (".mp4", ".flac")
ADDED = 5 * stock.LENGTH  #: characters appended


@dataclass(frozen=True)
class _Scale:
    """How much is measured: characters of text in the files, and so on."""

    sizes: tuple[int, ...]
    rounds: int
    compacted: int
    commits: int
    queries: int
    search_rounds: int


FULL = _Scale((1_000_000, 10_000_000, 100_000_000), 5, 10_000_000, 1000, 50, 5)
QUICK = _Scale((50_000, 200_000), 1, 100_000, 12, 10, 1)


def run(quick: bool) -> Section:
    scale = QUICK if quick else FULL
    stored = stock.documents(scale.sizes[-1] + ADDED)
    added = {uri: stored.pop(uri) for uri in list(stored)[-ADDED // stock.LENGTH :]}
    with harness.scratch() as folder:
        measured = _Measured([], [], [], [])
        for suffix in SUFFIXES:
            _measure(measured, suffix, scale, stored, added, folder / suffix[1:])
    return measured.section(scale)


@dataclass
class _Measured:
    appends: list[appends.Append]
    commits: list[commits.Grown]
    merges: list[copies.Merge]
    compacts: list[copies.Compact]

    def section(self, scale: _Scale) -> Section:
        return Section(
            name="growth",
            title="Growth",
            intro=_INTRO.format(rounds=scale.rounds, queries=scale.queries, load=harness.load_average()),
            tables=[
                appends.table(self.appends),
                commits.commit_table(self.commits),
                commits.search_table(self.commits),
                copies.merge_table(self.merges),
                copies.compact_table(self.compacts),
            ],
            checks=[
                *appends.checks(self.appends),
                *commits.checks(self.commits),
                *copies.checks(self.merges, self.compacts),
            ],
            figures={"append": appends.figures(self.appends)},
        )


_INTRO = (
    "`.mp4` (av1) and `.flac`, dense, lexical index. The text is the Python documentation and GCIDE, cut into "
    "documents of 20,000 characters, and both again with the words of every line reversed until there is enough: "
    "no two documents are alike. Works take turns, {rounds} rounds; {queries} queries of 2 to 4 words that stand "
    "together in the text. Load of the machine at the end: {load:.1f}."
)


def _measure(
    measured: _Measured, suffix: str, scale: _Scale, stored: Documents, added: Documents, folder: Path
) -> None:
    folder.mkdir()
    harness.say(f"  {suffix}: merge of {copies.FILES} files")
    queries = corpora.queries(list(stored.values())[::50], scale.queries)
    measured.merges.append(copies.merge(stored, queries, suffix, folder, max(2, scale.rounds - 2)))
    harness.say(f"  {suffix}: compact")
    some = stock.start(stored, scale.compacted)
    measured.compacts.append(copies.compact(some, suffix, folder, max(1, scale.rounds - 2)))
    for size in scale.sizes:
        harness.say(f"  {suffix}: append to {size / 1e6:g} MB of text")
        base = folder / f"one{suffix}"  # the merge's one encode of everything
        if size < scale.sizes[-1]:
            base = folder / f"{size}{suffix}"
            stock.encode(base, stock.start(stored, size))
        measured.appends.append(appends.measure(base, size / 1e6, added, folder / "append", scale.rounds))
    harness.say(f"  {suffix}: {scale.commits} commits")
    small = {f"{number:04}.txt": text for number, text in enumerate(corpora.chunks(scale.commits, 1500))}
    queries = corpora.queries(list(small.values()), scale.queries)
    measured.commits.append(commits.measure(small, queries, suffix, folder / "commits", scale.search_rounds))
