/** One lexical index: its dictionary, lists and positions, read a term at a time (FORMAT.md, "Lexical"). */

import { type Bytes, damaged, differ, encoded, json, kept, text, uint, varints } from "./bytes.ts";
import { type Carrier, IndexBlob } from "./blob.ts";
import type { Span } from "./file.ts";
import { type Postings, positions, postings } from "./postings.ts";
import type { Place } from "./record.ts";
import { type Analysis, analysisOf } from "./tokens.ts";
import { unpack } from "./zstd.ts";

const MOST = 257, CHUNKS = 65536;
/** Blocks of a dictionary that the terms of a prefix are looked for in. */
export const PREFIX_BLOCKS = 256;

interface Block { terms: string[]; df: number[]; c: number[]; starts: number[]; unit: Bytes }
export interface Entry { block: number; row: number; df: number }

/** UTF-8's order, which is that of code points. */
export const compare = (one: string, other: string): number => {
  const length = Math.min(one.length, other.length);
  for (let i = 0; i < length; i++) {
    let a = one.charCodeAt(i), b = other.charCodeAt(i);
    if (a === b) continue;
    // Surrogates stand for what is above all else.
    if (a >= 0xd800 && b >= 0xd800) {
      a = a >= 0xe000 ? a - 0x800 : a + 0x2000;
      b = b >= 0xe000 ? b - 0x800 : b + 0x2000;
    }
    return a - b;
  }
  return one.length - other.length;
};

const compareBytes = (one: Bytes, other: Bytes): number => {
  const length = Math.min(one.length, other.length);
  for (let i = 0; i < length; i++) if (one[i] !== other[i]) return one[i]! - other[i]!;
  return one.length - other.length;
};

/** What searches know of a lexical index. */
export type Words = Pick<Lexical, "analysis" | "hasPositions" | "chunks" | "spans" | "lengthSpans" | "codes" | "lookup" | "read" | "termSpans" |
  "positionSpans" | "prefixBlocks" | "prefixSpans" | "withPrefix" | "atLeast" | "places" | "adjacent">;

export class Lexical {
  readonly analysis: Analysis;
  readonly hasPositions: boolean;
  readonly blocks: number;
  private readonly blob: IndexBlob;

  constructor(private readonly media: Carrier, place: Place, readonly chunks: number) {
    const blob = (this.blob = new IndexBlob(media, ...place));
    if (blob.kind !== "lexical") damaged("a lexical index is none");
    const meta = json(blob.all("meta"));
    this.analysis = analysisOf(meta);
    if (meta.chunks !== chunks || blob.count("lengths") !== Math.ceil(chunks / CHUNKS))
      differ("the lexical index and the commit record");
    this.blocks = blob.count("terms");
    this.hasPositions = blob.has("positions");
    if (this.hasPositions && blob.count("positions") !== this.blocks) differ("terms and positions");
  }

  /** What must be here before any search knows what to read. */
  spans(): Span[] {
    return [...this.blob.spans("terms.dir"), ...this.blob.spans("frequent")];
  }

  lengthSpans(): Span[] {
    return this.blob.spans("lengths");
  }

  /** The byte that stands for each chunk's length. */
  readonly codes = kept((_: 0): Uint8Array => {
    const found = new Uint8Array(this.chunks);
    this.media.file.spend(this.chunks);
    this.media.file.need(this.blob.spans("lengths"));
    for (let at = 0, n = 0; at < this.chunks; at += CHUNKS, n++) {
      const size = Math.min(CHUNKS, this.chunks - at), part = unpack(this.blob.unit("lengths", n), size);
      if (part.length !== size) damaged("lengths of chunks do not add up");
      found.set(part, at);
    }
    return found;
  });

  private readonly directory = kept((_: 0): Bytes[] => {
    if (!this.blocks) return [];
    const data = unpack(this.blob.all("terms.dir"), Math.min(2 ** 26, this.blocks * MOST)), found: Bytes[] = [];
    this.media.file.spend(data.length + 40 * this.blocks);
    for (let at = 0; at <= data.length; ) {
      const end = data.indexOf(10, at);
      found.push(data.subarray(at, end < 0 ? data.length : end));
      at = end < 0 ? data.length + 1 : end + 1;
    }
    return found.length === this.blocks ? found : differ("directory and blocks");
  });

  /** The last block whose bytes in the directory are not after some; -1: none. */
  private number(key: Bytes): number {
    const firsts = this.directory(0);
    let low = 0, high = firsts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareBytes(firsts[middle]!, key) <= 0) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  private readonly block = kept((number: number): Block => {
    const unit = this.blob.unit("terms", number), lists = 4 + uint(unit, 0, 4);
    if (lists > unit.length) damaged("a block of terms does not add up");
    const table = unpack(unit.subarray(4, lists), 256 * 284 + 4);
    this.media.file.spend(table.length);
    const end = 4 + uint(table, 0, 4), terms = text(table.subarray(4, end)).split("\n"), rest = varints(table.subarray(end));
    const count = terms.length, starts = [lists];
    if (count > 256 || rest.length !== 3 * count) damaged("a table of terms does not add up");
    for (let i = 0; i < count; i++) starts.push(starts[i]! + rest[2 * count + i]!);
    if (starts.at(-1) !== unit.length) damaged("a block of terms does not add up");
    return { terms, df: rest.slice(0, count), c: rest.slice(count, 2 * count), starts, unit };
  }, 512);

  private entry(number: number, row: number): Entry {
    const df = this.block(number).df[row]!;
    return df > 0 && df <= this.chunks ? { block: number, row, df } : damaged("a term is in more chunks than there are");
  }

  lookup(term: string): Entry | null {
    const number = this.number(encoded(term));
    const row = number < 0 ? -1 : this.block(number).terms.indexOf(term);
    return row < 0 ? null : this.entry(number, row);
  }

  read(entry: Entry): Postings {
    const block = this.block(entry.block), { row } = entry;
    return postings(block.unit.subarray(block.starts[row]!, block.starts[row + 1]!), block.df[row]!, block.c[row]!, this.chunks);
  }

  termSpans(term: string): Span[] {
    const number = this.number(encoded(term));
    return number < 0 ? [] : this.blob.spans("terms", number, number + 1);
  }

  positionSpans(term: string): Span[] {
    const number = this.number(encoded(term));
    return number < 0 || !this.hasPositions ? [] : this.blob.spans("positions", number, number + 1);
  }

  /** First and last but one of the blocks that may have terms of a prefix. */
  prefixBlocks(prefix: string): [number, number] {
    const key = encoded(prefix), end = new Uint8Array(key.length + 1);
    end.set(key);
    end[key.length] = 255;
    return [Math.max(0, this.number(key)), this.number(end) + 1];
  }

  prefixSpans(prefix: string): Span[] {
    const [first, end] = this.prefixBlocks(prefix);
    return Array.from({ length: Math.max(0, end - first) }, (_, i) => this.blob.spans("terms", first + i, first + i + 1)).flat();
  }

  /** The terms that begin so, in their order. */
  withPrefix(prefix: string): [string, Entry][] {
    const found: [string, Entry][] = [], [first, end] = this.prefixBlocks(prefix);
    for (let number = first; number < end; number++)
      this.block(number).terms.forEach((term, row) => {
        if (term.startsWith(prefix)) found.push([term, this.entry(number, row)]);
      });
    return found;
  }

  private readonly frequent = kept((_: 0): Map<number, number> => {
    const numbers = varints(this.blob.all("frequent")), found = new Map<number, number>();
    for (let i = 0, block = 0; i + 1 < numbers.length; i += 2) found.set((block += numbers[i]!), numbers[i + 1]!);
    return found;
  });

  /** In how many chunks a term is at least, as far as that is known before its block is read. It may be nowhere. */
  atLeast(term: string): number {
    return this.frequent(0).get(this.number(encoded(term))) ?? 0;
  }

  /** Where a term stands in the chunks that hold it. */
  readonly places = kept((term: string): Map<number, number[]> => {
    const found = new Map<number, number[]>(), entry = this.lookup(term);
    if (!entry) return found;
    const unit = this.blob.unit("positions", entry.block), { df } = this.block(entry.block), codes = this.codes(0);
    const lists = df.map((_, row) => this.read({ block: entry.block, row, df: df[row]! }));
    let first = 0;
    for (let row = 0; row < entry.row; row++) first += df[row]!;
    const counts = lists.flatMap((each) => each.counts), own = lists[entry.row]!.chunks;
    const lengths = lists.flatMap((each) => each.chunks.map((chunk) => codes[chunk]!));
    positions(unit, counts, lengths, first, first + own.length).forEach((each, i) => found.set(own[i]!, each));
    return found;
  }, 64);

  adjacent(terms: string[], chunks: number[]): Postings {
    return adjacent(this, terms, chunks);
  }
}

/** Of chunks that hold all of some terms, those where they stand next to each other in order, and how often. */
export function adjacent(index: Pick<Words, "lookup" | "places">, terms: string[], chunks: number[]): Postings {
  const found: Postings = { chunks: [], counts: [] };
  if (!terms.every((term) => index.lookup(term))) return found;
  const placed = terms.map((term) => index.places(term));
  for (const chunk of chunks) {
    const lists = placed.map((each) => each.get(chunk) ?? []), others = lists.slice(1).map((each) => new Set(each));
    const count = lists[0]!.filter((at) => others.every((each, i) => each.has(at + i + 1))).length;
    if (count) {
      found.chunks.push(chunk);
      found.counts.push(count);
    }
  }
  return found;
}
