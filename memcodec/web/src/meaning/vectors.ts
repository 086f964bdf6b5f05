/** The vectors of some chunks of an index: which are nearest to a query (FORMAT.md, "Vectors"). */

import type { Carrier, IndexBlob } from "../blob.ts";
import type { Mask } from "../bm25.ts";
import type { Bytes } from "../bytes.ts";
import { tools } from "../conditions/tools.ts";
import type { Span } from "../file.ts";
import type { VectorsRecord } from "../record.ts";
import { Coder, DIMENSIONS, type Rows } from "./coder.ts";

const MOST_META = 4096, HELD = 96 << 20, ID = 4, CENTROID_BITS = 2; // bytes of lists that stay unpacked; of a chunk's number
const BITS: Record<string, number> = { trellis8: 8, trellis4: 4, trellis2: 2, trellis1: 1 };

/** A chunk, and how near it is. */
export interface Near { chunk: number; score: number }
interface List extends Rows { chunks: number[] }

/** The order of a ranking: best first, equal ones as they stand in the file. */
export const byScore = (one: Near, other: Near): number => other.score - one.score || one.chunk - other.chunk;

const whole = (value: unknown, least: number): number =>
  Number.isSafeInteger(value) && (value as number) >= least ? (value as number) : tools.damaged("the vectors of the index cannot be read");

export class Vectors {
  readonly model: string;
  readonly count: number;
  /** The first of these chunks in its index. */
  readonly first: number;
  private readonly blob: IndexBlob;
  private readonly coder: Coder;
  private readonly isFlat: boolean;
  private readonly scan: number = 0;
  /** Of each list how many vectors it has. */
  private readonly sizes: number[] = [];
  private all: Rows | null = null;
  private held = new Map<number, List>();
  private cost = 0;

  constructor(private readonly media: Carrier, record: VectorsRecord) {
    const blob = (this.blob = new tools.IndexBlob(media, ...record.place));
    if (blob.kind !== "vectors" || blob.size("meta") > MOST_META) tools.damaged("the vectors of the index are none");
    const meta = tools.json(blob.all("meta")), bits = BITS[meta?.quantizer];
    this.model = String(meta?.model);
    [this.first, this.count] = [record.first, record.chunks];
    if (!bits || !["flat", "ivf"].includes(meta.layout))
      throw new tools.Refused('the file has vectors that this page cannot read: make the page anew with "memcodec page"');
    if (whole(meta.count, 0) !== record.chunks) tools.damaged("the vectors and the commit record do not agree");
    this.isFlat = meta.layout === "flat";
    this.coder = new Coder(whole(meta.dimensions, 1), bits);
    const { width } = this.coder, entry = ID + width;
    if (this.isFlat) {
      if (blob.size("codes") !== this.count * width) tools.damaged("the vectors of the index do not add up");
      return;
    }
    const lists = whole(meta.nlist, 1);
    this.scan = whole(meta.scan, 1);
    this.sizes = blob.count("lists") === lists ? blob.ends("lists").map((end, i, ends) => (end - (ends[i - 1] ?? 0)) / entry) : [];
    if (!this.sizes.length || this.sizes.some((each) => !Number.isInteger(each)) || blob.size("lists") !== this.count * entry || this.scan > this.count)
      tools.damaged("the lists of vectors do not add up");
    if (blob.size("centroids") !== lists * this.centres.width) tools.damaged("the lists of vectors do not add up");
  }

  /** Whether a query's vector can be held against these. */
  get isReadable(): boolean {
    return this.coder.dimensions === DIMENSIONS;
  }

  /** Whether all are looked at. */
  get isWhole(): boolean {
    return this.isFlat;
  }

  private get centres(): Coder {
    return new Coder(this.coder.dimensions, CENTROID_BITS);
  }

  /** What is read before anything else is known. */
  openingSpans(): Span[] {
    return this.blob.spans(this.isFlat ? "codes" : "centroids");
  }

  /** What a search reads first. */
  searchSpans(query: Float64Array, mask: Mask): Span[] {
    if (this.isFlat) return [];
    return this.spansOf(this.nearest(query, this.limit(mask)));
  }

  private spansOf(lists: number[]): Span[] {
    return lists.filter((each) => !this.held.has(each)).flatMap((each) => this.blob.spans("lists", each, each + 1));
  }

  /** The chunks with the largest inner products, of those that a mask of all of them has; the best first. */
  search(query: Float64Array, k: number, mask: Mask): Near[] {
    const admitted = mask.reduce((sum, each) => sum + each, 0), most = Math.min(k, admitted);
    if (most < 1) return [];
    if (this.isFlat) {
      this.all ??= this.read(this.blob.all("codes"));
      return best(this.coder.products(this.all, query), null, most, mask);
    }
    const seen = new Set<number>();
    let found: Near[] = [];
    for (let limit = this.limit(mask); ; limit *= 2) {
      const fresh = this.nearest(query, limit).filter((each) => !seen.has(each));
      this.media.file.need(this.spansOf(fresh));
      for (const number of fresh) {
        const list = this.list(number);
        seen.add(number);
        found.push(...best(this.coder.products(list, query), list.chunks, most, mask));
      }
      found = found.sort(byScore).slice(0, most);
      if (limit >= this.count || found.length === most) return found;
    }
  }

  /** The fewer may be found, the more are looked at. */
  private limit(mask: Mask): number {
    return Math.ceil((this.scan * this.count) / Math.max(1, mask.reduce((sum, each) => sum + each, 0)));
  }

  /** The lists whose centroids are nearest: up to so many vectors, one list at least. */
  private nearest(query: Float64Array, limit: number): number[] {
    const lists = this.sizes.length, most = Math.min(lists, 2 * Math.ceil((limit * lists) / this.count));
    const near = this.centres.cosines(this.ranked(0), query), order = Array.from(near, (_, i) => i).sort((one, other) => near[other]! - near[one]! || one - other);
    let sum = 0;
    const within = order.slice(0, most).findIndex((each) => (sum += this.sizes[each]!) > limit);
    return order.slice(0, within < 0 ? most : Math.max(1, within));
  }

  private readonly ranked = tools.kept((_: 0): Rows => this.read(this.blob.all("centroids"), this.centres));

  private read(data: Bytes, coder = this.coder): Rows {
    this.media.file.spend((data.length / coder.width) * coder.dimensions);
    return coder.read(data);
  }

  private list(number: number): List {
    const found = this.held.get(number);
    if (found) return found;
    const size = this.sizes[number]!, data = this.blob.unit("lists", number), chunks = Array.from({ length: size }, (_, i) => tools.uint(data, ID * i, ID));
    if (chunks.some((each) => each >= this.count)) tools.damaged("a list of vectors names a chunk that is not there");
    const made = { ...this.coder.read(data.subarray(ID * size)), chunks }, bytes = made.levels.length + 16 * size;
    if (this.cost + bytes > HELD) [this.held, this.cost] = [new Map(), 0];
    this.held.set(number, made);
    this.cost += bytes;
    return made;
  }
}

/** The best of some rows, by the chunks that they are of: by default their numbers. */
function best(scores: Float64Array, chunks: number[] | null, k: number, mask: Mask): Near[] {
  const found: Near[] = [];
  scores.forEach((score, row) => {
    const chunk = chunks ? chunks[row]! : row;
    if (mask[chunk]) found.push({ chunk, score });
  });
  return found.sort(byScore).slice(0, k);
}
