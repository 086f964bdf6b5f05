/** A lexical index in memory, of what a journal holds: what is in a file's own, and all of it here. */

import type { Entry, Words } from "../lexical.ts";
import type { Tools } from "../tools.ts";
import type { Postings } from "../postings.ts";
import type { Analysis } from "../tokens.ts";

interface Held extends Postings { places: number[][] }

export class HeldWords implements Words {
  readonly hasPositions = true;
  readonly chunks: number;
  private readonly terms: string[];
  private readonly rows: Map<string, number>;
  private readonly lists: Held[];
  private readonly lengths: Uint8Array;

  constructor(texts: string[], readonly analysis: Analysis, private readonly tools: Tools) {
    const analyzer = new tools.Analyzer(analysis), lists = new Map<string, Held>();
    this.chunks = texts.length;
    this.lengths = new Uint8Array(texts.length);
    texts.forEach((text, chunk) => {
      const terms = analyzer.indexed(text);
      this.lengths[chunk] = tools.last(tools.LENGTHS, terms.length);
      terms.forEach((term, place) => {
        const list = lists.get(term) ?? { chunks: [], counts: [], places: [] };
        lists.set(term, list);
        if (list.chunks.at(-1) !== chunk) {
          list.chunks.push(chunk);
          list.counts.push(0);
          list.places.push([]);
        }
        list.counts[list.counts.length - 1]!++;
        list.places.at(-1)!.push(place);
      });
    });
    this.terms = [...lists.keys()].sort(tools.compare);
    this.rows = new Map(this.terms.map((term, row) => [term, row]));
    this.lists = this.terms.map((term) => lists.get(term)!);
  }

  readonly spans = (): [] => [];
  readonly lengthSpans = this.spans;
  readonly termSpans = this.spans;
  readonly positionSpans = this.spans;
  readonly prefixSpans = this.spans;
  readonly codes = (): Uint8Array => this.lengths;
  readonly atLeast = (): number => 0;
  readonly prefixBlocks = (): [number, number] => [0, 1];

  private entry(row: number): Entry {
    return { block: 0, row, df: this.lists[row]!.chunks.length };
  }

  lookup(term: string): Entry | null {
    const row = this.rows.get(term);
    return row === undefined ? null : this.entry(row);
  }

  read({ row }: Entry): Postings {
    return this.lists[row]!;
  }

  withPrefix(prefix: string): [string, Entry][] {
    return this.terms.flatMap((term, row): [string, Entry][] => (term.startsWith(prefix) ? [[term, this.entry(row)]] : []));
  }

  readonly places = (term: string): Map<number, number[]> => {
    const list = this.lists[this.rows.get(term) ?? -1];
    return new Map(list?.chunks.map((chunk, i) => [chunk, list.places[i]!]));
  };

  adjacent(terms: string[], chunks: number[]): Postings {
    return this.tools.adjacent(this, terms, chunks);
  }
}
