/** The page on which notes are edited: one, or which one it is to be. */

import { h, line } from "../ui/dom.ts";
import { pages } from "../ui/pages.ts";
import { Area, colours } from "./area.ts";
import { Connection } from "./connection.ts";

const NAME = "memcodec-name", RECENT = 50, MOST = 1000;

function remembered(): string {
  try {
    return localStorage.getItem(NAME) ?? "";
  } catch {
    return "";
  }
}

async function get(path: string): Promise<any> {
  const answer = await fetch(new URL(path, location.href), { headers: { Accept: "application/json" } });
  if (answer.status === 401) location.assign("../login");
  const found = await answer.json();
  if (!answer.ok) throw new Error(found.error);
  return found;
}

const address = (file: string, uri: string): string => `?${new URLSearchParams({ file, uri })}`;

class Chooser {
  private readonly news = h("p", { role: "status" });
  private readonly list = h("ul", { class: "notes" });
  private readonly names = h("datalist", { id: "names" });
  private readonly file = h("select", { id: "file", change: () => void this.show() });
  private readonly name = h("input", { id: "uri", required: true, maxlength: 1000, list: "names", placeholder: "notes/tuesday.md", autocomplete: "off" });

  constructor(private readonly wanted: string) {
    const form = h("form", { submit: (event) => { event.preventDefault(); location.assign(address(this.file.value, this.name.value.trim())); } },
      h("label", { for: "file" }, "Memory"), this.file, h("label", { for: "uri" }, "Note"), this.name, this.names, h("button", {}, "Edit"));
    document.body.replaceChildren(h("header", {}, pages(this.wanted), h("h1", {}, "Notes")), h("main", {}, h("p", {}, "Open a note by its name; one that is not there yet is begun."), form, this.news, h("h2", {}, "Newest"), this.list));
    void this.begin();
  }

  private async begin(): Promise<void> {
    try {
      for (const each of (await get("../v1/files")).files) this.file.append(h("option", { value: each.name, selected: each.name === this.wanted }, line(each.name)));
      await this.show();
    } catch (error) {
      this.news.textContent = String(error instanceof Error ? error.message : error);
    }
  }

  private async show(): Promise<void> {
    const file = this.file.value;
    pages(file);
    const path = `../v1/documents?${new URLSearchParams({ file })}`;
    const { total } = await get(`${path}&limit=1`);
    const { documents } = await get(`${path}&limit=${MOST}&offset=${Math.max(0, total - MOST)}`);
    if (file !== this.file.value) return;
    const uris = documents.map((each: { uri: string }) => each.uri).reverse() as string[];
    this.names.replaceChildren(...uris.map((uri) => h("option", { value: uri })));
    this.list.replaceChildren(...uris.slice(0, RECENT).map((uri) => h("li", {}, h("a", { href: address(file, uri) }, line(uri)))));
  }
}

class Editor {
  private readonly title = h("h1", {});
  private readonly saved = h("p", { class: "saved", id: "saved" });
  private readonly news = h("p", { id: "news", role: "status", "aria-live": "polite" });
  private readonly told = h("p", { class: "told", role: "status" });
  private readonly people = h("ul", { class: "people", "aria-label": "Who is here" });
  private readonly name = h("input", { id: "name", maxlength: 40, autocomplete: "nickname", value: remembered(), change: () => this.call() });
  private readonly connection: Connection;
  private readonly area: Area;
  private here = new Map<number, string>();
  private isSet = false;

  constructor(file: string, private readonly uri: string) {
    const url = new URL(`../live/${encodeURIComponent(file)}/${encodeURIComponent(uri)}`, location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    this.connection = new Connection(url.href, () => this.begun(), () => this.show());
    this.area = new Area(this.connection);
    const form = h("form", { class: "me", submit: (event) => { event.preventDefault(); this.call(); this.area.field.focus(); } }, h("label", { for: "name" }, "Your name"), this.name);
    document.body.replaceChildren(
      h("header", {}, pages(file), h("p", {}, h("a", { href: `?${new URLSearchParams({ file })}` }, "Notes"), ` of ${line(file)}`), this.title, this.people, form),
      h("main", {}, h("label", { for: "text", class: "hidden" }, "Text of the note"), this.area.element, h("div", { class: "foot" }, this.saved, this.news), this.told));
    addEventListener("beforeunload", (event) => this.connection.isDirty && event.preventDefault());
    this.watch();
    this.show();
    Object.assign(globalThis, { memcodecNote: this.connection });
  }

  private begun(): void {
    this.area.bind();
    this.watch();
    this.here.clear();
  }

  private watch(): void {
    this.connection.presence.on("change", () => this.meet());
  }

  /** Tell others the name. */
  private call(): void {
    const name = line(this.name.value).slice(0, 40) || `Guest ${this.connection.doc.clientID % 1000}`;
    this.connection.presence.setLocalStateField("user", { name });
    try {
      localStorage.setItem(NAME, this.name.value);
    } catch { /* it is not remembered, then */ }
  }

  private meet(): void {
    const { presence } = this.connection, now = new Map<number, string>();
    for (const [client, state] of presence.getStates()) now.set(client, line(String(state.user?.name ?? "")).slice(0, 40) || "Somebody");
    const came = [...now].filter(([client]) => !this.here.has(client) && client !== presence.clientID), left = [...this.here].filter(([client]) => !now.has(client));
    const renamed = [...now].filter(([client, name]) => client !== presence.clientID && this.here.has(client) && this.here.get(client) !== name);
    const news = [...came.map(([, name]) => `${name} is here.`), ...left.map(([, name]) => `${name} has left.`), ...renamed.map(([client, name]) => `${this.here.get(client)} is now ${name}.`)];
    if (news.length) this.news.textContent = news.join(" ");
    this.here = now;
    const colour = colours(now.keys());
    this.people.replaceChildren(...[...now].map(([client, name]) => h("li", { class: colour.get(client)! }, client === presence.clientID ? `${name} (you)` : name)));
  }

  private show(): void {
    if (!this.area) return; // the connection speaks first
    const { link, reason, standing, isDirty, isWhole } = this.connection;
    const uri = line(standing?.uri ?? this.uri);
    if (this.title.textContent !== uri) this.title.textContent = document.title = uri;
    if (standing && !this.isSet) {
      this.isSet = true;
      if (!this.name.value && standing.name !== "local") this.name.value = standing.name;
      this.call();
    }
    const mayWrite = isWhole && !!standing?.write && link !== "refused";
    if (this.area.field.readOnly === mayWrite) this.area.field.readOnly = !mayWrite;
    const state =
      link === "refused" ? `This note cannot be edited: ${reason}`
      : link === "connecting" ? "Connecting…"
      : link === "lost" ? `Not connected. ${isDirty ? "What you write is held on this page alone, and sent later." : reason}`
      : !standing?.write ? "You may read along."
      : isDirty ? "Saving…" : standing.committed ? "In the file." : "Saved.";
    document.body.dataset.state = link === "open" ? (isDirty ? "saving" : standing?.committed ? "committed" : "saved") : link;
    if (this.saved.textContent !== state) this.saved.textContent = state;
    const told = standing?.told ?? "";
    if (this.told.textContent !== told) this.told.textContent = told;
  }
}

const asked = new URLSearchParams(location.search), uri = asked.get("uri"), file = asked.get("file") ?? "";
if (uri && file) new Editor(file, uri);
else new Chooser(file);
