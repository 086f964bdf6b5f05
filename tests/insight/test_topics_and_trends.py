"""Topics are the groups that were written; trends are the bursts that were planted, and nothing else."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import product
from math import comb, exp, isclose

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcodec import Collection, Memory
from memcodec.errors import ConfigError
from memcodec.insight import chance as tails
from memcodec.insight.values import Trends
from tests.insight.conftest import FILL, GROUPS, LEXICAL, Make, documents

BEGIN = datetime(2024, 1, 15, tzinfo=UTC)
PLANTED = ["quasar", "leaven", "kestrel"]


def months(count: int) -> list[datetime]:
    """One document after the other, over two years."""
    return [BEGIN + timedelta(days=730 * number / count) for number in range(count)]


def planted(count: int = 240, seed: int = 1) -> list[tuple[str, str]]:
    """Documents of words at random; each of three words is named in one stretch of time, and rarely elsewhere."""
    chance, made = random.Random(seed), list[tuple[str, str]]()
    for number in range(count):
        words = chance.sample(FILL, 8)
        for at, word in enumerate(PLANTED):
            inside = (at + 1) * count // 5 <= number < (at + 1) * count // 5 + count // 12
            if chance.random() < (0.8 if inside else 0.03):
                words.append(word)
        chance.shuffle(words)
        made.append((f"{number:03}.md", f"It was {' and the '.join(words)}."))
    return made


def terms(found: Trends) -> list[str]:
    return [each.term for each in found.trends]


def test_topics_are_the_groups(grouped: Memory) -> None:
    found = grouped.topics()
    assert len(found.topics) == len(GROUPS)
    for topic in found.topics:
        (group,) = {group for group, words in GROUPS.items() if topic.terms[0][0] in words.split()}
        assert {term for term, _ in topic.terms[:5]} <= set(GROUPS[group].split())
        assert topic.documents == 20
        assert all(cite.uri.startswith(group) for cite in topic.chunks)
    assert found.to_networkx().number_of_nodes() > len(GROUPS) and "heron" in found._repr_html_()


def test_planted_bursts_are_found_with_their_time(make: Make) -> None:
    found = make(planted(), months(240)).trends()
    assert set(terms(found)) == set(PLANTED)
    for each in found.trends:
        first = BEGIN + timedelta(days=730 * (PLANTED.index(each.term) + 1) / 5)
        assert abs((datetime.fromisoformat(f"{each.first}-15").replace(tzinfo=UTC) - first).days) < 62
        assert each.observed > each.expected and each.p <= 0.05 and each.rose
        assert all(cite.uri for cite in each.chunks)
    assert found.to_networkx().number_of_edges() and "rose" in found._repr_html_()


def test_where_nothing_changed_nothing_is_told(make: Make) -> None:
    for seed in range(3):
        texts = planted(seed=seed)
        random.Random(seed).shuffle(texts)
        found = make(texts, months(240)).trends()
        assert not found.trends and found.tried > 10
        assert "nothing changed" in found._repr_html_()


def test_what_is_no_longer_spoken_of_fell(make: Make) -> None:
    texts = [
        (f"{n}.md", f"The {FILL[n % 15]} {'and a magpie' if n < 40 else ''} of {FILL[n % 7]}.")
        for n in range(120)
    ]
    (found,) = make(texts, months(120)).trends().trends
    assert (found.term, found.rose, found.first) == ("magpie", False, "2024-01")


def test_trends_by_commit(make: Make) -> None:
    memory = make([(f"{n}.md", f"The {FILL[n % 15]} of {FILL[n % 7]}.") for n in range(40)])
    for n in range(30):
        memory.add(f"A nebula and {FILL[n % 13]}.", uri=f"new{n}.md")
    memory.commit()
    found = memory.trends("commit")
    assert found.periods == ("commit 1", "commit 2") and terms(found) == ["nebula"]
    assert found.trends[0].first == "commit 2"


def test_by_what_else_is_refused(grouped: Memory) -> None:
    with pytest.raises(ConfigError):
        grouped.trends("year")  # type: ignore[arg-type]


def test_topics_that_came_between_two_states_are_told(make: Make) -> None:
    memory = make([each for each in documents(90) if not each[0].startswith("stars")])
    for uri, text in documents(90):
        if uri.startswith("stars"):
            memory.add(text, uri=uri)
    memory.commit()
    found = memory.topic_diff(1)
    assert (found.before, found.after) == ("commit 1", "commit 2")
    assert all(each.rose for each in found.topics) and found.topics
    assert {each.name for each in found.terms} <= set(GROUPS["stars"].split())
    assert not memory.topic_diff(2, 2).topics and "nothing differs" in memory.topic_diff(2, 2)._repr_html_()


def test_two_files_are_compared(make: Make) -> None:
    one = make([each for each in documents(90) if each[0].startswith("birds")])
    two = make([each for each in documents(90) if each[0].startswith("bread")])
    with Collection(str(one.path), settings=LEXICAL) as files:
        found = files.topic_diff(str(two.path))
    shares = {each.name: (each.share_before, each.share_after) for each in found.terms}
    assert shares["heron"][1] == 0 and shares["rye"][0] == 0


@given(st.integers(1, 12), st.integers(1, 12), st.data())
def test_tails_are_those_of_the_hypergeometric_distribution(n: int, inside: int, data: st.DataObject) -> None:
    total = data.draw(st.integers(max(n, inside), 24))
    k = data.draw(st.integers(0, n))
    exact = sum(
        comb(inside, x) * comb(total - inside, n - x)
        for x in range(k, min(n, inside) + 1)
        if n - x <= total - inside
    ) / comb(total, n)
    found = exp(tails.log_tail(k, n, inside, total))
    assert isclose(found, exact, abs_tol=1e-9)
    if 0 < inside < total:
        bound = float(tails.tail_bound(np.array([k]), np.array([n]), inside / total)[0])
        assert exp(bound) >= exact - 1e-9


@given(st.lists(st.floats(1e-9, 1.0), min_size=1, max_size=40), st.integers(0, 30))
def test_rates_of_false_discoveries_are_those_of_benjamini_and_hochberg(some: list[float], more: int) -> None:
    """Stepping up as they word it: the largest k whose k-th smallest p is at most k q / m; ``more`` ones were 1."""
    m, p = len(some) + more, np.array(some)
    q = tails.false_discoveries(np.log(p), m)
    for level in (0.05, 0.2):
        ordered = np.sort(p)
        below = [k for k in range(1, len(p) + 1) if ordered[k - 1] <= k * level / m]
        told = p <= ordered[below[-1] - 1] if below else np.zeros(len(p), np.bool_)
        near = np.abs(q - level) < 1e-12  # rounding decides
        assert ((q <= level) == told)[~near].all()


def test_the_tail_of_draws_goes_on_as_they_do() -> None:
    """Of draws from a known distribution, what lies far beyond them is told within a factor of two."""
    draw = np.random.default_rng(3)
    tail = tails.Tail.of(draw.exponential(1.0, 2000), 0.05)
    for far in (0.5, 2.0, 6.0, 12.0):
        assert abs(tail.log_p(np.array([far]))[0] + far) < max(0.25, 0.1 * far)
    rising = tail.log_p(np.linspace(0, 20, 400))
    assert (np.diff(rising) <= 1e-9).all() and rising[0] == 0
    none = tails.Tail.of(np.zeros(100), 0.05)  # no draw had a stretch at all
    assert none.log_p(np.zeros(1))[0] == 0


def test_bursts_among_many_terms_are_told(make: Make) -> None:
    """Half of some words' twenty documents within a twelfth of the time, among six hundred other words: not unlikely
    enough for a correction that holds for all of these and all stretches at once.
    """
    chance = random.Random(9)
    names = [f"{a}{b}{c}ix" for a in "bdfglmnprst" for b in "aeiou" for c in "bdfglmnprst"]
    bursts = [f"{name}quas" for name in "abcdefghij"]
    made = [chance.sample(names, 12) for _ in range(600)]
    for at, word in enumerate(bursts):
        for number in [*chance.sample(range(50 * at, 50 * at + 50), 10), *chance.sample(range(600), 10)]:
            made[number].append(word)
    texts = [(f"{n:03}.md", f"It was {' and the '.join(words)}.") for n, words in enumerate(made)]
    found = make(texts, months(600)).trends()
    assert len(set(terms(found)) & set(bursts)) >= 9 and len(set(terms(found)) - set(bursts)) <= 2
    assert all(0 < each.p <= 0.05 for each in found.trends)
    tests = found.tried * found.windows  # by a correction for all of them most would not be told
    told = [tails.log_tail(each.observed, each.total, each.there, 600) for each in found.trends]
    assert sum(tails.corrected(each, tests) <= 0.05 for each in told) < 9


def test_periods_are_few_whatever_the_times(make: Make) -> None:
    times = [datetime(year, month, 1, tzinfo=UTC) for year, month in product(range(1990, 2020), (1, 7))]
    memory = make([(f"{n}.md", f"The {FILL[n % 15]}.") for n in range(60)], times)
    found = memory.trends()
    assert len(found.periods) <= 48 and sum(found.sizes) == 60
