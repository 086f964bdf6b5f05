/**
 * A file of which parts are here. Code that reads it is written as if all were: what it lacks it throws as a `Need`,
 * which `run` fetches, and then the code runs again. Whoever knows what will be read says so first, for one round.
 */

import { type Bytes, Changed, damaged, last, Refused } from "./bytes.ts";

/** Where bytes are: offset and length. */
export type Span = readonly [at: number, size: number];

const outside = (): never => damaged("a part lies outside the file");

class Need {
  constructor(readonly spans: Span[]) {}
}

/** What brings bytes of a file that is elsewhere. */
export interface Place {
  size(): Promise<number>;
  read(at: number, size: number): Promise<Bytes>;
}

const GAP = 1024; // bytes between two spans that are fetched with them: a request of their own costs as much
const ROUNDS = 200; // more than any file of ours takes

export class MemoryFile {
  private starts: number[] = [];
  private parts: Bytes[] = [];
  private left: number;
  /** What was asked of the place: rounds, requests, bytes. */
  readonly told = { rounds: 0, requests: 0, bytes: 0 };
  /** Bytes of packets that stay here. */
  keeping = 0;

  constructor(readonly place: Place, readonly size: number) {
    this.left = 2 ** 27 + 128 * size;
  }

  /** Bytes that must be there. */
  view(at: number, size: number): Bytes {
    if (!(at >= 0 && size >= 0 && at + size <= this.size)) outside();
    if (!size) return new Uint8Array();
    const found = this.held(at, size);
    if (!found) throw new Need([[at, size]]);
    return found;
  }

  /** Have all of these, in one round. */
  need(spans: readonly Span[]): void {
    const lacking = this.lacking(spans);
    if (lacking.length) throw new Need(lacking);
  }

  /** Those that are not here. */
  lacking(spans: readonly Span[]): Span[] {
    return spans.filter(([at, size]) => size > 0 && !this.held(at, size));
  }

  /** Count what is unpacked: files are untrusted, and a few bytes may stand for many. */
  spend(bytes: number): void {
    this.left -= bytes;
    if (this.left < 0) damaged("the file unpacks to more than one of its size can hold");
  }

  /** Do work that reads; it may be begun several times. */
  async run<T>(work: () => T): Promise<T> {
    for (let round = 0; round < ROUNDS; round++) {
      try {
        return work();
      } catch (error) {
        if (!(error instanceof Need)) throw error;
        await this.bring(error.spans);
      }
    }
    return damaged("the file leads nowhere");
  }

  /** Fetch spans; they stay here. */
  async bring(spans: Span[]): Promise<void> {
    const lacking = this.lacking(spans);
    const found = await this.fetch(lacking);
    found.forEach((data, i) => this.put(lacking[i]![0], data));
  }

  /** Fetch spans, neighbours together; they do not stay. */
  async fetch(spans: readonly Span[]): Promise<Bytes[]> {
    if (!spans.length) return [];
    for (const [at, size] of spans) if (!(at >= 0 && at + size <= this.size)) outside();
    const runs: [number, number][] = [];
    for (const [at, size] of [...spans].sort((one, other) => one[0] - other[0])) {
      const run = runs.at(-1);
      if (run && at <= run[1] + GAP) run[1] = Math.max(run[1], at + size);
      else runs.push([at, at + size]);
    }
    this.told.rounds++;
    this.told.requests += runs.length;
    const read = await Promise.all(runs.map(([start, end]) => this.place.read(start, end - start)));
    read.forEach((data, i) => {
      this.told.bytes += data.length;
      if (data.length !== runs[i]![1] - runs[i]![0]) damaged("the server sent fewer bytes than it was asked for");
    });
    return spans.map(([at, size]) => {
      const i = last(runs.map((run) => run[0]), at), from = at - runs[i]![0];
      return read[i]!.subarray(from, from + size);
    });
  }

  /** Bytes of the file that came some other way. */
  put(at: number, data: Bytes): void {
    if (at < 0 || at + data.length > this.size || this.held(at, data.length)) return;
    let first = last(this.starts, at), end = first + 1;
    if (first < 0 || this.starts[first]! + this.parts[first]!.length < at) first++;
    while (end < this.starts.length && this.starts[end]! <= at + data.length) end++;
    const old = this.parts.slice(first, end), start = Math.min(at, this.starts[first] ?? at);
    let made = data;
    if (old.length) {
      const stop = Math.max(at + data.length, this.starts[end - 1]! + this.parts[end - 1]!.length);
      made = new Uint8Array(stop - start);
      old.forEach((part, i) => made.set(part, this.starts[first + i]! - start));
      made.set(data, at - start);
    }
    this.starts.splice(first, old.length, old.length ? start : at);
    this.parts.splice(first, old.length, made);
  }

  private held(at: number, size: number): Bytes | undefined {
    const i = last(this.starts, at), from = at - (this.starts[i] ?? 0);
    return i >= 0 && from + size <= this.parts[i]!.length ? this.parts[i]!.subarray(from, from + size) : undefined;
  }
}

/** A file on a web server that answers byte ranges. */
export class WebPlace implements Place {
  private total = -1;
  private tag: string | null = null;

  /**
   * `expected`: its size when the page was made, or 0: what comes with the first answer is right in any case. `end`: how
   * many of its last bytes open it then, or 0.
   */
  constructor(readonly url: string, private expected = 0, private readonly end = 0) {}

  async size(): Promise<number> {
    // Never HEAD: some hosts answer it with the length of what they would compress.
    if (this.total < 0) await this.ask(0, 1);
    return this.total;
  }

  /** The file's last bytes, or all of a small one, in one round if its size was known. */
  async tail(size: number, small: number): Promise<{ at: number; data: Bytes } | null> {
    if (this.expected <= 0) return null;
    const at = this.expected <= small ? 0 : Math.max(0, this.expected - (this.end || size)), data = await this.ask(at, this.expected - at).catch((error) => {
      if (error instanceof Changed) return null;
      throw error;
    });
    this.expected = 0;
    return data && { at, data };
  }

  read(at: number, size: number): Promise<Bytes> {
    return this.ask(at, size);
  }

  private async ask(at: number, size: number): Promise<Bytes> {
    const stop = new AbortController();
    let answer: Response;
    try {
      answer = await fetch(this.url, {
        // Chromium sends ranges of one address one after another while it caches them: they are kept here instead.
        cache: "no-store",
        headers: { Range: `bytes=${at}-${at + size - 1}` },
        signal: stop.signal,
      });
    } catch {
      throw new Refused("the file cannot be fetched: the server does not answer, or does not let this page read it (CORS)");
    }
    const refuse = (why: string): never => {
      stop.abort();
      throw new Refused(why);
    };
    const changed = (why: string): never => {
      stop.abort();
      throw new Changed(why);
    };
    if (answer.status === 416) changed("the file is shorter than it was");
    if (answer.status === 200)
      refuse("the server ignores byte ranges and would send the whole file: put it on a host that answers Range");
    if (answer.status !== 206) refuse(`the server answers ${answer.status} where the file should be`);
    const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(answer.headers.get("Content-Range") ?? "");
    if (!range)
      refuse("the server does not show Content-Range to this page: it must send Access-Control-Expose-Headers: Content-Range, ETag");
    const total = Number(range![3]), tag = answer.headers.get("ETag");
    if (this.total < 0) [this.total, this.tag] = [total, tag];
    if (total !== this.total || (tag && this.tag && tag !== this.tag)) changed("the file was replaced while it was read");
    if (Number(range![1]) !== at) refuse("the server sends another range than it was asked for");
    try {
      return new Uint8Array(await answer.arrayBuffer());
    } catch {
      throw new Refused("the connection broke while the file was read");
    }
  }
}

/** A file that the visitor picked, or that the page carries. */
export class LocalPlace implements Place {
  constructor(private blob: Blob) {}

  async size(): Promise<number> {
    return this.blob.size;
  }

  async read(at: number, size: number): Promise<Bytes> {
    return new Uint8Array(await this.blob.slice(at, at + size).arrayBuffer());
  }
}

