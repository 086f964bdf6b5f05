/** From characters to nodes (docs/QUERIES.md). */

import type { Node } from "../query.ts";
import { tools } from "./tools.ts";

interface Token { kind: string; at: number; text: string; name: string }

const MAX_LENGTH = 65536, MAX_DEPTH = 32, MAX_TOKENS = 1000, AROUND = 24;
const FIELDS = "title|tag|path|type|lang|author|since|until|before|after";

/** The root of a query, and whether it has words alone. Raises Refused, one line that points at the place. */
export function parse(text: string): { root: Node | null; isPlain: boolean } {
  const tokens = lex(text), isPlain = tokens.every(({ kind }) => kind === "words" || kind === "(" || kind === ")");
  if (isPlain) {
    const words = tokens.flatMap((each): Node[] => (each.kind === "words" ? [{ kind: "words", text: each.text }] : []));
    return { root: words.length ? { kind: "side", nodes: words } : null, isPlain };
  }
  if (tokens.length > MAX_TOKENS) throw fault(text, tokens[MAX_TOKENS]!.at, "a query with operators has at most 1,000 parts");
  return { root: nodes(text, tokens), isPlain };
}

const points = (text: string): number => [...text].length;

function fault(query: string, at: number, why: string): Error {
  const all = [...query], column = points(query.slice(0, at)), shown = (part: string[]): string =>
    part.map((each) => (/[\p{C}\p{Z}]/u.test(each) ? " " : each)).join("");
  const before = (column > AROUND ? "..." : "") + shown(all.slice(Math.max(0, column - AROUND), column));
  const after = shown(all.slice(column, column + AROUND)) + (all.length > column + AROUND ? "..." : "");
  return new tools.Refused(`query, column ${column + 1}: ${why}: ${before}>>>${after}`);
}

function lex(query: string): Token[] {
  const blank = new RegExp(`[${tools.BLANKS}]`), blanks = new RegExp(`[${tools.BLANKS}]*`, "y");
  const operator = new RegExp(`(AND|OR|NOT)(?=[${tools.BLANKS}()"]|$)`, "y"), field = new RegExp(`(${FIELDS}):(?=[^${tools.BLANKS}])`, "y");
  if (query.length > MAX_LENGTH && points(query) > MAX_LENGTH) throw fault(query, 0, "a query has at most 65,536 characters");
  const tokens: Token[] = [], open: number[] = [], loose: [number, string][] = [];
  let at = 0;
  const add = (kind: string, end: number, text = "", name = ""): void => {
    tokens.push({ kind, at, text, name });
    at = end;
  };
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(query);
  };
  for (;;) {
    at += match(blanks)![0].length;
    if (at >= query.length) break;
    const character = query[at]!, next = query.slice(at + 1);
    let found: RegExpExecArray | null;
    if ((found = match(operator))) add(found[1]!, at + found[0].length);
    else if (character === "-" && /^[\p{L}"(]/u.test(next)) add("NOT", at + 1);
    else if (character === "(") {
      open.push(tokens.length);
      add("(", at + 1);
    } else if (character === ")") {
      const first = open.pop();
      if (first === undefined) at++;
      else if (first === tokens.length - 1) {
        tokens.pop();
        at++;
      } else add(")", at + 1);
    } else if (character === '"') {
      const end = query.indexOf('"', at + 1);
      if (end < 0) loose.push([at++, '"']);
      else {
        const text = query.slice(at + 1, end);
        if (tools.surfaces(text).length) add("phrase", end + 1, text);
        at = end + 1;
      }
    } else if ((found = match(field))) {
      let value = "", depth = 0, end = at + found[0].length;
      const start = end, name = found[1]!;
      while (end < query.length && !blank.test(query[end]!)) {
        depth += query[end] === "(" ? 1 : query[end] === ")" ? -1 : 0;
        if (depth < 0) break;
        const close = query[end] === '"' ? query.indexOf('"', end + 1) : -1;
        value += close > 0 ? query.slice(end + 1, close) : query[end];
        end = Math.max(end, close) + 1;
      }
      if (!tools.split(value).length) throw fault(query, start, `${name}: needs a value`);
      add("field", end, value, name);
    } else {
      let end = at, depth = 0, has = false;
      for (const each of query.slice(at)) {
        if (blank.test(each)) break;
        depth += each === "(" ? 1 : each === ")" ? -1 : 0;
        if (depth < 0 && open.length && has) break;
        depth = Math.max(depth, 0);
        has ||= /[\p{L}\p{N}]/u.test(each);
        end += each.length;
      }
      const text = query.slice(at, end), parts = tools.surfaces(text), short = text.slice(0, -1);
      if (text.endsWith("*") && parts.length === 1 && parts[0]!.toLowerCase() === short.toLowerCase()) add("prefix", end, short);
      else if (parts.length) add("words", end, text);
      at = end;
    }
  }
  for (const each of open) loose.push([tokens[each]!.at, "("]);
  const left = tokens.filter((_, i) => !open.includes(i));
  const [first] = loose.sort((one, other) => one[0] - other[0]);
  if (first && left.some((each) => /NOT|AND|OR|phrase|field/.test(each.kind))) throw fault(query, first[0], `this ${first[1]} has no other half`);
  return left;
}

function nodes(text: string, tokens: Token[]): Node {
  let at = 0, depth = 0;
  const kind = (): string | undefined => tokens[at]?.kind;
  const group = (kind: "and" | "or" | "side", nodes: Node[]): Node => (nodes.length === 1 ? nodes[0]! : { kind, nodes });
  const missing = (): Error => {
    const before = tokens[at - 1], told = before && /AND|OR|NOT/.test(before.kind) ? before : tokens[at]!;
    if (text[told.at] === "-") return fault(text, told.at, "nothing to exclude follows this -");
    const side = told === before ? "after" : "before";
    return fault(text, told.at, `${told.kind} needs something ${side} it (as a word to search for, write "${told.kind.toLowerCase()}")`);
  };
  const side = (): Node => {
    const nodes = [either()];
    while (kind() && kind() !== ")") nodes.push(either());
    return group("side", nodes);
  };
  const chain = (name: string, part: () => Node): Node[] => {
    const nodes = [part()];
    while (kind() === name) {
      at++;
      nodes.push(part());
    }
    return nodes;
  };
  const either = (): Node => group("or", chain("OR", () => group("and", chain("AND", single))));
  const single = (): Node => {
    const token = tokens[at], name = kind();
    if (name === "NOT" || name === "(") {
      at++;
      if (++depth > MAX_DEPTH) throw fault(text, token!.at, "more than 32 brackets and NOTs inside each other");
      let made: Node;
      if (name === "NOT") made = { kind: "not", node: single() };
      else {
        made = side();
        at++;
      }
      depth--;
      return made;
    }
    if (!name || name === "AND" || name === "OR" || name === ")") throw missing();
    at++;
    if (name === "field") return { kind: "field", name: token!.name, text: token!.text, column: points(text.slice(0, token!.at)) + 1 };
    return { kind: name as "words" | "phrase" | "prefix", text: token!.text };
  };
  return side();
}
