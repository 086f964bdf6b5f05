/** Index blobs: sections of units behind one head, each unit held against its checksum (FORMAT.md, "Index blobs"). */

import { ascii, type Bytes, crc32c, damaged, kept, last, uint } from "./bytes.ts";
import type { MemoryFile, Span } from "./file.ts";
import { unpack } from "./zstd.ts";

const SMALL = 16384, HEAD = 32768;

interface Section { at: number; size: number; ends: number[]; check: number; sealed: boolean }

/** What carries blobs: bytes of the one that begins at address `base`, from byte `from` of it on. */
export interface Carrier {
  readonly file: MemoryFile;
  /** Where in the file they are. */
  span(base: number, from: number, size: number): Span;
  bytes(base: number, from: number, size: number): Bytes;
  has(base: number, from: number, size: number): boolean;
  /** A copy of them that came some other way. */
  put(base: number, from: number, data: Bytes): void;
}

export class IndexBlob {
  readonly kind: string;
  private readonly sections = new Map<string, Section>();
  private readonly body: number;
  private readonly checks: Bytes;
  private readonly whole: Bytes | null = null;

  constructor(private readonly media: Carrier, private readonly at: number, size: number) {
    let head: Bytes;
    if (size <= SMALL) {
      let data = media.bytes(at, 0, size);
      if (size > 12 && ascii(data, 0, 4) === "MCIZ") {
        if (crc32c(data.subarray(8)) !== uint(data, 4, 4)) damaged("a part of the index fails its checksum");
        data = unpack(data.subarray(8), Math.min(SMALL, 8 * size));
      }
      this.whole = head = data;
      size = data.length;
    } else head = media.bytes(at, 0, 64);
    if (size < 64 || ascii(head, 0, 4) !== "MCIX") this.bad("is missing");
    const version = uint(head, 4, 2), sections = uint(head, 6, 2), units = uint(head, 32, 4);
    if (version !== 2) damaged(`index version ${version}; this page reads 2`);
    this.body = uint(head, 36, 4);
    const table = 64 + 44 * sections;
    if (uint(head, 24, 8) !== size || table + 4 * units > this.body || this.body > Math.min(size, 2 ** 26)) this.bad();
    if (!this.whole) head = media.bytes(at, 0, this.body);
    const sum = crc32c(head.subarray(44, this.body), crc32c(new Uint8Array(4), crc32c(head.subarray(0, 40))));
    if (sum !== uint(head, 40, 4)) this.bad("fails its checksum");
    this.kind = ascii(head, 8, 16);
    this.checks = head.subarray(table, table + 4 * units);
    let lengths = table + 4 * units, check = 0;
    for (let i = 0; i < sections; i++) {
      const entry = 64 + 44 * i, [offset, length] = [uint(head, entry + 16, 8), uint(head, entry + 24, 8)];
      const count = uint(head, entry + 32, 4), unit = uint(head, entry + 36, 4), flags = uint(head, entry + 40, 4);
      const ends: number[] = [];
      if (unit ? count !== Math.ceil(length / unit) : lengths + 4 * count > this.body) this.bad();
      if (offset + length > size - this.body || count > length + 1) this.bad();
      for (let n = 0, end = 0; n < count; n++) {
        end = unit ? Math.min(length, end + unit) : end + uint(head, lengths + 4 * n, 4);
        ends.push(end);
      }
      if (!unit) lengths += 4 * count;
      if ((ends.at(-1) ?? 0) !== length) this.bad();
      const sealed = (flags & 2) > 0;
      this.sections.set(ascii(head, entry, 16), { at: this.body + offset, size: length, ends, check, sealed });
      if (!sealed) check += count;
    }
    if (check !== units) this.bad();
  }

  private bad(why = "does not add up"): never {
    return damaged(`the head of a part of the index ${why}`);
  }

  has(name: string): boolean {
    return this.sections.has(name);
  }

  size(name: string): number {
    return this.section(name).size;
  }

  count(name: string): number {
    return this.section(name).ends.length;
  }

  /** Where each unit of a section ends. */
  ends(name: string): number[] {
    return this.section(name).ends;
  }

  private section(name: string): Section {
    return this.sections.get(name) ?? damaged(`a part of the index has no ${name}`);
  }

  /** What is fetched for units `first` to `end - 1` of a section. */
  spans(name: string, first = 0, end = this.count(name)): Span[] {
    if (this.whole || first >= end) return [];
    const section = this.section(name), start = section.ends[first - 1] ?? 0;
    return [this.media.span(this.at, section.at + start, section.ends[end - 1]! - start)];
  }

  /** One unit, without its seal. */
  readonly unit = (name: string, number: number): Bytes => this.units(name)(number);

  private readonly units = kept((name: string) => {
    const section = this.section(name);
    return kept((number: number): Bytes => {
      if (!(number >= 0 && number < section.ends.length)) damaged(`${name} has no part ${number}`);
      const start = section.ends[number - 1] ?? 0, data = this.raw(section.at + start, section.ends[number]! - start);
      if (!section.sealed) {
        if (crc32c(data) !== uint(this.checks, 4 * (section.check + number), 4)) this.wrong(name);
        return data;
      }
      if (data.length < 4) this.wrong(name);
      const inside = data.subarray(0, -4), head = new Uint8Array(new Uint32Array([number]).buffer);
      if (crc32c(inside, crc32c(head)) !== uint(data, data.length - 4, 4)) this.wrong(name);
      return inside;
    }, 512);
  });

  private wrong(name: string): never {
    return damaged(`a part of the index (${name}) fails its checksum`);
  }

  private raw(at: number, size: number): Bytes {
    return this.whole ? this.whole.subarray(at, at + size) : this.media.bytes(this.at, at, size);
  }

  /** A whole section that is not sealed. */
  all(name: string): Bytes {
    const section = this.section(name), data = this.raw(section.at, section.size);
    section.ends.forEach((end, i) => {
      const unit = data.subarray(section.ends[i - 1] ?? 0, end);
      if (crc32c(unit) !== uint(this.checks, 4 * (section.check + i), 4)) this.wrong(name);
    });
    return data;
  }
}

/** What is fetched before a blob can be opened: a small one as a whole, and nothing where an opening brought the head. */
export const opening = (media: Carrier, at: number, size: number): Span[] =>
  size <= SMALL ? [media.span(at, 0, size)] : media.has(at, 0, 64) ? [] : [media.span(at, 0, Math.min(size, HEAD))];

const WIDTHS = [0, 1, 2, 4, 8];

interface Column { first: number; base: number; width: number; at: number }

/** Rows of integer columns in groups (FORMAT.md, "Rows"). */
export class Rows {
  private readonly group: (number: number) => number[][];

  constructor(
    private readonly blob: IndexBlob,
    private readonly name: string,
    readonly count: number,
    private readonly rising: boolean[],
    private readonly size = 256,
  ) {
    const groups = Math.ceil(count / size);
    if (blob.count(name) !== groups || blob.size(`${name}.first`) !== 8 * groups) damaged(`the table ${name} has other rows`);
    this.group = kept((number) => this.read(number), 1024);
  }

  /** The key of each group's first row. */
  readonly firsts = kept((_: 0): number[] => {
    const data = this.blob.all(`${this.name}.first`), found: number[] = [];
    for (let at = 0; at < data.length; at += 8) found.push(uint(data, at, 8));
    if (found.some((each, i) => i && each < found[i - 1]!)) damaged(`the keys of the table ${this.name} do not rise`);
    return found;
  });

  private read(number: number): number[][] {
    const data = this.blob.unit(this.name, number), rows = Math.min(this.size, this.count - number * this.size);
    let at = 0;
    return this.rising.map((rising) => {
      const column: Column = { first: uint(data, at, 8), base: uint(data, at + 8, 8), width: data[at + 16]!, at: at + 17 };
      if (!WIDTHS.includes(column.width)) damaged(`the table ${this.name} cannot be read`);
      at += 17 + column.width * (rows - 1);
      const values = [column.first];
      for (let i = 1; i < rows; i++) {
        const above = column.base + uint(data, column.at + column.width * (i - 1), column.width);
        values.push(rising ? values[i - 1]! + above : above);
        if (values[i]! > Number.MAX_SAFE_INTEGER) damaged(`the table ${this.name} cannot be read`);
      }
      return values;
    });
  }

  /** The columns of one row. */
  row(number: number): number[] {
    if (!(number >= 0 && number < this.count)) damaged(`the table ${this.name} has no row ${number}`);
    return this.group(Math.floor(number / this.size)).map((column) => column[number % this.size]!);
  }

  /** The last row whose value in a rising column, the key, is not above one; -1: none. */
  find(value: number, key = 0): number {
    const group = last(this.firsts(0), value);
    return group < 0 ? -1 : group * this.size + last(this.group(group)[key]!, value);
  }

  /** A whole column. */
  column(which: number): number[] {
    const found: number[] = [];
    for (let i = 0; i * this.size < this.count; i++) for (const each of this.group(i)[which]!) found.push(each);
    return found;
  }

  /** What is fetched for rows `first` to `end - 1`. */
  spans(first = 0, end = this.count): Span[] {
    if (!this.count) return [];
    const at = (row: number): number => Math.floor(Math.max(0, Math.min(row, this.count - 1)) / this.size);
    return this.blob.spans(this.name, at(first), at(end - 1) + 1);
  }

  /** What is fetched for rows that may have keys from one value to another. */
  near(low: number, high: number): Span[] {
    if (!this.count) return [];
    const firsts = this.firsts(0);
    return this.blob.spans(this.name, Math.max(0, last(firsts, low)), Math.max(0, last(firsts, high)) + 1);
  }
}
