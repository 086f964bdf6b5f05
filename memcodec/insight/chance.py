"""How likely counts are by chance: tails of the hypergeometric distribution, as logarithms, and what bounds them; what
of many tests is beyond chance.
"""

from __future__ import annotations

from math import exp, inf, lgamma, log, log1p
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def tail_bound(k: npt.NDArray[np.int64], n: npt.NDArray[np.int64], share: float) -> Floats:
    """Logarithm of a bound on the probability that ``k`` or more of ``n`` fall into a ``share`` of all, 0 for few.

    exp(-n KL(k/n, share)): W. Hoeffding, "Probability Inequalities for Sums of Bounded Random Variables", 1963,
    sections 2 and 6; it holds for draws without replacement, too.
    """
    rate = k / np.maximum(n, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = np.where(k > 0, rate * np.log(rate / share), 0.0)
        outside = np.where(k < n, (1 - rate) * np.log((1 - rate) / (1 - share)), 0.0)
    made: Floats = np.where(rate > share, -n * (inside + outside), 0.0)
    return made


def log_tail(k: int, n: int, inside: int, total: int) -> float:
    """Logarithm of the probability that of ``n`` drawn out of ``total`` ``k`` or more are of ``inside`` ones."""
    most = min(n, inside)
    if k > most:
        return -inf
    logs = [_log_one(each, n, inside, total) for each in range(k, most + 1)]
    top = max(logs)
    return min(0.0, top + log1p(sum(exp(each - top) for each in logs) - 1)) if top > -inf else top


def _log_one(k: int, n: int, inside: int, total: int) -> float:
    if n - k > total - inside:
        return -inf
    return _choose(inside, k) + _choose(total - inside, n - k) - _choose(total, n)


def _choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def corrected(log_p: float, tests: int) -> float:
    """A probability that holds for all of some tests together (Bonferroni)."""
    return min(1.0, exp(min(0.0, log_p + log(max(1, tests)))))


def false_discoveries(log_p: Floats, tests: int) -> Floats:
    """Of each of some probabilities what share of false ones is to be expected among all that are as small (q-values).

    ``log_p``: logarithms of the smallest of ``tests`` probabilities, or of all, in any order. Where nothing is true,
    the probability that anything has a value of 0.05 or less is 0.05: Y. Benjamini and Y. Hochberg, "Controlling the
    False Discovery Rate", 1995; so it is where tests depend on each other as terms do that stand in the same texts (Y.
    Benjamini and D. Yekutieli, "The Control of the False Discovery Rate in Multiple Testing under Dependency", 2001).
    """
    order = np.argsort(log_p, kind="stable")
    scaled = np.exp(np.minimum(log_p[order] + np.log(max(1, tests) / np.arange(1, len(log_p) + 1)), 0.0))
    made = np.empty(len(log_p))
    made[order] = np.minimum.accumulate(scaled[::-1])[::-1]
    return made


class Tail(NamedTuple):
    """How a statistic is distributed by chance: ``draws`` of it, which rise, and beyond ``above`` an exponential tail
    of ``share`` of all, of rate ``rate``.
    """

    draws: Floats
    above: float
    share: float
    rate: float

    @classmethod
    def of(cls, draws: Floats, share: float) -> Tail:
        """From draws; the greatest ``share`` of them tell the rate, of at most 1, as that of a log-likelihood is."""
        draws = np.sort(draws)
        above = float(draws[int(len(draws) * (1 - share))])
        beyond = draws[draws > above]
        excess = float((beyond - above).mean()) if len(beyond) else 0.0
        return cls(draws, above, max(1, len(beyond)) / len(draws), 1 / max(1.0, excess))

    def log_p(self, statistic: Floats) -> Floats:
        """Logarithms of the probabilities that chance gives as much or more."""
        least = np.searchsorted(self.draws, statistic, side="left")
        counted = np.log((len(self.draws) - least + 1) / (len(self.draws) + 1))
        beyond = log(self.share) - self.rate * (statistic - self.above)
        made: Floats = np.where(statistic > self.above, beyond, np.minimum(counted, 0.0))
        return made
