"""Models run on a GPU where ONNX Runtime has one for them, and on the processor else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from memcodec.cli import machine
from memcodec.errors import ConfigError
from memcodec.models import providers
from memcodec.models.embedding.embedder import Embedder
from memcodec.models.embedding.store import exported

onnxruntime = pytest.importorskip("onnxruntime")
CUDA, CPU = "CUDAExecutionProvider", "CPUExecutionProvider"


@pytest.mark.parametrize(
    ("available", "device", "wanted"),
    [
        (["TensorrtExecutionProvider", CUDA, CPU], "", [CUDA, CPU]),
        (["ROCMExecutionProvider", CPU], "", ["ROCMExecutionProvider", CPU]),
        ([CUDA, CPU], "cpu", [CPU]),
        (["AzureExecutionProvider", "DmlExecutionProvider", CPU], "", [CPU]),
    ],
)
def test_the_best_comes_first_and_the_processor_last(
    available: list[str], device: str, wanted: list[str]
) -> None:
    assert providers.choose(available, device) == wanted


@pytest.mark.parametrize("device", ["gpu", "CPU", "cuda:0"])
def test_what_no_device_is_called_is_said(device: str) -> None:
    with pytest.raises(ConfigError, match=f"MEMCODEC_DEVICE={device}: set it to cpu"):
        providers.choose([CUDA, CPU], device)


@pytest.mark.parametrize(("device", "wanted"), [("", [CUDA, CPU]), ("cpu", [CPU])])
def test_a_session_is_asked_for_what_is_chosen_and_doctor_says_it(
    embedder: Embedder, monkeypatch: pytest.MonkeyPatch, device: str, wanted: list[str]
) -> None:
    asked: list[list[str]] = []
    real = onnxruntime.InferenceSession

    def session(*arguments: Any, providers: list[str], **options: Any) -> Any:
        asked.append(providers)
        return real(*arguments, providers=[CPU], **options)

    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: [CUDA, CPU])
    monkeypatch.setattr(onnxruntime, "InferenceSession", session)
    monkeypatch.setenv(providers.VARIABLE, device)
    made = Embedder(next(each for each in exported() if each.model == embedder.model))
    assert asked == [wanted]
    assert machine._provider() == wanted[0]
    np.testing.assert_array_equal(made.embed(["a heron"]), embedder.embed(["a heron"]))
