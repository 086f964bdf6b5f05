"""Libraries that report to their makers are told not to, before they are imported: later some do not listen.

ONNX Runtime's wheels keep a number of the device in the user's cache and look up a host of Microsoft's (its
Privacy.md); the library of Hugging Face's hub says there which libraries ask.
"""

from __future__ import annotations

import os

OFF = {"ORT_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}


def turn_off() -> None:
    """For this process and its children."""
    os.environ.update(OFF)
