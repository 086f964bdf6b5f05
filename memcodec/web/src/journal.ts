/** What stands in a journal, as readers see it: one segment more, in memory. A script of its own, since few files have one. */

import { type Bytes, hex } from "./bytes.ts";
import type { Catalogue, Document } from "./catalogue.ts";
import { chunks as cut } from "./journal/chunks.ts";
import { type Contents, contents } from "./journal/groups.ts";
import { blake2b, sha256 } from "./journal/hashes.ts";
import { shown } from "./journal/terminal.ts";
import { HeldWords } from "./journal/words.ts";
import type { Words } from "./lexical.ts";
import type { Media } from "./media.ts";
import type { Tools } from "./tools.ts";
import type { CommitRecord, Entry, SegmentRecord } from "./record.ts";
import type { Segment } from "./segment.ts";
import type { Analysis } from "./tokens.ts";

/** A journal that was read. */
export interface Waiting {
  /** Its commits, oldest first. */
  commits: Entry[];
  /** The documents of segments that it takes the place of, by the segment's number. */
  drops(segments: Segment[]): Map<number, number[]>;
  /** Its documents as a segment; null if there are none. */
  segment(number: number, firstChunk: number): Segment | null;
  /** The words of that segment. */
  words(analysis: Analysis): Words;
}

/** Of a journal's segment, how many of its documents are texts; these come first, then events. */
export interface Waits { readonly texts: number }

class Journal implements Waiting {
  private readonly data: Bytes;
  private readonly documents: Document[];
  private readonly starts: number[];
  private readonly found: { start: number; end: number; line: number; lastLine: number; text: string }[] = [];
  private readonly owners: number[] = [];

  constructor(private readonly media: Media, private readonly record: CommitRecord, private readonly read: Contents, private readonly tools: Tools) {
    let start = 0;
    this.data = tools.joined([new Uint8Array(), ...read.items.map((each) => each.data)]);
    this.documents = read.items.map(({ row, data }) => {
      start += data.length;
      return tools.described({ ...row, start: start - data.length }, this.data.length);
    });
    this.starts = this.documents.map((each) => each.start);
    this.documents.forEach((document, ordinal) => {
      for (const each of cut(read.items[ordinal]!.data, document.sections.map((section) => section[0]))) {
        const at = document.sections.filter((section) => section[0] <= each.start).at(-1), text = shown(each.text);
        const path = (at?.slice(2) as string[] | undefined ?? []).filter((heading) => !text.includes(heading));
        this.found.push({ ...each, start: document.start + each.start, end: document.start + each.end, text: [...path, text].join("\n") });
        this.owners.push(ordinal);
      }
    });
  }

  get commits(): Entry[] {
    return this.read.commits;
  }

  drops(segments: Segment[]): Map<number, number[]> {
    const found = new Map<number, number[]>(), { drop } = this.read, { file } = this.media;
    if (!drop.size) return found;
    const held = segments.filter((each) => each.record.documents && each.record.catalogue[1]);
    const wanted = new Map([...drop].map(([uri, ids]) => [this.tools.hex(sha256(this.tools.encoded(uri))).slice(0, 16), { uri, ids }]));
    file.need(held.flatMap((each) => each.catalogue.blob.spans("uris")));
    const likely = held.map((segment) => {
      const hashes = this.tools.hex(segment.catalogue.uriHashes()), ordinals: number[] = [];
      for (let i = 0; i < segment.record.documents; i++) if (segment.isLive(i) && wanted.has(hashes.slice(16 * i, 16 * i + 16))) ordinals.push(i);
      return { segment, ordinals };
    });
    file.need(likely.flatMap(({ segment, ordinals }) => segment.catalogue.documentSpans(ordinals)));
    for (const { segment, ordinals } of likely) {
      const gone = ordinals.filter((ordinal) => {
        const { uri, id } = segment.catalogue.document(ordinal);
        return drop.get(uri)?.has(id);
      });
      if (gone.length) found.set(segment.number, gone);
    }
    return found;
  }

  segment(number: number, firstChunk: number): Segment | null {
    const { documents, found, starts, owners, data, media, tools, read } = this, newest = this.commits.at(-1)?.commit ?? 0;
    if (!documents.length) return null;
    const record: SegmentRecord = {
      file: "", commit: Math.max(this.record.commit + 1, newest), packets: 0, parity: 0, payload: 1, stream: 0, text: data.length,
      documents: documents.length, chunks: found.length, catalogue: [0, 0], void: [],
    };
    const catalogue: Partial<Catalogue> = {
      document: (ordinal) => documents[ordinal]!,
      chunk: (chunk) => {
        const { start, end, line, lastLine } = found[chunk]!;
        return [start, end, line, lastLine];
      },
      documentAt: (position) => tools.last(starts, position),
      chunkDocuments: () => Int32Array.from(owners),
      documentSpans: () => [],
      ownerSpans: () => [],
      shortcutSpans: () => [],
      nearSpans: () => ({ rows: [], frames: [] }),
    };
    class Overlay extends tools.Segment implements Waits {
      override readonly isMedia = false;
      readonly texts = read.texts;
      override get catalogue(): Catalogue {
        return catalogue as Catalogue;
      }
      override lacking(): [] {
        return [];
      }
      override async take(): Promise<void> {}
      override text(start: number, end: number): Bytes {
        return data.subarray(start, end);
      }
    }
    return new Overlay(media, record, number, firstChunk, undefined);
  }

  words(analysis: Analysis): Words {
    return new HeldWords(this.found.map((each) => each.text), analysis, this.tools);
  }
}

/** What stands behind the last commit, all of it or up to a commit there. */
export type Reading = (media: Media, record: CommitRecord, until?: number) => Waiting;

/** What tests hold against the library's own. */
const parts = { blake2b, chunks: cut, hex, sha256, shown };
const made = (tools: Tools): Reading => (media, record, until) => new Journal(media, record, contents(media, record.file, tools, until), tools);
(globalThis as { memcodecJournal?: typeof made }).memcodecJournal = Object.assign(made, { parts });
