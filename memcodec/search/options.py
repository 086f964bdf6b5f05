"""What a search may be asked for beside its query."""

from __future__ import annotations

from typing import TypedDict


class SearchOptions(TypedDict, total=False):
    """Keyword arguments of every ``search``; what is not given is off.

    ``merge``: neighbouring chunks of one document become one passage. ``fold``: of passages that say the same only
    the best one is given. ``rerank``: a cross-encoder's name or folder, which ranks the best again. ``diverse``: how
    much hits may repeat each other, from 1, as much as they like, to 0. ``explain``: say why each hit ranks where it
    does, in ``Results.whys``.
    """

    merge: bool
    fold: bool
    rerank: str | None
    diverse: float | None
    explain: bool
