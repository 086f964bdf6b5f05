/** The documents of a memory, and one of them: read, edited, tagged, forgotten. */

import { amount, day, h, line, shown } from "../ui/dom.ts";
import { type Documented, documentPath, Fault, type Filed, get, rawPath, address, send, text } from "./api.ts";
import type { Context } from "./app.ts";
import { button, documents, field, nameOf, tagsOf, written } from "./parts.ts";

const PAGE = 50, EDITABLE = 1_000_000; // documents at once; bytes of a text that is edited here

/** Words of a uri as a pattern that has them anywhere. */
const pattern = (words: string): string => `*${words.trim().replace(/[\[\]?*]/g, "?").replace(/\s+/g, "*")}*`;

export async function several(context: Context): Promise<(Node | null)[]> {
  const { q } = context.address;
  const list = h("ul", { class: "documents" }), more = button("More", () => void context.work("Reading …", next)), heading = h("h2");
  const page = (offset: number, limit: number): Promise<{ total: number; documents: Filed[] }> =>
    get<{ total: number; documents: Filed[] }>("v1/documents", { file: context.name, limit, offset, path: q ? pattern(q) : [] }).catch((error: unknown) => {
      if (error instanceof Fault && error.status === 404 && q) return { total: 0, documents: [] };
      throw error;
    });
  // The service lists the oldest first; who manages them looks for the newest.
  let { total: left } = await page(0, 1);
  heading.textContent = documents(left) + (q ? ` whose name has “${line(q)}”` : "") + (left > 1 ? ", newest first" : "");
  async function next(): Promise<void> {
    const size = Math.min(PAGE, left);
    if (size) list.append(...(await page(left - size, size)).documents.reverse().map((each) => row(context, each)));
    left -= size;
    more.hidden = !left;
  }
  await next();
  const input = h("input", { type: "search", id: "names", value: q, placeholder: "Part of a name", autocomplete: "off" });
  const form = h("form", { role: "search", submit: (event) => { event.preventDefault(); void context.go({ view: "documents", q: input.value.trim() }); } },
    h("label", { for: "names", class: "hidden" }, "Documents whose name has"), input, h("button", { type: "submit" }, "Find"));
  return [heading, form, list, h("p", {}, more)];
}

function row(context: Context, doc: Documented): HTMLElement {
  const tags = Object.entries(doc.tags).map(([key, value]) => h("span", { class: "tag" }, line(`${key}=${value}`)));
  return h("li", {}, h("a", { href: context.link({ view: "documents", doc: doc.id }) }, nameOf(doc)),
    h("span", { class: "place" }, ` ${line(doc.uri)} · ${day(doc.time)} · ${amount(doc.size)} `), ...tags);
}

export async function one(context: Context): Promise<(Node | null)[]> {
  const { document: doc } = await get<{ document: Documented }>(documentPath(context.address.doc), { file: context.name, count: 1 });
  const isLarge = doc.size > EDITABLE, isTaken = doc.extracted || doc.original !== null;
  const content = isLarge ? "" : await text(rawPath(doc.id), { file: context.name });
  const asked = { file: context.name }, facts = [line(doc.uri), day(doc.time), amount(doc.size), line(doc.author), line(doc.type), line(doc.language)].filter(Boolean);
  const head = [
    h("a", { href: context.link({ view: "documents" }), class: "back" }, "← All documents"),
    h("h2", {}, nameOf(doc)), h("p", { class: "place" }, facts.join(" · ")),
    h("p", { class: "links" }, h("a", { href: address(rawPath(doc.id), asked), download: "" }, "Download the text"),
      doc.original ? h("a", { href: address(rawPath(doc.id), { ...asked, original: "true" }), download: "" }, `Download the original (${amount(doc.original.size)})`) : null),
  ];
  const notes = document.documentElement.dataset.notes;
  if (notes && context.may.write && !isTaken) head.at(-1)!.append(h("a", { href: address(notes, { file: context.name, uri: doc.uri }) }, "Edit it together"));
  if (!context.may.write) return [...head, tagList(doc), body(doc, content, isLarge)];
  const why = isLarge ? "It is too large to be edited here." : "Its text was taken out of another file: change that, and add it again under the same name.";
  return [...head, isTaken || isLarge ? h("div", {}, h("p", { class: "about" }, why), body(doc, content, isLarge)) : editor(context, doc, content), marks(context, doc), forgetting(context, doc)];
}

const tagList = (doc: Documented): HTMLElement | null =>
  Object.keys(doc.tags).length ? h("p", {}, ...Object.entries(doc.tags).map(([key, value]) => h("span", { class: "tag" }, line(`${key}=${value}`)))) : null;
const body = (doc: Documented, content: string, isLarge: boolean): HTMLElement =>
  h("div", { class: "body", lang: doc.language }, isLarge ? "It is too large to be shown here: download it." : shown(content));

/** What was typed and not saved, by file and uri, and the text that it was made of: it outlives a look elsewhere. */
const drafts = new Map<string, { text: string; sha256: string }>();

function editor(context: Context, doc: Documented, content: string): HTMLElement {
  const key = `${context.name}\n${doc.uri}`, draft = drafts.get(key);
  // What has carriage returns would lose them in a text field.
  const input = h("textarea", { rows: 16, spellcheck: "true", lang: doc.language, readonly: content.includes("\r") });
  input.value = draft?.sha256 === doc.sha256 ? draft.text : content;
  input.addEventListener("input", () => drafts.set(key, { text: input.value, sha256: doc.sha256 }));
  const save = h("button", { type: "submit", class: "chief" }, "Save");
  const leave = (event: BeforeUnloadEvent): void => {
    if (input.isConnected && input.value !== content) event.preventDefault();
  };
  window.addEventListener("beforeunload", leave);
  input.addEventListener("keydown", (event) => {
    if (event.key === "s" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void store();
    }
  });
  async function store(): Promise<void> {
    await context.work("Saving …", async () => {
      const made = await send<{ commit: number | null; document: Documented }>("PUT", documentPath(doc.uri), { text: input.value, sha256: doc.sha256, file: context.name }).catch((error: unknown) => {
        if (error instanceof Fault && error.status === 409) throw new Fault(409, "Somebody has changed it meanwhile. Your text is still here, and stays below the new one when you open the document again.");
        throw error;
      });
      drafts.delete(key);
      content = input.value;
      await context.go({ view: "documents", doc: made.document.id });
      return made.commit === null ? "It was so already." : `Saved, as commit ${made.commit}.`;
    });
  }
  return h("form", { class: "stack", submit: (event) => { event.preventDefault(); void store(); } },
    field("Text", input, content.includes("\r") ? "It has carriage returns, which a text field would lose." : "Ctrl+S saves. The old text stays in the history."),
    h("p", { class: "actions" }, content.includes("\r") ? null : save),
    draft && draft.sha256 !== doc.sha256 ? older(draft.text) : null);
}

/** What was typed into a text that others have changed since. */
function older(draft: string): HTMLElement {
  const kept = h("textarea", { rows: 8, readonly: true });
  kept.value = draft;
  return field("Your text, not saved: the document is another by now", kept, "Copy from it what is to stay.");
}

function marks(context: Context, doc: Documented): HTMLElement {
  const title = h("input", { value: doc.title, maxlength: 1000, autocomplete: "off" }), tags = h("textarea", { rows: 3 });
  tags.value = written(doc.tags);
  async function store(): Promise<void> {
    await context.work("Saving …", async () => {
      const wanted = tagsOf(tags.value), untag = Object.keys(doc.tags).filter((key) => !(key in wanted));
      const made = await send<{ commit: { number: number } | null }>("POST", "v1/tag", { doc: [doc.uri], tags: wanted, untag, title: title.value, file: context.name });
      const { documents: [now] } = await get<{ documents: Documented[] }>("v1/documents", { file: context.name, doc: [doc.uri] });
      await context.go({ view: "documents", doc: now?.id ?? "" });
      return made.commit ? `Saved, as commit ${made.commit.number}.` : "It was so already.";
    });
  }
  return h("form", { class: "stack marks", submit: (event) => { event.preventDefault(); void store(); } },
    field("Title", title), field("Tags", tags, "key=value, one a line"), h("p", { class: "actions" }, h("button", { type: "submit" }, "Save title and tags")));
}

function forgetting(context: Context, doc: Documented): HTMLElement {
  async function forget(): Promise<void> {
    if (!(await context.sure(`Forget ${nameOf(doc)}?`, "No search finds it any more. The history still has it, and rolling back brings it back.", "Forget it"))) return;
    await context.work("Forgetting …", async () => {
      const made = await send<{ commit: { number: number } | null }>("POST", "v1/forget", { doc: [doc.id], file: context.name });
      await context.go({ view: "documents" });
      return `${nameOf(doc)} is forgotten${made.commit ? `, as commit ${made.commit.number}` : ""}.`;
    });
  }
  return h("p", { class: "actions" }, button("Forget this document", () => void forget(), { class: "grave" }));
}
