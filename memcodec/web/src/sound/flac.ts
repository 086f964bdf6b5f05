/** One FLAC frame of mono sound to its samples (RFC 9639). */

const BLOCK = 4096;

class Bits {
  private at: number;
  constructor(private readonly data: Uint8Array, byte: number) {
    this.at = 8 * byte;
  }
  take(count: number): number {
    let value = 0;
    for (; count > 0; ) {
      const byte = this.data[this.at >> 3];
      if (byte === undefined) throw new RangeError("the frame is cut");
      const room = 8 - (this.at & 7), now = Math.min(room, count);
      value = value * 2 ** now + ((byte >> (room - now)) & ((1 << now) - 1));
      this.at += now;
      count -= now;
    }
    return value;
  }
  signed(count: number): number {
    const value = this.take(count);
    return count && value >= 2 ** (count - 1) ? value - 2 ** count : value;
  }
  unary(): number {
    for (let count = 0; ; ) {
      const byte = this.data[this.at >> 3];
      if (byte === undefined) throw new RangeError("the frame is cut");
      const rest = (byte << (this.at & 7)) & 255;
      if (rest) {
        const zeros = Math.clz32(rest) - 24;
        this.at += zeros + 1;
        return count + zeros;
      }
      const room = 8 - (this.at & 7);
      count += room;
      this.at += room;
    }
  }
}

const FIXED = [[], [1], [2, -1], [3, -3, 1], [4, -6, 4, -1]];

/** The samples of a frame; null for one that is none of ours, or damaged. */
export function samples(frame: Uint8Array, depth: number): Float64Array | null {
  try {
    return decoded(frame, depth);
  } catch {
    return null;
  }
}

function decoded(frame: Uint8Array, depth: number): Float64Array | null {
  if (frame[0] !== 0xff || frame[1] !== 0xf8 || frame[2] !== 0xca || frame[3]! >> 4) return null;
  const lead = frame[4]!, coded = lead < 128 ? 1 : Math.clz32(~(lead << 24));
  const bits = new Bits(frame, 5 + coded), head = bits.take(8), kind = (head >> 1) & 63, made = new Float64Array(BLOCK);
  const wasted = head & 1 ? bits.unary() + 1 : 0, size = depth - wasted;
  if (kind === 0) made.fill(bits.signed(size));
  else if (kind === 1) for (let i = 0; i < BLOCK; i++) made[i] = bits.signed(size);
  else {
    const isLinear = kind >= 32, order = isLinear ? kind - 31 : kind - 8;
    if (!isLinear && !(order >= 0 && order < 5)) return null;
    for (let i = 0; i < order; i++) made[i] = bits.signed(size);
    let weights = FIXED[order] ?? [], shift = 0;
    if (isLinear) {
      const precision = bits.take(4) + 1;
      shift = bits.signed(5);
      if (precision > 15 || shift < 0) return null;
      weights = Array.from({ length: order }, () => bits.signed(precision));
    }
    const wide = bits.take(2) ? 5 : 4, parts = bits.take(4), part = BLOCK >> parts;
    for (let i = order, p = 0; p < 2 ** parts; p++) {
      const rice = bits.take(wide), end = (p + 1) * part, escaped = rice === 2 ** wide - 1, raw = escaped ? bits.take(5) : 0;
      for (; i < end; i++) {
        let residual;
        if (escaped) residual = bits.signed(raw);
        else {
          const value = bits.unary() * 2 ** rice + bits.take(rice);
          residual = value % 2 ? -(value + 1) / 2 : value / 2;
        }
        let sum = 0;
        for (let n = 0; n < weights.length; n++) sum += weights[n]! * made[i - 1 - n]!;
        made[i] = residual + Math.floor(sum / 2 ** shift);
      }
    }
  }
  if (wasted) for (let i = 0; i < BLOCK; i++) made[i]! *= 2 ** wasted;
  return made;
}
