"""How likely counts are by chance: tails of the hypergeometric distribution, as logarithms, and what bounds them."""

from __future__ import annotations

from math import exp, inf, lgamma, log, log1p

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
