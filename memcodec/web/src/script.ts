/** Scripts of the page that few memories need: in it, or beside it and fetched when they are. */

import { Refused } from "./bytes.ts";

const base = (document.currentScript as HTMLScriptElement | null)?.src || document.baseURI;
const coming = new Map<string, Promise<void>>();

/** What a script gives the others, by its name. */
export async function script<T>(name: string): Promise<T> {
  const held = `memcodec${name[0]!.toUpperCase()}${name.slice(1)}`, found = (): T | undefined => (globalThis as any)[held];
  if (!found()) {
    if (!coming.has(name)) coming.set(name, load(`${name}.js`));
    await coming.get(name);
  }
  return found() ?? missing(name);
}

const missing = (name: string): never => {
  throw new Refused(`this page lacks ${name}.js, which this memory needs: make the page anew with "memcodec page"`);
};

const load = (name: string): Promise<void> =>
  new Promise((done) => {
    const made = document.createElement("script");
    made.src = new URL(name, base).href;
    made.onload = made.onerror = () => done();
    document.head.append(made);
  });
