/** A memory file, opened: its commits, its documents, its texts. */

import { type Bytes, damaged, Damaged, differ, kept, Refused, text, uint } from "./bytes.ts";
import { IndexBlob, opening } from "./blob.ts";
import type { Document } from "./catalogue.ts";
import { MemoryFile, type Place, type Span, WebPlace } from "./file.ts";
import type { Reading, Waiting } from "./journal.ts";
import { Lexical, type Words } from "./lexical.ts";
import { type Media, Mp4, TAIL } from "./media.ts";
import { type CommitRecord, type Entry, entries, replay, type VectorsRecord } from "./record.ts";
import { script } from "./script.ts";
import { type ChunkPlace, Segment } from "./segment.ts";
import type { Views } from "./views.ts";
import { unpack } from "./zstd.ts";

const LEAST = 64; // bytes that tell what a file is and how it ends
const SMALL = 1 << 17; // a file up to this size is fetched whole

/** Search indexes over consecutive segments. */
interface Run { segments: Segment[]; chunks: number; lexical: Words | null; vectors: VectorsRecord[] }
export interface Found { segment: Segment; ordinal: number; document: Document }
export interface ChunkText { place: ChunkPlace; text: string }

export class Memory {
  private constructor(
    readonly media: Media, readonly record: CommitRecord,
    /** The commits up to the one that is read, and all there are; the oldest first. */
    readonly entries: Entry[], readonly newest: Entry[],
    readonly segments: Segment[], readonly runs: () => Run[],
  ) {}

  get file(): MemoryFile {
    return this.media.file;
  }

  /** The newest state; or that after a commit. */
  static async open(place: Place, asOf?: number): Promise<Memory> {
    const first = place instanceof WebPlace ? await place.tail(TAIL, SMALL) : null, file = new MemoryFile(place, await place.size());
    if (first) {
      file.put(first.at, first.data);
      file.told.rounds++;
      file.told.requests++;
      file.told.bytes += first.data.length;
    }
    return Memory.of(file, asOf);
  }

  static async of(file: MemoryFile, asOf?: number): Promise<Memory> {
    // What is here already, of a file that is as it was when the page was made, is all that opens it.
    const tail = Math.max(0, file.size - TAIL), isHere = !file.lacking([[Math.max(0, file.size - LEAST), Math.min(LEAST, file.size)]]).length;
    if (file.size <= SMALL) await file.bring([[0, isHere && !file.lacking([[tail, file.size - tail]]).length ? tail : file.size]]);
    else if (!isHere) await file.bring([[tail, file.size - tail]]);
    const of = (await file.run(() => isSound(file))) ? await script<Sound>("sound") : (held: MemoryFile): Media => new Mp4(held);
    const media = await file.run(() => of(file)), { record } = media.commit();
    const all = await file.run(() => {
      bringAlong(media, record);
      return entries(record, media);
    });
    const read = media.last.end < file.size ? await script<Reading>("journal") : null, waiting = await file.run(() => read?.(media, record) ?? null);
    const newest = [...all, ...(waiting?.commits ?? [])], until = newest.find((each) => each.commit === asOf);
    if (asOf !== undefined && !until) throw new Refused(`there is no commit ${asOf}`);
    return file.run(() => {
      if (asOf === undefined) return Memory.made(media, record, newest, newest, waiting);
      const i = all.indexOf(until!);
      if (i < 0) return Memory.made(media, record, newest.slice(0, newest.indexOf(until!) + 1), newest, read!(media, record, asOf));
      if (i === all.length - 1) return Memory.made(media, record, all, newest, null);
      const old = media.commit(all[i + 1]!.begin).record;
      if (old.commit !== asOf) damaged(`the record of commit ${asOf} is damaged; the newest state is whole, but`);
      bringAlong(media, old);
      return Memory.made(media, old, entries(old, media), newest, null);
    });
  }

  private static made(media: Media, record: CommitRecord, all: Entry[], newest: Entry[], waiting: Waiting | null): Memory {
    const state = replay(all);
    let chunks = 0, at = 0;
    const segments = state.segments.map((each, i) => {
      chunks += each.chunks;
      return new Segment(media, each, i, chunks - each.chunks, state.dead.get(i));
    });
    if (chunks > 4 * media.file.size + 65536) damaged("the commits claim more chunks than the file can hold");
    const parts = record.indexes.map((each) => {
      const own = segments.slice(at, (at += each.segments));
      if (own.length !== each.segments || own.reduce((sum, one) => sum + one.record.chunks, 0) !== each.chunks)
        differ("commit record and segments");
      return { ...each, own };
    });
    if (at !== segments.length) damaged("the commit record has no index for some segments");
    const overlay = waiting?.segment(segments.length, chunks) ?? null;
    if (waiting) {
      media.file.need(catalogues(media, segments));
      for (const [number, ordinals] of waiting.drops(segments)) {
        const dead = segments[number]!.dead?.slice() ?? new Uint8Array(segments[number]!.record.documents);
        for (const each of ordinals) dead[each] = 1;
        segments[number]!.dead = dead;
      }
    }
    const runs = kept((_: 0) => {
      // With what tells which chunks are gone.
      media.file.need([...parts.flatMap((each) => (each.lexical ? opening(media, ...each.lexical) : [])), ...catalogues(media, segments.filter((each) => each.dead))]);
      const found: Run[] = parts.map((each) => ({
        ...each, segments: each.own, lexical: each.lexical && new Lexical(media, each.lexical, each.chunks),
      }));
      // What stands in the journal is in the language of the index before it; a file without one stays without.
      const before = found.findLast((each) => each.lexical)?.lexical, isPlain = !found.some((each) => each.chunks);
      const analysis = before?.analysis ?? (isPlain ? { language: "english", stemmer: "3.1" } : null);
      if (overlay) found.push({ segments: [overlay], chunks: overlay.record.chunks, lexical: analysis && waiting!.words(analysis), vectors: [] });
      return found;
    });
    return new Memory(media, record, all, newest, overlay ? [...segments, overlay] : segments, () => runs(0));
  }

  /** The number of the commit that is read, and its time. */
  get commit(): number {
    return this.entries.at(-1)?.commit ?? this.record.commit;
  }
  get time(): string {
    return this.entries.at(-1)?.time ?? this.record.time;
  }

  /** Have the heads of some segments' catalogues. */
  needCatalogues(segments: Segment[]): void {
    this.file.need(catalogues(this.media, segments));
  }

  /** The documents in the state, oldest first. */
  async documents(): Promise<Found[]> {
    return (await script<Views>("views")).documents(this);
  }

  /** All bytes of a document, a part at a time, and whether they are what was stored. */
  async content(found: Found, told?: (share: number) => void): Promise<{ data: Bytes; isIntact: boolean }> {
    return (await script<Views>("views")).content(this, found, told);
  }

  /** Where chunks lie, with their texts: in one round where a shortcut leads to them. */
  texts(chunks: { segment: Segment; chunk: number }[]): Promise<ChunkText[]> {
    return this.alone(() => this.textsNow(chunks));
  }

  private turn: Promise<unknown> = Promise.resolve();

  /** One after the other: frames that are here are nobody else's. */
  private alone<T>(work: () => Promise<T>): Promise<T> {
    const made = this.turn.then(work);
    this.turn = made.catch(() => {});
    return made;
  }

  private async textsNow(chunks: { segment: Segment; chunk: number }[]): Promise<ChunkText[]> {
    const near = await this.file.run(() => {
      this.needCatalogues(chunks.map((each) => each.segment));
      const found = [...group(chunks)].map(([segment, own]) => ({ segment, ...segment.catalogue.nearSpans(own) }));
      return { rows: found.flatMap((each) => each.rows), frames: found.flatMap(({ segment, frames }) => frames.filter((each) => !segment.holds(each.number)).map((each) => segment.media.frameSpan(...each.span))) };
    });
    // What the shortcut leads to comes along with the rows that it must agree with. Where other boxes follow a frame, it counts them.
    const wanted = near.frames.filter(([at], i) => !this.frames.has(at) && near.frames.findIndex((each) => each[0] === at) === i);
    await this.bringWith(near.rows, wanted);
    const places = await this.file.run(() => chunks.map(({ segment, chunk }) => segment.place(chunk)));
    const texts = await this.spansNow(places);
    return places.map((place, i) => ({ place, text: text(texts[i]!) }));
  }

  /** Frames whose bytes are here and not read yet, by their place. */
  private readonly frames = new Map<number, Bytes>();

  private async bringWith(rows: Span[], frames: Span[]): Promise<void> {
    const lacking = this.file.lacking(rows), found = await this.file.fetch([...lacking, ...frames]);
    found.forEach((data, i) => {
      if (i < lacking.length) this.file.put(lacking[i]![0], data);
      else this.frames.set(frames[i - lacking.length]![0], data);
    });
  }

  /** Spans of segments' texts. */
  spans(wanted: { segment: Segment; start: number; end: number }[]): Promise<Bytes[]> {
    return this.alone(() => this.spansNow(wanted));
  }

  private async spansNow(wanted: { segment: Segment; start: number; end: number }[]): Promise<Bytes[]> {
    const bySegment = new Map<Segment, [number, number][]>();
    for (const { segment, start, end } of wanted) bySegment.set(segment, [...(bySegment.get(segment) ?? []), [start, end]]);
    const lacking = await this.file.run(() => [...bySegment].map(([segment, spans]) => ({ segment, frames: segment.lacking(spans) })));
    const absent = lacking.flatMap((each) => each.frames.map((frame) => frame.span)).filter(([at, size]) => (this.frames.get(at)?.length ?? 0) < size);
    await this.bringWith([], absent);
    for (const { segment, frames } of lacking) await segment.take(frames, frames.map(({ span }) => this.frames.get(span[0])!.subarray(0, span[1])));
    this.frames.clear();
    return this.file.run(() => wanted.map(({ segment, start, end }) => segment.text(start, end)));
  }
}

const catalogues = (media: Media, segments: Segment[]): Span[] =>
  segments.flatMap(({ isMedia, record }) => (isMedia ? opening(media, ...record.catalogue) : []));

function group(chunks: { segment: Segment; chunk: number }[]): Map<Segment, number[]> {
  const found = new Map<Segment, number[]>();
  for (const { segment, chunk } of chunks) found.set(segment, [...(found.get(segment) ?? []), chunk]);
  return found;
}

const isSound = (file: MemoryFile): boolean => {
  const end = file.view(Math.max(0, file.size - 10), Math.min(10, file.size));
  if (text_(end, 0) === "memcodf1") return true;
  if (["memcodc1", "group-mp"].includes(text_(end, 2))) return false;
  const last = file.view(Math.max(0, file.size - 40), Math.min(40, file.size));
  if (String.fromCharCode(...last).includes("group-fl")) return true;
  return text_(file.view(0, Math.min(8, file.size)), 0).startsWith("fLaC");
};
const text_ = (data: Bytes, at: number): string => String.fromCharCode(...data.subarray(at, at + 8));
/** What reads sound is a script of its own, as is what reads journals. */
type Sound = (file: MemoryFile) => Media;

/** Have the tables of commits and the openings of a record; these are copies, and what of them is wrong is left out. */
function bringAlong(media: Media, record: CommitRecord): void {
  const places = record.openings.filter(([, size]) => size <= 2 ** 24);
  media.file.need([...places.map(([at, size]) => media.span(at, 0, size)), ...record.tables.flatMap(({ place }) => opening(media, ...place))]);
  for (const place of places) {
    try {
      const blob = new IndexBlob(media, ...place), data = unpack(blob.all("parts"), 2 ** 24), count = uint(data, 0, 4);
      media.file.spend(data.length);
      let at = 4 + 28 * count;
      for (let i = 0; i < count; i++) {
        const part = 4 + 28 * i, size = uint(data, part + 24, 4);
        if (at + size > data.length) break;
        media.put(uint(data, part, 8), uint(data, part + 16, 8), data.slice(at, at + size));
        at += size;
      }
    } catch (error) {
      if (!(error instanceof Damaged)) throw error;
    }
  }
}
