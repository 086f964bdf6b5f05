/** Lists of postings, and of positions, as they stand in a lexical index (FORMAT.md, "Lexical"). */

import { type Bytes, damaged, uint } from "./bytes.ts";

/** The chunks that hold a word, rising, and how often each does. */
export interface Postings { chunks: number[]; counts: number[] }

const bad = (): never => damaged("a list of postings cannot be read");
const highest = (value: number): number => (value < 1 ? 0 : Math.floor(Math.log2(value)));

export function postings(data: Bytes, df: number, c: number, chunks: number): Postings {
  if (df < 1 || df > chunks || c > 24) bad();
  const k = highest(Math.floor((9 * chunks) / (10 * df))), end = 8 * data.length;
  const low = (at: number, width: number): number => {
    let value = 0;
    for (let i = at; i < at + width; i++) value = value * 2 + ((data[i >> 3]! >> (7 - (i & 7))) & 1);
    return value;
  };
  let at = df * (k + c);
  const unary = (): number => {
    const start = at;
    for (;;) {
      if (at >= end) bad();
      const rest = (data[at >> 3]! << (at & 7)) & 255;
      if (rest) {
        at += Math.clz32(rest) - 24;
        return at++ - start;
      }
      at = (at | 7) + 1;
    }
  };
  if (at > end) bad();
  const found: Postings = { chunks: [], counts: [] };
  let chunk = -1;
  for (let i = 0; i < df; i++) {
    chunk += unary() * 2 ** k + low(i * k, k) + 1;
    if (chunk >= chunks) bad();
    found.chunks.push(chunk);
  }
  for (let i = 0; i < df; i++) found.counts.push(unary() * 2 ** c + low(df * k + i * c, c) + 1);
  return found;
}

/** How long a chunk is taken to be, by the byte that its index has for it; that byte is the last that stands for no more. */
export const LENGTHS: number[] = [];
for (let code = 0; code < 256; code++) {
  const e = code - 24;
  LENGTHS.push(e < 8 ? code : 24 + (8 + (e & 7)) * 2 ** ((e >> 3) - 1));
}

export const length = (code: number): number => LENGTHS[code]!;
/** What positions in it are below. */
const bound = (code: number): number => (LENGTHS[code + 1] ?? 2 ** 31) - 1;

const PIECE = 131072;

/**
 * Where the words of a block's lists stand in their chunks: of the postings from number `first` to `end - 1`, each its
 * positions. `counts` and `codes` are those of all the block's postings: how many positions each has, and the byte of
 * its chunk's length.
 */
export function positions(unit: Bytes, counts: number[], codes: number[], first: number, end: number): number[][] {
  const cuts = [0];
  let before = 0, piece = 0;
  counts.forEach((count, i) => {
    if (count > Math.min(bound(codes[i]!), 2 ** 24)) bad();
    const now = Math.floor(before / PIECE);
    if (now !== piece) cuts.push(i);
    piece = now;
    before += count;
  });
  const found: number[][] = [], head = 4 * (cuts.length - 1);
  let at = head;
  cuts.forEach((start, i) => {
    const stop = cuts[i + 1] ?? counts.length, size = i < cuts.length - 1 ? uint(unit, 4 * i, 4) : unit.length - at;
    if (size < 0 || at + size > unit.length) bad();
    if (start < end && first < stop) {
      const made = spread(unit.subarray(at, at + size), counts.slice(start, stop), codes.slice(start, stop));
      for (let n = Math.max(first, start); n < Math.min(end, stop); n++) found.push(made[n - start]!);
    }
    at += size;
  });
  return found;
}

/** Binary interpolative coding (Moffat and Stuiver, 2000), level by level. */
function spread(data: Bytes, counts: number[], codes: number[]): number[][] {
  const made = counts.map((count) => new Array<number>(count)), end = 8 * data.length;
  let at = 0;
  const take = (width: number): number => {
    if (at + width > end) bad();
    let value = 0;
    while (width > 0) {
      const room = 8 - (at & 7), now = Math.min(room, width);
      value = value * 2 ** now + ((data[at >> 3]! >> (room - now)) & ((1 << now) - 1));
      at += now;
      width -= now;
    }
    return value;
  };
  // Of each list on a level: whose it is, its first number there, how many, the least and the most that they can be.
  let lists: number[] = [];
  counts.forEach((count, i) => count && lists.push(i, 0, count, 0, bound(codes[i]!) - 1));
  while (lists.length) {
    const numbers: number[] = [];
    for (let i = 0; i < lists.length; i += 5) numbers.push(take(highest(lists[i + 4]! - lists[i + 3]! - lists[i + 2]! + 2)));
    const left: number[] = [], right: number[] = [];
    for (let i = 0, n = 0; i < lists.length; i += 5, n++) {
      const [whose, start, count, low, high] = lists.slice(i, i + 5) as [number, number, number, number, number];
      const choices = high - low - count + 2, short = 2 ** (highest(choices) + 1) - choices, middle = count >> 1;
      let x = numbers[n]!;
      if (x >= short) x += x - short + take(1);
      const value = low + middle + x;
      made[whose]![start + middle] = value;
      if (middle) left.push(whose, start, middle, low, value - 1);
      if (count - middle > 1) right.push(whose, start + middle + 1, count - middle - 1, value + 1, high);
    }
    lists = left.concat(right);
  }
  if (data.length !== Math.ceil(at / 8)) bad();
  return made;
}
