/** Scripts of the page that few visitors need: in it, or beside it and fetched when they are. */

import { type Bytes, Refused } from "./bytes.ts";
import type { Tools } from "./tools.ts";

const base = (document.currentScript as HTMLScriptElement | null)?.src || document.baseURI;
const coming = new Map<string, Promise<void>>(), made = new Map<string, unknown>();
let tools: Tools;

/** What all scripts have of this one. */
export const equip = (all: Tools): void => {
  tools = all;
};

/** What a script makes of the tools, by its name. */
export async function script<T>(name: string): Promise<T> {
  const held = `memcodec${name[0]!.toUpperCase()}${name.slice(1)}`, found = (): ((tools: Tools) => T) | undefined => (globalThis as any)[held];
  if (!found()) {
    if (!coming.has(name)) coming.set(name, load(`${name}.js`, found).finally(() => coming.delete(name)));
    await coming.get(name);
  }
  const make = found() ?? missing(`${name}.js`);
  if (!made.has(name)) made.set(name, make(tools));
  return made.get(name) as T;
}

const missing = (name: string): never => {
  throw new Refused(`this page lacks ${name}, which is needed here: make the page anew with "memcodec page"`);
};

/** A file that lies beside the page, packed or as it is; null where neither is there. */
export async function beside(name: string): Promise<Bytes | null> {
  for (const [url, isPacked] of [[`${name}.gz`, true], [name, false]] as const) {
    const answer = await fetch(new URL(url, base)).catch(() => null), data = answer?.ok && new Uint8Array(await answer.arrayBuffer().catch(() => new ArrayBuffer(0)));
    if (!data || !data.length) continue;
    // Some servers say that what is packed was packed on its way: then it comes as it is.
    if (!isPacked || data[0] !== 0x1f || data[1] !== 0x8b) return data;
    const whole = await new Response(new Blob([data]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer().catch(() => null);
    if (whole) return new Uint8Array(whole);
  }
  return null;
}

async function load(name: string, isHere: () => unknown): Promise<void> {
  const packed = await beside(name);
  if (packed) add((made) => (made.textContent = new TextDecoder().decode(packed)));
  // The page's policy lets in the very text that it names; what a server changed comes as the file it is.
  if (!isHere()) await new Promise<unknown>((done) => add((made) => {
    made.onload = made.onerror = done;
    made.src = new URL(name, base).href;
  }));
}

const add = (fill: (made: HTMLScriptElement) => void): void => {
  const made = document.createElement("script");
  fill(made);
  document.head.append(made);
};
