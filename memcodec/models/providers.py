"""What models run on: a GPU that ONNX Runtime was built for, where there is one, else the processor."""

from __future__ import annotations

import os
from collections.abc import Sequence

from memcodec.errors import ConfigError

CPU = "CPUExecutionProvider"
# Not TensorRT, which compiles anew for each length of a text; not DirectML, whose sessions bear one run at a time; not
# Core ML, which leaves texts of any length to the processor.
_GPUS = ("CUDAExecutionProvider", "ROCMExecutionProvider")
VARIABLE = "MEMCODEC_DEVICE"  #: "cpu": no GPU, whatever there is


def chosen() -> list[str]:
    """ONNX Runtime's names, the best first; the processor's last, for what another cannot do. Imports onnxruntime."""
    from memcodec.process import telemetry

    telemetry.turn_off()
    import onnxruntime

    return choose(onnxruntime.get_available_providers(), os.environ.get(VARIABLE, ""))


def choose(available: Sequence[str], device: str) -> list[str]:
    """Of those that a runtime was built with; ``device`` "cpu": none but the processor.

    Raises ConfigError for any other device.
    """
    if device not in ("", "cpu"):
        raise ConfigError(
            f"{VARIABLE}={device}: set it to cpu, or not at all: a GPU is used where there is one"
        )
    return [*(each for each in _GPUS if each in available and device != "cpu"), CPU]
