"""``TypedDict`` as pydantic wants it: it makes JSON Schema of the answers, and before Python 3.12 needs this one."""

import sys

if sys.version_info >= (3, 12):
    from typing import NotRequired, TypedDict
else:
    from typing import NotRequired

    from typing_extensions import TypedDict

__all__ = ["NotRequired", "TypedDict"]
