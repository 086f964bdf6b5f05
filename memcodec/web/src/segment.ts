/** One segment: from a span of its text to blocks, to packets, to frames. */

import { ascii, type Bytes, crc32c, damaged, joined, kept, uint } from "./bytes.ts";
import { BLOCK, Catalogue, type Document } from "./catalogue.ts";
import type { Span } from "./file.ts";
import type { Media } from "./media.ts";
import type { SegmentRecord } from "./record.ts";
import { type Dictionary, dictionary, unpack } from "./zstd.ts";

const KEPT = 2 ** 26, MOST = 512; // bytes of packets that stay here, of all segments, and blocks of each

/** Where a chunk lies: its document, its span of the commit's text, and its lines. */
export interface ChunkPlace { segment: Segment; ordinal: number; document: Document; start: number; end: number; line: number; lastLine: number }

/** What of a frame is to be read: its number and place, and the packets. */
interface Wanted { number: number; span: Span; first: number; count: number }

export class Segment {
  private readonly payloads = new Map<number, Map<number, Bytes>>(); // by frame

  /** Whether it stands in frames: what a journal holds does not. */
  readonly isMedia: boolean = true;

  constructor(readonly media: Media, readonly record: SegmentRecord, readonly number: number, readonly firstChunk: number, public dead: Uint8Array | undefined) {}

  private readonly opened = kept((_: 0) => new Catalogue(this.media, this.record));

  get catalogue(): Catalogue {
    return this.opened(0);
  }

  isLive(ordinal: number): boolean {
    return !this.dead?.[ordinal];
  }

  place(chunk: number): ChunkPlace {
    const [start, end, line, lastLine] = this.catalogue.chunk(chunk), ordinal = this.catalogue.documentAt(start);
    const document = ordinal < 0 ? damaged(`chunk ${chunk} belongs to no document`) : this.catalogue.document(ordinal);
    if (start < document.start || end > document.start + document.size) damaged(`chunk ${chunk} belongs to no document`);
    return { segment: this, ordinal, document, start, end, line, lastLine };
  }

  private isVoid(packet: number): boolean {
    return this.record.void.some(([first, count]) => packet >= first && packet < first + count);
  }

  /** The frames of spans of the text that are not here, and of the dictionary if it is not. */
  lacking(spans: [number, number][]): Wanted[] {
    const found = new Map<number, Wanted>(), { payload } = this.record;
    const streams = spans.flatMap(([start, end]) =>
      this.blocks(start, end).filter((number) => !this.read.has(number)).map((number) => this.catalogue.block(number)),
    );
    if (this.needsDictionary()) streams.push([0, this.catalogue.dictionary]);
    this.needed.clear();
    for (const [start, end] of streams)
      for (let packet = Math.floor(start / payload); packet * payload < end; packet++) {
        if (this.isVoid(packet)) continue;
        const frame = this.catalogue.frame(packet);
        this.needed.add(frame.number);
        if (!this.payloads.has(frame.number)) found.set(frame.number, { ...frame, span: this.media.frameSpan(...frame.span) });
      }
    return [...found.values()];
  }

  /** The frames of what was asked for last: they stay until that is read. */
  private readonly needed = new Set<number>();
  private readDictionary: Dictionary | null = null;

  private needsDictionary(): boolean {
    return this.catalogue.dictionary > 0 && !this.readDictionary && !this.catalogue.blob.has("dictionary");
  }

  private blocks(start: number, end: number): number[] {
    const first = Math.floor(start / BLOCK);
    return end > start ? Array.from({ length: Math.ceil(end / BLOCK) - first }, (_, i) => first + i) : [];
  }

  /** Whether what a frame carries is here. */
  holds(frame: number): boolean {
    return this.payloads.has(frame);
  }

  private drop(frame: number): void {
    for (const packet of this.payloads.get(frame)?.values() ?? []) this.media.file.keeping -= packet.length;
    this.payloads.delete(frame);
  }

  /** Take in frames whose bytes are here. */
  async take(wanted: Wanted[], samples: Bytes[]): Promise<void> {
    const read = await this.media.packets(samples, wanted.map((each) => each.count), isPacket);
    read.forEach((packets, i) => {
      const held = new Map<number, Bytes>(), { number, first, count } = wanted[i]!;
      for (const packet of packets) {
        const sequence = packet && this.sequence(packet);
        // A packet of its own: one that is a part of what came with it would keep all of that.
        if (packet && sequence !== null && sequence >= first && sequence < first + count) held.set(sequence, packet.slice(24));
      }
      this.drop(number);
      this.payloads.set(number, held);
      for (const packet of held.values()) this.media.file.keeping += packet.length;
    });
    for (const number of [...this.payloads.keys()]) if (this.media.file.keeping > KEPT && !this.needed.has(number)) this.drop(number);
  }

  /** The number of a packet of this segment's stream; null for another's. */
  private sequence(packet: Bytes): number | null {
    const { file, commit, packets, payload, stream } = this.record, sequence = uint(packet, 12, 4);
    let id = "";
    for (let i = 4; i < 8; i++) id += packet[i]!.toString(16).padStart(2, "0");
    const size = sequence < packets - 1 ? payload : stream - (packets - 1) * payload;
    const isMine = packet[3] === 0 && id === file && uint(packet, 8, 4) === commit && sequence < packets && packet.length === 24 + size;
    return isMine ? sequence : null;
  }

  private stream(start: number, end: number): Bytes {
    const { payload, commit } = this.record, first = Math.floor(start / payload), parts: Bytes[] = [];
    for (let packet = first; packet * payload < end; packet++) {
      if (this.isVoid(packet)) parts.push(new Uint8Array(payload));
      else parts.push(this.payloads.get(this.catalogue.frame(packet).number)?.get(packet) ?? damaged(`packet ${packet} of commit ${commit} cannot be read from its frame`));
    }
    return joined(parts).subarray(start - first * payload, end - first * payload);
  }

  private shared(): Dictionary | undefined {
    const { dictionary: size, blob } = this.catalogue;
    if (!size) return undefined;
    if (this.readDictionary) return this.readDictionary;
    const record = blob.has("dictionary") ? blob.unit("dictionary", 0) : this.stream(0, size);
    if (ascii(record, 0, 1) !== "D" || uint(record, 1, 3) !== record.length - 4) damaged(`the dictionary of commit ${this.record.commit} is none`);
    return (this.readDictionary = dictionary(unpack(record.subarray(4), 253952)));
  }

  private readonly read = new Map<number, Bytes>();

  private readonly block = (number: number): Bytes => {
    const held = this.read.get(number);
    if (held) return held;
    const [start, end] = this.catalogue.block(number), made = unpack(this.stream(start, end), BLOCK, this.shared());
    if (made.length !== Math.min(BLOCK, this.record.text - number * BLOCK)) damaged(`block ${number} of commit ${this.record.commit} has another length`);
    if (this.read.size > MOST) this.read.clear();
    this.read.set(number, made);
    return made;
  };

  /** A span of the text, whose frames are here. */
  text(start: number, end: number): Bytes {
    const blocks = this.blocks(start, end);
    if (!blocks.length) return new Uint8Array();
    const from = start - blocks[0]! * BLOCK;
    return joined(blocks.map(this.block)).subarray(from, from + end - start);
  }
}

/** A packet is right or lost. */
export const isPacket = (data: Bytes): boolean =>
  data.length > 24 && data[0] === 0x6d && data[1] === 0x63 && data[2] === 1 && (data[3] !== 0 || data.length === 24 + uint(data, 18, 2)) &&
  crc32c(data.subarray(24), crc32c(data.subarray(0, 20))) === uint(data, 20, 4);
