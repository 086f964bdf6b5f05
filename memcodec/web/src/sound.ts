/** Memories in FLAC, the dense profile: raw frames to blobs, spectra to packets (FORMAT.md, "The FLAC file", "Spectra"). */

import type { Bytes } from "./bytes.ts";
import type { MemoryFile, Span } from "./file.ts";
import type { Group, Last, Media } from "./media.ts";
import type { Tools } from "./tools.ts";
import type { CommitRecord } from "./record.ts";
import { samples } from "./sound/flac.ts";
import { packetOf } from "./sound/modem.ts";

const RAW = 4096, TRAILER = 40, BEHIND = 2, MAGIC = "memcodf1";
const LONGER = [2 ** 7, 2 ** 11, 2 ** 16, 2 ** 21, 2 ** 26];
const MOST_HEAD = 14; // bytes before those that a raw frame carries

/** Bytes before those of a raw frame: its header, then three of its subframe's. */
const headSize = (number: number): number => 9 + LONGER.filter((each) => number >= each).length;
const frameSize = (number: number): number => headSize(number) + RAW + BEHIND;
const runSize = (number: number, count: number): number =>
  count * frameSize(0) + LONGER.reduce((sum, each) => sum + Math.max(0, number + count - Math.max(number, each)), 0);

/** A frame of a run: where it begins, its number, and the address of its first byte as the base's blob counts. */
interface Phase { at: number; number: number; from: number }

const CRC8 = new Uint8Array(256);
for (let i = 0; i < 256; i++) {
  let value = i;
  for (let bit = 0; bit < 8; bit++) value = (value << 1) ^ (value & 128 ? 0x107 : 0);
  CRC8[i] = value;
}

/** The number of the raw frame that begins at a place; -1 where none does. */
function rawNumber(data: Bytes, at: number): number {
  if (data[at] !== 0xff || data[at + 1] !== 0xf8 || data[at + 2] !== 0xca || (data[at + 3] !== 8 && data[at + 3] !== 12)) return -1;
  const lead = data[at + 4]!, size = lead < 128 ? 1 : Math.clz32(~(lead << 24));
  if (size > 6 || (lead >= 128 && size < 2)) return -1;
  let number = size === 1 ? lead : lead & (127 >> size);
  for (let i = 1; i < size; i++) number = number * 64 + (data[at + 4 + i]! & 63);
  const end = at + 4 + size;
  let crc = 0;
  for (let i = at; i < end; i++) crc = CRC8[crc ^ data[i]!]!;
  const isRaw = data[end] === crc && data[end + 1] === 0x10 && data[end + 2] === 0x43 && data[end + 3] === 0xe8;
  return isRaw && size === headSize(number) - 8 ? number : -1;
}

/** What stands behind the bytes that a short frame of an order carries: silence, and the frame's CRC-16. */
const behind = (order: number): number => Math.ceil((10 * (2 ** order - 1)) / 8) + 2;
/** The orders of the frames of a group of so many bytes. */
const orders = (size: number): number[] => {
  const found = new Array<number>(Math.floor(size / 2048)).fill(1);
  for (let order = 1; order <= 4; order++) if (size % 2048 & (RAW >> order)) found.push(order);
  return found;
};

class Flac implements Media {
  readonly codec = "flac";
  readonly last: Last;
  readonly profile = "dense";
  private readonly moved: number;
  private readonly newest: { record: CommitRecord; end: number };
  private readonly bits: number;
  private readonly phases = new Map<number, Phase>();
  private readonly copies = new Map<number, [from: number, data: Bytes][]>();

  constructor(readonly file: MemoryFile, private readonly tools: Tools) {
    const found = this.find();
    const [profile, bits] = [found.config[0]!, found.config[1]!];
    if (profile) throw new tools.Refused('this page reads sound of the dense profile alone; "memcodec convert" makes such a file');
    this.bits = bits;
    this.moved = found.at - found.written;
    this.newest = { record: found.record, end: found.end - this.moved };
    this.last = { end: found.end, record: found.data, number: found.next, moved: this.moved };
  }

  private find(): ReturnType<Flac["ending"]> & object {
    const { file, tools } = this, tail = file.view(Math.max(0, file.size - 64), Math.min(64, file.size));
    for (let order = 1; order <= 4; order++) {
      const end = tail.length - behind(order);
      if (tools.ascii(tail, end - 8, 8) !== "group-fl") continue;
      const start = tools.journalStart(file, tail.subarray(end - tools.GROUP_TRAILER, end)), before = start && this.ending(start);
      if (before) return before;
    }
    const whole = this.ending(file.size);
    if (whole) return whole;
    for (let end = file.size, window = 0; end > TRAILER && window < 16; window++) {
      const start = Math.max(0, end - (window ? 1 << 20 : 32768)), data = file.view(start, end - start);
      for (let at = data.length - 8; at >= 0; at--) {
        if (data[at] !== 0x6d || tools.ascii(data, at, 8) !== MAGIC) continue;
        const found = this.ending(start + at + 8 + BEHIND);
        if (found) return found;
      }
      end = start ? start + 7 : 0;
    }
    return tools.damaged("there is no whole commit in the file; if it held one");
  }

  /** The commit whose frames end at a byte; null where none do. */
  private ending(end: number): { at: number; end: number; written: number; record: CommitRecord; data: Bytes; next: number; config: Bytes } | null {
    const { file, tools } = this;
    if (end < TRAILER + BEHIND || end > file.size) return null;
    const trailer = file.view(end - BEHIND - TRAILER, TRAILER);
    const number = tools.uint(trailer, 16, 4), length = tools.uint(trailer, 20, 4), runs = tools.uint(trailer, 24, 4);
    const size = length + 16 * runs + TRAILER, count = Math.ceil(size / RAW), start = end - runSize(number, count);
    if (start < 0 || tools.ascii(trailer, TRAILER - 8, 8) !== MAGIC) return null;
    const data = file.view(start, end - start), parts: Bytes[] = [];
    for (let i = 0, at = 0; i < count; i++) {
      if (rawNumber(data, at) !== number + i) return null;
      parts.push(data.subarray(at + headSize(number + i), at + headSize(number + i) + RAW));
      at += frameSize(number + i);
    }
    const body = tools.joined(parts).subarray(count * RAW - size), table = body.subarray(length, length + 16 * runs);
    if (tools.crc32c(body.subarray(0, -12)) !== tools.uint(body, body.length - 12, 4)) return null;
    let written = start;
    if (runs) {
      const [at, first, frames] = [tools.uint(table, 16 * runs - 16, 8), tools.uint(table, 16 * runs - 8, 4), tools.uint(table, 16 * runs - 4, 4)];
      if (first + frames === number) written = at + runSize(first, frames);
    }
    return { at: start, end, written, record: tools.parse(body.subarray(0, length)), data: body.subarray(0, length), next: number + count, config: trailer };
  }

  /** Whether the short frame of an order and a number begins at a place. */
  private isShort(data: Bytes, at: number, number: number, order: number): boolean {
    const head = data.slice(at, at + MOST_HEAD), second = headSize(number) - 2;
    if (head[second] !== (0x43 | (order << 2))) return false;
    head[second] = 0x43; // but for the order it begins as a raw frame
    return rawNumber(head, 0) === number && head[3] === (this.bits === 16 ? 8 : 12);
  }

  group(at: number, number: number, claimed: (data: Bytes) => number): Group | null {
    const { file, tools } = this, first = headSize(number), most = first + tools.GROUP_HEAD;
    if (at + most > file.size) return null;
    const size = claimed(file.view(at, most).subarray(first)), parts: Bytes[] = [];
    if (!size || size % 256 || at + size > file.size) return null;
    const lengths = orders(size), frame = (i: number): number => headSize(number + i) + (RAW >> lengths[i]!) + behind(lengths[i]!);
    const whole = lengths.reduce((sum, _, i) => sum + frame(i), 0);
    if (at + whole > file.size) return null;
    const data = file.view(at, whole);
    for (let i = 0, from = 0; i < lengths.length; from += frame(i++)) {
      if (!this.isShort(data, from, number + i, lengths[i]!)) return null;
      parts.push(data.subarray(from + headSize(number + i), from + headSize(number + i) + (RAW >> lengths[i]!)));
    }
    return { data: tools.joined(parts), size: whole, number: number + lengths.length };
  }

  commit(end?: number): { record: CommitRecord; end: number } {
    if (end === undefined) return this.newest;
    const found = this.ending(end + this.moved);
    return found ? { record: found.record, end } : this.tools.damaged("the record of that commit is damaged; the newest state is whole, but");
  }

  frameSpan(at: number, size: number): Span {
    return [at + this.moved, size];
  }

  /** The first frame behind the beginning of a blob: its header tells where all others stand. */
  private phase(base: number): Phase {
    const held = this.phases.get(base);
    if (held) return held;
    const first = (blob: number): Span => [blob + this.moved, Math.min(RAW + BEHIND + 2 * MOST_HEAD, this.file.size - blob - this.moved)];
    // Of all that parts came of, in one round: whoever wants more of one wants more of the others.
    if (this.copies.has(base)) this.file.need([...this.copies.keys()].filter((each) => !this.phases.has(each)).map(first));
    const [at] = first(base), data = this.file.view(...first(base));
    for (let i = BEHIND; i <= RAW + BEHIND; i++) {
      const number = rawNumber(data, i);
      if (number < 0) continue;
      const made = { at: at + i, number, from: i - BEHIND };
      this.phases.set(base, made);
      return made;
    }
    // A blob that ends with the last frame of its run.
    const made = { at: at + data.length, number: 0, from: data.length };
    this.phases.set(base, made);
    return made;
  }

  /** The pieces of the file that bytes of a blob are. */
  private pieces(base: number, from: number, size: number): [number, number][] {
    const found: [number, number][] = [], phase = this.phase(base), end = from + size;
    if (from < phase.from) found.push([base + this.moved + from, Math.min(end, phase.from) - from]);
    const first = Math.max(0, Math.floor((from - phase.from) / RAW));
    for (let i = first, at = phase.at + runSize(phase.number, first); phase.from + i * RAW < end; i++) {
      const begin = phase.from + i * RAW, low = Math.max(from, begin), high = Math.min(end, begin + RAW);
      if (high > low) found.push([at + headSize(phase.number + i) + low - begin, high - low]);
      at += frameSize(phase.number + i);
    }
    return found;
  }

  span(base: number, from: number, size: number): Span {
    // From the beginning of a blob: with all headers between, whatever their phase.
    if (!from && !this.phases.has(base)) {
      const at = base + this.moved, most = size + (MOST_HEAD + BEHIND) * Math.ceil(size / RAW + 1) + RAW + MOST_HEAD;
      return [at, Math.min(most, this.file.size - at)];
    }
    const pieces = this.pieces(base, from, size), [last, more] = pieces.at(-1)!;
    return [pieces[0]![0], last + more - pieces[0]![0]];
  }

  private copy(base: number, from: number, size: number): Bytes | null {
    for (const [start, data] of this.copies.get(base) ?? [])
      if (from >= start && from + size <= start + data.length) return data.subarray(from - start, from - start + size);
    return null;
  }

  bytes(base: number, from: number, size: number): Bytes {
    return this.copy(base, from, size) ?? this.tools.joined(this.pieces(base, from, size).map((each) => this.file.view(...each)));
  }

  has(base: number, from: number, size: number): boolean {
    return this.copy(base, from, size) !== null;
  }

  put(base: number, from: number, data: Bytes): void {
    this.copies.set(base, [...(this.copies.get(base) ?? []), [from, data]]);
  }

  async picture(): Promise<null> {
    return null;
  }

  async packets(frames: Bytes[], _: number[], isRight: (packet: Bytes) => boolean): Promise<(Bytes | null)[][]> {
    return frames.map((each) => {
      const wave = samples(each, this.bits), packet = wave && packetOf(wave, this.bits);
      return [packet && isRight(packet) ? packet : null];
    });
  }
}

(globalThis as { memcodecSound?: unknown }).memcodecSound = (tools: Tools) => (file: MemoryFile): Media => new Flac(file, tools);
