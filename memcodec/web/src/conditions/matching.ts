/** Which chunks meet a query's conditions. */

import type { Collection, Mask, Word } from "../bm25.ts";
import type { Words } from "../lexical.ts";
import type { Leaf, Node } from "../query.ts";
import type { Segment } from "../segment.ts";
import { accepting } from "./fields.ts";
import { tools } from "./tools.ts";

const MAX_READ = 1000; // texts that are read for a phrase which the index does not tell

/** What is searched: its chunks, the texts of some as indexes see them, and what words a leaf stands for. */
export interface Host {
  readonly collection: Collection;
  readonly texts: Map<number, string>;
  wordsOf(leaf: Leaf): Word[];
  /** Each segment with its first chunk in the collection. */
  each(work: (segment: Segment, base: number) => void): void;
}

/** Whether what stands beside a node, with no operator between, leaves it necessary. */
export const isCondition = (node: Node): boolean =>
  node.kind === "words" || node.kind === "prefix" ? false : node.kind === "or" || node.kind === "side" ? node.nodes.some(isCondition) : true;

/** Whether all that a node matches holds a word of it. */
function assures(node: Node): boolean {
  switch (node.kind) {
    case "field":
    case "not":
      return false;
    case "and":
      return node.nodes.some(assures);
    case "or":
      return node.nodes.every(assures);
    case "side":
      return !node.nodes.every(isCondition) || node.nodes.some(assures);
  }
  return true;
}

const conditions = (nodes: Node[]): Node[] => nodes.filter(isCondition);
/** Of nodes side by side those of which at least one matches. */
const choice = (nodes: Node[]): Node[] => (conditions(nodes).some(assures) ? [] : nodes.filter((each) => !isCondition(each)));

const both = (one: Mask, other: Mask): Mask => one.map((each, i) => each & other[i]!);
const without = (one: Mask, other: Mask): Mask => one.map((each, i) => each & ~other[i]! & 1);

/** Of each chunk whether all holds that a query says beside its words. */
export function met(root: Node, host: Host, isOpen = false): Mask {
  const matcher = new Matcher(host), all: Node = root.kind === "side" ? { kind: "and", nodes: conditions(root.nodes) } : root;
  // What a hit must hold one word of, beside meeting the conditions.
  const any = root.kind === "side" && !isOpen ? choice(root.nodes) : [], found = matcher.within(all, host.collection.live);
  return any.length ? both(found, matcher.holding(any)) : found;
}

class Matcher {
  constructor(private readonly host: Host) {}

  within(node: Node, mask: Mask): Mask {
    switch (node.kind) {
      case "words":
      case "phrase":
        return this.phrase(node.text, mask);
      case "prefix":
        return both(mask, this.holding([node]));
      case "field":
        return both(mask, this.documents(node));
      case "not":
        return without(mask, this.within(node.node, mask));
      case "and":
        return this.all(node.nodes, mask);
      case "or": {
        const found = new Uint8Array(mask.length);
        for (const each of node.nodes) this.within(each, without(mask, found)).forEach((one, i) => one && (found[i] = 1));
        return found;
      }
      case "side": {
        const chosen = this.all(conditions(node.nodes), mask), any = choice(node.nodes);
        return any.length ? both(chosen, this.holding(any)) : chosen;
      }
    }
  }

  private all(nodes: Node[], mask: Mask): Mask {
    // What is quick narrows down what is slow: phrases, whose texts may have to be read.
    const cost = (node: Node): number => {
      const found = tools.leaves(node).map(([leaf]) => leaf);
      if (found.some((leaf) => (leaf.kind === "words" || leaf.kind === "phrase") && tools.surfaces(leaf.text).length > 1)) return 2;
      return found.some((leaf) => leaf.kind === "field") ? 1 : 0;
    };
    return [...nodes].sort((one, other) => cost(one) - cost(other)).reduce((found, node) => this.within(node, found), mask);
  }

  /** The chunks that hold any word of some nodes. */
  holding(nodes: Node[]): Mask {
    const found = new Uint8Array(this.host.collection.count);
    for (const [leaf] of nodes.flatMap((node) => tools.leaves(node)))
      if (leaf.kind !== "field")
        for (const word of this.host.wordsOf(leaf)) for (const chunk of this.host.collection.postings(word).chunks) found[chunk] = 1;
    return found;
  }

  private phrase(text: string, mask: Mask): Mask {
    const { collection } = this.host, tokens = tools.surfaces(text), stems = tokens.map((each) => collection.stems(each));
    const words: Word[] = tokens.length < 2 ? tokens.map((each) => collection.word(each)) : stems.map((each) => ({ stems: each }));
    let found = mask;
    for (const word of words) {
      const mine = new Uint8Array(mask.length);
      for (const chunk of collection.postings(word).chunks) mine[chunk] = 1;
      found = both(found, mine);
    }
    if (tokens.length < 2) return found;
    const doubtful: [Words, number][] = [], hasLone = tokens.some(tools.isLone);
    found = found.slice();
    collection.parts.forEach((part, n) => {
      const base = collection.bases[n]!, held: number[] = [];
      for (let i = 0; i < part.chunks; i++) if (found[base + i]) held.push(i);
      if (part.hasPositions && held.length) {
        found.fill(0, base, base + part.chunks);
        for (const chunk of part.adjacent(stems.map((each) => collection.term(each, part)), held).chunks) found[base + chunk] = 1;
      }
      // The end of a run is a term behind the last one: no position tells it from a word.
      if (hasLone || !part.hasPositions) for (let i = 0; i < part.chunks; i++) if (found[base + i]) doubtful.push([part, base + i]);
    });
    const missing = doubtful.map(([, chunk]) => chunk).filter((chunk) => !this.host.texts.has(chunk));
    if (missing.length + this.host.texts.size > MAX_READ)
      throw new tools.Refused(`"${text}" may stand in ${doubtful.length} places, and the index does not tell: add rarer words`);
    if (missing.length) throw new tools.NeedTexts(missing);
    for (const [part, chunk] of doubtful) {
      const held = collection.analyzerOf(part).tokens(this.host.texts.get(chunk)!), wanted = stems.map((each) => collection.term(each, part));
      found[chunk] = held.some((_, i) => wanted.every((term, n) => held[i + n]?.term === term)) ? 1 : 0;
    }
    return found;
  }

  /** The chunks whose documents satisfy a field. */
  private documents(node: Leaf & { kind: "field" }): Mask {
    const accepts = accepting(node), found = new Uint8Array(this.host.collection.count);
    this.host.each((segment, base) => {
      const taken = Array.from({ length: segment.record.documents }, (_, ordinal) => segment.isLive(ordinal) && accepts(segment.catalogue.document(ordinal)));
      if (taken.some(Boolean)) segment.catalogue.chunkDocuments(0).forEach((ordinal, i) => (found[base + i] = taken[ordinal] ? 1 : 0));
    });
    return found;
  }
}
