/** Pieces that several views are made of. */

import { count, h, line } from "../ui/dom.ts";
import type { Cite, Documented } from "./api.ts";

/** A field with its label over it. */
export function field(label: string, input: HTMLElement, hint = ""): HTMLElement {
  const id = input.id || `f${++fields}`;
  input.id = id;
  if (hint) input.setAttribute("aria-describedby", `${id}-hint`);
  return h("p", { class: "field" }, h("label", { for: id }, label), input, hint ? h("small", { id: `${id}-hint` }, hint) : null);
}
let fields = 0;

export const button = (text: string, click: (event: MouseEvent) => void, more: Record<string, string | boolean> = {}): HTMLButtonElement =>
  h("button", { type: "button", click, ...more }, text);

/** Tags as people write them, one a line; and what they come to. */
export const written = (tags: Record<string, string>): string => Object.entries(tags).map(([key, value]) => `${key}=${value}`).join("\n");
export function tagsOf(text: string): Record<string, string> {
  const found: [string, string][] = [];
  for (const each of text.split("\n").map((one) => one.trim()).filter(Boolean)) {
    const at = each.indexOf("=");
    if (at < 1) throw new Error(`“${each}” is no tag: write key=value, one a line`);
    found.push([each.slice(0, at).trim(), each.slice(at + 1).trim()]);
  }
  return Object.fromEntries(found);
}

export const nameOf = (doc: Documented): string => line(doc.title) || line(doc.uri);
export const when = (time: string): string => time.slice(0, 16).replace("T", " ");

/** A table with a caption; numbers stand to the right. */
export function table(caption: string, heads: string[], rows: (string | Node)[][], right: number[] = []): HTMLElement {
  const cell = (name: "td" | "th", each: string | Node, at: number): HTMLElement => h(name, { ...(right.includes(at) ? { class: "number" } : {}), ...(name === "th" ? { scope: "col" } : {}) }, each);
  return h("div", { class: "wide", tabindex: "0", role: "region", "aria-label": caption }, h("table", {}, h("caption", {}, caption),
    h("thead", {}, h("tr", {}, ...heads.map((each, at) => cell("th", each, at)))),
    h("tbody", {}, ...rows.map((row) => h("tr", {}, ...row.map((each, at) => cell("td", each, at)))))));
}

export const notes = (lines: string[]): HTMLElement | null => (lines.length ? h("ul", { class: "notes" }, ...lines.map((each) => h("li", {}, line(each)))) : null);

/** Where something stands; a link to the document. */
export const where = (cites: Cite[], link: (uri: string) => string): HTMLElement =>
  h("span", { class: "place" }, ...cites.slice(0, 3).flatMap((each, at) => [at ? ", " : "", h("a", { href: link(each.uri) }, `${line(each.uri)}:${each.line}`)]));

export const summary = (added: number, changed: number, removed: number): string =>
  [added && `${added} new`, changed && `${changed} changed`, removed && `${removed} gone`].filter(Boolean).join(", ") || "nothing";

export const documents = (number: number): string => count(number, "document");
