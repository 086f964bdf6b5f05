/** Bytes of a file that anybody may have made: whoever reads beyond an end gets a Damaged. */

/** The file is damaged, or is none of the kind. */
export class Damaged extends Error {}
/** What the visitor typed, or asked for, cannot be. */
export class Refused extends Error {}
/** The file was replaced while it was read. */
export class Changed extends Error {}

export type Bytes = Uint8Array<ArrayBuffer>;

export const damaged = (why: string): never => {
  throw new Damaged(`${why}; the command "memcodec repair" brings back what it can`);
};

export const differ = (what: string): never => damaged(`${what} do not agree`);

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export const text = (data: Bytes): string => {
  try {
    return utf8.decode(data);
  } catch {
    return damaged("a text is not UTF-8");
  }
};

export const encoded = (string: string): Bytes => new TextEncoder().encode(string) as Bytes;

export const json = (data: Bytes): any => {
  try {
    return JSON.parse(text(data));
  } catch {
    return damaged("a table is no JSON");
  }
};

export const uint = (data: Bytes, at: number, size: number): number => {
  if (at < 0 || at + size > data.length) damaged("a number lies outside its table");
  let value = 0;
  for (let i = size - 1; i >= 0; i--) value = value * 256 + data[at + i]!;
  if (value > Number.MAX_SAFE_INTEGER) damaged("a number is impossible");
  return value;
};

export const ascii = (data: Bytes, at: number, size: number): string => {
  let found = "";
  for (let i = at; i < at + size && data[i]; i++) found += String.fromCharCode(data[i]!);
  return found;
};

export const joined = (parts: Bytes[]): Bytes => {
  if (parts.length === 1) return parts[0]!;
  const made = new Uint8Array(parts.reduce((sum, each) => sum + each.length, 0));
  let at = 0;
  for (const each of parts) {
    made.set(each, at);
    at += each.length;
  }
  return made;
};

export const hex = (data: Bytes): string => Array.from(data, (each) => each.toString(16).padStart(2, "0")).join("");

/** LEB128 varints, all of them. */
export const varints = (data: Bytes): number[] => {
  const found: number[] = [];
  for (let at = 0; at < data.length; ) {
    let value = 0, scale = 1, byte;
    do {
      if (at >= data.length || scale > 2 ** 49) damaged("a varint is none");
      byte = data[at++]!;
      value += (byte & 127) * scale;
      scale *= 128;
    } while (byte & 128);
    found.push(value);
  }
  return found;
};

const CRC = new Uint32Array(256 * 4);
for (let i = 0; i < 256; i++) {
  let value = i;
  for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0x82f63b78 : 0);
  CRC[i] = value;
}
for (let i = 256; i < 1024; i++) CRC[i] = (CRC[i - 256]! >>> 8) ^ CRC[CRC[i - 256]! & 255]!;

/** CRC32C (RFC 3720, section 12.1); go on from an earlier one. */
export const crc32c = (data: Bytes, before = 0): number => {
  let crc = ~before, at = 0;
  for (; at + 4 <= data.length; at += 4) {
    crc ^= data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24);
    crc =
      CRC[768 + (crc & 255)]! ^ CRC[512 + ((crc >>> 8) & 255)]! ^ CRC[256 + ((crc >>> 16) & 255)]! ^ CRC[crc >>> 24]!;
  }
  for (; at < data.length; at++) crc = (crc >>> 8) ^ CRC[(crc ^ data[at]!) & 255]!;
  return ~crc >>> 0;
};

/** The first place in a rising list whose value is greater than one, less one; -1 before the first. */
export const last = (rising: ArrayLike<number>, value: number): number => {
  let low = 0, high = rising.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rising[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};

/** Something made once for each key. */
export const kept = <K, V>(make: (key: K) => V, most = 4096): ((key: K) => V) => {
  const held = new Map<K, V>();
  return (key) => {
    let found = held.get(key);
    if (found === undefined) {
      found = make(key);
      if (held.size >= most) held.clear();
      held.set(key, found);
    }
    return found;
  };
};
