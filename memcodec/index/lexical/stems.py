"""Stems, by the algorithms of the Snowball project as one of its versions has them.

PyStemmer brings one version, and new ones change some languages: a word's stem in an index is found again only by the
version that made it. Snowball 3.1 changed four of the languages that 3.0 has; ``snowballstemmer`` 3.0 brings these as
they were.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module, metadata

from memcodec.errors import MissingExtra

NO_STEMMING = "none"
VERSIONS = ("3.0", "3.1")  #: of Snowball, that there are rules for
_CHANGED = {"danish": "Danish", "english": "English", "finnish": "Finnish", "lithuanian": "Lithuanian"}

# Words that 3.1 and 3.0 were the first to stem so.
_PROBE = ("internal", "evening")
_PROBED = {("intern", "evening"): "3.0", ("internal", "evening"): "3.1"}

Stem = Callable[[str], str]


def languages() -> tuple[str, ...]:
    """Every language setting: "none" (no stemming) and the Snowball algorithms."""
    import Stemmer

    return (NO_STEMMING, *Stemmer.algorithms())


@cache
def installed() -> str:
    """The version that PyStemmer brings, told by what it does: what it says of itself is not always so.

    Raises MissingExtra for one that there are no rules for.
    """
    import Stemmer

    stems = tuple(Stemmer.Stemmer("english", 0).stemWords(_PROBE))
    if stems not in _PROBED:
        raise MissingExtra(
            "PyStemmer is of another version than this release knows: pip install 'PyStemmer>=3.1,<3.2'"
        )
    return _PROBED[stems]


def differs(language: str) -> bool:
    """Whether a language's stems depend on the version."""
    return language in _CHANGED


def stem_of(language: str, version: str) -> Stem | None:
    """What stems one word, normalised; None for no stemming. Raises MissingExtra for a version that is not here."""
    if language == NO_STEMMING:
        return None
    there = installed()
    if version == there or (version in VERSIONS and there in VERSIONS and not differs(language)):
        import Stemmer

        found: Stem = Stemmer.Stemmer(language, 0).stemWord
        return found
    if version == VERSIONS[0]:
        return _as_before(language)
    raise MissingExtra(
        f"text indexed by Snowball {version} ({language}), not {there}: pip install 'PyStemmer=={version}.*'"
    )


def _as_before(language: str) -> Stem:
    """By Snowball 3.0."""
    wanted = "pip install 'snowballstemmer>=3.0.1,<3.1'"
    try:
        version = metadata.version("snowballstemmer")
        module = import_module(f"snowballstemmer.{language}_stemmer")
    except ImportError as error:
        raise MissingExtra(f"text indexed by Snowball {VERSIONS[0]} ({language}): {wanted}") from error
    if not version.startswith(f"{VERSIONS[0]}."):
        raise MissingExtra(
            f"text indexed by Snowball {VERSIONS[0]}, and snowballstemmer is {version}: {wanted}"
        )
    found: Stem = getattr(module, f"{_CHANGED[language]}Stemmer")().stemWord
    return found
