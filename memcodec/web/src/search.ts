/** One search: which chunks, in which order, with which scores. The order is that of the Python library's lexical search. */

import { kept, Refused } from "./bytes.ts";
import { Collection, key, type Mask, type Scores, type Weighted, type Word } from "./bm25.ts";
import { closeness, POOL } from "./closeness.ts";
import type { Document } from "./catalogue.ts";
import type { Span } from "./file.ts";
import type { Words } from "./lexical.ts";
import type { ChunkText, Memory } from "./memory.ts";
import { choice, conditions, leaves, type Leaf, type Node, Query, surfaces } from "./query.ts";
import type { Segment } from "./segment.ts";
import { casefold, isLone } from "./tokens.ts";
import { instant, interval } from "./times.ts";

const NEIGHBOURS = 0.3, WHOLE = 0.5, MOST = 16; // what rows of words count, and how many words they are made of
const KNOWN = 0.25, FOUND = 0.5; // shares of a query's words that stand somewhere: with less it is no question to the file
const FEW = 5, MAX_READ = 1000;
const LONG_BLOCKS = 32 * 32768; // text of a segment from which it may have a shortcut

export interface Hit { rank: number; score: number; chunk: number; segment: Segment; found: ChunkText }

/** Thrown where texts must be looked at: then the work begins again with them. */
class NeedTexts {
  constructor(readonly chunks: number[]) {}
}

interface Part { lexical: Words; segments: Segment[] }

export class Searcher {
  private readonly texts = new Map<number, string>(); // as indexes see them, of chunks of the collection

  constructor(readonly memory: Memory) {}

  /** The language and all that chunks are found by; made once. */
  private readonly opened = kept((_: 0): { parts: Part[]; collection: Collection } => {
    const { memory } = this, parts = memory.runs().flatMap(({ lexical, segments }) => (lexical ? [{ lexical, segments }] : []));
    if (!parts.length && memory.segments.some((each) => each.record.chunks))
      throw new Refused('the file has no lexical index; "memcodec repair" writes one that has');
    const dead = parts.flatMap((each) => each.segments).filter((each) => each.dead);
    memory.needCatalogues(dead);
    memory.file.need([...dead.flatMap((each) => each.catalogue.ownerSpans()), ...parts.flatMap((each) => each.lexical.spans())]);
    const live = new Uint8Array(parts.reduce((sum, each) => sum + each.lexical.chunks, 0)).fill(1);
    this.each(parts, (segment, base) => {
      if (segment.dead) segment.catalogue.chunkDocuments(0).forEach((ordinal, i) => (live[base + i] = segment.isLive(ordinal) ? 1 : 0));
    });
    return { parts, collection: new Collection(parts.map((each) => each.lexical), live) };
  });

  get collection(): Collection {
    return this.opened(0).collection;
  }

  /** The analyser whose words are marked in texts. */
  analyzer(): Promise<import("./tokens.ts").Analyzer | null> {
    return this.memory.file.run(() => {
      const [part] = this.opened(0).parts;
      return part ? this.collection.analyzerOf(part.lexical) : null;
    });
  }

  /** Each segment with its first chunk in the collection. */
  private each(parts: Part[], work: (segment: Segment, base: number) => void): void {
    let base = 0;
    for (const { segments } of parts)
      for (const segment of segments) {
        work(segment, base);
        base += segment.record.chunks;
      }
  }

  private locate(chunk: number): { segment: Segment; chunk: number } {
    let found: { segment: Segment; chunk: number } | null = null;
    this.each(this.opened(0).parts, (segment, base) => {
      if (chunk >= base && chunk < base + segment.record.chunks) found = { segment, chunk: chunk - base };
    });
    return found!;
  }

  /** The best hits with their texts. */
  async search(text: string, k: number): Promise<Hit[]> {
    const query = Query.parse(text);
    if (!query.root) return [];
    const close = closeness(query), ranked = await this.ranked(query, close.isSpecial ? Math.max(POOL, 2 * k) : Math.max(FEW, k));
    const hits: Hit[] = [];
    // What follows is read only where it may still be a hit.
    for (let at = 0; at < ranked.length; at += at ? ranked.length : k) {
      if (hits.length >= k && hits[k - 1]!.score >= ranked[at]!.score) break;
      const some = ranked.slice(at, at ? undefined : k), places = some.map(({ chunk }) => this.locate(chunk)), read = await this.memory.texts(places);
      read.forEach((found, i) => {
        const { segment, chunk } = places[i]!;
        hits.push({ rank: 0, score: some[i]!.score * close.of(found.text), chunk: segment.firstChunk + chunk, segment, found });
      });
      hits.sort((one, other) => other.score - one.score);
    }
    return hits.slice(0, k).map((hit, i) => ({ ...hit, rank: i + 1 }));
  }

  /** The best chunks of the collection, by words alone. */
  async ranked(query: Query, depth: number): Promise<{ chunk: number; score: number }[]> {
    for (;;) {
      try {
        return await this.memory.file.run(() => this.rank(query, depth));
      } catch (error) {
        if (!(error instanceof NeedTexts)) throw error;
        const places = error.chunks.map((chunk) => this.locate(chunk)), found = await this.memory.texts(places);
        found.forEach((each, i) => this.texts.set(error.chunks[i]!, headed(each)));
      }
    }
  }

  private rank(query: Query, depth: number): { chunk: number; score: number }[] {
    const { collection } = this, words = this.words(query);
    this.bring(query, words);
    const scores = collection.scores(words), allowed = this.allowed(query);
    const isKnown = query.hasConditions || scores.known >= KNOWN || scores.found >= FOUND;
    if (!isKnown) return [];
    const share = scores.most ? 1 / scores.most : 0;
    return collection.best(scores.of, depth, allowed).map((chunk) => ({ chunk, score: scores.of[chunk]! * share }));
  }

  /** Have all that the search reads, in one round. */
  private bring(query: Query, words: Weighted): void {
    const { memory, collection } = this, { parts } = this.opened(0), segments = parts.flatMap((each) => each.segments);
    const long = segments.filter((each) => each.record.text >= LONG_BLOCKS), spans: Span[] = [], asked = new Map<string, Word>(), placed: string[][] = [];
    for (const [name, { word }] of words) asked.set(name, word);
    for (const [leaf] of leaves(query.root)) {
      if (leaf.kind === "field") continue;
      for (const word of this.wordsOf(leaf)) asked.set(key(word), word);
      const tokens = surfaces(leaf.text);
      if (query.hasConditions && leaf.kind !== "prefix" && tokens.length > 1) placed.push(...tokens.map((each) => collection.stems(each)));
    }
    const described = query.fields.length ? segments.filter((each) => each.record.documents) : [];
    memory.needCatalogues([...long, ...described]);
    spans.push(...collection.spans(asked.values(), placed), ...long.flatMap((each) => each.catalogue.shortcutSpans()));
    spans.push(...described.flatMap((each) => [...each.catalogue.documentSpans(), ...each.catalogue.ownerSpans()]));
    memory.file.need(spans);
  }

  private wordsOf(leaf: Leaf): Word[] {
    return leaf.kind === "prefix" ? [{ prefix: leaf.text }] : surfaces(leaf.text).map((each) => this.collection.word(each));
  }

  /** The words that rank, each as often as the query has it; then rows of them. */
  private words(query: Query): Weighted {
    const { collection } = this, found: Weighted = new Map(), add = (word: Word, weight: number): void => {
      const held = found.get(key(word));
      found.set(key(word), { word, weight: (held?.weight ?? 0) + weight });
    };
    for (const leaf of query.wanted) for (const word of this.wordsOf(leaf as Leaf)) add(word, 1);
    if (!collection.parts.some((each) => each.hasPositions)) return found;
    const words: (string[] | null)[] = [], wholes = new Map<string, Word>();
    const rows = new Map<string, { word: Word; weight: number }>();
    for (const leaf of query.wanted.slice(0, MOST)) {
      const tokens = leaf.kind === "prefix" ? [] : surfaces(leaf.text).slice(0, MOST), stems = tokens.map((each) => collection.stems(each));
      if (stems.length > 1 && leaf.kind === "words" && !/['’]/.test(leaf.text)) {
        const word: Word = { run: stems, always: true };
        wholes.set(key({ run: stems, always: false }), word);
        rows.set(key(word), { word, weight: WHOLE });
      }
      words.push(...(tokens.length ? tokens.map((each, i) => (isLone(each) ? null : stems[i]!)) : [null]));
    }
    const some = words.slice(0, MOST);
    for (let i = 0; i + 1 < some.length; i++) {
      const [one, other] = [some[i], some[i + 1]];
      if (!one || !other) continue;
      const word: Word = { run: [one, other], always: false }, name = key(word);
      if (!wholes.has(name)) rows.set(name, { word, weight: (rows.get(name)?.weight ?? 0) + NEIGHBOURS });
    }
    for (const [name, each] of rows) found.set(name, each);
    return found;
  }

  // Conditions

  /** Of each chunk whether the query's conditions hold; null when it has none. */
  private allowed(query: Query): Mask | null {
    if (!query.root || !query.hasConditions) return null;
    const root: Node = query.root.kind === "side" ? { kind: "and", nodes: conditions(query.root.nodes) } : query.root;
    const met = this.within(root, this.collection.live);
    return query.choice.length ? both(met, this.holding(query.choice)) : met;
  }

  private within(node: Node, mask: Mask): Mask {
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
      const found = leaves(node).map(([leaf]) => leaf);
      if (found.some((leaf) => (leaf.kind === "words" || leaf.kind === "phrase") && surfaces(leaf.text).length > 1)) return 2;
      return found.some((leaf) => leaf.kind === "field") ? 1 : 0;
    };
    return [...nodes].sort((one, other) => cost(one) - cost(other)).reduce((found, node) => this.within(node, found), mask);
  }

  /** The chunks that hold any word of some nodes. */
  private holding(nodes: Node[]): Mask {
    const found = new Uint8Array(this.collection.count);
    for (const [leaf] of nodes.flatMap((node) => leaves(node)))
      if (leaf.kind !== "field")
        for (const word of this.wordsOf(leaf)) for (const chunk of this.collection.postings(word).chunks) found[chunk] = 1;
    return found;
  }

  private phrase(text: string, mask: Mask): Mask {
    const { collection } = this, tokens = surfaces(text), stems = tokens.map((each) => collection.stems(each));
    const words: Word[] = tokens.length < 2 ? tokens.map((each) => collection.word(each)) : stems.map((each) => ({ stems: each }));
    let found = mask;
    for (const word of words) {
      const mine = new Uint8Array(mask.length);
      for (const chunk of collection.postings(word).chunks) mine[chunk] = 1;
      found = both(found, mine);
    }
    if (tokens.length < 2) return found;
    const doubtful: [Words, number][] = [], hasLone = tokens.some(isLone);
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
    const missing = doubtful.map(([, chunk]) => chunk).filter((chunk) => !this.texts.has(chunk));
    if (missing.length + this.texts.size > MAX_READ)
      throw new Refused(`"${text}" may stand in ${doubtful.length} places, and the index does not tell: add rarer words`);
    if (missing.length) throw new NeedTexts(missing);
    for (const [part, chunk] of doubtful) {
      const held = collection.analyzerOf(part).tokens(this.texts.get(chunk)!), wanted = stems.map((each) => collection.term(each, part));
      found[chunk] = held.some((_, i) => wanted.every((term, n) => held[i + n]?.term === term)) ? 1 : 0;
    }
    return found;
  }

  /** The chunks whose documents satisfy a field. */
  private documents(node: Leaf & { kind: "field" }): Mask {
    const accepts = accepting(node), found = new Uint8Array(this.collection.count);
    this.each(this.opened(0).parts, (segment, base) => {
      const taken = Array.from({ length: segment.record.documents }, (_, ordinal) => segment.isLive(ordinal) && accepts(segment.catalogue.document(ordinal)));
      if (taken.some(Boolean)) segment.catalogue.chunkDocuments(0).forEach((ordinal, i) => (found[base + i] = taken[ordinal] ? 1 : 0));
    });
    return found;
  }

  /** Scores as they stand, for who compares them. */
  scores(text: string): Promise<Scores> {
    return this.memory.file.run(() => {
      const query = Query.parse(text), words = this.words(query);
      this.bring(query, words);
      return this.collection.scores(words);
    });
  }
}

const both = (one: Mask, other: Mask): Mask => one.map((each, i) => each & other[i]!);
const without = (one: Mask, other: Mask): Mask => one.map((each, i) => each & ~other[i]! & 1);

/** What indexes see of a chunk: its text under the headings that it does not show itself. */
function headed({ place, text }: ChunkText): string {
  const at = place.start - place.document.start;
  const section = place.document.sections.filter((each) => each[0] <= at).at(-1);
  return [...(section?.slice(2) ?? []).filter((heading) => !text.includes(String(heading))), text].join("\n");
}

const LISTS = ["tags", "tag", "keywords", "categories", "labels", "taxonomies.tags", "taxonomies.categories"];

function accepting({ name, text, column }: Leaf & { kind: "field" }): (document: Document) => boolean {
  const folded = (value: string): string[] => surfaces(value).map(casefold);
  const has = (held: string[], words: string[]): boolean => words.length > 0 && held.some((_, i) => words.every((word, n) => held[i + n] === word));
  const listed = (value: string): string[] => value.split(",").map((each) => each.trim().replace(/^#+/, ""));
  if (name === "title" || name === "author") {
    const words = folded(text);
    return (document) => has(folded(document[name]), words);
  }
  if (name === "tag") {
    const [, tag, value] = /^([^=]*)(?:=([^]*))?$/.exec(text)!;
    return ({ tags }) => {
      const held = tags[tag!];
      if (value !== undefined) return held !== undefined && (held === value || listed(held).includes(value));
      return held !== undefined || LISTS.some((each) => listed(tags[each] ?? "").includes(tag!));
    };
  }
  if (name === "path") {
    const pattern = glob(text);
    return ({ uri }) => uri.includes(text) || pattern.test(uri);
  }
  if (name === "type") {
    const kind = casefold(text).replace(/^\./, "");
    return ({ type, uri }) => casefold(type) === kind || casefold(uri).endsWith(`.${kind}`);
  }
  if (name === "lang") {
    const wanted = casefold(text);
    return ({ language }) => `${casefold(language)}-`.startsWith(`${wanted}-`);
  }
  let first: number, end: number;
  try {
    [first, end] = interval(text);
  } catch (error) {
    throw new Refused(`query, column ${column}: ${name}:${text}: ${(error as Error).message}`);
  }
  return ({ time }) => {
    const at = instant(time);
    return name === "since" ? at >= first : name === "until" ? at <= end : name === "before" ? at < first : at > end;
  };
}

/** Python's fnmatch, for a whole uri. */
function glob(pattern: string): RegExp {
  let made = "";
  for (let at = 0; at < pattern.length; ) {
    const each = pattern[at++]!;
    if (each === "*") made += made.endsWith("[^]*") ? "" : "[^]*";
    else if (each === "?") made += "[^]";
    else if (each === "[") {
      let end = at;
      if (pattern[end] === "!") end++;
      if (pattern[end] === "]") end++;
      while (end < pattern.length && pattern[end] !== "]") end++;
      if (end >= pattern.length) made += "\\[";
      else {
        const inside = pattern.slice(at, end), not = inside.startsWith("!");
        at = end + 1;
        made += ranges(not ? inside.slice(1) : inside, not);
      }
    } else made += each.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  }
  return new RegExp(`^${made}$`, "u");
}

function ranges(inside: string, not: boolean): string {
  const letters = [...inside], parts: string[] = [], escaped = (each: string): string => each.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
  for (let i = 0; i < letters.length; ) {
    const from = letters[i]!;
    if (letters[i + 1] === "-" && i + 2 < letters.length) {
      const to = letters[i + 2]!;
      if (from.codePointAt(0)! <= to.codePointAt(0)!) parts.push(`${escaped(from)}-${escaped(to)}`);
      i += 3;
    } else {
      parts.push(escaped(from));
      i++;
    }
  }
  if (!parts.length) return not ? "[^]" : "(?!)";
  return `[${not ? "^" : ""}${parts.join("")}]`;
}

