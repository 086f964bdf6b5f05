/** Where the page begins: what its HTML says of the memory, and what programs may use of it. */

import { LocalPlace, WebPlace } from "./file.ts";
import { Memory } from "./memory.ts";
import { Searcher } from "./search.ts";
import { Analyzer, stemOf } from "./tokens.ts";
import { App } from "./ui/app.ts";

const { file = "", size = "0", tail = "0", title = "" } = document.documentElement.dataset;

/** The memory that the page carries, from base64. */
function carried(): Blob | null {
  const held = document.getElementById("memory");
  if (!held) return null;
  const text = held.textContent!.trim(), parts: BlobPart[] = [];
  held.remove();
  // In parts, each a multiple of four characters, since one string of all bytes would take much memory.
  for (let at = 0; at < text.length; at += 1 << 20)
    parts.push(Uint8Array.from(atob(text.slice(at, at + (1 << 20))), (each) => each.charCodeAt(0)));
  return new Blob(parts);
}

const blob = carried(), url = new URL(file || ".", location.href).href;
let expected = Number(size);
const place = (): LocalPlace | WebPlace => {
  const made = blob ? new LocalPlace(blob) : new WebPlace(url, expected, Number(tail));
  expected = 0; // when it is opened again it may have changed
  return made;
};

const app = file || blob ? new App(place, title || file) : null;
Object.assign(globalThis, { memcodec: { Memory, Searcher, WebPlace, LocalPlace, Analyzer, stemOf, place, app } });
