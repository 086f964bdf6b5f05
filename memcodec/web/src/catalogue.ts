/** The catalogue of a segment: its documents, chunks, blocks and frames (FORMAT.md, "Catalogue"). */

import { type Bytes, damaged, differ, json, kept, last, varints } from "./bytes.ts";
import { type Carrier, IndexBlob, Rows } from "./blob.ts";
import type { Span } from "./file.ts";
import type { SegmentRecord } from "./record.ts";
import { unpack } from "./zstd.ts";

export const BLOCK = 32768;
const GROUP = 16, MOST = 256;

export interface Document {
  id: string; uri: string; title: string; time: string; sha256: string; start: number; size: number;
  tags: Record<string, string>; type: string; author: string; language: string; extracted: boolean;
  sections: [number, string, ...string[]][]; original: [number, string] | null;
}

/** What a chunk is found by: its blocks, its documents, its frames, and where these lie. */
interface Near { blocks: [number, number]; documents: [number, number]; frames: [number, number]; spans: Span[] }

/** A document of a text of so many bytes, as the JSON of a catalogue or a journal tells of it. */
export function described(row: any, text: number): Document {
  const [original = null] = [row?.original];
  const strings = ["id", "uri", "title", "time", "sha256"].every((name) => typeof row?.[name] === "string");
  const numbers = ["start", "size"].every((name) => Number.isSafeInteger(row?.[name]) && row[name] >= 0);
  if (!strings || !numbers || !/^[0-9a-f]{16}$/.test(row.id)) damaged("the description of a document cannot be read");
  const end = row.start + row.size + (Array.isArray(original) ? Number(original[0]) : 0);
  if (!(end <= text)) damaged("a document exceeds the text");
  const strings_ = (value: unknown): string => (typeof value === "string" ? value : "");
  const tags = Object.entries(row.tags ?? {}).filter(([, value]) => typeof value === "string") as [string, string][];
  return {
    id: row.id, uri: row.uri, title: row.title, time: row.time, sha256: row.sha256, start: row.start, size: row.size,
    tags: Object.assign(Object.create(null), Object.fromEntries(tags)), type: strings_(row.type), author: strings_(row.author),
    language: strings_(row.language), extracted: row.extracted === true,
    sections: (Array.isArray(row.sections) ? row.sections : []).filter(
      (each: any) => Array.isArray(each) && Number.isSafeInteger(each[0]) && each.slice(1).every((one: any) => typeof one === "string"),
    ),
    original: Array.isArray(original) ? [Number(original[0]), String(original[1])] : null,
  };
}

export class Catalogue {
  readonly chunkRows: Rows;
  readonly blockRows: Rows;
  readonly frameRows: Rows;
  readonly startRows: Rows;
  readonly dictionary: number;
  readonly begin: number;

  constructor(private readonly media: Carrier, private readonly record: SegmentRecord) {
    const blob = (this.blob = new IndexBlob(media, ...record.catalogue));
    if (blob.kind !== "catalogue") damaged("a catalogue is none");
    const meta = json(blob.all("meta")) ?? {};
    const numbers = ["documents", "chunks", "blocks", "frames", "dictionary", "begin"].map((name) => meta[name]);
    if (!numbers.every((each) => Number.isSafeInteger(each) && each >= 0)) damaged("a catalogue cannot be read");
    const [documents, chunks, blocks, frames, dictionary, begin] = numbers as [number, number, number, number, number, number];
    this.dictionary = dictionary;
    this.begin = begin;
    if (
      documents !== record.documents || chunks !== record.chunks || dictionary > record.stream ||
      blocks !== Math.ceil(record.text / BLOCK) || frames > record.packets + record.parity ||
      blob.count("documents") !== Math.ceil(documents / GROUP)
    )
      differ("a catalogue and the commit record");
    this.chunkRows = new Rows(blob, "chunks", chunks, [true, false, false, false]);
    this.blockRows = new Rows(blob, "blocks", blocks, [true, false], 64);
    this.frameRows = new Rows(blob, "frames", frames, [true, false, true, false], 128);
    this.startRows = new Rows(blob, "starts", documents, [true]);
  }

  readonly blob: IndexBlob;

  private readonly group = kept((number: number): any[] => {
    const data = unpack(this.blob.unit("documents", number), 2 ** 28);
    this.media.file.spend(8 * data.length);
    const rows = json(data);
    const count = Math.min(GROUP, this.record.documents - number * GROUP);
    return Array.isArray(rows) && rows.length === count ? rows : damaged("a table of documents is incomplete");
  }, 256);

  document(ordinal: number): Document {
    return described(this.group(Math.floor(ordinal / GROUP))[ordinal % GROUP], this.record.text);
  }

  /** The first eight bytes of the SHA-256 of each document's uri. */
  uriHashes(): Bytes {
    return this.blob.all("uris");
  }
  /** A chunk's start and end in the text, its first line and its last. */
  chunk(number: number): [number, number, number, number] {
    const [start, size, line, more] = this.chunkRows.row(number) as [number, number, number, number];
    if (size > 2 ** 23 || start + size > this.record.text) damaged(`chunk ${number} is none`);
    return [start, start + size, line, line + more];
  }

  documentAt(position: number): number {
    return this.startRows.find(position);
  }

  /** The ordinal of each chunk's document. */
  readonly chunkDocuments = kept((_: 0): Int32Array => {
    const starts = this.startRows.column(0), chunks = this.chunkRows.column(0), found = new Int32Array(chunks.length);
    for (let i = 0, at = -1; i < chunks.length; i++) {
      while (at + 1 < starts.length && starts[at + 1]! <= chunks[i]!) at++;
      found[i] = at;
    }
    return found;
  });

  /** Where in the stream a block's frame begins and ends. */
  block(number: number): [number, number] {
    const [start, size] = this.blockRows.row(number) as [number, number];
    return size > 2 * BLOCK ? damaged(`block ${number} is none`) : [start, start + size];
  }

  /** The frame that carries a packet: its number, its place in the file, its first packet, and how many it has. */
  frame(packet: number): { number: number; span: Span; first: number; count: number } {
    const number = this.frameRows.find(packet, 2), all = this.record.packets + this.record.parity;
    if (number < 0 || packet >= all) damaged(`no frame has packet ${packet}`);
    const [at, size, first] = this.frameRows.row(number) as [number, number, number];
    const next = number + 1 < this.frameRows.count ? this.frameRows.row(number + 1)[2]! : all;
    return { number, span: [at, size], first, count: next - first };
  }

  // What will be read, for one round

  /** The descriptions of some documents, or of all. */
  documentSpans(ordinals?: number[]): Span[] {
    if (!ordinals) return this.blob.spans("documents");
    return [...new Set(ordinals.map((each) => Math.floor(each / GROUP)))].flatMap((group) => this.blob.spans("documents", group, group + 1));
  }

  /** The tables that tell whose each chunk is. */
  ownerSpans(): Span[] {
    return [...this.chunkRows.spans(), ...this.startRows.spans()];
  }

  /** The tables of chunks, whose groups tell where all else is; or all that is known of it by the shortcut. */
  nearSpans(chunks: number[]): { rows: Span[]; frames: { number: number; span: Span }[] } {
    const short = this.shortcut(0), found = { rows: [] as Span[], frames: [] as { number: number; span: Span }[] };
    for (const chunk of chunks) {
      const near = short?.near(chunk);
      if (!near) {
        found.rows.push(...this.chunkRows.spans(chunk, chunk + 1));
        const [low, high] = this.bounds(chunk);
        const blocks = [Math.floor(low / BLOCK), Math.min(Math.floor(high / BLOCK), this.blockRows.count - 1)] as const;
        found.rows.push(...this.blockRows.spans(blocks[0], blocks[1] + 1), ...this.startRows.near(low, high));
        if (this.frameRows.count <= MOST) found.rows.push(...this.frameRows.spans());
        if (this.record.documents <= MOST) found.rows.push(...this.documentSpans());
        continue;
      }
      found.rows.push(
        ...this.chunkRows.spans(chunk, chunk + 1), ...this.blockRows.spans(near.blocks[0], near.blocks[1] + 1),
        ...this.frameRows.spans(near.frames[0], near.frames[1] + 1),
        ...this.startRows.near(near.blocks[0] * BLOCK, (near.blocks[1] + 1) * BLOCK),
        ...this.blob.spans("documents", Math.floor(near.documents[0] / GROUP), Math.floor(Math.max(near.documents[0], near.documents[1] - 1) / GROUP) + 1),
      );
      found.frames.push(...near.spans.map((span, i) => ({ number: near.frames[0] + i, span })));
    }
    if (this.blob.has("dictionary")) found.rows.push(...this.blob.spans("dictionary"));
    return found;
  }

  /** The group of a chunk's row tells where in the text it is, roughly. */
  private bounds(chunk: number): [number, number] {
    const firsts = this.chunkRows.firsts(0), group = Math.floor(chunk / 256);
    return [firsts[group] ?? 0, Math.max(0, (firsts[group + 1] ?? this.record.text) - 1)];
  }

  shortcutSpans(): Span[] {
    return this.blob.has("shortcut") ? this.blob.spans("shortcut") : [];
  }

  private readonly shortcut = kept((_: 0): Shortcut | null => {
    if (!this.blob.has("shortcut")) return null;
    const { chunks, documents } = this.record, [blocks, frames] = [this.blockRows.count, this.frameRows.count];
    const data = unpack(this.blob.unit("shortcut", 0), 9 * (4 * blocks + frames + 3));
    this.media.file.spend(16 * data.length);
    return Shortcut.of(varints(data), blocks, frames, chunks, documents);
  });
}

/** From a chunk's number to where its text is. It tells nothing that the tables do not. */
class Shortcut {
  private constructor(
    private begun: number[], private ended: number[], private documents: number[], private frames: number[], private places: number[],
  ) {}

  static of(numbers: number[], blocks: number, frames: number, chunks: number, documents: number): Shortcut | null {
    const sums = (from: number, count: number, more = 0): number[] => {
      let sum = 0;
      return numbers.slice(from, from + count + more).map((each) => (sum += each));
    };
    if (numbers.length < 4 * blocks + 4 || numbers.length > 4 * blocks + 3 + frames) return null;
    const begun = sums(0, blocks), starts = sums(2 * blocks, blocks), at = sums(3 * blocks, blocks, 1);
    if (begun.at(-1) !== chunks || starts.at(-1) !== documents) return null;
    const ended = begun.map((each, i) => each - numbers[blocks + i]!), [place, least] = numbers.slice(4 * blocks + 1) as [number, number];
    const places = [place];
    for (const gap of numbers.slice(4 * blocks + 3)) places.push(places.at(-1)! + least + gap);
    return new Shortcut(begun, ended, starts, at, places);
  }

  near(chunk: number): Near | null {
    const first = last(this.begun, chunk) + 1, end = last(this.ended, chunk) + 1;
    if (first > end || end >= this.begun.length) return null;
    const low = this.frames[first]!, high = Math.min(this.frames[end + 1]!, low + MOST, this.places.length - 2), spans: Span[] = [];
    for (let i = low; i <= high; i++) spans.push([this.places[i]!, this.places[i + 1]! - this.places[i]!]);
    const before = this.documents[first - 1] ?? 0, started = this.begun[first - 1] ?? 0;
    const documents = this.documents[first]! - before, chunks = this.begun[first]! - started, order = chunk - started + 1;
    const from = Math.max(0, before - 1 + Math.max(0, documents - (chunks - order)));
    return { blocks: [first, end], documents: [from, Math.min(from + MOST, before + Math.min(order, documents))], frames: [low, high + 1], spans };
  }
}

