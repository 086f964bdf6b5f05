/** Reed-Solomon, as QR symbols have it (ISO/IEC 18004). A script of its own, since AV1 keeps symbols as they are drawn. */

/** Sets a codeword right, in place: false where more is wrong than its correction reaches. */
export type Correct = (block: Uint8Array, correction: number) => boolean;

const EXP = new Uint8Array(512), LOG = new Uint8Array(256);
for (let i = 0, value = 1; i < 255; i++) {
  EXP[i] = EXP[i + 255] = value;
  LOG[value] = i;
  value = (value << 1) ^ (value & 128 ? 0x11d : 0);
}
const times = (a: number, b: number): number => (a && b ? EXP[LOG[a]! + LOG[b]!]! : 0);

/** Set a Reed-Solomon codeword right, in place: false where more is wrong than its correction reaches. */
function correct(block: Uint8Array, correction: number): boolean {
  const size = block.length, syndromes: number[] = [];
  for (let i = 0; i < correction; i++) {
    let sum = 0;
    for (const each of block) sum = times(sum, EXP[i]!) ^ each;
    syndromes.push(sum);
  }
  if (syndromes.every((each) => !each)) return true;
  // Berlekamp and Massey: the locator, lowest power first.
  let locator = [1], before = [1], errors = 0, gap = 1, scale = 1;
  for (let i = 0; i < correction; i++) {
    let delta = syndromes[i]!;
    for (let j = 1; j <= errors; j++) delta ^= times(locator[j] ?? 0, syndromes[i - j]!);
    if (!delta) {
      gap++;
      continue;
    }
    const factor = EXP[(LOG[delta]! - LOG[scale]! + 255) % 255]!, old = locator.slice();
    before.forEach((each, j) => (locator[j + gap] = (locator[j + gap] ?? 0) ^ times(factor, each)));
    for (let j = 0; j < locator.length; j++) locator[j] ??= 0;
    if (2 * errors <= i) {
      errors = i + 1 - errors;
      [before, scale, gap] = [old, delta, 1];
    } else gap++;
  }
  if (2 * errors > correction) return false;
  const value = (polynomial: number[], x: number): number => polynomial.reduceRight((sum, each) => times(sum, x) ^ each, 0);
  // Forney: the omega polynomial, and the locator's derivative.
  const omega = syndromes.map((_, i) => locator.slice(0, i + 1).reduce((sum, each, j) => sum ^ times(each, syndromes[i - j]!), 0));
  const derived = locator.map((each, i) => (i % 2 ? each : 0)).slice(1);
  let found = 0;
  for (let place = 0; place < size; place++) {
    const power = size - 1 - place, inverse = EXP[(255 - power) % 255]!;
    if (value(locator, inverse)) continue;
    const below = value(derived, inverse);
    if (!below) return false;
    found++;
    block[place]! ^= times(EXP[power]!, times(value(omega, inverse), EXP[255 - LOG[below]!]!));
  }
  return found === errors;
}

(globalThis as { memcodecCorrection?: unknown }).memcodecCorrection = (): Correct => correct;
