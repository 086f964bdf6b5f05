"""Secrets are taken out of what is recorded before it is hashed or stored: keys, tokens, passwords.

What is taken out is no part of a call's identity either: another key on another day asks the same. Known are the
forms that providers give their keys, tokens behind ``Bearer``, values under names such as ``api_key`` and
``password``, values of the environment's variables with such names, and whatever the caller's own expressions match.
A secret in a form of its own, in the middle of a text, is not.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Iterable

from memcodec.agents.runs.identity import JSON
from memcodec.errors import ConfigError

GONE = "[redacted]"
_SHORTEST = 12  # characters: a variable's value below that may be an ordinary word

_REMEMBERED, _LONG = 8192, 4096  # texts, characters of one

_FORMS = (
    r"\bsk-[A-Za-z0-9_-]{16,}",  # OpenAI, Anthropic, OpenRouter
    r"\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})",
    r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",  # Amazon
    r"\bAIza[A-Za-z0-9_-]{30,}",  # Google
    r"\bxox[abeprs]-[A-Za-z0-9-]{10,}",  # Slack
    r"\b(?:hf|gsk|xai|pplx|r8|nvapi|glpat|npm|pypi)[_-][A-Za-z0-9_-]{20,}",
    r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*",  # JSON Web Tokens (RFC 7519)
    r"(?<=\bBearer )[A-Za-z0-9._~+/=-]{12,}",
    r"(?<=\bbearer )[A-Za-z0-9._~+/=-]{12,}",
    r"(?<=://)[^/\s:@]{1,200}:[^/\s:@]{1,200}(?=@)",  # a user's name and password in a URL
    r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[^-]{1,20000}-----END [A-Z ]{0,20}PRIVATE KEY-----",
)
_NAMES = re.compile(
    r"(?:x[-_])?(?:api[-_]?key|apikey|authorization|proxy[-_]authorization|(?:set[-_])?cookie|passw(?:or)?d|passphrase"
    r"|secret|(?:client|app|signing|webhook)[-_]secret|secret[-_]access[-_]key|private[-_]?key"
    r"|(?:access|auth|refresh|id|session|bearer|security|csrf)[-_]?token|token)",
    re.IGNORECASE,
)
_VARIABLES = re.compile(r"(?:.*_)?(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)")


class Redactor:
    """``patterns``: regular expressions of secrets beside those that are known. Raises ConfigError for one that is
    none.
    """

    def __init__(self, patterns: Iterable[str] = ()) -> None:
        own = list(patterns)
        try:
            for each in own:
                re.compile(each)
        except re.error as error:
            raise ConfigError(f"redact: {each!r} is no regular expression: {error}") from None
        secrets = sorted(map(re.escape, _of_environment()), key=len, reverse=True)
        self._secret = re.compile("|".join([*secrets, *_FORMS, *(f"(?:{each})" for each in own)]))

        # A conversation is sent again with every turn: what was looked through is not looked through again.
        self._seen = functools.lru_cache(_REMEMBERED)(functools.partial(self._secret.sub, GONE))

    def text(self, text: str) -> str:
        """A text without the secrets in it."""
        return self._seen(text) if len(text) <= _LONG else self._secret.sub(GONE, text)

    def tree(self, value: JSON) -> JSON:
        """A JSON value without the secrets in it; the same object, if there are none."""
        if isinstance(value, str):
            return self.text(value) if len(value) > 7 else value
        if isinstance(value, list):
            made = [self.tree(each) for each in value]
            return made if any(a is not b for a, b in zip(made, value, strict=True)) else value
        if not isinstance(value, dict):
            return value
        found = {key: self._field(key, each) for key, each in value.items()}
        changed = any(found[key] is not each for key, each in value.items())
        return found if changed else value

    def _field(self, key: str, value: JSON) -> JSON:
        if isinstance(value, str) and value and _NAMES.fullmatch(key):
            return GONE
        return self.tree(value)


def _of_environment() -> set[str]:
    return {
        value
        for name, value in os.environ.items()
        if len(value) >= _SHORTEST and _VARIABLES.fullmatch(name.upper()) and os.sep not in value[:1]
    }
