/**
 * A query's letters in other orders, the very ones that the library takes: what says nothing comes no nearer to the file's
 * texts. So this is Python's `random.Random(text)`: MT19937 (M. Matsumoto and T. Nishimura, 1998), seeded with the text and its SHA-512.
 */

import { tools } from "../conditions/tools.ts";

const SIZE = 624, SHIFT = 397;

/** 32-bit numbers by chance, from a key of such. */
export class Chance {
  private readonly state = new Uint32Array(SIZE);
  private at = SIZE;

  constructor(key: Uint32Array) {
    const { state } = this, before = (i: number): number => state[i - 1]! ^ (state[i - 1]! >>> 30);
    state[0] = 19650218;
    for (let i = 1; i < SIZE; i++) state[i] = Math.imul(1812433253, before(i)) + i;
    let i = 1;
    const next = (): void => {
      if (++i < SIZE) return;
      state[0] = state[SIZE - 1]!;
      i = 1;
    };
    for (let n = 0; n < Math.max(SIZE, key.length); n++) {
      const j = n % key.length;
      state[i] = (state[i]! ^ Math.imul(before(i), 1664525)) + key[j]! + j;
      next();
    }
    for (let n = 1; n < SIZE; n++) {
      state[i] = (state[i]! ^ Math.imul(before(i), 1566083941)) - i;
      next();
    }
    state[0] = 0x80000000;
  }

  /** So many bits: 1 to 32. */
  bits(count: number): number {
    if (this.at === SIZE) this.turn();
    let value = this.state[this.at++]!;
    value ^= value >>> 11;
    value ^= (value << 7) & 0x9d2c5680;
    value ^= (value << 15) & 0xefc60000;
    value ^= value >>> 18;
    return value >>> (32 - count);
  }

  private turn(): void {
    const { state } = this;
    for (let i = 0; i < SIZE; i++) {
      const both = (state[i]! & 0x80000000) | (state[(i + 1) % SIZE]! & 0x7fffffff);
      state[i] = state[(i + SHIFT) % SIZE]! ^ (both >>> 1) ^ (both & 1 ? 0x9908b0df : 0);
    }
    this.at = 0;
  }

  /** A whole number below another. */
  below(end: number): number {
    const count = 32 - Math.clz32(end);
    for (;;) {
      const found = this.bits(count);
      if (found < end) return found;
    }
  }

  /** All of some things, in an order by chance. */
  mixed<T>(things: T[]): T[] {
    const pool = [...things];
    return things.map((_, i) => {
      const j = this.below(pool.length - i), found = pool[j]!;
      pool[j] = pool[pool.length - i - 1]!;
      return found;
    });
  }
}

/** A text's own source of chance. */
export async function chanceOf(text: string): Promise<Chance> {
  const data = tools.encoded(text), hash = new Uint8Array(await crypto.subtle.digest("SHA-512", data)), all = tools.joined([data, hash]);
  // One great number, its first byte the highest; in words, the lowest first, without zeros at the top.
  const words = new Uint32Array(Math.ceil(all.length / 4));
  all.reverse().forEach((each, i) => (words[i >> 2]! |= each << (8 * (i & 3))));
  let size = words.length;
  while (size > 1 && !words[size - 1]) size--;
  return new Chance(words.subarray(0, size));
}

/** The letters of a text in other orders, so many times; the blanks stay where they are. */
export async function scrambles(text: string, count: number): Promise<string[]> {
  const chance = await chanceOf(text), blank = new RegExp(`[${tools.BLANKS}]`), letters = [...text].filter((each) => !blank.test(each)), found = new Set<string>();
  for (let i = 0; i < count; i++) {
    const mixed = chance.mixed(letters).values();
    found.add(Array.from(text, (each) => (blank.test(each) ? each : mixed.next().value!)).join(""));
  }
  found.delete(text);
  return [...found];
}
