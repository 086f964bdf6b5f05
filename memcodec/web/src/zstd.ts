/** Zstandard (RFC 8878) with dictionaries, for frames that say how much they hold. Checksums are skipped: ours have none. */

import { type Bytes, damaged, uint } from "./bytes.ts";

/** A finite state entropy table, or Huffman's: of each state its symbol, bits to read, and (FSE) the base. */
interface Table { bits: number; symbol: Uint8Array; take: Uint8Array; base: Uint16Array }
interface Tables { huffman?: Table | undefined; codes: [Table?, Table?, Table?]; offsets: number[] }
export interface Dictionary { content: Bytes; tables: Tables }

const bad = (): never => damaged("a Zstandard frame cannot be read");
const highest = (value: number): number => 31 - Math.clz32(value);

/** Bits from the end of some bytes down, as sequences and literals are read. */
class Backward {
  left: number;
  constructor(private data: Bytes, private start: number, end: number) {
    const byte = end > start ? data[end - 1]! : 0;
    if (!byte) bad();
    this.left = 8 * (end - 1 - start) + highest(byte);
  }
  /** The next bits, zeros beyond the beginning; they are not taken. */
  peek(count: number): number {
    let place = this.left - count, more = 0;
    if (place < 0) {
      more = -place;
      place = 0;
    }
    const at = this.start + (place >>> 3), shift = place & 7, data = this.data;
    let value = (data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24)) >>> shift;
    if (shift + count > 32) value |= data[at + 4]! << (32 - shift);
    const own = count - more;
    return own <= 0 ? 0 : own > 31 ? value >>> 0 : (value & ((1 << own) - 1)) << more;
  }
  take(count: number): number {
    const value = count ? this.peek(count) : 0;
    this.left -= count;
    return value;
  }
}

function fse(counts: number[], bits: number): Table {
  const size = 1 << bits, table = made(bits), next: number[] = [];
  let high = size - 1;
  counts.forEach((count, symbol) => {
    next[symbol] = count < 0 ? 1 : count;
    if (count < 0) table.symbol[high--] = symbol;
  });
  const step = (size >> 1) + (size >> 3) + 3;
  let at = 0;
  counts.forEach((count, symbol) => {
    for (let i = 0; i < count; i++) {
      table.symbol[at] = symbol;
      do at = (at + step) & (size - 1);
      while (at > high);
    }
  });
  for (let state = 0; state < size; state++) {
    const value = next[table.symbol[state]!]!++, take = bits - highest(value);
    table.take[state] = take;
    table.base[state] = (value << take) - size;
  }
  return table;
}

const made = (bits: number): Table => ({
  bits, symbol: new Uint8Array(1 << bits), take: new Uint8Array(1 << bits), base: new Uint16Array(1 << bits),
});

const single = (symbol: number): Table => {
  const table = made(0);
  table.symbol[0] = symbol;
  return table;
};

/** Normalised counts, and where they end. */
function counted(data: Bytes, at: number, end: number, most: number, symbols: number): [Table, number] {
  let bit = 8 * at;
  const peek = (count: number): number => {
    let value = 0;
    for (let i = 0; i < count; i++) value |= ((data[(bit + i) >> 3]! >> ((bit + i) & 7)) & 1) << i;
    return value;
  };
  const bits = peek(4) + 5, counts: number[] = [];
  bit += 4;
  if (bits > most) bad();
  let left = 1 << bits;
  while (left > 0) {
    if (counts.length > symbols || bit > 8 * end) bad();
    const width = highest(left + 1) + 1, lower = (1 << (width - 1)) - 1, limit = (1 << width) - 2 - left;
    let value = peek(width);
    if ((value & lower) < limit) {
      value &= lower;
      bit += width - 1;
    } else {
      bit += width;
      if (value > lower) value -= limit;
    }
    const count = value - 1;
    left -= Math.abs(count);
    counts.push(count);
    if (!count) {
      let zeros;
      do {
        zeros = peek(2);
        bit += 2;
        for (let i = 0; i < zeros; i++) counts.push(0);
        if (counts.length > symbols || bit > 8 * end) bad();
      } while (zeros === 3);
    }
  }
  if (left || counts.length > symbols + 1) bad();
  at = (bit + 7) >> 3;
  if (at > end) bad();
  return [fse(counts, bits), at];
}

function huffman(data: Bytes, at: number, end: number): [Table, number] {
  const weights: number[] = [], head = data[at++]!;
  if (head < 128) {
    const stop = at + head;
    if (stop > end) bad();
    const [table, start] = counted(data, at, stop, 6, 12);
    const bits = new Backward(data, start, stop), states = [bits.take(table.bits), bits.take(table.bits)];
    if (bits.left < 0) bad();
    for (let turn = 0; ; turn ^= 1) {
      const state = states[turn]!;
      weights.push(table.symbol[state]!);
      if (table.take[state]! > bits.left) {
        weights.push(table.symbol[states[turn ^ 1]!]!);
        break;
      }
      states[turn] = table.base[state]! + bits.take(table.take[state]!);
      if (weights.length > 254) bad();
    }
    at = stop;
  } else {
    const count = head - 127;
    if (at + ((count + 1) >> 1) > end) bad();
    for (let i = 0; i < count; i++) weights.push(i & 1 ? data[at + (i >> 1)]! & 15 : data[at + (i >> 1)]! >> 4);
    at += (count + 1) >> 1;
  }
  let sum = 0;
  for (const each of weights) sum += each ? 1 << (each - 1) : 0;
  if (!sum) bad();
  const bits = highest(sum) + 1, rest = (1 << bits) - sum;
  if (bits > 11 || rest & (rest - 1)) bad();
  weights.push(highest(rest) + 1);
  const table = made(bits);
  let state = 0;
  for (let weight = 1; weight <= bits; weight++)
    weights.forEach((each, symbol) => {
      if (each !== weight) return;
      const stop = state + (1 << (weight - 1));
      table.symbol.fill(symbol, state, stop);
      table.take.fill(bits + 1 - weight, state, stop);
      state = stop;
    });
  return [table, at];
}

/** Literals of one stream. */
function literals(table: Table, data: Bytes, at: number, end: number, into: Uint8Array): void {
  const bits = new Backward(data, at, end);
  for (let i = 0; i < into.length; i++) {
    const state = bits.peek(table.bits);
    into[i] = table.symbol[state]!;
    bits.left -= table.take[state]!;
  }
  if (bits.left) bad();
}

// Section 3.1.1.3.2.1.1, and the default distributions of 3.1.1.3.2.2.
const codes = (bits: number[], base: number): [number[], number[]] => {
  const bases: number[] = [];
  for (const each of bits) {
    bases.push(base);
    base += 2 ** each;
  }
  return [bits, bases];
};
const zeros = (count: number): number[] => Array<number>(count).fill(0);
const [LL_BITS, LL_BASE] = codes([...zeros(16), 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16], 0);
const [ML_BITS, ML_BASE] = codes(
  [...zeros(32), 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16], 3,
);
const ones = (count: number): number[] => Array<number>(count).fill(1);
const MINUS = (count: number): number[] => Array<number>(count).fill(-1);
const KINDS = [  // literal lengths, offsets, match lengths: the most bits, symbols, and the default's counts and bits
  { most: 9, symbols: 35, bits: 6, counts: [4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, ...MINUS(4)] },
  { most: 8, symbols: 31, bits: 5, counts: [1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, ...MINUS(5)] },
  { most: 9, symbols: 52, bits: 6, counts: [1, 4, 3, 2, 2, 2, 2, 2, 2, ...ones(37), ...MINUS(7)] },
];
const defaults: Table[] = KINDS.map((each) => fse(each.counts, each.bits));

const fresh = (): Tables => ({ codes: [], offsets: [1, 4, 8] });

/** A dictionary (section 5); bytes without its magic are content alone. */
export function dictionary(data: Bytes): Dictionary {
  if (data.length < 8 || uint(data, 0, 4) !== 0xec30a437) return { content: data, tables: fresh() };
  const tables = fresh();
  let at = 8;
  [tables.huffman, at] = huffman(data, at, data.length);
  for (const kind of [1, 2, 0]) {
    const { most, symbols } = KINDS[kind]!;
    [tables.codes[kind], at] = counted(data, at, data.length, most, symbols);
  }
  tables.offsets = [0, 4, 8].map((each) => uint(data, at + each, 4));
  return { content: data.slice(at + 12), tables };
}

/** What one frame holds: at most so many bytes. */
export function unpack(frame: Bytes, limit: number, shared?: Dictionary): Bytes {
  // Zeros behind it, so that readers of several bytes need not look where it ends.
  const size = frame.length, data = new Uint8Array(size + 8);
  data.set(frame);
  if (size < 6 || uint(data, 0, 4) !== 0xfd2fb528) bad();
  const head = data[4]!, alone = (head >> 5) & 1, width = [alone, 2, 4, 8][head >> 6]!;
  let at = 5 + (alone ? 0 : 1) + [0, 1, 2, 4][head & 3]!;
  if (head & 8 || !width) bad();
  const length = uint(data, at, width) + (width === 2 ? 256 : 0), before = shared?.content ?? new Uint8Array();
  at += width;
  if (length > limit) damaged("a part of the file claims more than it may hold");
  const out = new Uint8Array(before.length + length);
  out.set(before);
  let end = before.length;
  const tables: Tables = shared
    ? { huffman: shared.tables.huffman, codes: [...shared.tables.codes], offsets: [...shared.tables.offsets] }
    : fresh();
  for (let final = 0; !final; ) {
    if (at + 3 > size) bad();
    const block = uint(data, at, 3), count = block >> 3, kind = (block >> 1) & 3;
    final = block & 1;
    at += 3;
    const taken = kind === 1 ? 1 : count;
    if (at + taken > size || kind === 3) bad();
    if (kind < 2) {
      if (end + count > out.length) bad();
      if (kind) out.fill(data[at]!, end, end + count);
      else out.set(data.subarray(at, at + count), end);
      end += count;
    } else end = block_(data, at, at + count, tables, out, end);
    at += taken;
  }
  if (end !== out.length) bad();
  return before.length ? out.slice(before.length) : out;
}

function block_(data: Bytes, at: number, end: number, tables: Tables, out: Bytes, place: number): number {
  const kind = data[at]! & 3, form = (data[at]! >> 2) & 3;
  let lit: Uint8Array;
  if (kind < 2) {
    const width = form === 1 ? 2 : form === 3 ? 3 : 1, count = uint(data, at, width) >> (form & 1 ? 4 : 3);
    at += width;
    if (count > 1 << 17 || at + (kind ? 1 : count) > end) bad();
    lit = kind ? new Uint8Array(count).fill(data[at]!) : data.subarray(at, at + count);
    at += kind ? 1 : count;
  } else {
    const width = form < 2 ? 3 : form + 2, digits = form < 2 ? 10 : form === 2 ? 14 : 18;
    const head = Math.floor(uint(data, at, width) / 16), count = head % 2 ** digits, stop = at + width + Math.floor(head / 2 ** digits);
    at += width;
    if (count > 1 << 17 || stop > end) bad();
    if (kind === 2) [tables.huffman, at] = huffman(data, at, stop);
    const table = tables.huffman ?? bad();
    lit = new Uint8Array(count);
    if (!form) literals(table, data, at, stop, lit);
    else {
      const part = (count + 3) >> 2, sizes = [0, 2, 4].map((each) => uint(data, at + each, 2));
      at += 6;
      for (let i = 0; i < 4; i++) {
        const next = i < 3 ? at + sizes[i]! : stop;
        if (next > stop || 3 * part > count) bad();
        literals(table, data, at, next, lit.subarray(i * part, i < 3 ? (i + 1) * part : count));
        at = next;
      }
    }
    at = stop;
  }
  if (at >= end) bad();
  let count = data[at++]!;
  if (count > 127) count = count < 255 ? ((count - 128) << 8) + data[at++]! : uint(data, (at += 2) - 2, 2) + 0x7f00;
  let from = 0;
  const copy = (size: number): void => {
    if (from + size > lit.length || place + size > out.length) bad();
    out.set(lit.subarray(from, from + size), place);
    from += size;
    place += size;
  };
  if (count) {
    const modes = data[at++]!;
    if (modes & 3) bad();
    KINDS.forEach(({ most, symbols }, i) => {
      const mode = (modes >> (6 - 2 * i)) & 3;
      if (!mode) tables.codes[i] = defaults[i]!;
      else if (mode === 1) tables.codes[i] = data[at]! <= symbols ? single(data[at++]!) : bad();
      else if (mode === 2) [tables.codes[i], at] = counted(data, at, end, most, symbols);
    });
    const [ll = bad(), of = bad(), ml = bad()] = tables.codes, bits = new Backward(data, at, end), recent = tables.offsets;
    let l = bits.take(ll.bits), o = bits.take(of.bits), m = bits.take(ml.bits);
    for (let left = count; left--; ) {
      const lc = ll.symbol[l]!, oc = of.symbol[o]!, mc = ml.symbol[m]!;
      if (oc > 30) bad();
      const value = 2 ** oc + bits.take(oc), match = ML_BASE[mc]! + bits.take(ML_BITS[mc]!);
      const size = LL_BASE[lc]! + bits.take(LL_BITS[lc]!);
      let offset = value - 3;
      if (value < 4) {
        const which = value - (size ? 1 : 0);
        offset = which < 3 ? recent[which]! : recent[0]! - 1;
        if (which) {
          if (which > 1) recent[2] = recent[1]!;
          recent[1] = recent[0]!;
        }
      } else {
        recent[2] = recent[1]!;
        recent[1] = recent[0]!;
      }
      recent[0] = offset;
      copy(size);
      if (offset < 1 || offset > place || place + match > out.length) bad();
      if (offset >= match) out.copyWithin(place, place - offset, place - offset + match);
      else for (let i = 0; i < match; i++) out[place + i] = out[place + i - offset]!;
      place += match;
      if (left) {
        l = ll.base[l]! + bits.take(ll.take[l]!);
        m = ml.base[m]! + bits.take(ml.take[m]!);
        o = of.base[o]! + bits.take(of.take[o]!);
      }
      if (bits.left < 0) bad();
    }
    if (bits.left) bad();
  } else if (at !== end) bad();
  copy(lit.length - from);
  return place;
}
