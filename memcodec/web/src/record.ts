/** Commit records, and the state that their entries leave (FORMAT.md, "The commit record"). */

import { type Bytes, damaged, json, Refused } from "./bytes.ts";
import { type Carrier, IndexBlob, opening } from "./blob.ts";
import { unpack } from "./zstd.ts";

const FORMAT = 5, SEALED = 6, OLDEST = 4, MOST = 1 << 26;

export type Place = [at: number, size: number];
export type Run = [first: number, count: number];
export interface SegmentRecord {
  file: string; commit: number; packets: number; parity: number; payload: number; stream: number; text: number;
  documents: number; chunks: number; catalogue: Place; void: Run[];
}
export interface Change { segment: number; ordinals: Run[] }
export interface Entry {
  commit: number; time: string; kind: string; begin: number; added: number; changed: number; removed: number;
  segments: SegmentRecord[]; drop: Change[]; revive: Change[];
}
/** Vectors of some chunks of an index, from a first one on. */
export interface VectorsRecord { first: number; chunks: number; place: Place }
export interface IndexRecord { segments: number; chunks: number; lexical: Place | null; vectors: VectorsRecord[] }
export interface CommitRecord {
  file: string; commit: number; time: string; codec: string; profile: string;
  tables: { entries: number; place: Place }[]; entries: Entry[]; indexes: IndexRecord[]; openings: Place[];
  /** Where its box stood when it was written, if that can be told. */
  written: number;
}

const bad = (): never => damaged("the commit record cannot be read");
const number = (value: unknown): number => (Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : bad());
const string = (value: unknown): string => (typeof value === "string" ? value : bad());
const list = <T>(value: unknown, each: (value: any) => T): T[] => (Array.isArray(value) ? value.map(each) : bad());
const pair = (value: unknown): Place => {
  const found = list(value, number);
  return found.length === 2 ? (found as unknown as Place) : bad();
};
const object = (value: unknown): any => (value && typeof value === "object" && !Array.isArray(value) ? value : bad());

const segment = (row: any): SegmentRecord => {
  object(row);
  const made: SegmentRecord = {
    file: string(row.file), commit: number(row.commit), packets: number(row.packets), parity: number(row.parity),
    payload: number(row.payload), stream: number(row.stream), text: number(row.text),
    documents: number(row.documents), chunks: number(row.chunks), catalogue: pair(row.catalogue),
    void: list(row.void ?? [], pair),
  };
  const claimed = Math.max(made.catalogue[1], Math.min(16384, 8 * made.catalogue[1]));
  const last = made.stream - (made.packets - 1) * made.payload;
  const possible =
    made.payload <= 65528 && last > 0 && last <= made.payload && made.chunks <= Math.min(Math.max(1, made.text), 4 * claimed) &&
    8 * made.documents <= claimed && made.text <= 32768 * (1 + made.stream / 9);
  return possible ? made : damaged(`commit ${made.commit} claims more than the file can hold`);
};
const change = (row: any): Change => ({ segment: number(object(row).segment), ordinals: list(row.ordinals, pair) });
const entry = (row: any): Entry => {
  object(row);
  return {
    commit: number(row.commit), time: string(row.time), kind: string(row.kind), begin: number(row.begin),
    added: number(row.added), changed: number(row.changed), removed: number(row.removed),
    segments: list(row.segments, segment), drop: list(row.drop, change), revive: list(row.revive, change),
  };
};

export function parse(data: Bytes): CommitRecord {
  const row = object(json(data));
  if (row.part) damaged(`this is part ${row.part?.number} of a file that was split; "memcodec join" makes one of them`);
  if (row.format !== FORMAT && row.format !== OLDEST)
    throw new Refused(
      row.format === SEALED ? "the file is sealed, and a page opens no sealed file; the command \"memcodec search\" does, with its key"
      : row.format > FORMAT ? `the file has format ${row.format}, and this page reads ${FORMAT}: make the page anew with "memcodec page"`
      : "the file is from before the first release of memcodec",
    );
  const made: CommitRecord = {
    file: string(row.file), commit: number(row.commit), time: string(row.time), codec: string(row.codec), profile: string(row.profile),
    tables: list(row.tables, (each) => ({ entries: number(object(each).entries), place: pair(each.place) })),
    entries: list(row.entries, entry),
    indexes: list(row.indexes, (each) => ({
      segments: number(object(each).segments), chunks: number(each.chunks),
      lexical: each.lexical === null ? null : pair(each.lexical),
      vectors: list(each.vectors ?? [], (one) => ({ first: number(object(one).first), chunks: number(one.chunks), place: pair(one.place) })),
    })),
    openings: list(row.openings, (each) => pair(object(each).place)),
    written: 0,
  };
  const places = [
    ...made.tables.map((each) => each.place), ...made.openings, ...made.indexes.flatMap((each) => [...(each.lexical ? [each.lexical] : []), ...each.vectors.map((one) => one.place)]),
    ...list(row.pictures ?? [], (each) => pair(object(each).place)),
    ...made.entries.flatMap((each) => each.segments.map((one) => one.catalogue)),
  ];
  made.written = Math.max(made.entries.at(-1)?.begin ?? 0, ...places.map(([at, size]) => at + size));
  return made;
}

/** What each commit did that a record leads to, oldest first. */
export function entries(record: CommitRecord, media: Carrier): Entry[] {
  media.file.need(record.tables.flatMap(({ place }) => opening(media, ...place)));
  const found = record.tables.flatMap((table) => {
    const blob = new IndexBlob(media, ...table.place);
    if (blob.kind !== "history") damaged("a table of commits is none");
    media.file.need(blob.spans("entries"));
    const data = unpack(blob.all("entries"), MOST);
    media.file.spend(8 * data.length);
    const rows = list(json(data), entry);
    return rows.length === table.entries ? rows : damaged("a table of commits is incomplete");
  });
  return [...found, ...record.entries];
}

export interface State {
  segments: SegmentRecord[];
  /** Of segments of which documents are gone, by number: 1 for each that is. */
  dead: Map<number, Uint8Array>;
}

export function replay(all: Entry[]): State {
  const segments: SegmentRecord[] = [], dead = new Map<number, Uint8Array>();
  for (const each of all) {
    segments.push(...each.segments);
    for (const [changes, gone] of [[each.drop, 1], [each.revive, 0]] as const)
      for (const { segment, ordinals } of changes) {
        const count = segments[segment]?.documents ?? damaged("a commit changes a segment that is not there");
        const mask = dead.get(segment) ?? new Uint8Array(count);
        dead.set(segment, mask);
        for (const [first, size] of ordinals) {
          if (first + size > count) damaged("a commit changes documents that are not there");
          mask.fill(gone, first, first + size);
        }
      }
  }
  for (const [segment, mask] of dead) if (!mask.includes(1)) dead.delete(segment);
  return { segments, dead };
}
