# ruff: noqa: E501 - lines of JavaScript
"""The stemmers of the page: what Snowball generated in Python (the package snowballstemmer 3.0), in JavaScript.

    python memcodec/web/stemmers.py

writes src/stems/LANGUAGE.js for every language. Python and JavaScript differ little in what Snowball makes: labels are
exceptions there and labels here. ``english`` gets the two lines by which Snowball 3.1 differs.
"""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
from pathlib import Path

import snowballstemmer

_TARGET = Path(__file__).parent / "src" / "stems"
#: what 3.1 has more: in the list of beginnings after which English's first region begins, and among its exceptions
_INTER = ("english", "a_0", "inter,-1")
_EXCEPTIONS = {"english": '\n  if (word === "skis") return "ski";'}
_BASE = """\
let current, cursor, limit, limit_backward, bra, ket;
const among = (list, methods = {}) => {
  const flat = list.split(","), made = [];
  for (let i = 0; i < flat.length; i += 2) made.push([flat[i], +flat[i + 1], methods[i / 2]]);
  return made.sort((one, other) => other[0].length - one[0].length);
};
const find_among = (list) => {
  const from = cursor;
  for (const [string, result, method] of list)
    if (from + string.length <= limit && current.startsWith(string, from)) {
      cursor = from + string.length;
      if (!method) return result;
      const holds = method();
      cursor = from + string.length;
      if (holds) return result;
    }
  return cursor = from, 0;
};
const find_among_b = (list) => {
  const from = cursor;
  for (const [string, result, method] of list) {
    const start = from - string.length;
    if (start >= limit_backward && current.startsWith(string, start)) {
      cursor = start;
      if (!method) return result;
      const holds = method();
      cursor = start;
      if (holds) return result;
    }
  }
  return cursor = from, 0;
};
const inside = (group, at) => group.includes(current[at]);
const in_grouping = (group) => cursor < limit && inside(group, cursor) && !!++cursor;
const out_grouping = (group) => cursor < limit && !inside(group, cursor) && !!++cursor;
const in_grouping_b = (group) => cursor > limit_backward && inside(group, cursor - 1) && (cursor--, true);
const out_grouping_b = (group) => cursor > limit_backward && !inside(group, cursor - 1) && (cursor--, true);
const go_in_grouping = (group) => {
  for (; cursor < limit; cursor++) if (!inside(group, cursor)) return true;
  return false;
};
const go_out_grouping = (group) => {
  for (; cursor < limit; cursor++) if (inside(group, cursor)) return true;
  return false;
};
const go_in_grouping_b = (group) => {
  for (; cursor > limit_backward; cursor--) if (!inside(group, cursor - 1)) return true;
  return false;
};
const go_out_grouping_b = (group) => {
  for (; cursor > limit_backward; cursor--) if (inside(group, cursor - 1)) return true;
  return false;
};
const eq_s = (string) => limit - cursor >= string.length && current.startsWith(string, cursor) && (cursor += string.length, true);
const eq_s_b = (string) => cursor - limit_backward >= string.length && current.startsWith(string, cursor - string.length) && (cursor -= string.length, true);
const replace_s = (from, to, string) => {
  const more = string.length - (to - from);
  current = current.slice(0, from) + string + current.slice(to);
  limit += more;
  if (cursor >= to) cursor += more;
  else if (cursor > from) cursor = from;
  return more;
};
const right = () => bra >= 0 && bra <= ket && ket <= limit && limit <= current.length;
const slice_from = (string) => right() && (replace_s(bra, ket, string), true);
const slice_del = () => slice_from("");
const slice_to = () => right() ? current.slice(bra, ket) : "";
const insert = (from, to, string) => {
  const more = replace_s(from, to, string);
  if (from <= bra) bra += more;
  if (from <= ket) ket += more;
};
"""
_OPERATORS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Eq: "===", ast.NotEq: "!==", ast.Lt: "<", ast.LtE: "<=",
    ast.Gt: ">", ast.GtE: ">=", ast.And: " && ", ast.Or: " || ", ast.Not: "!", ast.USub: "-",
}  # fmt: skip


class _Writer:
    """One class of a generated module, as JavaScript."""

    def __init__(self, language: str, made: ast.ClassDef) -> None:
        self._language, self._name = language, made.name
        self._lines: list[str] = []
        functions = [each for each in made.body if isinstance(each, ast.FunctionDef)]
        for each in made.body:
            if isinstance(each, ast.Assign):
                self._constant(each)
        for function in functions:
            self._function(function)

    def text(self) -> str:
        body = "\n".join(self._lines)
        head = f"// Snowball's {self._language}: made by stemmers.py of what Snowball generated (BSD, docs/DEPENDENCIES.md)."
        export = f"""export const {self._language} = (word) => {{{_EXCEPTIONS.get(self._language, "")}
  current = word;
  cursor = limit_backward = bra = 0;
  limit = ket = word.length;
  stem();
  return current;
}};"""
        return f"{head}\n{_BASE}{body}\n{export}\n"

    def _constant(self, node: ast.Assign) -> None:
        (target,) = node.targets
        assert isinstance(target, ast.Name)
        match node.value:
            case ast.Set(elts):
                value = json.dumps("".join(str(ast.literal_eval(each)) for each in elts), ensure_ascii=False)
            case ast.List(elts):
                value = self._among(target.id, elts)
            case other:
                self._lines.append(f"let {target.id} = {self._expression(other)};")
                return
        self._lines.append(f"const {target.id} = {value};")

    def _among(self, name: str, rows: list[ast.expr]) -> str:
        flat, methods = [], []
        for number, row in enumerate(rows):
            assert isinstance(row, ast.Call)
            string, _, result, *method = row.args
            word = ast.literal_eval(string)
            assert "," not in word
            flat.append(f"{word},{ast.literal_eval(result)}")
            if method:
                methods.append(f"{number}: () => {self._called(method[0])}()")
        if (self._language, name) == _INTER[:2]:
            flat.append(_INTER[2])
        listed = json.dumps(",".join(flat), ensure_ascii=False)
        return f"among({listed}, {{{', '.join(methods)}}})" if methods else f"among({listed})"

    def _called(self, node: ast.expr) -> str:
        match node:
            case ast.Lambda(body=ast.Call(func)):
                return self._called(func)
            case ast.Attribute(attr=name) | ast.Name(id=name):
                return self._plain(name)
            case ast.Constant(str(name)):
                return self._plain(name)
        raise AssertionError(ast.dump(node))

    def _plain(self, name: str) -> str:
        return name.removeprefix(f"_{self._name}").lstrip("_")

    def _function(self, node: ast.FunctionDef) -> None:
        names = {
            target.id
            for each in ast.walk(node)
            if isinstance(each, ast.Assign)
            for target in each.targets
            if isinstance(target, ast.Name)
        }
        self._lines.append(f"function {self._plain(node.name)}() {{")
        if names:
            self._lines.append(f"  let {', '.join(sorted(names))};")
        self._block(node.body, "  ")
        self._lines.append("}")

    def _block(self, nodes: list[ast.stmt], indent: str) -> None:
        for node in nodes:
            self._statement(node, indent)

    def _statement(self, node: ast.stmt, indent: str) -> None:

        def say(text: str) -> None:
            self._lines.append(indent + text)

        match node:
            case ast.Pass():
                pass
            case ast.Break():
                say("break;")
            case ast.Continue():
                say("continue;")
            case ast.Return(value):
                say(f"return {self._expression(value)};" if value else "return;")
            case ast.Expr(value):
                say(f"{self._expression(value)};")
            case ast.Assign([target], value):
                say(f"{self._expression(target)} = {self._expression(value)};")
            case ast.AugAssign(target, op, value):
                say(f"{self._expression(target)} {_OPERATORS[type(op)]}= {self._expression(value)};")
            case ast.Raise(exc=ast.Call(func=ast.Name(label))):
                say(f"break {label};")
            case ast.Try(body, [handler]):
                assert isinstance(handler.type, ast.Name)
                say(f"{handler.type.id}: {{")
                self._block(body, indent + "  ")
                say("}")
            case ast.While(test, body):
                say(f"while ({self._expression(test)}) {{")
                self._block(body, indent + "  ")
                say("}")
            case ast.For(target, ast.Tuple(elts), body):  # so many times
                counter = self._expression(target)
                say(f"for (let {counter} = {len(elts)}; {counter}--; ) {{")
                self._block(body, indent + "  ")
                say("}")
            case ast.If(test, body, orelse):
                say(f"if ({self._expression(test)}) {{")
                self._block(body, indent + "  ")
                if orelse:
                    say("} else {")
                    self._block(orelse, indent + "  ")
                say("}")
            case _:
                raise AssertionError(ast.dump(node))

    def _expression(self, node: ast.expr) -> str:
        match node:
            case ast.Constant(value):
                return json.dumps(value, ensure_ascii=False)
            case ast.Name(name):
                return name
            case ast.Attribute(attr=name):
                return self._plain(name)
            case ast.Compare(left, [op], [right]):
                return f"{self._expression(left)} {_OPERATORS[type(op)]} {self._expression(right)}"
            case ast.BoolOp(op, values):
                return f"({_OPERATORS[type(op)].join(map(self._expression, values))})"
            case ast.UnaryOp(op, operand):
                inner = self._expression(operand)
                return f"{_OPERATORS[type(op)]}{inner if isinstance(operand, ast.Call | ast.Constant) else f'({inner})'}"
            case ast.BinOp(left, op, right):
                return f"({self._expression(left)} {_OPERATORS[type(op)]} {self._expression(right)})"
            case ast.Call(func=ast.Name("len"), args=[argument]):
                return f"{self._expression(argument)}.length"
            case ast.Call(func, args):
                return f"{self._called(func)}({', '.join(map(self._expression, args))})"
        raise AssertionError(ast.dump(node))


def write(target: Path) -> None:
    """All of them, into a folder."""
    target.mkdir(exist_ok=True)
    for module in pkgutil.iter_modules(snowballstemmer.__path__):
        language, _, kind = module.name.rpartition("_")
        if kind != "stemmer" or not language:
            continue
        source = importlib.import_module(f"snowballstemmer.{module.name}").__file__
        assert source
        made = next(
            each for each in ast.parse(Path(source).read_text()).body if isinstance(each, ast.ClassDef)
        )
        (target / f"{language}.js").write_text(_Writer(language, made).text())


if __name__ == "__main__":
    write(_TARGET)
