/** What stands around packets and blobs in an MP4 file (FORMAT.md, "The MP4 file"). */

import { ascii, type Bytes, crc32c, damaged, uint } from "./bytes.ts";
import type { Carrier } from "./blob.ts";
import type { Correct } from "./correction.ts";
import type { MemoryFile, Span } from "./file.ts";
import { height, type Layout, type Luma, read as readSymbol, width } from "./qr.ts";
import { type CommitRecord, parse } from "./record.ts";
import { script } from "./script.ts";
import { Frames } from "./video.ts";

/** Bytes of the file's end that are read first. */
export const TAIL = 32768;
const WINDOW = 1 << 20, WINDOWS = 16, MAX_CUT = 1 << 20;
const TRAILER = 53, HEAD = 24;

/** What holds a memory: how its commits end, and how its packets are read. */
export interface Media extends Carrier {
  readonly codec: string;
  readonly profile: string;
  /** The newest commit, as whoever reads on behind it must know it. */
  readonly last: Last;
  /**
   * The group of a journal that begins at a byte of the file; null where none does. `number`: what the container counts. `claimed`: how
   * many bytes the group has, by its first ones. MP4 has a box around it.
   */
  group?(at: number, number: number, claimed: (data: Bytes) => number): Group | null;
  /** The record of the commit that ends where another begins; that of the newest without. */
  commit(end?: number): { record: CommitRecord; end: number };
  /** Where a frame stands, by what the catalogue says. */
  frameSpan(at: number, size: number): Span;
  /** The packets of frames whose bytes are here, each as a list by slot. `counts`: how many each has. */
  packets(samples: Bytes[], counts: number[], isRight: (packet: Bytes) => boolean): Promise<(Bytes | null)[][]>;
  /** What is to be seen of a frame; null for sound. */
  picture(sample: Bytes): Promise<Luma | null>;
}

export const MAGIC = "memcodc1";

/** Where the newest commit ends in the file, its record's bytes, the container's count, and bytes that another program put before it. */
export interface Last { end: number; record: Bytes; number: number; moved: number }
/** A group of a journal, the bytes of the file that it takes, and what the container counts behind it. */
export interface Group { data: Bytes; size: number; number: number }

export const GROUP_HEAD = 92, GROUP_TRAILER = 24;
export const MOST_GROUP = 2 ** 27 + GROUP_HEAD + GROUP_TRAILER;
/** Where the last commit ends of a file that ends in a group of a journal, by the group's trailer; 0 if that says nothing. */
export function journalStart(file: MemoryFile, trailer: Bytes): number {
  if (trailer.length < GROUP_TRAILER || trailer[6] || trailer[7]) return 0;
  const start = uint(trailer, 0, 8), from = Math.max(0, start - TAIL), held = Math.max(from, file.size - TAIL);
  if (start > file.size || file.size - start > MOST_GROUP) return 0;
  // The journal with the commit before it, in one round.
  if (file.lacking([[Math.max(0, start - 64), file.size - Math.max(0, start - 64)]]).length) file.need([[from, held - from], [held, file.size - held]]);
  return start;
}

export class Mp4 implements Media {
  readonly codec: string;
  readonly profile: string;
  readonly last: Last;
  private readonly layout: Layout;
  private readonly moved: number;
  private readonly newest: { record: CommitRecord; end: number };
  private readonly frames: Frames;

  /** Raises Damaged for a file that holds no commit. `commit` finds the last one before a place. */
  constructor(readonly file: MemoryFile) {
    const { at, record, config } = this.find();
    this.codec = ascii(config, 0, 8);
    this.profile = config[8] ? "robust" : "dense";
    const [columns, rows, pixels] = [config[10]!, config[11]!, config[12]!];
    this.layout = { level: String.fromCharCode(config[9]!), columns, rows, pixels };
    if (!"LMQH".includes(this.layout.level) || !columns || !rows || !pixels || Math.max(columns, rows, pixels) > 16) damaged("the layout of the frames is impossible");
    const moved = at - record.written;
    this.moved = moved >= -MAX_CUT && moved <= at ? moved : 0;
    this.newest = { record, end: this.ends - this.moved };
    const body = at + HEAD;
    this.last = { end: this.ends, record: file.view(body, this.ends - TRAILER - body), number: 0, moved: this.moved };
    this.frames = new Frames(this.codec, (sample) => Math.min(2 ** 25, 2048 * sample.length));
  }

  private ends = 0;

  private find(): { at: number; record: CommitRecord; config: Bytes } {
    const { size } = this.file, held = Math.min(GROUP_TRAILER, size), trailer = this.file.view(size - held, held);
    // At the very end, or before the journal that stands there: that is all that is read of a file that is whole.
    const start = ascii(trailer, held - 8, 8) === "group-mp" ? journalStart(this.file, trailer) : size, before = start ? this.ending(start) : null;
    if (before) {
      this.ends = start;
      return before;
    }
    for (let end = this.file.size, window = 0; end > TRAILER && window < WINDOWS; window++) {
      const size = window ? WINDOW : TAIL, start = Math.max(0, end - size), data = this.file.view(start, end - start);
      for (let at = data.length - 8; at >= 0; at--) {
        if (data[at] !== 0x6d || ascii(data, at, 8) !== MAGIC) continue;
        const found = this.ending(start + at + 8);
        if (found) {
          this.ends = start + at + 8;
          return found;
        }
      }
      end = start ? start + 7 : 0;
    }
    return damaged("there is no whole commit in the file; if it held one");
  }

  /** The commit whose box ends at a byte; null where none does. */
  private ending(end: number): { at: number; record: CommitRecord; config: Bytes } | null {
    if (end < TRAILER + HEAD || end > this.file.size) return null;
    const trailer = this.file.view(end - TRAILER, TRAILER);
    if (ascii(trailer, TRAILER - 8, 8) !== MAGIC) return null;
    const size = uint(trailer, 33, 8), at = end - TRAILER - size - HEAD;
    if (at < 0) return null;
    const box = this.file.view(at, end - at), body = box.subarray(HEAD);
    if (ascii(box, 4, 4) !== "uuid" || ascii(box, 8, 16) !== "memcodec-commit") return null;
    if (crc32c(body.subarray(0, -12)) !== uint(trailer, 41, 4)) return null;
    return { at, record: parse(body.subarray(0, size)), config: trailer };
  }

  commit(end?: number): { record: CommitRecord; end: number } {
    if (end === undefined) return this.newest;
    const found = this.ending(end + this.moved);
    return found ? { record: found.record, end } : damaged("the record of that commit is damaged; the newest state is whole, but");
  }

  span(base: number, from: number, size: number): Span {
    return [base + from + this.moved, size];
  }

  bytes(base: number, from: number, size: number): Bytes {
    return this.file.view(base + from + this.moved, size);
  }

  has(base: number, from: number, size: number): boolean {
    return !this.file.lacking([this.span(base, from, size)]).length;
  }

  put(base: number, from: number, data: Bytes): void {
    this.file.put(base + from + this.moved, data);
  }

  frameSpan(at: number, size: number): Span {
    return [at + this.moved, size];
  }

  async picture(sample: Bytes): Promise<Luma | null> {
    return (await this.frames.decode([sample]))[0]!;
  }

  async packets(samples: Bytes[], counts: number[], isRight: (packet: Bytes) => boolean): Promise<(Bytes | null)[][]> {
    const { layout } = this, planes = await this.frames.decode(samples), slots = layout.columns * layout.rows;
    return Promise.all(planes.map(async (luma, i) => {
      // A decoder may round sides to even ones; what is drawn is never larger than the frame.
      if (!luma || luma.width < width(layout) || luma.height < height(layout)) return [];
      const found = Array.from({ length: slots }, (_, slot) => readSymbol(luma, layout, slot, isRight, null));
      if (found.filter(Boolean).length >= counts[i]!) return found;
      const correct = await script<Correct>("correction");
      return found.map((packet, slot) => packet ?? readSymbol(luma, layout, slot, isRight, correct));
    }));
  }
}
