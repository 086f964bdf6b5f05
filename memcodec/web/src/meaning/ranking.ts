/**
 * Chunks by meaning, and by words and meaning, in the order of the Python library and with its scores. As it does with a file that is far
 * away, it ranks chunks without a vector by their words alone, and holds no nonsense against vectors that are in lists.
 */

import type { Mask } from "../bm25.ts";
import { tools } from "../conditions/tools.ts";
import type { Waits } from "../journal.ts";
import type { Query } from "../query.ts";
import type { Ranked, Searcher } from "../search.ts";
import type { Segment } from "../segment.ts";
import { scrambles } from "./chance.ts";
import { turned } from "./coder.ts";
import { byScore, type Near, Vectors } from "./vectors.ts";

/** How chunks are ranked. */
export type Mode = "hybrid" | "semantic";
/** What makes vectors of texts, of length 1. */
export type Embed = (texts: string[]) => Promise<Float32Array[]>;

const MEANING = 0.5, DEPTH = 200, SCRAMBLES = 24; // what meaning counts; chunks that each side brings; queries without meaning
const NEWEST = 512; // chunks of a journal that are found by meaning

/** What a memory has of vectors: those of stretches of its chunks, numbered as in the lexical collection, and what waits for some. */
interface Held {
  vectors: { base: number; vectors: Vectors }[];
  waiting: { chunk: number; segment: Segment; own: number }[];
  /** How many chunks are found by meaning, and how many there are. */
  covered: number;
  chunks: number;
}

/** A cosine as a score. */
const bounded = (cosine: number): number => Math.min(1, Math.max(0, cosine));

export class Ranking {
  /** What is to be said of the last search; it stands nowhere else. */
  note = "";

  /** `noise`: the cosine that nonsense hardly reaches with any text, by the model so called. */
  constructor(private readonly embed: Embed, private readonly model: string, private readonly noise: number) {}

  /** The best chunks. Raises Refused where there is no meaning to search by. */
  async ranked(searcher: Searcher, query: Query, depth: number, mode: Mode): Promise<Ranked[]> {
    const meaning = query.isPlain ? query.text : query.wanted.map((leaf) => leaf.text).join(" "), deep = mode === "hybrid" ? Math.max(DEPTH, depth) : depth;
    this.note = "";
    // In the round that brings the words' lists come the heads of the vectors.
    const words = await searcher.ranked(query, deep);
    if (query.matching && !meaning.trim()) return words.best;
    const why = await searcher.memory.file.run(() => this.lacking(searcher));
    if (why && mode === "semantic") throw new tools.Refused(why);
    if (why) {
      this.note = `Ranked by words alone: ${why}.`;
      return words.best;
    }
    const { covered, chunks } = this.held(searcher);
    if (covered < chunks) this.note = `Vectors cover ${covered.toLocaleString("en")} of ${tools.count(chunks, "chunk")} so far.`;
    const near = await this.near(searcher, query, meaning, deep, mode, words);
    if (mode === "semantic") return near.map(({ chunk, score }) => ({ chunk, score: bounded(score) }));
    const least = near.at(-1)?.score ?? 0, cosines = new Map(words.best.map((each) => [each.chunk, least]));
    for (const { chunk, score } of near) cosines.set(chunk, score);
    const made = Array.from(cosines, ([chunk, cosine]) => ({ chunk, score: (1 - MEANING) * words.said(chunk) + MEANING * bounded(cosine) }));
    return made.sort(byScore).slice(0, depth);
  }

  /** Why there is nothing to rank by; "" where there is. Reads the heads of the vectors. */
  private lacking(searcher: Searcher): string {
    const { vectors } = this.held(searcher), other = vectors.find((each) => each.vectors.model !== this.model);
    if (!vectors.length) return 'the file has no vectors here; "memcodec index" makes them';
    if (other) return `the file's vectors are by ${tools.shown(other.vectors.model)}, and this page brings ${this.model}: make the page anew with "memcodec page --semantic"`;
    return vectors.every((each) => each.vectors.isReadable) ? "" : tools.damaged("the vectors of the index have another length");
  }

  private readonly kept = new WeakMap<Searcher, Held>();

  private held(searcher: Searcher): Held {
    const known = this.kept.get(searcher);
    if (known) return known;
    const { memory } = searcher, runs = memory.runs().filter((each) => each.lexical), found: Held = { vectors: [], waiting: [], covered: 0, chunks: 0 };
    memory.file.need(runs.flatMap((run) => run.vectors.flatMap(({ place }) => tools.opening(memory.media, ...place))));
    for (const { segments, chunks, vectors } of runs) {
      const base = found.chunks;
      for (const record of vectors) {
        if (record.first + record.chunks > chunks) tools.damaged("there are more vectors than chunks");
        found.vectors.push({ base: base + record.first, vectors: new Vectors(memory.media, record) });
        found.covered += record.chunks;
      }
      found.waiting.push(...newest(segments[0], base));
      found.chunks += chunks;
    }
    found.covered += found.waiting.length;
    this.kept.set(searcher, found);
    return found;
  }

  /** The chunks that are nearest, by their cosines; of those that do not answer a query none. */
  private async near(searcher: Searcher, query: Query, meaning: string, k: number, mode: Mode, words: Awaited<ReturnType<Searcher["ranked"]>>): Promise<Near[]> {
    const mask = await searcher.memory.file.run(() => query.matching?.(searcher, true) ?? searcher.collection.live);
    const found = await this.nearest(searcher, meaning, k, mask);
    if (query.matching || (mode === "semantic" && words.isKnown)) return found;
    const said = (chunk: number): number => (mode === "hybrid" ? words.said(chunk) : 0);
    let least = this.noise;
    if (!words.isKnown && (found[0]?.score ?? -1) >= least) least = Math.max(least, await this.scrambled(searcher, meaning, mask));
    return found.filter((each) => each.score > least || said(each.chunk) > 0);
  }

  private async nearest(searcher: Searcher, meaning: string, k: number, mask: Mask): Promise<Near[]> {
    const [vector] = await this.embed([meaning]), query = turned(vector!), { file } = searcher.memory, { vectors, waiting } = this.held(searcher);
    const found = await file.run(() => {
      file.need(vectors.flatMap((each) => each.vectors.openingSpans()));
      file.need(vectors.flatMap((each) => each.vectors.searchSpans(query, part(each, mask))));
      return vectors.flatMap((each) => each.vectors.search(query, k, part(each, mask)).map(({ chunk, score }) => ({ chunk: each.base + chunk, score })));
    });
    const texts = await this.waitingVectors(searcher, waiting.filter((each) => mask[each.chunk]));
    found.push(...texts.map(({ chunk, vector: own }) => ({ chunk, score: product(own, vector!) })));
    return found.sort(byScore).slice(0, k);
  }

  /** The best cosine that a query's letters reach in another order: what says nothing comes no nearer than that. */
  private async scrambled(searcher: Searcher, meaning: string, mask: Mask): Promise<number> {
    const vectors = await this.embed(await scrambles(meaning, SCRAMBLES)), { file } = searcher.memory, held = this.held(searcher);
    const texts = await this.waitingVectors(searcher, held.waiting.filter((each) => mask[each.chunk]));
    const some = held.vectors.filter((each) => each.vectors.isWhole);
    return file.run(() => {
      file.need(some.flatMap((each) => each.vectors.openingSpans()));
      let near = 0;
      for (const vector of vectors) {
        const query = turned(vector);
        for (const each of some) near = Math.max(near, each.vectors.search(query, 1, part(each, mask))[0]?.score ?? 0);
        for (const each of texts) near = Math.max(near, product(each.vector, vector));
      }
      return near;
    });
  }

  /** Vectors of what stands in the journal, by their texts. */
  private readonly known = new Map<string, Float32Array>();

  private async waitingVectors(searcher: Searcher, chunks: Held["waiting"]): Promise<{ chunk: number; vector: Float32Array }[]> {
    if (!chunks.length) return [];
    const read = await searcher.memory.texts(chunks.map(({ segment, own }) => ({ segment, chunk: own }))), texts = read.map(tools.headed);
    const fresh = [...new Set(texts)].filter((each) => !this.known.has(each)), made = fresh.length ? await this.embed(fresh) : [];
    fresh.forEach((text, i) => this.known.set(text, made[i]!.map(rounded)));
    return chunks.map(({ chunk }, i) => ({ chunk, vector: this.known.get(texts[i]!)! }));
  }
}

/** Of a mask over all chunks what is for those of some vectors. */
const part = ({ base, vectors }: Held["vectors"][number], mask: Mask): Mask => mask.subarray(base, base + vectors.count);

const product = (one: Float32Array, other: Float32Array): number => one.reduce((sum, each, i) => sum + each * other[i]!, 0);

/** A number of 11 significant bits: what is kept of vectors that are made of texts. */
const rounded = (value: number): number => {
  const wide = Math.fround(8193 * value);
  return Math.fround(wide - Math.fround(wide - value));
};

/** Of a journal's chunks those that are found by meaning: texts, the newest first, and then events. */
function newest(segment: Segment | undefined, base: number): Held["waiting"] {
  if (!segment || segment.isMedia) return [];
  const { texts } = segment as Segment & Waits, owners = Array.from(segment.catalogue.chunkDocuments(0));
  const chunks = owners.map((ordinal, own) => ({ chunk: base + own, own, segment, isText: ordinal < texts })).reverse();
  return [...chunks.filter((each) => each.isText), ...chunks.filter((each) => !each.isText)].slice(0, NEWEST);
}
