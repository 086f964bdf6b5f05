/** BLAKE2b (RFC 7693) and SHA-256 (FIPS 180-4), at once: what a browser has of hashes answers later, and not by plain http. */

import type { Bytes } from "../bytes.ts";

// Of 64-bit words the lower half comes first.
const IV = new Uint32Array([
  0xf3bcc908, 0x6a09e667, 0x84caa73b, 0xbb67ae85, 0xfe94f82b, 0x3c6ef372, 0x5f1d36f1, 0xa54ff53a,
  0xade682d1, 0x510e527f, 0x2b3e6c1f, 0x9b05688c, 0xfb41bd6b, 0x1f83d9ab, 0x137e2179, 0x5be0cd19,
]);
const ORDERS = [
  "0123456789abcdef", "ea489fd61c02b753", "b8c052fdae367194", "7931dcbe265a40f8", "905724afe1bc683d",
  "2c6a0b834d75fe19", "c51fed4a0763928b", "db7ec13950f4862a", "6fe9b308c2d714a5", "a2847615fb9e3cd0",
].map((each) => Array.from(each, (digit) => 2 * parseInt(digit, 16)));
const v = new Uint32Array(32), m = new Uint32Array(32);

function add(a: number, low: number, high: number): void {
  const sum = v[a]! + low;
  v[a] = sum;
  v[a + 1]! += high + (sum > 0xffffffff ? 1 : 0);
}

/** Combine a word with another by exclusive or, and turn it right by some bits. */
function turn(a: number, b: number, bits: number): void {
  const low = v[a]! ^ v[b]!, high = v[a + 1]! ^ v[b + 1]!;
  if (bits === 32) [v[a], v[a + 1]] = [high, low];
  else if (bits === 63) [v[a], v[a + 1]] = [(low << 1) | (high >>> 31), (high << 1) | (low >>> 31)];
  else [v[a], v[a + 1]] = [(low >>> bits) | (high << (32 - bits)), (high >>> bits) | (low << (32 - bits))];
}

function mix(a: number, b: number, c: number, d: number, x: number, y: number): void {
  add(a, v[b]!, v[b + 1]!);
  add(a, m[x]!, m[x + 1]!);
  turn(d, a, 32);
  add(c, v[d]!, v[d + 1]!);
  turn(b, c, 24);
  add(a, v[b]!, v[b + 1]!);
  add(a, m[y]!, m[y + 1]!);
  turn(d, a, 16);
  add(c, v[d]!, v[d + 1]!);
  turn(b, c, 63);
}

/** The first `size` bytes long digest; `person`: 16 bytes that tell one use from another. */
export function blake2b(data: Bytes, size: number, person?: Bytes): Bytes {
  const h = IV.slice(), block = new Uint8Array(128);
  h[0]! ^= 0x01010000 ^ size;
  if (person) new Uint32Array(person.slice().buffer).forEach((word, i) => (h[12 + i]! ^= word));
  for (let at = 0, count = 0; at === 0 || at < data.length; at += 128) {
    const part = data.subarray(at, at + 128), isLast = at + 128 >= data.length;
    count += part.length;
    block.fill(0);
    block.set(part);
    m.set(new Uint32Array(block.buffer));
    v.set(h);
    v.set(IV, 16);
    v[24]! ^= count;
    if (isLast) [v[28], v[29]] = [~v[28]!, ~v[29]!];
    for (let round = 0; round < 12; round++) {
      const s = ORDERS[round % 10]!;
      for (let i = 0; i < 4; i++) mix(2 * i, 8 + 2 * i, 16 + 2 * i, 24 + 2 * i, s[2 * i]!, s[2 * i + 1]!);
      for (let i = 0; i < 4; i++)
        mix(2 * i, 8 + 2 * ((i + 1) & 3), 16 + 2 * ((i + 2) & 3), 24 + 2 * ((i + 3) & 3), s[8 + 2 * i]!, s[9 + 2 * i]!);
    }
    for (let i = 0; i < 16; i++) h[i]! ^= v[i]! ^ v[i + 16]!;
  }
  return new Uint8Array(h.buffer).slice(0, size);
}

const K = new Int32Array(64), BEGIN = new Int32Array(8);
for (let number = 2, count = 0; count < 64; number++) {
  if (Array.from({ length: number - 2 }, (_, i) => i + 2).some((each) => number % each === 0)) continue;
  const bits = (root: number): number => ((root - Math.floor(root)) * 2 ** 32) | 0;
  if (count < 8) BEGIN[count] = bits(Math.sqrt(number));
  K[count++] = bits(Math.cbrt(number));
}

export function sha256(data: Bytes): Bytes {
  const size = (data.length + 72) & ~63, padded = new Uint8Array(size), view = new DataView(padded.buffer), h = BEGIN.slice(), w = new Int32Array(64);
  padded.set(data);
  padded[data.length] = 128;
  view.setUint32(size - 8, Math.floor(data.length / 2 ** 29));
  view.setUint32(size - 4, data.length * 8);
  const right = (value: number, bits: number): number => (value >>> bits) | (value << (32 - bits));
  for (let at = 0; at < size; at += 64) {
    let [a, b, c, d, e, f, g, i] = h as unknown as [number, number, number, number, number, number, number, number];
    for (let n = 0; n < 64; n++) {
      if (n < 16) w[n] = view.getInt32(at + 4 * n);
      else {
        const x = w[n - 15]!, y = w[n - 2]!;
        w[n] = (right(x, 7) ^ right(x, 18) ^ (x >>> 3)) + (right(y, 17) ^ right(y, 19) ^ (y >>> 10)) + w[n - 16]! + w[n - 7]!;
      }
      const one = (i + (right(e, 6) ^ right(e, 11) ^ right(e, 25)) + ((e & f) ^ (~e & g)) + K[n]! + w[n]!) | 0;
      const two = ((right(a, 2) ^ right(a, 13) ^ right(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [i, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
    }
    [a, b, c, d, e, f, g, i].forEach((each, n) => (h[n]! += each));
  }
  const made = new Uint8Array(32), out = new DataView(made.buffer);
  h.forEach((each, n) => out.setInt32(4 * n, each));
  return made;
}
