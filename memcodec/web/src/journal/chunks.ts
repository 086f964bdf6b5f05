/** Documents cut into chunks as writers cut them: what a journal holds has no catalogue that would tell where they are. */

import { last } from "../bytes.ts";

/** A chunk: the bytes of its document, its first line and its last, its text. */
export interface Chunk { start: number; end: number; line: number; lastLine: number; text: string }

const SIZE = 1000, OVERLAP = 50, LEAST = 900, MOST = 1100, LONGEST = 4096, SECTION = 250;
const SPACE = "\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const NEWLINE = "(?:\\r\\n|\\n|\\r(?!\\n)|[\\x85\\u2028])";
const ENDS = [
  `${NEWLINE}(?:[ \\t]*${NEWLINE})+|[\\f\\u2029]`, // paragraph
  `[.!?…।॥؟۔]["'”’»)\\]]*[${SPACE}]+|[。！？｡]["'”’」』）]*`, // sentence
  NEWLINE,
  `[${SPACE}]+`, // word
].map((each) => new RegExp(each, "gu"));
const WORD = new RegExp(`(?<=[${SPACE}])[^${SPACE}]`, "gu");
const graphemes = new Intl.Segmenter("und", { granularity: "grapheme" });
const encoder = new TextEncoder();
const bytes = (text: string): number => encoder.encode(text).length;

/** The chunks of a document; none lies across the beginnings of sections that are far enough apart. */
export function chunks(data: Uint8Array, sections: number[]): Chunk[] {
  const cuts = [0], found: Chunk[] = [];
  for (const start of sections) if (start - cuts.at(-1)! >= SECTION && start < data.length) cuts.push(start);
  let line = 1;
  cuts.forEach((start, i) => {
    const text = new Text(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data.subarray(start, cuts[i + 1] ?? data.length)));
    line = text.cut(start, line, found);
  });
  return found;
}

const newlines = (text: string): number => text.match(/\r\n|\n|\r/g)?.length ?? 0;

/** A text whose places are counted in characters, as writers count, and not in the units of this language's strings. */
class Text {
  private readonly places: Uint32Array | null = null;
  private readonly length: number;

  constructor(private readonly all: string) {
    this.length = all.length;
    if (!/[\ud800-\udbff]/.test(all)) return;
    const places: number[] = [];
    for (let at = 0; at < all.length; at += all.codePointAt(at)! > 0xffff ? 2 : 1) places.push(at);
    this.length = places.length;
    this.places = Uint32Array.from([...places, all.length]);
  }

  private unit(at: number): number {
    return this.places ? this.places[Math.min(at, this.length)]! : Math.min(at, this.all.length);
  }

  private character(unit: number): number {
    return this.places ? last(this.places, unit) : unit;
  }

  private part(start: number, end: number): string {
    return this.all.slice(this.unit(start), this.unit(end));
  }

  /** Adds its chunks; returns the line that what follows it begins in. */
  cut(offset: number, line: number, found: Chunk[]): number {
    for (let start = 0, shared = 0; start < this.length; ) {
      const end = this.end(start, shared), text = this.part(start, end), size = bytes(text), ends = /[\n\r]$/.test(text) ? 1 : 0;
      found.push({ start: offset, end: offset + size, line, lastLine: line + newlines(text) - ends, text });
      const following = end === this.length ? end : this.next(start, end);
      shared = end - following;
      offset += size - bytes(this.part(following, end));
      line += newlines(this.part(start, following));
      start = following;
    }
    return line;
  }

  private end(start: number, shared: number): number {
    if (this.length - start <= MOST) return this.length;
    const end = this.goodEnd(start, shared) ?? this.anyEnd(start, shared);
    return this.length - end < OVERLAP ? this.length : end;
  }

  /** The end of a paragraph, else sentence, else line, else word. */
  private goodEnd(start: number, shared: number): number | null {
    const low = start + Math.max(LEAST, shared), text = this.all.slice(0, this.unit(start + MOST)), away = (end: number): number => Math.abs(end - start - SIZE);
    for (const pattern of ENDS) {
      const ends: number[] = [];
      pattern.lastIndex = this.unit(low);
      for (let each; (each = pattern.exec(text)); ) ends.push(this.character(each.index + each[0].length));
      for (const end of ends.sort((one, other) => away(one) - away(other))) if (this.clusterStart(start, end) === end) return end;
    }
    return null;
  }

  private anyEnd(start: number, shared: number): number {
    const target = start + SIZE, before = this.clusterStart(start, target);
    if (before === target || before - start > Math.max(LEAST, shared)) return before;
    const after = this.clusterEnd(before);
    if (after - before <= LONGEST) return after;
    return before - start > shared ? before : target;
  }

  /** Where the next chunk begins: a word's start in the overlap, else its first cluster. */
  private next(start: number, end: number): number {
    const wanted = Math.max(end - OVERLAP, start + 1);
    WORD.lastIndex = this.unit(wanted);
    const word = WORD.exec(this.all.slice(0, this.unit(end))), begin = word ? this.character(word.index) : -1;
    if (word && this.clusterStart(start, begin) === begin) return begin;
    const before = this.clusterStart(start, wanted);
    return before === wanted ? wanted : Math.min(this.clusterEnd(before), end);
  }

  /** Where the cluster that holds a character begins; one begins at `floor`. */
  private clusterStart(floor: number, at: number): number {
    if (at <= floor || at >= this.length) return at;
    const pair = this.part(at - 1, at + 1);
    if (/^[\x00-\x7f]*$/.test(pair)) return at - (pair === "\r\n" ? 1 : 0);
    const from = this.unit(floor), segments = graphemes.segment(this.all.slice(from, this.unit(at + 1)));
    return this.character(from + segments.containing(this.unit(at) - from)!.index);
  }

  private clusterEnd(start: number): number {
    const text = this.part(start, start + 2 * LONGEST);
    return this.character(this.unit(start) + graphemes.segment(text).containing(0)!.segment.length);
  }
}
