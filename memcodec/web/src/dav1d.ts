/**
 * AV1 where the browser has no decoder of its own: dav1d, as the npm package `ogv` compiles it to WebAssembly. A script of its own,
 * and the decoder beside it: few visitors need 170 kB of it. The names of its imports and exports are those of the one file
 * that the page was made with: `SUM` tells.
 */

import type { Bytes } from "./bytes.ts";
import { sha256 } from "./journal/hashes.ts";
import type { Luma } from "./qr.ts";
import type { Tools } from "./tools.ts";

declare const SUM: string; // of dav1d.wasm, put in when the page is bundled

/** The brightness of a sample's frame; null for one that shows none, or more pixels than `most`. */
export type Decode = (sample: Bytes, most: number) => Promise<Luma | null>;
export type Dav1d = () => Promise<Decode>;

const PAGE = 65536, MOST = 2 ** 28; // bytes of WebAssembly's pages, and what the decoder may take in all
const BADF = 52, SPIPE = 70; // what calls about files come to: there are none

interface Exports {
  h: WebAssembly.Memory;
  /** Constructors, and what opens the decoder. */
  i(): void;
  j(): void;
  /** Decode so many bytes. */
  n(at: number, size: number): number;
  o(at: number): void;
  q(size: number): number;
}

async function opened(module: WebAssembly.Module): Promise<(sample: Bytes, most: number) => Luma | null> {
  let luma: Luma | null = null, most = 0;
  const grow = (size: number): boolean => {
    const lacking = Math.ceil(((size >>> 0) - held.h.buffer.byteLength) / PAGE);
    if (size >>> 0 > MOST) return false;
    try {
      held.h.grow(Math.max(0, lacking));
      return true;
    } catch {
      return false;
    }
  };
  // Of a frame: where its brightness is, bytes from row to row, and behind what tells of its colours the part that is shown.
  const show = (at: number, stride: number, ...[, , , , , , , , width = 0, height = 0, left = 0, top = 0]: number[]): void => {
    if (!(width * height > 0 && width * height <= most)) return;
    luma = { data: new Uint8Array(width * height), width, height };
    for (let row = 0; row < height; row++) luma.data.set(new Uint8Array(held.h.buffer, at + (row + top) * stride + left, width), row * width);
  };
  const a = {
    a: () => BADF, b: () => SPIPE, c: grow, d: () => BADF, g: show,
    e: (to: number, from: number, size: number) => new Uint8Array(held.h.buffer).copyWithin(to, from, from + size),
    f: () => {
      throw new Error("the decoder gave up");
    },
  };
  const held = (await WebAssembly.instantiate(module, { a })).exports as unknown as Exports;
  held.i();
  held.j();
  return (sample, allowed) => {
    const at = held.q(sample.length);
    if (!at) return null;
    [luma, most] = [null, allowed];
    new Uint8Array(held.h.buffer, at, sample.length).set(sample);
    held.n(at, sample.length);
    held.o(at);
    return luma;
  };
}

const made = (tools: Tools): Dav1d => async () => {
  const data = await tools.beside("dav1d.wasm");
  if (!data || tools.hex(sha256(data)) !== SUM)
    throw new tools.Refused('the decoder that this page brings, dav1d.wasm, is missing or damaged: make the page anew with "memcodec page"');
  const module = await WebAssembly.compile(data).catch(() => {
    throw new tools.Refused("this browser has no decoder of AV1 video, and does not let the page bring one (WebAssembly)");
  });
  let held: ReturnType<typeof opened> | null = null;
  return async (sample, most) => {
    try {
      return (await (held ??= opened(module)))(sample, most);
    } catch {
      held = null; // what a damaged sample left behind may lead the next one astray
      return null;
    }
  };
};
(globalThis as { memcodecDav1d?: typeof made }).memcodecDav1d = made;
