/** A dense block's samples to its packet: DFT, levels, SHAKE-128 (FORMAT.md, "Dense"). */

const N = 4096, LEVELS = [1, 2, 4, 8, 12, 16, 20];

/** The discrete Fourier transform of N numbers, in place. */
function transform(re: Float64Array, im: Float64Array): void {
  for (let i = 1, j = 0; i < N; i++) {
    let bit = N >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [re[i], re[j]] = [re[j]!, re[i]!];
      [im[i], im[j]] = [im[j]!, im[i]!];
    }
  }
  for (let size = 2; size <= N; size *= 2) {
    const half = size / 2, step = N / size;
    for (let start = 0; start < N; start += size)
      for (let k = 0; k < half; k++) {
        const a = start + k, b = a + half, c = COS[k * step]!, s = SIN[k * step]!;
        const x = re[b]! * c + im[b]! * s, y = im[b]! * c - re[b]! * s;
        re[b] = re[a]! - x;
        im[b] = im[a]! - y;
        re[a]! += x;
        im[a]! += y;
      }
  }
}
const COS = Float64Array.from({ length: N / 2 }, (_, k) => Math.cos((2 * Math.PI * k) / N));
const SIN = Float64Array.from({ length: N / 2 }, (_, k) => Math.sin((2 * Math.PI * k) / N));

/** The packet in a block; null where the bytes are none. */
export function packetOf(wave: Float64Array, depth: number): Uint8Array<ArrayBuffer> | null {
  const power = wave.reduce((sum, each) => sum + each * each, 0) / N, loudness = Math.max(Math.sqrt(power), 0.1);
  const levels = LEVELS.filter((each) => each <= (depth === 16 ? 12 : 20));
  const distance = (b: number): number => Math.abs(Math.log(loudness / Math.sqrt((2 / 3) * (4 ** b - 1))));
  const bits = levels.reduce((best, each) => (distance(each) < distance(best) ? each : best));
  const re = wave.slice(), im = new Float64Array(N), most = 2 ** bits - 1;
  transform(re, im);
  const data = new Uint8Array(Math.floor(((N / 2 - 2) * 2 * bits) / 8));
  let at = 0;
  const put = (axis: number): void => {
    const value = Math.min(most, Math.max(0, Math.floor((axis / Math.sqrt(N) + 2 ** bits) / 2)));
    for (let done = 0; done < bits; ) {
      const room = 8 - (at & 7), now = Math.min(room, bits - done);
      if (at >> 3 < data.length) data[at >> 3]! |= ((value >> done) & ((1 << now) - 1)) << (at & 7);
      at += now;
      done += now;
    }
  };
  for (let k = 2; k < N / 2; k++) {
    put(re[k]!);
    put(im[k]!);
  }
  const mask = shake128(Uint8Array.of(...[..."memcodec"].map((each) => each.charCodeAt(0)), data[0]!), data.length - 1);
  const plain = data.subarray(1).map((each, i) => each ^ mask[i]!), size = plain[0]! + 256 * plain[1]!;
  return size <= plain.length - 2 ? (plain.slice(2, 2 + size) as Uint8Array<ArrayBuffer>) : null;
}

// FIPS 202. Lanes are 64 bits, as two halves; constants and offsets by its own formulas.
const ROUNDS: [number, number][] = [], OFFSETS: number[] = Array<number>(25).fill(0);
{
  let lfsr = 1;
  const next = (): number => {
    const bit = lfsr & 1;
    lfsr = lfsr & 128 ? (lfsr << 1) ^ 0x171 : lfsr << 1;
    return bit;
  };
  for (let round = 0; round < 24; round++) {
    let low = 0, high = 0;
    for (let j = 0; j < 7; j++)
      if (next()) {
        const place = 2 ** j - 1;
        if (place < 32) low |= 1 << place;
        else high |= 1 << (place - 32);
      }
    ROUNDS.push([low, high]);
  }
  for (let t = 0, x = 1, y = 0; t < 24; t++) {
    OFFSETS[x + 5 * y] = (((t + 1) * (t + 2)) / 2) % 64;
    [x, y] = [y, (2 * x + 3 * y) % 5];
  }
}

function permute(low: Int32Array, high: Int32Array): void {
  const c = new Int32Array(10), b = new Int32Array(50);
  for (const [roundLow, roundHigh] of ROUNDS) {
    for (let x = 0; x < 5; x++) {
      c[x] = low[x]! ^ low[x + 5]! ^ low[x + 10]! ^ low[x + 15]! ^ low[x + 20]!;
      c[x + 5] = high[x]! ^ high[x + 5]! ^ high[x + 10]! ^ high[x + 15]! ^ high[x + 20]!;
    }
    for (let x = 0; x < 5; x++) {
      const one = (x + 4) % 5, other = (x + 1) % 5;
      const l = c[one]! ^ ((c[other]! << 1) | (c[other + 5]! >>> 31)), h = c[one + 5]! ^ ((c[other + 5]! << 1) | (c[other]! >>> 31));
      for (let i = x; i < 25; i += 5) {
        low[i]! ^= l;
        high[i]! ^= h;
      }
    }
    for (let x = 0; x < 5; x++)
      for (let y = 0; y < 5; y++) {
        const from = x + 5 * y, to = y + 5 * ((2 * x + 3 * y) % 5), shift = OFFSETS[from]! & 31;
        let [l, h] = OFFSETS[from]! < 32 ? [low[from]!, high[from]!] : [high[from]!, low[from]!];
        if (shift) [l, h] = [(l << shift) | (h >>> (32 - shift)), (h << shift) | (l >>> (32 - shift))];
        b[to] = l;
        b[to + 25] = h;
      }
    for (let i = 0; i < 25; i += 5)
      for (let x = 0; x < 5; x++) {
        low[i + x] = b[i + x]! ^ (~b[i + ((x + 1) % 5)]! & b[i + ((x + 2) % 5)]!);
        high[i + x] = b[25 + i + x]! ^ (~b[25 + i + ((x + 1) % 5)]! & b[25 + i + ((x + 2) % 5)]!);
      }
    low[0]! ^= roundLow;
    high[0]! ^= roundHigh;
  }
}

/** So many bytes of SHAKE-128 of a message shorter than 168 bytes. */
export function shake128(message: Uint8Array, size: number): Uint8Array {
  const low = new Int32Array(25), high = new Int32Array(25), found = new Uint8Array(size);
  const mix = (at: number, byte: number): void => {
    const half = (at >> 2) & 1 ? high : low;
    half[at >> 3]! ^= byte << (8 * (at & 3));
  };
  message.forEach((byte, at) => mix(at, byte));
  mix(message.length, 0x1f);
  mix(167, 0x80);
  for (let done = 0; done < size; done += 168) {
    permute(low, high);
    for (let i = 0; i < 168 && done + i < size; i++) found[done + i] = ((i >> 2) & 1 ? high : low)[i >> 3]! >>> (8 * (i & 3));
  }
  return found;
}
