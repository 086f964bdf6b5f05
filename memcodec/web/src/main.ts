/** Where the page begins: what its HTML says of the memory, and what programs may use of it. */

import { LocalPlace, WebPlace } from "./file.ts";
import type { Meaning } from "./meaning.ts";
import { Memory } from "./memory.ts";
import { equip, script } from "./script.ts";
import { Searcher } from "./search.ts";
import { Analyzer, stemOf } from "./tokens.ts";
import { tools } from "./tools.ts";
import { App } from "./ui/app.ts";

equip(tools);
const { file = "", size = "0", tail = "0", title = "", meaning } = document.documentElement.dataset;

/** The memory that the page carries, if it does. */
const blob = (globalThis as { memcodecCarried?: Blob }).memcodecCarried, url = new URL(file || ".", location.href).href;
let expected = Number(size);
const place = (): LocalPlace | WebPlace => {
  const made = blob ? new LocalPlace(blob) : new WebPlace(url, expected, Number(tail));
  expected = 0; // when it is opened again it may have changed
  return made;
};

const app = file || blob ? new App(place, title || file) : null;
if (meaning) script<Meaning>("meaning").then((put) => put(meaning));
Object.assign(globalThis, { memcodec: { Memory, Searcher, WebPlace, LocalPlace, Analyzer, stemOf, place, app } });
