/** Rows of coded vectors, and the rotation behind which they are coded (FORMAT.md, "Vectors"). */

import type { Bytes } from "../bytes.ts";
import { tools } from "../conditions/tools.ts";

/** What a level of 0 is as a byte. */
const ZERO = 127, UNIT = 32;

const TRAINED: Record<number, string> = {
  1:
    "ec1aec090622d1fbfc2ee110f017e409d0f3d6fafd0903310530041ade00fd23ee170d34ccf6f916bfedfc13df06dc03" +
    "ebf7d0161024e0f8f51fcef9011c0532f7161544d8e7fd06f417f420092ecfebf114ed0c003d0729cbfde5fff113d909" +
    "ea18d3f60824fe26142dec040431fc14f91d0729dc02d5010b36d3fedff7e20cea0e102fe6f1f31dd1f1051ede071138" +
    "122ff915e5ffd601ed07f326122ed6fad1f9e6060a2dc9eef21de705103a00270e20e8fcdbea1230dd05ff21d3f3cff8" +
    "beeaea0f031b162eea1ac4f0e202031ddbef192e0019d7f8f71b021bc8ecfe220223fa22e80ad1fdf900e11ad3f9e2f6" +
    "d5faea070737f920d9ff05330822012c",
  2:
    "cff30c2bdcf30c2ed2f20724c5e4fa15e600162fc8e7fe18ec021d3bddf60e2af00a234ae6021936d0e9f812c6e5011a" +
    "d3f50d2de2f90e2dbae1fe1bdefc1a41d5f5081eee072446ec051a37e1ff1634c0ddf710f50f2957a6dbfa13b7d3f20c" +
    "d9f50c2cc5e7ff1ae2fc0e2bef092241b3daf511d2e5fd18d2f0061fe900132dadd7f20bc4e2ff1dc7e5fb16cdec011c" +
    "e6fd1635def90d31f50c2751e7001932c3e2fb15ec072039c4daf410d2ed0520ed0c294ff4061b3be8021a3ac1dff712" +
    "d4f30d2cd7f30820ea001637e4041f3df50f2a4cbbdcf30fdaf40a27bfddf810e0ff1631cfee011ae0fa1030ef072347" +
    "d7f50c2bd3ec0220b5defa14daf9102c",
  4:
    "afc8d4dee6edf4faff050b121a243146c1d4e0e9f0f6fc01070c131a222d385fafccd8e0e7eef4faff040a10171f2a40" +
    "c0d7e2eaf1f7fc02070c13181f27364b9ac7d2dce2e9eff4f9ff050b1119222fb9cfdce5ebf1f6fc01060c1219212b3d" +
    "c4d7e2eaf1f6fc02070c12181f273356afcfd7e1e7eef4f9fe03090f151f2644ccdce7eff7fc00060c11181c242f3b6a" +
    "bed4e0e8eff4faff04090f161d272e4da4c7d7dee4ebf2f6fb01070d131b2435bbd1dfe7edf2f8fe03080e141a212e41" +
    "cadae6eef5fa00060b10161c242b3a5ab4d1dde4ecf2f8fe03080f151c2430489fc4d4dde4ebf2f7fc02080e151d2837" +
    "bacfdce6eef5fb01060c121a232f4057",
};
/** Of each number of bits: of each window its level, as a byte. */
const LEVELS = new Map([1, 2, 4].map((bits) => [bits, Uint8Array.from(TRAINED[bits]!.match(/../g)!, (each) => ((parseInt(each, 16) ^ 128) - 128 + ZERO) & 255)]));
LEVELS.set(8, Uint8Array.from({ length: 256 }, (_, i) => i));

/** Rows of `dimensions` numbers each: number i of row r stands for (levels[r * dimensions + i] - 127) * factors[r] * unit. */
export interface Rows { levels: Uint8Array; factors: Float64Array }

/** What vectors of so many numbers are in bytes, of so many bits a number. */
export class Coder {
  /** Bytes of a row: its factor, its numbers. */
  readonly width: number;
  private readonly unit: number;

  constructor(readonly dimensions: number, private readonly bits: number) {
    this.width = 2 + Math.ceil((dimensions * bits) / 8);
    this.unit = Math.fround(1 / (UNIT * Math.sqrt(dimensions)));
  }

  /** The rows in some bytes. */
  read(data: Bytes): Rows {
    const { bits, dimensions, width } = this, count = data.length / width, table = LEVELS.get(bits)!;
    const levels = new Uint8Array(count * dimensions), factors = new Float64Array(count);
    for (let row = 0; row < count; row++) {
      const at = row * width;
      factors[row] = half(data[at]! | (data[at + 1]! << 8));
      for (let byte = at + 2, number = 0, pair = 0; number < dimensions; byte++) {
        pair = ((pair << 8) | data[byte]!) & 0xffff;
        for (let shift = 8 - bits; shift >= 0 && number < dimensions; shift -= bits) levels[row * dimensions + number++] = table[(pair >> shift) & 255]!;
      }
    }
    return { levels, factors };
  }

  /** The inner products of rows with a query, which was turned. */
  products({ levels, factors }: Rows, query: Float64Array): Float64Array {
    const { dimensions, unit } = this, found = new Float64Array(factors.length), none = ZERO * query.reduce((sum, each) => sum + each, 0);
    for (let row = 0, at = 0; row < found.length; row++) {
      let sum = -none;
      for (let i = 0; i < dimensions; i++) sum += levels[at++]! * query[i]!;
      found[row] = sum * unit * factors[row]!;
    }
    return found;
  }

  /** The cosines of rows, whatever their length, to a query. */
  cosines(rows: Rows, query: Float64Array): Float64Array {
    const { levels, factors } = rows, { dimensions, unit } = this, found = this.products(rows, query);
    for (let row = 0, at = 0; row < found.length; row++) {
      let square = 0;
      for (let i = 0; i < dimensions; i++) square += (levels[at++]! - ZERO) ** 2;
      const length = Math.sqrt(square) * unit * Math.abs(factors[row]!);
      if (length > 0) found[row]! /= length;
    }
    return found;
  }
}

/** A number of 16 bits (IEEE 754). */
function half(bits: number): number {
  const exponent = (bits >> 10) & 31, fraction = bits & 1023;
  if (exponent === 31) tools.damaged("a vector of the index has a factor that is no number");
  return (bits & 0x8000 ? -1 : 1) * (exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : fraction * 2 ** -24);
}

/** The signs of the rotation of 384 numbers: the lowest bits of SHAKE-256 of "memcodec rotation", three for each, end to end. */
const SIGNS =
  "fd38a82fabd2625bfe040335e0a7976929d5b1f6dd62bbb0b6e170d83bdf1453346d07d201d40b57c14cd879bcc925f3d437399fedd11552" +
  "2cd48cb11418d4226787e6d784197ce3c5ebfd78db338276f30d75e5b613d8c0358f6952d9d40065476eb580a9680ccdf6db26f3e738d292" +
  "1ede1f3a2e4c3dc3cb77654f97a72d06c64f5e9a56308b309e92e81d43812ae9";
/** How many numbers the vectors have that a page's model makes. */
export const DIMENSIONS = 384;

/** A vector, turned as those of indexes are. */
export function turned(vector: Float32Array): Float64Array {
  const d = DIMENSIONS, cosines = Float64Array.from({ length: 4 * d }, (_, i) => Math.cos((Math.PI * i) / (2 * d)));
  let now = Float64Array.from(vector);
  for (let round = 0; round < 3; round++) {
    const signed = now.map((each, i) => {
      const bit = round * d + i;
      return (parseInt(SIGNS[bit >> 2]!, 16) >> (3 - (bit & 3))) & 1 ? -each : each;
    });
    now = signed.map((_, k) => {
      let sum = 0;
      for (let i = 0; i < d; i++) sum += signed[i]! * cosines[(k * (2 * i + 1)) % (4 * d)]!;
      return sum * Math.sqrt((k ? 2 : 1) / d);
    });
  }
  return now.map(Math.fround);
}
