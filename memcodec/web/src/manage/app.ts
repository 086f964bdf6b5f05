/** What is around the views: which memory, which view, what just happened, and who may do what. */

import { h, line, shown } from "../ui/dom.ts";
import { pages } from "../ui/pages.ts";
import { adding } from "./adding.ts";
import { Fault, type Files, get } from "./api.ts";
import { creating } from "./creating.ts";
import { one, several } from "./documents.ts";
import { History } from "./history.ts";
import { insight } from "./insight.ts";
import { button } from "./parts.ts";
import { state } from "./state.ts";

export interface Address { file: string; view: string; doc: string; q: string; from: string; to: string }

/** What a view is shown in. */
export interface Context {
  /** The memory that is looked at. */
  readonly name: string;
  readonly address: Address;
  readonly may: { write: boolean; rule: boolean; create: boolean };
  link(more: Partial<Address>): string;
  go(more: Partial<Address>): Promise<void>;
  /** Do something that takes a while; what goes wrong is told. Whether it went well. */
  work(doing: string, task: () => Promise<string | void>): Promise<boolean>;
  /** Have a commit known as one of this page's own. */
  made(commit: number | null): void;
  say(text: string, isError?: boolean): void;
  sure(title: string, text: string, yes: string): Promise<boolean>;
  /** Have events of this memory told, as long as the view is shown. */
  listen(hear: (event: Event) => void): void;
}

export interface Event { event: string; file: string; commit?: { number: number } | null; job?: { id: number; state: string; done: number; total: number } }
type View = (context: Context) => Promise<(Node | null)[]>;

const VIEWS: [id: string, label: string, view: View][] = [
  ["documents", "Documents", (context) => (context.address.doc ? one(context) : several(context))],
  ["add", "Add", adding],
  ["history", "History", (context) => new History(context).shown()],
  ["insight", "Insight", insight],
  ["state", "Index and bytes", state],
];
const BUSY = 200; // ms after which the page says that it is at work
const SOON = 300; // ms
const AGAIN = 5000; // ms before events are asked for once more

export class Manager {
  private files: Files = { files: [], writable: false, creates: false, role: "read" };
  private turn = 0;
  private heard: ((event: Event) => void) | null = null;
  private mine = 0; // writes of this page that are under way
  private readonly status = h("p", { id: "status", role: "status", "aria-live": "polite" });
  private readonly main = h("main", { tabindex: "-1" });
  private readonly head = h("header");
  private readonly dialog = h("dialog", { "aria-labelledby": "sure" });

  async begin(): Promise<void> {
    this.head.append(document.querySelector("nav.pages")!);
    document.body.replaceChildren(this.head, this.status, this.main, this.dialog);
    window.addEventListener("hashchange", () => void this.show());
    // A file that is dropped beside its place would be opened in the page's stead.
    for (const name of ["dragover", "drop"]) window.addEventListener(name, (event) => event.preventDefault());
    this.hear();
    await this.show();
  }

  // Addresses

  private get address(): Address {
    const found = new URLSearchParams(location.hash.slice(1)), of = (name: string): string => found.get(name) ?? "";
    return { file: of("file"), view: of("view") || "documents", doc: of("doc"), q: of("q"), from: of("from"), to: of("to") };
  }

  private get name(): string {
    const { file } = this.address, { files } = this.files;
    return files.some((each) => each.name === file) ? file : (files[0]?.name ?? "");
  }

  private get may(): Context["may"] {
    return { write: this.files.writable, rule: this.files.writable && this.files.role === "admin", create: this.files.creates };
  }

  private link(more: Partial<Address>): string {
    const found = new URLSearchParams();
    for (const [name, value] of Object.entries({ file: this.name, view: this.address.view, ...more })) if (value) found.set(name, value);
    return `#${found}`;
  }

  private async go(more: Partial<Address>): Promise<void> {
    const wanted = this.link(more);
    if (location.hash === wanted) return this.show();
    history.pushState(null, "", wanted);
    await this.show();
  }

  // What is shown

  private async show(): Promise<void> {
    const turn = ++this.turn;
    this.heard = null;
    this.say("");
    await this.work("Reading …", async () => {
      this.files = await get<Files>("v1/files");
      if (turn !== this.turn) return;
      this.frame();
      const wanted = this.address.view === "new" ? creating : !this.name ? nothing : (VIEWS.find(([id]) => id === this.address.view) ?? VIEWS[0]!)[2];
      const made = await wanted(this.context());
      if (turn !== this.turn) return;
      this.main.replaceChildren(...made.filter((each) => each !== null));
      if (document.activeElement === document.body) this.main.focus({ preventScroll: true });
    });
  }

  /** Of this moment: what a view began with one memory it does not end with another. */
  private context(): Context {
    const { name, address, may } = this;
    return {
      name, address, may, link: (more) => this.link({ file: name, ...more }), go: (more) => this.go({ file: name, ...more }), work: (doing, task) => this.work(doing, task), made: (commit) => this.made(name, commit),
      say: (text, isError) => this.say(text, isError), sure: (title, text, yes) => this.sure(title, text, yes), listen: (hear) => (this.heard = hear),
    };
  }

  private frame(): void {
    const { files } = this.files, { name, may } = this, view = this.address.view;
    document.title = name ? `${line(name)} – memories` : "Memories";
    const choice = h("select", { id: "file", change: () => void this.go({ file: choice.value, view: view === "new" ? "documents" : view }) },
      ...files.map((each) => h("option", { value: each.name, selected: each.name === name }, line(each.name))));
    const views = VIEWS.filter(([id]) => id !== "add" || may.write);
    const hadFocus = document.activeElement?.id === "file";
    this.head.replaceChildren(pages(name),
      h("div", { class: "which" }, h("h1", {}, "Memories"),
        files.length ? h("label", { for: "file", class: "hidden" }, "Memory") : null, files.length ? choice : null,
        name ? h("a", { href: `files/${encodeURIComponent(name)}`, download: name }, "Download") : null,
        may.create ? h("a", { href: this.link({ view: "new" }), ...(view === "new" ? { "aria-current": "page" } : {}) }, "New memory") : null),
      ...(name ? [h("nav", { "aria-label": "Views" }, ...views.map(([id, label]) => h("a", { href: this.link({ view: id }), ...(id === view ? { "aria-current": "page" } : {}) }, label)))] : []),
      ...(may.write ? [] : [h("p", { class: "about" }, this.files.role === "read" ? "You may read; changing takes a token for writing." : "This service only reads.")]));
    if (hadFocus) choice.focus();
  }

  // What happens

  private say(text: string, isError = false): void {
    this.status.textContent = shown(text);
    this.status.classList.toggle("error", isError);
  }

  private async work(doing: string, task: () => Promise<string | void>): Promise<boolean> {
    const busy = window.setTimeout(() => this.say(doing), BUSY);
    document.body.setAttribute("aria-busy", "true");
    this.mine++;
    try {
      const told = await task();
      clearTimeout(busy);
      if (told) this.say(told);
      else if (this.status.textContent === doing) this.say("");
      return true;
    } catch (error) {
      clearTimeout(busy);
      if (!(error instanceof Fault)) console.warn(error);
      this.say((error as Error).message, true);
      if (error instanceof Fault && error.status === 401) this.status.append(" ", h("a", { href: "login" }, "Sign in"));
      return false;
    } finally {
      if (!--this.mine) document.body.removeAttribute("aria-busy");
    }
  }

  private made(name: string, commit: number | null): void {
    const known = this.files.files.find((each) => each.name === name);
    if (known && commit) known.commit = Math.max(known.commit, commit);
  }

  sure(title: string, text: string, yes: string): Promise<boolean> {
    const { dialog } = this;
    return new Promise((done) => {
      // Not by its event of closing, which comes later: perhaps when the next question is asked already.
      const end = (isSure: boolean): void => {
        dialog.close();
        done(isSure);
      };
      const no = button("Cancel", () => end(false));
      dialog.replaceChildren(h("h2", { id: "sure" }, line(title)), h("p", {}, shown(text)), h("p", { class: "actions" }, no, button(yes, () => end(true), { class: "grave" })));
      dialog.oncancel = (event) => {
        event.preventDefault();
        end(false);
      };
      dialog.showModal();
      no.focus();
    });
  }

  private hear(): void {
    const url = new URL("ws", location.href);
    url.protocol = url.protocol.replace("http", "ws");
    url.hash = "";
    const socket = new WebSocket(url);
    socket.onmessage = (message) => this.tell(JSON.parse(message.data as string) as Event);
    socket.onclose = () => window.setTimeout(() => this.hear(), AGAIN);
  }

  private tell(event: Event): void {
    if (event.file !== this.name) return;
    this.heard?.(event);
    if (event.event === "commit" && !this.mine && event.commit !== undefined) void this.newer(event);
  }

  /** Somebody else wrote: what is being typed here stays, and the new state is a button away. */
  private async newer(event: Event): Promise<void> {
    await new Promise((done) => window.setTimeout(done, SOON)); // the answer to what this page wrote may be on its way
    if (event.file !== this.name) return;
    const known = this.files.files.find((each) => each.name === event.file)?.commit ?? 0;
    if (event.commit && event.commit.number <= known) return;
    this.say(event.commit ? `Commit ${event.commit.number} has just been made. ` : "The memory has just been rewritten. ");
    this.status.append(button("Show it", () => void this.show()));
  }
}

const nothing: View = async (context) => [
  h("p", {}, "No memory is served yet."),
  context.may.create ? h("p", {}, h("a", { href: context.link({ view: "new" }) }, "Make the first one")) : null,
];
