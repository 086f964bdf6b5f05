/** What visitors open beside the hits: documents, frames, and how the memory was. A script of its own, fetched when one is opened. */

import type { Bytes } from "./bytes.ts";
import type { Found, Memory } from "./memory.ts";
import type { Entry } from "./record.ts";
import type { Hit, Searcher } from "./search.ts";
import type { Segment } from "./segment.ts";
import type { Tools } from "./tools.ts";
import type { Address } from "./ui/app.ts";

const SHOWN = 400_000; // characters of a document that are shown around a hit
const WINDOW = 1 << 20; // bytes of a document that are read at once
const HELP = [
  ["red fox", "either word, best first"], ['"red fox"', "side by side"], ["fox -red", "without"], ["red AND fox, red OR fox, ( )", "conditions"],
  ["conn*", "words that begin so"], ["title: path: tag: type: lang: author: since: until: before: after:", "of which documents"],
] as const;

/** What the page does for a view: addresses, and whether the visitor still waits for it. */
export interface Site {
  link(more: Partial<Address>): string;
  to(event: MouseEvent, more: Partial<Address>): void;
  back(): void;
  isAwaited(): boolean;
  /** The view takes the place of the hits; or these that of the view. */
  open(): void;
  close(): void;
}

export interface Views {
  /** A document by its id, with `:` and a chunk's number behind it that of a hit; `all` is the list of all. */
  document(site: Site, view: HTMLElement, searcher: Searcher, hits: Hit[], name: string, q: string): Promise<void>;
  /** The frame that a place in a segment's text stands in. */
  frame(memory: Memory, box: HTMLElement, segment: Segment, position: number): Promise<void>;
  /** The documents in the state, oldest first. */
  documents(memory: Memory): Promise<Found[]>;
  /** All bytes of a document, a part at a time, and whether they are what was stored. */
  content(memory: Memory, found: Found, told?: (share: number) => void): Promise<{ data: Bytes; isIntact: boolean }>;
  /** How to search. */
  help(box: HTMLElement): void;
  /** A slider over commits; `chosen` is told the one that it is let go at, null for the newest. */
  history(box: HTMLElement, commits: Entry[], commit: number, chosen: (commit: number | null) => void): void;
}

const made = ({ amount, count, day, h, hex, line, marked, marks, parsed, Refused, shown }: Tools): Views => ({
  documents(memory) {
    return memory.file.run(() => {
      const held = memory.segments.filter((each) => each.record.documents);
      memory.needCatalogues(held);
      memory.file.need(held.flatMap((each) => each.catalogue.documentSpans()));
      return held.flatMap((segment) =>
        Array.from({ length: segment.record.documents }, (_, ordinal) => ordinal).filter((ordinal) => segment.isLive(ordinal))
          .map((ordinal) => ({ segment, ordinal, document: segment.catalogue.document(ordinal) })),
      );
    });
  },

  async content(memory, { segment, document }, told) {
    if (document.size > 2 ** 30) throw new Refused("the document is too large for a page; the command \"memcodec get\" writes it to a file");
    if (!crypto.subtle) throw new Refused("the browser does not check documents on a page that comes by plain http");
    const data = new Uint8Array(document.size);
    for (let at = 0; at < document.size; at += WINDOW) {
      const end = Math.min(document.size, at + WINDOW), start = document.start;
      data.set((await memory.spans([{ segment, start: start + at, end: start + end }]))[0]!, at);
      told?.(end / document.size);
    }
    return { data, isIntact: hex(new Uint8Array(await crypto.subtle.digest("SHA-256", data))) === document.sha256 };
  },

  help(box) {
    box.append(h("dl", {}, ...HELP.flatMap(([what, does]) => [h("dt", {}, h("code", {}, what)), h("dd", {}, does)])),
      h("p", {}, h("kbd", {}, "/"), " to type, ", h("kbd", {}, "↓"), " ", h("kbd", {}, "↑"), " from hit to hit, ", h("kbd", {}, "Esc"), " back."));
  },

  async document(site, view, searcher, hits, name, q) {
    const [id, chunk] = name.split(":"), { memory } = searcher;
    const back = h("a", { href: site.link({ doc: "" }), class: "back", click: (event) => { event.preventDefault(); site.back(); } }, "← Back");
    const hit = hits.find((each) => String(each.chunk) === chunk && each.found.place.document.id === id);
    const place = hit?.found.place, documents = place ? [] : await memory.documents();
    if (!site.isAwaited()) return;
    if (id === "all") {
      const links = [...documents].reverse().map(({ document: doc }) => h("li", {}, h("a", { href: site.link({ doc: doc.id }), click: (event) => site.to(event, { doc: doc.id }) }, line(doc.title) || line(doc.uri)),
        h("span", { class: "place" }, ` ${line(doc.uri)} · ${day(doc.time)} · ${amount(doc.size)}`)));
      site.open();
      view.replaceChildren(back, h("h2", {}, count(documents.length, "document")), h("ul", { class: "documents" }, ...links));
      view.focus();
      return;
    }
    const found = place ?? documents.find((each) => each.document.id === id);
    if (!found) {
      site.close();
      throw new Refused("there is no such document in this state of the memory");
    }
    const { document: doc } = found, check = h("p", { class: "check" }, "Reading …"), body = h("div", { class: "body", lang: doc.language });
    const facts = [line(doc.uri), day(doc.time), amount(doc.size), line(doc.author), line(doc.type), ...Object.entries(doc.tags).map(([tag, value]) => line(`${tag}=${value}`))].filter(Boolean);
    site.open();
    view.replaceChildren(back, h("h2", {}, line(doc.title) || line(doc.uri)), h("p", { class: "place" }, facts.join(" · ")), check, body);
    view.focus();
    const { data, isIntact } = await memory.content(found as Found, (share) => site.isAwaited() && share < 1 && (check.textContent = `Reading … ${Math.round(100 * share)}%`));
    if (!site.isAwaited()) return;
    check.classList.add(isIntact ? "intact" : "error");
    const file = line(doc.uri).split("/").at(-1) || "document";
    const download = h("a", { href: URL.createObjectURL(new Blob([data])), download: doc.extracted ? `${file}.txt` : file }, "Download");
    check.replaceChildren(isIntact ? "✓ Intact: every byte is what was stored (SHA-256). " : "✗ Not what was stored: its SHA-256 is another one. ", isIntact ? download : "");
    if (!isIntact) return;
    const decode = (from: number, to: number): string => new TextDecoder().decode(data.subarray(from, to)), from = place ? place.start - doc.start : 0, to = place ? place.end - doc.start : 0;
    const first = Math.max(0, from - SHOWN / 2), end = Math.min(data.length, Math.max(to, first + SHOWN)), analyzer = place ? await searcher.analyzer() : null;
    const chunkText = decode(from, to), spans = analyzer && chunkText ? marks(chunkText, await parsed(q), analyzer) : [];
    const here = h("span", { class: "here", tabindex: "-1" }, ...marked(chunkText, spans));
    body.replaceChildren(first ? "[…] " : "", shown(decode(first, from)), chunkText ? here : "", shown(decode(to, end)), end < data.length ? " […]" : "");
    if (chunkText) here.scrollIntoView({ block: "center" });
  },

  async frame(memory, box, segment, position) {
    const { number, span, packet } = await memory.file.run(() => {
      const [start] = segment.catalogue.block(Math.floor(position / 32768)), packet = Math.floor(start / segment.record.payload);
      return { ...segment.catalogue.frame(packet), packet };
    });
    const [sample] = await memory.file.fetch([segment.media.frameSpan(...span)]), luma = await memory.media.picture(sample!);
    const where = `Frame ${number + 1} of commit ${segment.record.commit} holds it, from packet ${packet} on`;
    if (!luma) return box.replaceChildren(h("p", {}, `${where}.`));
    const canvas = h("canvas", { width: luma.width, height: luma.height, role: "img", "aria-label": `${where}: QR symbols` });
    const picture = new ImageData(luma.width, luma.height);
    for (let i = 0; i < luma.data.length; i++) picture.data.set([luma.data[i]!, luma.data[i]!, luma.data[i]!, 255], 4 * i);
    canvas.getContext("2d")!.putImageData(picture, 0, 0);
    box.replaceChildren(h("figure", {}, canvas, h("figcaption", {}, `${where}.`)));
  },

  history(box, commits, commit, chosen) {
    const newest = commits.length - 1, out = h("output", { for: "history" });
    const tell = (i: number): void => {
      const each = commits[i]!, done = [each.added && `${each.added} new`, each.changed && `${each.changed} changed`, each.removed && `${each.removed} gone`].filter(Boolean);
      out.textContent = `${i === newest ? "newest, " : ""}commit ${each.commit}, ${day(each.time)}${done.length ? `: ${done.join(", ")}` : ""}`;
      slider.setAttribute("aria-valuetext", out.textContent);
    };
    const at = commits.findIndex((each) => each.commit === commit);
    const slider = h("input", { type: "range", id: "history", min: 0, max: newest, value: at, input: () => tell(Number(slider.value)),
      change: () => chosen(Number(slider.value) === newest ? null : commits[Number(slider.value)]!.commit) });
    tell(at);
    const slid = document.activeElement?.id === "history";
    box.replaceChildren(h("label", { for: "history" }, "As it was at"), slider, out);
    box.hidden = false;
    if (slid) slider.focus();
  },
});

(globalThis as { memcodecViews?: typeof made }).memcodecViews = made;
