"""What the service stands on is an extra: who lacks it is told so in one line."""

from __future__ import annotations

from memcodec.errors import MissingExtra

_NEEDED = "the service needs a web server: pip install 'memcodec[serve]'"


def need() -> None:
    """Raise MissingExtra unless all of it is installed."""
    try:
        import fastapi  # noqa: F401
        import prometheus_client  # noqa: F401
        import pycrdt  # noqa: F401
        import uvicorn  # noqa: F401
        import websockets  # noqa: F401
    except ImportError:
        raise MissingExtra(_NEEDED) from None
