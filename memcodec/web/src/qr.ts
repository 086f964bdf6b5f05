/** QR symbols read where they are known to stand (ISO/IEC 18004), and the base45 in them (RFC 9285). */

import { type Bytes, kept } from "./bytes.ts";
import type { Correct } from "./correction.ts";

export interface Layout { level: string; columns: number; rows: number; pixels: number }
/** A picture's brightness, row by row. */
export interface Luma { data: Uint8Array; width: number; height: number }

const PITCH = 181;
const LEVELS: Record<string, [blocks: number, correction: number, format: number]> = { L: [25, 30, 1], M: [49, 28, 0], Q: [68, 30, 3], H: [81, 30, 2] };
// Smaller symbols are of level L. By version, from 1 on: blocks, and their correction.
const BLOCKS = [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17, 18, 19, 19, 20, 21, 22, 24, 25];
const CORRECTION = [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30, 30, 26, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30];
const MASKS: ((i: number, j: number) => number)[] = [
  (i, j) => (i + j) % 2, (i) => i % 2, (_, j) => j % 3, (i, j) => (i + j) % 3, (i, j) => ((i >> 1) + Math.floor(j / 3)) % 2,
  (i, j) => ((i * j) % 2) + ((i * j) % 3), (i, j) => (((i * j) % 2) + ((i * j) % 3)) % 2, (i, j) => (((i + j) % 2) + ((i * j) % 3)) % 2,
];

export const side = (version: number): number => 17 + 4 * version;
export const aligned = (length: number): number => Math.ceil(length / 8) * 8;
export const width = (layout: Layout): number => aligned((layout.columns * PITCH + 4) * layout.pixels);
export const height = (layout: Layout): number => aligned((layout.rows * PITCH + 4) * layout.pixels);

/** The top left pixel of a slot. */
export const corner = (layout: Layout, slot: number): [x: number, y: number] => [
  ((slot % layout.columns) * PITCH + 4) * layout.pixels,
  (Math.floor(slot / layout.columns) * PITCH + 4) * layout.pixels,
];

/** Of a version the rows and columns of its data modules, in the order that bits go in. */
const order = kept((version: number): Uint8Array => {
  const end = side(version), fixed = new Uint8Array(end * end);
  const block = (row: number, column: number, rows: number, columns: number): void => {
    for (let i = Math.max(0, row); i < Math.min(end, row + rows); i++)
      for (let j = Math.max(0, column); j < Math.min(end, column + columns); j++) fixed[i * end + j] = 1;
  };
  block(6, 0, 1, end);
  block(0, 6, end, 1);
  block(0, 0, 9, 9);
  block(0, end - 8, 9, 8);
  block(end - 8, 0, 8, 9);
  if (version > 1) {
    const count = Math.floor(version / 7) + 2, step = version === 32 ? 26 : Math.floor((version * 4 + count * 2 + 1) / (2 * count - 2)) * 2;
    const centres = [6, ...Array.from({ length: count - 1 }, (_, i) => end - 7 - step * (count - 2 - i))];
    for (const row of centres)
      for (const column of centres) if (!((row === 6 && (column === 6 || column === end - 7)) || (row === end - 7 && column === 6))) block(row - 2, column - 2, 5, 5);
  }
  if (version > 6) {
    block(0, end - 11, 6, 3);
    block(end - 11, 0, 3, 6);
  }
  const found: number[] = [];
  for (let right = end - 1, up = true; right > 0; right -= 2, up = !up) {
    if (right === 6) right--;
    for (let n = 0; n < end; n++) {
      const row = up ? end - 1 - n : n;
      for (const column of [right, right - 1]) if (!fixed[row * end + column]) found.push(row, column);
    }
  }
  return Uint8Array.from(found.slice(0, found.length - (found.length % 16)));
});

const FINDER = Uint8Array.from([0, 1, 2, 3, 4, 5, 6].flatMap((i) => [0, 1, 2, 3, 4, 5, 6].map((j) => +(Math.max(Math.abs(i - 3), Math.abs(j - 3)) !== 2))));

/**
 * The packet in a slot of a frame, as its checksum has it: `isRight` tells. Null where no reading is right. Codecs that keep
 * modules exactly need no `correct`, which takes longer than all else.
 */
export function read(luma: Luma, layout: Layout, slot: number, isRight: (packet: Bytes) => boolean, correct: Correct | null): Bytes | null {
  const [x, y] = corner(layout, slot), { pixels } = layout, middle = pixels >> 1, { data, width } = luma;
  const dark = (row: number, column: number): number => +(data[(y + row * pixels + middle) * width + x + column * pixels + middle]! < 128);
  const version = versionOf(dark), end = side(version);
  const [level, mask] = format(dark, end, layout.level);
  if (version < 40 && level !== "L") return null;
  const places = order(version), masked = MASKS[mask]!, words = new Uint8Array(places.length >> 4);
  for (let i = 0; i < places.length; i += 2) {
    const row = places[i]!, column = places[i + 1]!;
    words[i >> 4]! |= (dark(row, column) ^ +(masked(row, column) === 0)) << (7 - ((i >> 1) & 7));
  }
  const [count, correction] = version < 40 ? [BLOCKS[version - 1]!, CORRECTION[version - 1]!] : LEVELS[level]!;
  const total = Math.floor(words.length / count), long = words.length % count, blocks: Uint8Array[] = [];
  for (let i = 0; i < count; i++) blocks.push(new Uint8Array(total + (i >= count - long ? 1 : 0)));
  let at = 0;
  for (let n = 0; n <= total - correction; n++) for (const block of blocks) if (n < block.length - correction) block[n] = words[at++]!;
  for (let n = 0; n < correction; n++) for (const block of blocks) block[block.length - correction + n] = words[at++]!;
  const taken = (): Bytes | null => {
    const bits = new Uint8Array(words.length);
    let to = 0;
    for (const block of blocks) {
      bits.set(block.subarray(0, block.length - correction), to);
      to += block.length - correction;
    }
    const packet = segment(bits, to, version);
    return packet && isRight(packet) ? packet : null;
  };
  return taken() ?? (correct && blocks.every((block) => correct(block, correction)) ? taken() : null);
}

/** The version by two finder patterns, which are where the symbol ends. */
function versionOf(dark: (row: number, column: number) => number): number {
  let best = 0, found = 40;
  for (let version = 1; version <= 40; version++) {
    const end = side(version);
    let alike = 0;
    for (let i = 0; i < 8; i++)
      for (let j = 0; j < 8; j++) {
        const right = i < 7 && j > 0 ? FINDER[i * 7 + j - 1]! : 0, below = i > 0 && j < 7 ? FINDER[(i - 1) * 7 + j]! : 0;
        alike += +(dark(i, end - 8 + j) === right) + +(dark(end - 8 + i, j) === below);
      }
    if (alike > best) [best, found] = [alike, version];
  }
  return found;
}

/** Level and mask, by both copies of the format information. */
function format(dark: (row: number, column: number) => number, end: number, expected: string): [string, number] {
  const first = [0, 1, 2, 3, 4, 5, 7, 8].map((j) => dark(8, j)).concat([7, 5, 4, 3, 2, 1, 0].map((i) => dark(i, 8)));
  const second = [1, 2, 3, 4, 5, 6, 7].map((i) => dark(end - i, 8)).concat([8, 7, 6, 5, 4, 3, 2, 1].map((j) => dark(8, end - j)));
  let best = 99, found: [string, number] = [expected, 0];
  for (const [level, [, , number]] of Object.entries(LEVELS))
    for (let mask = 0; mask < 8; mask++) {
      const value = (number << 3) | mask;
      let rest = value << 10;
      for (let bit = 14; bit > 9; bit--) if (rest & (1 << bit)) rest ^= 0x537 << (bit - 10);
      const bits = ((value << 10) | rest) ^ 0x5412;
      let wrong = level === expected ? 0 : 0.5;
      for (let i = 0; i < 15; i++) wrong += +(first[i] !== ((bits >> (14 - i)) & 1)) + +(second[i] !== ((bits >> (14 - i)) & 1));
      if (wrong < best) [best, found] = [wrong, [level, mask]];
    }
  return found;
}

const DIGITS = 45;

/** The bytes of one alphanumeric segment of base45. */
function segment(bits: Uint8Array, size: number, version: number): Bytes | null {
  let at = 0;
  const take = (count: number): number => {
    let value = 0;
    for (; count; count--, at++) value = (value << 1) | ((bits[at >> 3]! >> (7 - (at & 7))) & 1);
    return value;
  };
  if (take(4) !== 2) return null;
  const count = take(version < 10 ? 9 : version < 27 ? 11 : 13);
  if (at + Math.floor(count / 2) * 11 + (count % 2) * 6 > 8 * size || count % 3 === 1) return null;
  const digits = new Uint8Array(count);
  for (let i = 0; i + 1 < count; i += 2) {
    const pair = take(11);
    if (pair >= DIGITS * DIGITS) return null;
    digits[i] = Math.floor(pair / DIGITS);
    digits[i + 1] = pair % DIGITS;
  }
  if (count % 2) digits[count - 1] = take(6);
  const made = new Uint8Array(Math.floor(count / 3) * 2 + (count % 3 ? 1 : 0));
  for (let i = 0, to = 0; i < count; i += 3) {
    const value = digits[i]! + DIGITS * digits[i + 1]! + (i + 2 < count ? DIGITS * DIGITS * digits[i + 2]! : 0);
    if (i + 2 < count) made[to++] = value >> 8;
    made[to++] = value;
    if (value > (i + 2 < count ? 65535 : 255)) return null;
  }
  return made;
}
