"""The public face is complete, and costs nothing to import."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys

import memcodec
from memcodec import errors

HEAVY = [
    "av",
    "cv2",
    "faiss",
    "numpy",
    "onnxruntime",
    "sentence_transformers",
    "torch",
    "transformers",
    "zxingcpp",
]
VALUES = [
    "Commit",
    "Diff",
    "Document",
    "Filter",
    "Hit",
    "Info",
    "Ingest",
    "Line",
    "Original",
    "Proof",
    "Results",
    "Section",
]
VALUES += ["Settings", "Skipped"]
REPORTS = [
    "Branch",
    "Capsule",
    "Commit",
    "Compact",
    "Convert",
    "Merge",
    "Repair",
    "Restore",
    "Sign",
    "Signed",
    "Sync",
    "Verify",
]
FACES = [
    "Collection",
    "JobHandle",
    "Memory",
    "Run",
    "check_proof",
    "convert",
    "create",
    "live",
    "merge",
    "open",
    "repair",
    "run",
]
ERRORS = [
    name for name, each in vars(errors).items() if isinstance(each, type) and issubclass(each, Exception)
]
NAMES = [*VALUES, *(f"{name}Report" for name in REPORTS), *FACES, *ERRORS]


def loaded_after(code: str) -> set[str]:
    script = (
        f"import json, sys\n{code}\nprint(json.dumps(sorted({{name.split('.')[0] for name in sys.modules}})))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(json.loads(run.stdout.splitlines()[-1]))


def test_the_public_names_are_there_and_documented() -> None:
    assert {*NAMES, "Mode", "aio", "__version__"} == set(memcodec.__all__)
    assert set(memcodec.__all__) <= set(dir(memcodec))
    for name in NAMES:
        assert getattr(memcodec, name).__doc__, name


def test_importing_memcodec_loads_nothing_heavy() -> None:
    assert not loaded_after("import memcodec") & set(HEAVY)


def test_every_method_of_a_face_is_documented() -> None:
    for face in (memcodec.Memory, memcodec.Collection, memcodec.Filter, memcodec.Run, memcodec.Settings):
        for name, method in inspect.getmembers(face):
            if not name.startswith("_") and callable(method):
                assert method.__doc__, name


def test_lexical_search_loads_no_model_package(lexical_file: object) -> None:
    code = f"import memcodec\nwith memcodec.open({str(lexical_file)!r}) as m: assert m.search('heron')"
    assert not loaded_after(code) & {"faiss", "onnxruntime", "sentence_transformers", "torch", "transformers"}
