"""Imports point down: a module may import its own layer and those below it, at run time or lazily."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent

# From the bottom up. A name without a dot may be a module or a package.
LAYERS = [
    {"errors", "model", "units", "times", "rules", "config", "storage", "cache", ""},
    {"format", "codec"},
    {"index", "embed", "ingest", "query"},
    {
        "ahead",
        "stream",
        "segment",
        "opening",
        "runs",
        "state",
        "reader",
        "content",
        "folds",
        "redaction",
        "writer",
        "guide",
    },
    {"search", "restore", "verify", "salvage", "info", "history", "branch"},
    {
        "writing",
        "indexing",
        "jobs",
        "memory",
        "rebuild",
        "carry",
        "merging",
        "compaction",
        "chat",
        "delivery",
        "integrations",
        "serve",
        "sheets",
        "splitting",
        "tagging",
    },
    {"cli", "__main__"},
]
PLUGINS = {"memcodec_audio": 2, "memcodec_video": 2}
FACE = {"memcodec/__init__.py"}


def layer(module: str) -> int:
    first, _, rest = module.partition(".")
    if first in PLUGINS:
        return PLUGINS[first]
    name = rest.partition(".")[0]
    return next(number for number, names in enumerate(LAYERS) if name in names)


def modules() -> list[Path]:
    return sorted([*ROOT.glob("memcodec/**/*.py"), *ROOT.glob("codecs/**/*.py")])


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            base = node.module or ""
            found |= {base} if base != "memcodec" else {f"memcodec.{alias.name}" for alias in node.names}
    return {name for name in found if name.split(".")[0] in {"memcodec", *PLUGINS}}


def name_of(path: Path) -> str:
    relative = path.relative_to(ROOT)
    parts = relative.parts[1:] if relative.parts[0] == "codecs" else relative.parts
    return ".".join(parts).removesuffix(".py").removesuffix(".__init__")


def test_no_import_points_up() -> None:
    wrong = []
    for path in modules():
        if str(path.relative_to(ROOT)) in FACE:
            continue
        mine = layer(name_of(path))
        for name in imports(path):
            if name == "memcodec.__version__":
                continue
            if layer(name) > mine:
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert not wrong, "\n".join(wrong)


def test_the_library_names_no_plugin() -> None:
    for path in ROOT.glob("memcodec/**/*.py"):
        assert not {name for name in imports(path) if name.split(".")[0] in PLUGINS}, path


def test_codecs_is_no_package() -> None:
    assert not (ROOT / "codecs" / "__init__.py").exists(), "it would shadow Python's own codecs module"
