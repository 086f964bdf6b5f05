/** The groups behind a file's last commit, each proven by the one before, and what they come to (FORMAT.md, "The journal"). */

import type { Bytes } from "../bytes.ts";
import type { MemoryFile } from "../file.ts";
import type { Group, Media } from "../media.ts";
import type { Tools } from "../tools.ts";
import type { Entry } from "../record.ts";
import { blake2b, sha256 } from "./hashes.ts";

const HEAD = 92, TRAILER = 24, MOST_BODY = 2 ** 26, MOST_TEXT = 2 ** 20, MOST_RUN = 1_000_000, MOST_TIME = 253402300800000000;
const PERSON = new Uint8Array(16);
PERSON.set(Array.from("memcodec-mask", (each) => each.charCodeAt(0)));

/** A document on its way: its JSON as in a catalogue, with `start` 0, and its bytes. */
export interface Item { row: any; data: Bytes }
/** What a journal comes to: documents, so many of them texts and then those of events; the ids of those in the file that they replace by uri; each commit in it. */
export interface Contents { items: Item[]; texts: number; drop: Map<string, Set<string>>; commits: Entry[] }

interface Event { scope: string; number: number; body: Bytes }
interface Parsed { texts: { item: Item; drop: string[] }[]; events: Event[]; notes: [number, number, number][]; time: string }

/** The contents of the journal behind the last commit; up to one of its commits, if a number is given. */
export function contents(media: Media, fileId: string, tools: Tools, until?: number): Contents {
  const found: Contents = { items: [], texts: 0, drop: new Map(), commits: [] }, texts = new Map<string, Item>(), events = new Map<string, [Event, string][]>();
  for (const group of groups(media, tools)) {
    for (const { item, drop } of group.texts) {
      for (const id of drop)
        if (!texts.delete(id)) found.drop.set(item.row.uri, (found.drop.get(item.row.uri) ?? new Set()).add(id));
      texts.set(item.row.id, item);
    }
    for (const event of group.events) {
      const own = events.get(event.scope);
      if (own) own.push([event, group.time]);
      else events.set(event.scope, [[event, group.time]]);
    }
    for (const [commit, added, changed] of group.notes)
      found.commits.push({ commit, time: group.time, kind: "add", begin: 0, added, changed, removed: 0, segments: [], drop: [], revive: [] });
    if (until !== undefined && (found.commits.at(-1)?.commit ?? -1) >= until) break;
  }
  found.texts = texts.size;
  found.items = [...texts.values(), ...[...events].flatMap(([scope, own]) => [...ofEvents(scope, own, fileId, tools)])];
  return found;
}

/** How many bytes the group has that some begin with, as they say; 0 where there is none. */
function claimed(data: Bytes, { ascii, GROUP_HEAD, GROUP_TRAILER, MOST_GROUP, uint }: Tools): number {
  if (data.length < 12 || ascii(data, 0, 8) !== "mc-group") return 0;
  const size = uint(data, 8, 4);
  return size >= GROUP_HEAD + GROUP_TRAILER && size <= MOST_GROUP ? size : 0;
}

/** The group in the box of an MP4 file that begins at a byte. */
function boxed(file: MemoryFile, at: number, tools: Tools): Group | null {
  const outer = 24; // bytes of the box before the group
  if (at + outer + HEAD > file.size) return null;
  const head = file.view(at, outer + HEAD), size = claimed(head.subarray(outer), tools), whole = outer + size;
  if (!size || at + whole > file.size || new DataView(head.buffer, head.byteOffset).getUint32(0) !== whole) return null;
  if (tools.ascii(head, 4, 20) !== "uuidmemcodec-journal") return null;
  return { data: file.view(at + outer, size), size: whole, number: 0 };
}

/** Groups in order; one that is not right in all ends them. */
function* groups(media: Media, tools: Tools): Generator<Parsed> {
  const { file, last } = media, { uint } = tools;
  if (last.moved) return;
  let at = last.end, number = last.number, link = blake2b(last.record, 32), following: number | null = null;
  // All of it is fetched at once where that is little: most of what follows a commit is a journal.
  if (at < file.size) file.need([[at, Math.min(file.size - at, 2 ** 20)]]);
  while (at < file.size) {
    let parsed: Parsed;
    try {
      const found = media.group ? media.group(at, number, (head) => claimed(head, tools)) : boxed(file, at, tools);
      if (!found) return;
      const { data } = found, end = data.length - TRAILER, body = uint(data, 48, 4), first = uint(data, 16, 8), count = uint(data, 12, 4);
      if (!["group-mp", "group-fl"].includes(tools.ascii(data, data.length - 8, 8)) || HEAD + TRAILER + body > data.length) return;
      if (uint(data, end + 8, 4) !== data.length || tools.crc32c(data.subarray(0, -12)) !== uint(data, data.length - 12, 4)) return;
      if (uint(data, 24, 8) !== last.end || uint(data, end, 8) !== last.end || data.subarray(60, 92).some((each, i) => each !== link[i])) return;
      if (following !== null && first !== following) return;
      parsed = records(data, first, count, file, tools);
      link = blake2b(tools.joined([data.subarray(0, HEAD), data.subarray(end)]), 32);
      at += found.size;
      number = found.number;
      following = first + count;
    } catch (error) {
      // What no writer wrote, checksums or not; but what has to be fetched first is asked for.
      if (error instanceof tools.Damaged) return;
      throw error;
    }
    yield parsed;
  }
}

function records(data: Bytes, first: number, count: number, file: MemoryFile, tools: Tools): Parsed {
  const { uint, damaged } = tools, bad = (): never => damaged("a group of the journal cannot be read"), when = uint(data, 40, 8);
  const size = uint(data, 48, 4), unpacked = uint(data, 52, 4), key = blake2b(data.subarray(60, 92), 64, PERSON);
  if (Math.max(size, unpacked) > MOST_BODY || when >= MOST_TIME || data[56]! > 1) bad();
  let body = data.slice(HEAD, HEAD + size);
  for (let i = 0; i < size; i++) body[i]! ^= key[i & 63]!;
  file.spend(2 * unpacked);
  if (data[56]) body = tools.unpack(body, unpacked);
  if (body.length !== unpacked) bad();
  const made: Parsed = { texts: [], events: [], notes: [], time: written(when) };
  let at = 0;
  while (at < body.length) {
    const kind = String.fromCharCode(body[at]!), length = uint(body, at + 1, 4), part = body.subarray(at + 5, at + 5 + length);
    if (part.length !== length) bad();
    at += 5 + length;
    if (kind === "e") {
      const end = 1 + (part[0] ?? bad()), scope = tools.ascii(part, 1, end - 1);
      if (end > length || !/^[0-9A-Za-z_-]{1,64}$/.test(scope) || scope.length !== end - 1 || length - end > MOST_TEXT) bad();
      made.events.push({ scope, number: first + made.events.length, body: part.slice(end) });
    } else if (kind === "d") {
      const end = 4 + uint(part, 0, 4), { document: row, drop } = tools.json(part.subarray(4, end)) ?? bad(), text = part.slice(end);
      if (end > length || !row || !Array.isArray(drop) || drop.some((each) => typeof each !== "string")) bad();
      if (row.start !== 0 || row.size !== text.length || "original" in row || text.length > MOST_TEXT || tools.hex(sha256(text)) !== row.sha256) bad();
      tools.text(text);
      tools.described(row, text.length);
      made.texts.push({ item: { row, data: text }, drop });
    } else if (kind === "c") {
      const note = tools.json(part);
      if (!Array.isArray(note) || note.length !== 3 || !note.every((each) => Number.isSafeInteger(each) && each >= 0 && each < 2 ** 32 - 1)) bad();
      made.notes.push(note as [number, number, number]);
    } else bad();
  }
  return made.events.length === count ? made : bad();
}

/** Microseconds since 1970 as the library writes a time. */
function written(microseconds: number): string {
  const whole = new Date(Math.floor(microseconds / 1e6) * 1000).toISOString().slice(0, 19), rest = microseconds % 1e6;
  return `${whole}${rest ? `.${String(rest).padStart(6, "0")}` : ""}Z`;
}

/** The events of a scope as documents of lines. */
function* ofEvents(scope: string, events: [Event, string][], fileId: string, tools: Tools): Generator<Item> {
  let lines: Bytes[] = [], size = 0, first = events[0]![0].number, last = events[0]![1];
  for (const [event, time] of events) {
    const made = line(event, tools);
    if (size && size + made.length > MOST_RUN) {
      yield run(scope, first, tools.joined(lines), last, fileId, tools);
      [lines, size, first] = [[], 0, event.number];
    }
    lines.push(made);
    size += made.length;
    last = time;
  }
  yield run(scope, first, tools.joined(lines), last, fileId, tools);
}

function run(scope: string, first: number, data: Bytes, time: string, fileId: string, tools: Tools): Item {
  const uri = `run/${scope}/${String(first).padStart(12, "0")}.jsonl`, name = tools.encoded(uri), id = Uint8Array.from(fileId.match(/../g) ?? [], (each) => parseInt(each, 16));
  const row = {
    id: tools.hex(sha256(tools.joined([id, name]))).slice(0, 16), uri, title: `Run ${scope}`, time, sha256: tools.hex(sha256(data)),
    start: 0, size: data.length, tags: { run: scope }, type: "jsonl",
  };
  return { row, data };
}

const line = ({ number, body }: Event, tools: Tools): Bytes => {
  const before = `{"n":${number},`;
  if (isLine(body, tools)) return tools.joined([tools.encoded(`${before}"e":`), body, tools.encoded("}\n")]);
  let letters = "";
  for (const each of body) letters += String.fromCharCode(each);
  return tools.encoded(`${before}"b":"${btoa(letters)}"}\n`);
};

/** Whether it is JSON on one line, to which Python counts what is no number. */
function isLine(body: Bytes, tools: Tools): boolean {
  if (body.includes(10) || body.includes(13)) return false;
  try {
    const plain = tools.text(body).replace(/"(?:[^"\\]|\\.)*"|(?<![-\w])NaN\b|(?<!\w)-?Infinity\b/g, (each) => (each.startsWith('"') ? each : "0"));
    JSON.parse(plain);
    return true;
  } catch {
    return false;
  }
}
