/** The page: one line to search in, the hits, a document, and how the memory was at another time. */

import { Changed, Damaged, Refused } from "../bytes.ts";
import type { Place } from "../file.ts";
import { Memory } from "../memory.ts";
import { marks, parsed } from "../query.ts";
import { script } from "../script.ts";
import { type Hit, Searcher } from "../search.ts";
import type { Segment } from "../segment.ts";
import type { Site, Views } from "../views.ts";
import { amount, count, day, excerpt, h, line, marked, shown } from "./dom.ts";

const K = 10, FIRST = 4, PAUSE = 250; // hits; those whose texts are read before anybody scrolls; ms of rest after a key
const AHEAD = 100; // pixels below the window where texts are read for who scrolls
const BUSY = 200; // ms after which the page says that it is at work

export interface Address { q: string; doc: string; at: string }

export class App {
  private searcher: Searcher | null = null;
  private opening: Promise<Searcher> | null = null;
  private asked: number | undefined;
  private turn = 0;
  private hits: Hit[] = [];
  private readonly field = h("input", {
    type: "search", id: "q", name: "q", autocomplete: "off", autocapitalize: "none", spellcheck: "false", placeholder: "Search", "aria-describedby": "status", enterkeyhint: "search",
  });
  private readonly status = h("p", { id: "status", role: "status", "aria-live": "polite" });
  private readonly about = h("p", { class: "about" });
  private readonly history = h("div", { class: "history", hidden: true });
  private readonly list = h("ol", { class: "hits", "aria-label": "Hits" });
  private readonly view = h("section", { class: "view", hidden: true, tabindex: "-1" });
  private readonly end = h("p");
  private readonly results = h("section", { class: "results" }, this.list, this.end);
  /** Reads the texts of the hits that are still to come; null when all are there. */
  private rest: (() => Promise<void>) | null = null;
  private readonly sight = new IntersectionObserver((seen) => seen.at(-1)!.isIntersecting && this.rest?.(), { rootMargin: `${AHEAD}px` });

  constructor(private readonly place: () => Place, title: string) {
    document.title = line(title);
    const form = h("form", { role: "search", submit: (event) => { event.preventDefault(); this.go(); } },
      h("label", { for: "q", class: "hidden" }, "Search this memory"), this.field, h("button", { type: "submit" }, "Search"));
    document.body.replaceChildren(h("header", {}, document.querySelector("nav"), h("h1", {}, line(title)), this.about, form, this.history),
      h("main", {}, this.status, this.results, this.view), this.help());
    let waiting = 0;
    this.field.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = window.setTimeout(() => this.go(true), PAUSE);
    });
    document.addEventListener("keydown", (event) => this.key(event));
    window.addEventListener("popstate", () => this.follow());
    window.addEventListener("hashchange", () => this.follow());
    this.follow();
  }

  /** What was asked of the file so far. */
  get told(): Memory["file"]["told"] | undefined {
    return this.searcher?.memory.file.told;
  }

  private help(): HTMLElement {
    const box = h("details", {}, h("summary", {}, "How to search"));
    const fill = (): Promise<void> => script<Views>("views").then((views) => views.help(box), (error) => this.fail(error));
    box.addEventListener("toggle", () => void fill(), { once: true });
    return h("footer", {}, box);
  }

  // Addresses

  private get parameters(): URLSearchParams {
    return new URLSearchParams(location.hash.length > 1 ? location.hash.slice(1) : location.search);
  }

  private get address(): Address {
    const found = this.parameters;
    return { q: found.get("q") ?? "", doc: found.get("doc") ?? "", at: found.get("at") ?? "" };
  }

  private write(more: Partial<Address>, replace: boolean): void {
    const link = this.link(more), url = link === "?" ? location.pathname : link;
    if (replace) history.replaceState(null, "", url);
    else history.pushState(null, "", url);
  }

  private link(more: Partial<Address>): string {
    const found = new URLSearchParams();
    for (const [name, value] of Object.entries({ ...this.address, ...more })) if (value) found.set(name, value);
    // A page that is a file has no address that it may change but what follows the #.
    return `${location.protocol === "file:" ? "#" : "?"}${found}`;
  }

  /** Show what the address says. */
  private async follow(): Promise<void> {
    const { q, doc, at } = this.address;
    if (this.field.value.trim() !== q) this.field.value = q;
    await this.work(async (turn) => {
      await this.open(at ? Number(at) : undefined);
      if (q) await this.search(q, turn, doc.split(":")[1] ?? "");
      else this.empty();
      if (doc) await this.document(doc, turn);
      else this.close();
    });
  }

  private go(typing = false): void {
    const q = this.field.value.trim();
    if (q === this.address.q && this.view.hidden && (q ? this.hits.length : true)) return;
    this.write({ q, doc: "" }, typing);
    void this.follow();
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const isTyping = document.activeElement === this.field;
    if (event.key === "/" && !isTyping) {
      event.preventDefault();
      this.field.select();
    } else if (event.key === "Escape" && !this.view.hidden) {
      event.preventDefault();
      this.back();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && this.view.hidden) {
      const links = [...this.list.querySelectorAll<HTMLElement>("h2 a")], at = links.indexOf(document.activeElement as HTMLElement);
      if (at === links.length - 1) void this.rest?.();
      const next = event.key === "ArrowDown" ? links[at + 1] : at > 0 ? links[at - 1] : this.field;
      if ((at >= 0 || isTyping) && next) {
        event.preventDefault();
        next.focus();
      }
    }
  }

  // Work

  /** One thing at a time; what came too late is dropped. */
  private async work(task: (turn: number) => Promise<void>): Promise<void> {
    const turn = ++this.turn, busy = window.setTimeout(() => turn === this.turn && this.say("Reading …"), BUSY);
    document.body.setAttribute("aria-busy", "true");
    try {
      try {
        await task(turn);
      } catch (error) {
        if (!(error instanceof Changed) || turn !== this.turn) throw error;
        // Somebody has put a newer file there: read that.
        this.searcher = this.opening = null;
        await task(turn);
      }
    } catch (error) {
      if (turn === this.turn) this.fail(error);
    } finally {
      clearTimeout(busy);
      if (turn === this.turn) document.body.removeAttribute("aria-busy");
    }
  }

  private say(text: string, isError = false): void {
    this.status.textContent = text;
    this.status.classList.toggle("error", isError);
  }

  private fail(error: unknown): void {
    const known = error instanceof Damaged || error instanceof Refused || error instanceof Changed;
    if (!known) console.error(error);
    this.empty();
    this.say(shown(known ? (error as Error).message : `the page failed: ${error}`), true);
  }

  private open(commit: number | undefined): Promise<Searcher> {
    // Also while it is still being opened: who types at once asks again.
    if (this.opening && commit === this.asked) return this.opening;
    this.asked = commit;
    const opening = (this.opening = Memory.open(this.place(), commit).then((memory) => {
      const made = new Searcher(memory);
      if (this.opening === opening) {
        this.searcher = made;
        this.tell(memory);
      }
      return made;
    }));
    opening.catch(() => {
      if (this.opening === opening) this.opening = null;
    });
    return opening;
  }

  private tell(memory: Memory): void {
    const { media, newest, segments } = memory;
    const documents = segments.reduce((sum, each) => sum + each.record.documents - (each.dead?.reduce((all, one) => all + one, 0) ?? 0), 0);
    this.about.replaceChildren(`${count(documents, "document")} in ${amount(memory.file.size)} of ${media.codec === "flac" ? "sound" : "video"} `,
      `(${media.codec}, ${media.profile}), as of ${day(memory.time)}. `, h("a", { href: this.link({ q: "", doc: "all" }), click: (event) => this.to(event, { doc: "all" }) }, "All documents"));
    if (newest.length < 2) {
      this.history.hidden = true;
      return;
    }
    // It may come late: hits do not wait for it.
    script<Views>("views").then((views) => this.searcher?.memory === memory && views.history(this.history, newest, memory.commit, (commit) => {
      this.write({ at: commit === null ? "" : String(commit) }, false);
      void this.follow();
    })).catch((error) => this.fail(error));
  }

  private empty(): void {
    this.hits = [];
    this.rest = null;
    this.list.replaceChildren();
    this.say("");
  }

  private async search(q: string, turn: number, chunk: string): Promise<void> {
    const searcher = this.searcher!, before = { ...searcher.memory.file.told }, began = performance.now(), query = await parsed(q);
    // Who comes back finds what was there; who comes by a link, the hit that it names.
    const isThere = this.hits.some((each) => String(each.chunk) === chunk), least = isThere ? this.hits.length : chunk ? K : FIRST;
    const { hits, count: all } = await searcher.begin(q, K, least), analyzer = all ? await searcher.analyzer() : null;
    if (turn !== this.turn) return;
    const { told } = searcher.memory.file, seconds = ((performance.now() - began) / 1000).toFixed(2), read = told.bytes - before.bytes;
    const show = (some: Hit[]): void => {
      this.list.append(...some.slice(this.list.childElementCount).map((hit) => this.hit(hit, analyzer ? marks(hit.found.text, query, analyzer) : [])));
      this.hits = some;
    };
    this.list.replaceChildren();
    this.end.replaceChildren();
    show(hits);
    this.rest = hits.length === all ? null : async () => {
      this.rest = null;
      const some = await searcher.search(q, K).catch((error) => this.end.replaceChildren(shown(error.message)));
      if (some && this.hits === hits) show(some);
    };
    // It tells at once, and then whenever this changes, whether their end is in sight.
    this.sight.disconnect();
    this.sight.observe(this.end);
    this.say(`${all ? count(all, "hit") : "No hits"} in ${seconds} s${read ? `, ${amount(read)} read` : ""}`);
  }

  private hit(hit: Hit, spans: [number, number][]): HTMLElement {
    const { document: doc, line: first } = hit.found.place, cut = excerpt(hit.found.text, spans);
    const name = line(doc.title) || line(doc.uri), wanted = { doc: `${doc.id}:${hit.chunk}` };
    const frame = h("div", { class: "frame", hidden: true });
    return h("li", {}, h("article", {},
      h("h2", {}, h("a", { href: this.link(wanted), click: (event) => this.to(event, wanted) }, name)),
      h("p", { class: "place" }, h("span", { class: "uri" }, line(doc.uri)), ` line ${first} · `, h("time", { datetime: doc.time }, day(doc.time)), ` · ${Math.round(100 * hit.score)}%`),
      h("p", { class: "text" }, ...marked(cut.text, cut.spans)),
      // What stands in the journal is in no frame yet.
      hit.segment.isMedia ? h("button", { type: "button", "aria-expanded": "false", click: (event) => this.toggle(event.currentTarget, frame, hit.segment, hit.found.place.start) }, "Show the frame") : null, frame));
  }

  private to(event: MouseEvent, more: Partial<Address>): void {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    this.write(more, false);
    void this.follow();
  }

  // Frames

  private async toggle(button: HTMLElement, box: HTMLElement, segment: Segment, position: number): Promise<void> {
    box.hidden = !box.hidden;
    button.setAttribute("aria-expanded", String(!box.hidden));
    button.textContent = box.hidden ? "Show the frame" : "Hide the frame";
    if (box.hidden || box.firstChild) return;
    try {
      await (await script<Views>("views")).frame(this.searcher!.memory, box, segment, position);
    } catch (error) {
      box.replaceChildren(h("p", { class: "error" }, shown((error as Error).message)));
    }
  }

  // Documents

  private back(): void {
    this.write({ doc: "" }, false);
    this.close();
    this.list.querySelector<HTMLElement>("h2 a")?.focus();
  }

  private close(): void {
    this.view.hidden = true;
    this.view.replaceChildren();
    this.results.hidden = false;
  }

  private async document(name: string, turn: number): Promise<void> {
    const views = await script<Views>("views"), isAwaited = (): boolean => turn === this.turn;
    const site: Site = {
      isAwaited, link: (more) => this.link(more), to: (event, more) => this.to(event, more), back: () => this.back(), close: () => this.close(),
      open: () => {
        this.results.hidden = true;
        this.view.hidden = false;
      },
    };
    if (isAwaited()) await views.document(site, this.view, this.searcher!, this.hits, name, this.address.q);
  }
}
