"""Source code by tree-sitter: the text as it stands, definitions as paths, lines as places.

A definition begins with the comments, decorators and attributes above it; what follows its end belongs to the
one around it. Damaged code is cut where tree-sitter still finds definitions.

One package a grammar, 23 MB together: tree-sitter-language-pack fetches grammars when they are first used, and its last
version that does not (0.13) takes 184 MB.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from memcodec.config.units import format_size
from memcodec.ingest.kinds.builder import one_line
from memcodec.ingest.kinds.charsets import stated
from memcodec.ingest.kinds.extracted import Extracted, TextSection
from memcodec.ingest.kinds.limits import MAX_SECTIONS, library, reading
from memcodec.ingest.kinds.plain import decode
from memcodec.ingest.kinds.sniff import by_name

MAX_SIZE = 1 << 22  #: bytes of one file that are cut by definition: its tree takes some hundred times as much

# package, and the language in it where there are several -> its suffixes
_GRAMMARS = {
    "python": ".py .pyi",
    "javascript": ".js .mjs .cjs .jsx",
    "typescript typescript": ".ts .mts",
    "typescript tsx": ".tsx",
    "go": ".go",
    "rust": ".rs",
    "java": ".java",
    "c": ".c",
    "cpp": ".h .cc .cpp .cxx .hh .hpp",
    "ruby": ".rb",
    "c_sharp": ".cs",
    "php php": ".php",
    "bash": ".sh .bash",
}
BY_SUFFIX = {suffix: grammar for grammar, suffixes in _GRAMMARS.items() for suffix in suffixes.split()}

_FUNCTION = {".py": "def", ".pyi": "def"}
# what a definition is called -> grammars' names for it
_NAMES = {
    "class": "class_definition class_declaration abstract_class_declaration class_specifier class",
    "function": "function_definition function_declaration generator_function_declaration",
    "fn": "function_item",
    "method": "method_declaration method_definition",
    "constructor": "constructor_declaration",
    "def": "method singleton_method",
    "interface": "interface_declaration",
    "trait": "trait_declaration trait_item",
    "impl": "impl_item",
    "struct": "struct_item struct_specifier struct_declaration",
    "union": "union_specifier",
    "enum": "enum_item enum_declaration enum_specifier",
    "record": "record_declaration",
    "type": "type_alias_declaration type_spec",
    "mod": "mod_item",
    "module": "module",
    "namespace": "internal_module namespace_definition namespace_declaration",
    "macro": "macro_definition",
}
_KINDS = {node: name for name, nodes in _NAMES.items() for node in nodes.split()}
_NEED_BODY = {
    "struct_specifier",
    "class_specifier",
    "enum_specifier",
    "union_specifier",
}  # else it is only a use
_WRAPPERS = set(
    "decorated_definition export_statement template_declaration type_declaration lexical_declaration"
    " variable_declaration".split()
)
_ABOVE = {"comment", "line_comment", "block_comment", "attribute_item", "decorator"}
_VALUES = {"arrow_function", "function_expression", "class"}
_WORD = re.compile(r"\w")


class _Start(NamedTuple):
    """Where a section begins, in bytes, and the path from there."""

    at: int
    path: tuple[str, ...]


def extract(data: bytes, name: str) -> Extracted:
    """The text, unchanged but for its encoding. Raises SourceError; MissingExtra without tree-sitter."""
    suffix = by_name(name)
    with reading(name, "source code"):
        text, note = decode(data, name, stated(data))
        notes = [note] if note else []
        source = text.encode()
        if len(source) > MAX_SIZE:
            notes.append(f"larger than {format_size(MAX_SIZE)}: not cut by definition")
            return Extracted(text, notes=tuple(notes))
        tree_sitter = library("tree_sitter", "code", "source code by definition")
        tree = tree_sitter.Parser(tree_sitter.Language(_grammar(suffix))).parse(source)
        starts = sorted(_starts(tree, source, _FUNCTION.get(suffix)), key=lambda start: start.at)
        return Extracted(text, tuple(_sections(starts, source))[:MAX_SECTIONS], notes=tuple(notes))


def _grammar(suffix: str) -> Any:
    package, _, language = BY_SUFFIX.get(suffix, "python").partition(" ")
    module = library(f"tree_sitter_{package}", "code", "source code by definition")
    return getattr(module, f"language_{language}" if language else "language")()


def _starts(tree: Any, source: bytes, function: str | None) -> Iterator[_Start]:
    """Where definitions begin, and where what is around them goes on. Goes without recursion: depth is the file's."""
    stack: list[tuple[Any, tuple[str, ...]]] = [(tree.root_node, ())]
    while stack:
        node, path = stack.pop()
        words = _words(node, function)
        if words:
            outer = node
            while outer.parent is not None and outer.parent.type in _WRAPPERS:
                outer = outer.parent
            yield _Start(outer.end_byte, path)
            path = (*path, words)
            yield _Start(_with_above(outer, source), path)
        if node.named_child_count:
            stack += [(child, path) for child in reversed(node.named_children)]


def _words(node: Any, function: str | None) -> str:
    """``class Foo`` for a definition's node, nothing for any other."""
    kind = _KINDS.get(node.type)
    if node.type == "variable_declarator":
        value = node.child_by_field_name("value")
        kind = "const" if value is not None and value.type in _VALUES else None
    if kind is None or (node.type in _NEED_BODY and node.child_by_field_name("body") is None):
        return ""
    name = _name(node)
    if function and node.type == "function_definition":
        kind = function
    return one_line(f"{kind} {name}") if name else ""


def _name(node: Any) -> str:
    if node.type == "impl_item":
        trait, target = _field(node, "trait"), _field(node, "type")
        return f"{trait} for {target}" if trait else target
    name = node.child_by_field_name("name")
    while name is None and (inner := node.child_by_field_name("declarator")) is not None:  # C: *(*name)(...)
        node = inner
        name = None if node.child_by_field_name("declarator") is not None else node
    return name.text.decode("utf-8", "replace") if name is not None else ""


def _field(node: Any, name: str) -> str:
    child = node.child_by_field_name(name)
    return child.text.decode("utf-8", "replace") if child is not None else ""


def _with_above(node: Any, source: bytes) -> int:
    """The byte where the comments directly above ``node`` begin, at its line's start where only blanks are before."""
    while (above := node.prev_sibling) is not None and above.type in _ABOVE:
        if node.start_point[0] - above.end_point[0] > 1 or _after_code(above):
            break
        node = above
    line = source.rfind(b"\n", 0, node.start_byte) + 1
    return node.start_byte if source[line : node.start_byte].strip() else line


def _after_code(comment: Any) -> bool:
    """Whether the comment ends a line of code, to which it belongs."""
    before = comment.prev_sibling
    return before is not None and before.end_point[0] == comment.start_point[0]


def _sections(starts: list[_Start], source: bytes) -> Iterator[TextSection]:
    """The sections, in characters. One that would hold no word, such as a closing brace, stays with the one before."""
    ends = [start.at for start in starts[1:]] + [len(source)]
    character, seen, line, last = 0, 0, 1, -1
    for (at, path), end in zip(starts, ends, strict=False):
        words = source[at:end].decode("utf-8", "ignore")
        if not _WORD.search(words):
            continue
        at += len(words[: len(words) - len(words.lstrip())].rpartition("\n")[0].encode()) + words.startswith(
            "\n"
        )
        if at <= last:
            continue
        between = source[seen:at].decode("utf-8", "ignore")
        character, line, seen, last = character + len(between), line + between.count("\n"), at, at
        yield TextSection(character, path, f"line {line}")
