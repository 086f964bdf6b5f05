/** Text that is typed, and files that are dropped or chosen, each with how far it got. */

import { amount, h, line, shown } from "../ui/dom.ts";
import { type Added, address, send, upload } from "./api.ts";
import type { Context } from "./app.ts";
import { type Dropped, dropped } from "./dropped.ts";
import { button, documents, field, tagsOf } from "./parts.ts";

const AT_ONCE = 2; // files under way

export async function adding(context: Context): Promise<(Node | null)[]> {
  if (!context.may.write) return [h("p", {}, "Adding takes a token for writing, and a service that runs with --write.")];
  return [files(context), typed(context)];
}

function typed(context: Context): HTMLElement {
  const title = h("input", { required: true, maxlength: 1000, autocomplete: "off" }), uri = h("input", { maxlength: 1000, autocomplete: "off" });
  const body = h("textarea", { required: true, rows: 8 }), tags = h("textarea", { rows: 2 });
  async function add(): Promise<void> {
    await context.work("Adding …", async () => {
      const name = uri.value.trim() || `${title.value.trim().replace(/[\/\\\s]+/g, "-")}.md`;
      const made = await send<Added>("POST", "v1/documents", { documents: [{ text: body.value, title: title.value.trim(), uri: name, tags: tagsOf(tags.value) }], file: context.name });
      const [first] = made.documents;
      await context.go({ view: "documents", doc: first!.document.id });
      return first!.commit === null ? "It was there already, as it is." : `Added, as commit ${first!.commit}.`;
    });
  }
  return h("form", { class: "stack", submit: (event) => { event.preventDefault(); void add(); } }, h("h2", {}, "Text"),
    field("Title", title), field("Text", body), field("Name", uri, "As notes/heron.md; without one it is made of the title. Of a name that is known the text becomes the new version."),
    field("Tags", tags, "key=value, one a line"), h("p", { class: "actions" }, h("button", { type: "submit", class: "chief" }, "Add it")));
}

function files(context: Context): HTMLElement {
  const under = h("input", { autocomplete: "off", maxlength: 500, placeholder: "notes/" }), tags = h("textarea", { rows: 2 });
  const list = h("ul", { class: "uploads", "aria-label": "Files" }), limit = Number(document.documentElement.dataset.limit);
  const waiting: (() => Promise<void>)[] = [];
  let running = 0;
  function next(): void {
    while (running < AT_ONCE && waiting.length) {
      running++;
      void waiting.shift()!().finally(() => { running--; next(); });
    }
  }
  function take(chosen: Iterable<Dropped>): void {
    let marked: Record<string, string>;
    try {
      marked = tagsOf(tags.value);
    } catch (error) {
      return context.say((error as Error).message, true);
    }
    for (const { name, file } of chosen) {
      const one = new Upload(context, `${under.value.trim()}${name}`, file, Object.entries(marked).map((pair) => pair.join("=")));
      list.append(one.row);
      if (limit && file.size > limit) one.end(`has ${amount(file.size)}, and the service takes ${amount(limit)} at most`, true);
      else waiting.push(() => one.send());
    }
    next();
  }
  const input = h("input", { type: "file", multiple: true, id: "files", class: "hidden", change: () => { take([...input.files!].map((file) => ({ name: file.name, file }))); input.value = ""; } });
  const drop = h("div", { class: "drop",
    dragover: (event: DragEvent) => { event.preventDefault(); drop.classList.add("over"); },
    dragleave: () => drop.classList.remove("over"),
    drop: (event: DragEvent) => { event.preventDefault(); drop.classList.remove("over"); void context.work("Reading …", () => dropped(event.dataTransfer!.items).then(take)); } },
    input, h("label", { for: "files", class: "choose" }, "Choose files"), " or drop them here, folders too");
  return h("section", { class: "stack" }, h("h2", {}, "Files"),
    h("p", { class: "about" }, "Text is kept as it is. Of PDF, Office, mail and pictures the text is kept, and of an archive every file."),
    drop, list, h("details", {}, h("summary", {}, "Where they go, and tags"), field("Before their names", under, "As notes/"), field("Tags", tags, "key=value, one a line")));
}

/** One file on its way. */
class Upload {
  readonly row: HTMLElement;
  private readonly bar = h("progress", { max: 1, value: 0 });
  private readonly told = h("span", { class: "told", role: "status" }, "waits");
  private readonly stopping = new AbortController();
  private readonly stop = button("Stop", () => this.cancel());
  private isOver = false;

  constructor(private readonly context: Context, private readonly name: string, private readonly file: File, private readonly tags: string[]) {
    this.bar.setAttribute("aria-label", line(name));
    this.stop.setAttribute("aria-label", `Stop ${line(name)}`);
    this.row = h("li", {}, h("span", { class: "uri" }, line(name)), " ", h("span", { class: "place" }, amount(file.size)), " ", this.bar, this.told, this.stop);
  }

  private cancel(): void {
    this.stopping.abort();
    this.end("stopped", true);
  }

  async send(): Promise<void> {
    if (this.isOver) return;
    this.told.textContent = "is sent";
    try {
      const made = await upload(address("v1/upload", { name: this.name, file: this.context.name, tag: this.tags }), this.file, (share) => this.went(share), this.stopping.signal);
      const fresh = made.documents.filter((each) => each.commit !== null).length, rest = made.documents.length - fresh;
      this.context.made(Math.max(0, ...made.documents.map((each) => each.commit ?? 0)));
      this.end([fresh && `${documents(fresh)} added`, rest && `${fresh ? rest : documents(rest)} there already`].filter(Boolean).join(", "), false, made.notes);
    } catch (error) {
      this.end((error as Error).message, true);
    }
  }

  private went(share: number): void {
    this.bar.value = share;
    if (share === 1) this.told.textContent = "is read and stored";
  }

  end(text: string, isError: boolean, notes: string[] = []): void {
    if (this.isOver) return;
    this.isOver = true;
    this.bar.remove();
    this.stop.remove();
    this.told.textContent = shown(text);
    this.told.classList.add(isError ? "error" : "intact");
    for (const each of notes) this.row.append(h("div", { class: "place" }, line(each)));
  }
}
