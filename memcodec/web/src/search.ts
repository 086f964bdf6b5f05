/** One search: which chunks, in which order, with which scores. The order is that of the Python library's lexical search. */

import { kept, Refused } from "./bytes.ts";
import { Collection, key, type Weighted, type Word } from "./bm25.ts";
import { closeness, POOL } from "./closeness.ts";
import type { Span } from "./file.ts";
import type { Words } from "./lexical.ts";
import type { ChunkText, Memory } from "./memory.ts";
import { leaves, type Leaf, parsed, type Query, surfaces } from "./query.ts";
import type { Segment } from "./segment.ts";
import { isLone } from "./tokens.ts";

const NEIGHBOURS = 0.3, WHOLE = 0.5, MOST = 16; // what rows of words count, and how many words they are made of
const KNOWN = 0.25, FOUND = 0.5; // shares of a query's words that stand somewhere: with less it is no question to the file
const FEW = 5;
const LONG_BLOCKS = 32 * 32768; // text of a segment from which it may have a shortcut

/** A chunk of the collection, and its score. */
export interface Ranked { chunk: number; score: number }
/** Chunks ranked by words, what words say of any, and whether they say anything. */
export interface ByWords { best: Ranked[]; said: (chunk: number) => number; isKnown: boolean }
/** Chunks ranked otherwise; null: by words. */
export type Other = (searcher: Searcher, query: Query, depth: number) => Promise<Ranked[] | null>;
export interface Hit { rank: number; score: number; chunk: number; segment: Segment; found: ChunkText }

/** Thrown where texts must be looked at: then the work begins again with them. */
export class NeedTexts {
  constructor(readonly chunks: number[]) {}
}

interface Part { lexical: Words; segments: Segment[] }

export class Searcher {
  /** How the visitor has chunks ranked, if not by words. */
  declare static other: Other | undefined;
  readonly texts = new Map<number, string>(); // as indexes see them, of chunks of the collection

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
    this.each((segment, base) => {
      if (segment.dead) segment.catalogue.chunkDocuments(0).forEach((ordinal, i) => (live[base + i] = segment.isLive(ordinal) ? 1 : 0));
    }, parts);
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
  each(work: (segment: Segment, base: number) => void, parts = this.opened(0).parts): void {
    let base = 0;
    for (const { segments } of parts)
      for (const segment of segments) {
        work(segment, base);
        base += segment.record.chunks;
      }
  }

  private locate(chunk: number): { segment: Segment; chunk: number } {
    let found: { segment: Segment; chunk: number } | null = null;
    this.each((segment, base) => {
      if (chunk >= base && chunk < base + segment.record.chunks) found = { segment, chunk: chunk - base };
    });
    return found!;
  }

  /** The best hits with their texts. */
  async search(text: string, k: number): Promise<Hit[]> {
    return (await this.begin(text, k, k)).hits;
  }

  /**
   * At least the first `least` of the best `k` hits, and how many these are: no text is read that is not needed to tell which
   * come first. What is missing, `search` reads.
   */
  async begin(text: string, k: number, least: number): Promise<{ hits: Hit[]; count: number }> {
    const query = await parsed(text);
    if (!query.root) return { hits: [], count: 0 };
    const close = closeness(query), depth = close.isSpecial ? Math.max(POOL, 2 * k) : Math.max(FEW, k);
    const ranked = (await Searcher.other?.(this, query, depth)) ?? (await this.ranked(query, depth)).best;
    const hits: Hit[] = [], count = Math.min(k, ranked.length);
    // A text may lower a chunk's score, never raise it: what follows is read only where it may still come before.
    let at = 0, known = 0;
    for (const end of [least, k, ranked.length]) {
      const some = ranked.slice(at, end), places = some.map(({ chunk }) => this.locate(chunk)), read = await this.memory.texts(places);
      read.forEach((found, i) => {
        const { segment, chunk } = places[i]!;
        hits.push({ rank: 0, score: some[i]!.score * close.of(found.text), chunk: segment.firstChunk + chunk, segment, found });
      });
      hits.sort((one, other) => other.score - one.score);
      at = Math.max(at, Math.min(end, ranked.length));
      const next = ranked[at]?.score ?? -1;
      known = Math.min(count, hits.filter((each) => each.score >= next).length);
      if (known >= Math.min(least, count)) break;
    }
    return { hits: hits.slice(0, known).map((hit, i) => ({ ...hit, rank: i + 1 })), count };
  }

  /** The best chunks of the collection, by words alone. */
  async ranked(query: Query, depth: number): Promise<ByWords> {
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

  private rank(query: Query, depth: number): ByWords {
    const { collection } = this, words = this.words(query);
    this.bring(query, words);
    const scores = collection.scores(words), allowed = query.matching?.(this) ?? null;
    const isKnown = !!query.matching || scores.known >= KNOWN || scores.found >= FOUND, share = isKnown && scores.most ? 1 / scores.most : 0;
    const said = (chunk: number): number => scores.of[chunk]! * share;
    const best = isKnown ? collection.best(scores.of, depth, allowed) : [];
    this.memory.needCatalogues(best.slice(0, MOST).map((chunk) => this.locate(chunk).segment)); // of all that is likely to be shown
    return { said, isKnown, best: best.map((chunk) => ({ chunk, score: said(chunk) })) };
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
      if (query.matching && leaf.kind !== "prefix" && tokens.length > 1) placed.push(...tokens.map((each) => collection.stems(each)));
    }
    const described = query.fields.length ? segments.filter((each) => each.record.documents) : [];
    memory.needCatalogues([...long, ...described]);
    spans.push(...collection.spans(asked.values(), placed), ...long.flatMap((each) => each.catalogue.shortcutSpans()));
    // Of a short text all that leads to it comes along.
    for (const { record: { text, catalogue: [at, size] } } of segments.slice(-FEW)) if (text < LONG_BLOCKS) spans.push(memory.media.span(at, 0, size));
    spans.push(...described.flatMap((each) => [...each.catalogue.documentSpans(), ...each.catalogue.ownerSpans()]));
    memory.file.need(spans);
  }

  wordsOf(leaf: Leaf): Word[] {
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
}

/** What indexes see of a chunk: its text under the headings that it does not show itself. */
export function headed({ place, text }: ChunkText): string {
  const at = place.start - place.document.start;
  const section = place.document.sections.filter((each) => each[0] <= at).at(-1);
  return [...(section?.slice(2) ?? []).filter((heading) => !text.includes(String(heading))), text].join("\n");
}
