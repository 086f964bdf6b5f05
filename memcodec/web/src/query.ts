/** A query: its words; conditions and all that operators say are understood by a script of its own (docs/QUERIES.md). */

import { kept } from "./bytes.ts";
import type { Conditions, Matching } from "./conditions.ts";
import { script } from "./script.ts";
import { type Analyzer, isLone, surfaces as cut } from "./tokens.ts";

export type Leaf =
  | { kind: "words" | "phrase" | "prefix"; text: string }
  | { kind: "field"; name: string; text: string; column: number };
export type Node = Leaf | { kind: "not"; node: Node } | { kind: "and" | "or" | "side"; nodes: Node[] };

const MAX_LENGTH = 65536;
export const BLANKS = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
/** What may be more than a word; it often is none. */
const special = new RegExp(`["()*]|(^|[${BLANKS}])(-|(AND|OR|NOT)([${BLANKS}]|$)|[a-z]+:)`);

export const surfaces = kept((text: string): string[] => cut(text));
/** A text's parts between blanks. */
export const split = (text: string): string[] => text.split(new RegExp(`[${BLANKS}]+`)).filter(Boolean);

/** The leaves in their order, each with whether it is wanted. */
export function leaves(node: Node | null, positive = true): [Leaf, boolean][] {
  if (!node) return [];
  if (node.kind === "not") return leaves(node.node, !positive);
  if (node.kind === "and" || node.kind === "or" || node.kind === "side") return node.nodes.flatMap((each) => leaves(each, positive));
  return [[node as Leaf, positive]];
}

export class Query {
  readonly wanted: { kind: "words" | "phrase" | "prefix"; text: string }[];

  /** `matching` finds the chunks that meet its conditions; null when it has none. */
  constructor(readonly text: string, readonly root: Node | null, readonly isPlain: boolean, readonly matching: Matching | null) {
    this.wanted = leaves(root).flatMap(([leaf, positive]) => (positive && leaf.kind !== "field" ? [leaf] : []));
  }

  get fields(): (Leaf & { kind: "field" })[] {
    return leaves(this.root).flatMap(([leaf]) => (leaf.kind === "field" ? [leaf] : []));
  }
}

/** What a query says. Raises Refused, one line that points at the place. */
export async function parsed(text: string): Promise<Query> {
  if (text.length > MAX_LENGTH || special.test(text)) return (await script<Conditions>("conditions"))(text);
  const nodes = split(text).flatMap((each): Node[] => (surfaces(each).length ? [{ kind: "words", text: each }] : []));
  return new Query(text, nodes.length ? { kind: "side", nodes } : null, true, null);
}

/** Where a query is found in a text, from and to; they may overlap. */
export function marks(text: string, query: Query, analyzer: Analyzer): [number, number][] {
  const wanted = query.wanted, of = (kind: string): string[] => wanted.flatMap((each) => (each.kind === kind ? [each.text] : []));
  const tokens = (query.isPlain ? [query.text] : of("words")).flatMap(surfaces), terms = new Set(tokens.map(analyzer.term));
  const begins = query.isPlain ? [] : of("prefix").map((each) => analyzer.plain(each));
  const phrases = query.isPlain ? [] : of("phrase").map((each) => surfaces(each).map(analyzer.term));
  const all = analyzer.tokens(text), found: [number, number][] = [];
  all.forEach(({ start, end, term }, i) => {
    if (terms.has(term) || begins.some((each) => term.startsWith(each))) found.push([start, end]);
    for (const phrase of phrases)
      if (phrase.every((each, n) => all[i + n]?.term === each)) found.push([start, all[i + phrase.length - 1]!.end]);
  });
  for (const lone of tokens.filter(isLone))
    for (let at = text.indexOf(lone); at >= 0; at = text.indexOf(lone, at + lone.length)) found.push([at, at + lone.length]);
  return found.sort((one, other) => one[0] - other[0] || one[1] - other[1]);
}
