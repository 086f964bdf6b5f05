/** BM25 over some lexical indexes as one, in Lucene's variant (FORMAT.md: "Scores are BM25"). */

import { kept, last, Refused } from "./bytes.ts";
import type { Span } from "./file.ts";
import { type Entry, PREFIX_BLOCKS, type Words } from "./lexical.ts";
import { length, type Postings } from "./postings.ts";
import { type Analysis, Analyzer, isLone } from "./tokens.ts";

const K1 = 1.5, B = 0.75;
/** Postings of the words of a row, up to which it is looked for. */
const ROW = 32768;

/** What is looked for: a word, by its term in each analysis; a beginning; or words in a row. */
export type Word = { stems: string[] } | { prefix: string } | { run: string[][]; always: boolean };
export type Weighted = Map<string, { word: Word; weight: number }>;
/** Of each chunk of the collection whether it is taken. */
export type Mask = Uint8Array;

export const key = (word: Word): string =>
  "stems" in word ? `w${word.stems.join("\0")}` : "prefix" in word ? `p${word.prefix}` : `${word.always ? "R" : "r"}${word.run.join("\x01")}`;

const NOWHERE: Postings = { chunks: [], counts: [] };
const analyzer = kept((name: string) => new Analyzer(JSON.parse(name) as Analysis));

export interface Scores { of: Float32Array; most: number; known: number; found: number }

export class Collection {
  /** Where the chunks of each index begin; at last, how many there are. */
  readonly bases: number[];
  private readonly names: string[];

  constructor(readonly parts: Words[], readonly live: Mask) {
    this.bases = [0];
    for (const part of parts) this.bases.push(this.bases.at(-1)! + part.chunks);
    this.names = [...new Set(parts.map((part) => JSON.stringify(part.analysis)))].sort();
  }

  get count(): number {
    return this.bases.at(-1)!;
  }

  analyzerOf(part: Words): Analyzer {
    return analyzer(JSON.stringify(part.analysis));
  }

  /** A token as one term of every analysis. */
  stems(surface: string): string[] {
    return this.names.map((name) => analyzer(name).term(surface));
  }

  /** A token as a word: one that holds a lone grapheme is any that does. */
  word(surface: string): Word {
    return isLone(surface) ? { prefix: surface } : { stems: this.stems(surface) };
  }

  /** A word's term in an index. */
  term(stems: string[], part: Words): string {
    return stems[this.names.indexOf(JSON.stringify(part.analysis))]!;
  }

  /** Every chunk's length by its byte, and the norm that each byte stands for. */
  private readonly norms = kept((_: 0): { codes: Uint8Array; of: number[]; live: number } => {
    const codes = new Uint8Array(this.count);
    this.parts.forEach((part, i) => codes.set(part.codes(0), this.bases[i]!));
    let sum = 0, live = 0;
    for (let i = 0; i < codes.length; i++)
      if (this.live[i]) {
        sum += length(codes[i]!);
        live++;
      }
    const mean = sum / Math.max(1, live) || 1;
    return { codes, live, of: Array.from({ length: 256 }, (_, code) => K1 * (1 - B) + ((K1 * B) / mean) * length(code)) };
  });

  private weight(df: number): number {
    return Math.log1p((this.norms(0).live - df + 0.5) / (df + 0.5));
  }

  /** What words give the chunks of the collection, each word as often as it counts. */
  scores(words: Weighted): Scores {
    const { codes, of } = this.norms(0), scores = new Float32Array(this.count);
    let known = 0, unknown = 0, lacking = 0, alone = 0;
    for (const { word, weight } of words.values()) {
      const held = this.postings(word), isRun = "run" in word, most = weight * this.weight(held.chunks.length);
      if (!isRun) alone += weight;
      if (held.chunks.length) known += most;
      else if (!isRun) {
        unknown += most;
        lacking += weight;
      }
      held.chunks.forEach((chunk, i) => {
        const tf = held.counts[i]!;
        scores[chunk]! += (most * tf) / (tf + of[codes[chunk]!]!);
      });
    }
    const most = known + unknown;
    return { of: scores, most, known: most ? known / most : 0, found: alone ? 1 - lacking / alone : 0 };
  }

  /** The best chunks: of those that are allowed, or of those that have a score; equal ones in their order. */
  best(scores: Float32Array, k: number, allowed: Mask | null): number[] {
    const found: number[] = [];
    for (let i = 0; i < scores.length; i++) if (allowed ? allowed[i] && this.live[i] : scores[i]! > 0) found.push(i);
    return found.sort((one, other) => scores[other]! - scores[one]! || one - other).slice(0, k);
  }

  /** The live chunks that hold a word. */
  postings(word: Word): Postings {
    return this.read(JSON.stringify(word));
  }

  private readonly read = kept((name: string): Postings => {
    const word = JSON.parse(name) as Word;
    if ("run" in word) return this.row(word.run, word.always);
    const counts = new Map<number, number>(), found: Postings = { chunks: [], counts: [] };
    this.parts.forEach((part, i) => {
      const entries = "prefix" in word ? this.beginning(part, word.prefix) : [part.lookup(this.term(word.stems, part))];
      for (const entry of entries) {
        if (!entry) continue;
        const held = part.read(entry);
        held.chunks.forEach((own, n) => {
          const chunk = own + this.bases[i]!;
          if (!this.live[chunk]) return;
          if (entries.length > 1) counts.set(chunk, (counts.get(chunk) ?? 0) + held.counts[n]!);
          else {
            found.chunks.push(chunk);
            found.counts.push(held.counts[n]!);
          }
        });
      }
    });
    for (const chunk of [...counts.keys()].sort((one, other) => one - other)) {
      found.chunks.push(chunk);
      found.counts.push(counts.get(chunk)!);
    }
    return found;
  }, 256);

  private isBounded(part: Words, prefix: string): boolean {
    const [first, end] = part.prefixBlocks(this.analyzerOf(part).plain(prefix));
    return isLone(prefix) || end - first <= PREFIX_BLOCKS;
  }

  private beginning(part: Words, prefix: string): (Entry | null)[] {
    if (!this.isBounded(part, prefix)) throw new Refused(`${prefix}* stands for too many words; write more of its letters before the *`);
    const analyzer = this.analyzerOf(part), found = part.withPrefix(analyzer.plain(prefix)), stem = analyzer.term(prefix);
    const entries = found.map(([, entry]) => entry as Entry | null);
    return found.some(([term]) => term === stem) ? entries : [...entries, part.lookup(stem)];
  }

  private row(run: string[][], always: boolean): Postings {
    const held = run.map((stems) => this.postings({ stems }).chunks), distinct = new Set(run.map((each) => each.join("\0")));
    const sum = [...distinct].reduce((all, each) => all + held[run.findIndex((one) => one.join("\0") === each)]!.length, 0);
    if (held.some((each) => !each.length) || (!always && sum > ROW)) return NOWHERE;
    const both = holdingAll(held), found: Postings = { chunks: [], counts: [] };
    this.parts.forEach((part, i) => {
      const base = this.bases[i]!, mine = both.slice(last(both, base - 1) + 1, last(both, this.bases[i + 1]! - 1) + 1);
      if (!part.hasPositions || !mine.length) return;
      const next = part.adjacent(run.map((stems) => this.term(stems, part)), mine.map((chunk) => chunk - base));
      next.chunks.forEach((chunk, n) => {
        found.chunks.push(chunk + base);
        found.counts.push(next.counts[n]!);
      });
    });
    return found;
  }

  /** What is read for words, and for where others stand in their chunks. */
  spans(words: Iterable<Word>, placed: string[][]): Span[] {
    const found: Span[] = this.parts.flatMap((part) => part.lengthSpans()), rows = [...placed];
    for (const word of words)
      if ("run" in word) {
        if (word.always || this.atLeast(word.run) <= ROW) rows.push(...word.run);
      } else
        for (const part of this.parts) {
          if ("stems" in word) found.push(...part.termSpans(this.term(word.stems, part)));
          else {
            const analyzer = this.analyzerOf(part);
            if (this.isBounded(part, word.prefix)) found.push(...part.prefixSpans(analyzer.plain(word.prefix)));
            found.push(...part.termSpans(analyzer.term(word.prefix)));
          }
        }
    for (const stems of rows)
      for (const part of this.parts) {
        const term = this.term(stems, part);
        found.push(...part.termSpans(term), ...part.positionSpans(term));
      }
    return found;
  }

  private atLeast(run: string[][]): number {
    let sum = 0;
    for (const name of new Set(run.map((each) => each.join("\0"))))
      for (const part of this.parts) sum += part.atLeast(this.term(name.split("\0"), part));
    return sum;
  }
}

/** The chunks that are in all of some rising lists. */
function holdingAll(lists: number[][]): number[] {
  const [first, ...others] = [...lists].sort((one, other) => one.length - other.length), sets = others.map((each) => new Set(each));
  return first!.filter((chunk) => sets.every((each) => each.has(chunk)));
}

