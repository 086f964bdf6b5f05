/** The states of a memory: what each commit did, two of them compared, an old one brought back. */

import { amount, h, line, shown } from "../ui/dom.ts";
import { type Commit, type Diff, type Documented, get, rawPath, send, text } from "./api.ts";
import type { Context } from "./app.ts";
import { compare, near } from "./lines.ts";
import { button, nameOf, summary, table, when } from "./parts.ts";

const PAGE = 50, COMPARED = 1_000_000; // commits at once; bytes of a text whose lines are compared

export class History {
  private readonly from = h("select", { id: "from" });
  private readonly to = h("select", { id: "to" });
  private readonly result = h("section", { "aria-label": "Differences", "aria-live": "polite" });

  constructor(private readonly context: Context) {}

  async shown(): Promise<(Node | null)[]> {
    const { context } = this, { from, to } = context.address;
    const found = await this.commits(0), newest = found.commits[0]?.number ?? 0;
    const shown = [...found.commits];
    while (shown.length < found.total && !has(shown, [from, to])) shown.push(...(await this.commits(shown.length)).commits);
    const box = h("div"), more = button("Older ones", () => void context.work("Reading …", async () => {
      shown.push(...(await this.commits(shown.length)).commits);
      this.fill(box, shown, newest, more, found.total);
    }));
    this.fill(box, shown, newest, more, found.total);
    this.from.value = from || String(shown[1]?.number ?? newest);
    this.to.value = to || String(newest);
    const form = h("form", { class: "compare", submit: (event) => { event.preventDefault(); void context.go({ view: "history", from: this.from.value, to: this.to.value }); } },
      h("label", { for: "from" }, "Compare"), this.from, h("label", { for: "to" }, "with"), this.to, h("button", { type: "submit", class: "chief" }, "Compare"));
    if (from && to) await this.differences(from, to);
    return [h("h2", {}, "History"), form, this.result, box, h("p", {}, more)];
  }

  private commits(offset: number): Promise<{ total: number; commits: Commit[] }> {
    return get("v1/log", { file: this.context.name, limit: PAGE, offset });
  }

  private fill(box: HTMLElement, commits: Commit[], newest: number, more: HTMLElement, total: number): void {
    const { from, to } = { from: this.from.value, to: this.to.value };
    for (const select of [this.from, this.to])
      select.replaceChildren(...commits.map((each) => h("option", { value: each.number }, `${each.number}, ${when(each.time)}`)));
    this.from.value = from;
    this.to.value = to;
    const rule = this.context.may.rule;
    box.replaceChildren(table(`${commits.length} of ${total} commits`, ["Commit", "When", "What", "Documents", "Bytes", ...(rule ? ["Roll back"] : [])],
      commits.map((each) => [String(each.number), when(each.time), line(each.kind), summary(each.added, each.changed, each.removed), amount(each.size),
        ...(rule ? [each.number === newest ? "is the newest" : button("Roll back", () => void this.back(each), { "aria-label": `Roll back to commit ${each.number}` })] : [])]), [0, 4]));
    more.hidden = commits.length >= total;
  }

  private async back(commit: Commit): Promise<void> {
    const { context } = this;
    if (!(await context.sure(`Roll back to commit ${commit.number}?`, "The documents become those of that commit, in a new one. Nothing is lost: what is there now stays in the history.", "Roll back"))) return;
    await context.work("Rolling back …", async () => {
      const made = await send<{ commit: { number: number } | null }>("POST", "v1/rollback", { commit: commit.number, file: context.name });
      await context.go({ view: "history", from: "", to: "" });
      return made.commit ? `Commit ${commit.number} is back, as commit ${made.commit.number}.` : "The state was that already.";
    });
  }

  // Two states

  private async differences(from: string, to: string): Promise<void> {
    const found = await get<Diff>("v1/diff", { file: this.context.name, from, to });
    const list = (label: string, sign: string, some: Documented[], at: number): HTMLElement | null =>
      some.length ? h("div", {}, h("h3", {}, `${label} (${some.length})`), h("ul", { class: "documents" }, ...some.map((each) => this.document(each, sign, at)))) : null;
    const { added, changed, removed } = found, parts = [
      list("New", "+", added, found.to),
      changed.length ? h("div", {}, h("h3", {}, `Changed (${changed.length})`), h("ul", { class: "documents" }, ...changed.map((each) => this.change(each.before, each.after, found)))) : null,
      list("Gone", "−", removed, found.from),
    ].filter((each) => each !== null);
    this.result.replaceChildren(h("h3", {}, `From commit ${found.from} to commit ${found.to}: ${summary(added.length, changed.length, removed.length)}`), ...parts);
  }

  private document(doc: Documented, sign: string, at: number): HTMLElement {
    return h("li", {}, `${sign} ${nameOf(doc)}`, h("span", { class: "place" }, ` ${line(doc.uri)} · ${amount(doc.size)} · `),
      h("a", { href: `${rawPath(doc.id)}?${new URLSearchParams({ file: this.context.name, as_of: String(at) })}`, download: "" }, "Download"));
  }

  private change(before: Documented, after: Documented, found: Diff): HTMLElement {
    const box = h("div", { hidden: true }), facts = marksOf(before, after);
    const toggle = button("Show the lines", () => {
      box.hidden = !box.hidden;
      toggle.textContent = box.hidden ? "Show the lines" : "Hide the lines";
      toggle.setAttribute("aria-expanded", String(!box.hidden));
      if (!box.hidden && !box.firstChild) void this.context.work("Reading …", () => this.lines(box, before, after, found));
    }, { "aria-expanded": "false" });
    return h("li", {}, `${nameOf(after)} `, h("span", { class: "place" }, `${line(after.uri)} · ${amount(before.size)} → ${amount(after.size)} `),
      before.sha256 === after.sha256 ? null : toggle, ...facts.map((each) => h("div", { class: "place" }, each)), box);
  }

  private async lines(box: HTMLElement, before: Documented, after: Documented, found: Diff): Promise<void> {
    if (Math.max(before.size, after.size) > COMPARED) return box.replaceChildren(h("p", { class: "about" }, "They are too large to be compared here."));
    const file = this.context.name;
    const [old, now] = await Promise.all([text(rawPath(before.id), { file, as_of: found.from }), text(rawPath(after.id), { file, as_of: found.to })]);
    const all = compare(old, now);
    if (!all) return box.replaceChildren(h("p", { class: "about" }, "Nearly all of it is different."));
    const names = { "+": "new: ", "-": "gone: ", " ": "" };
    box.replaceChildren(h("pre", { class: "lines", tabindex: "0", "aria-label": "Lines" }, ...near(all).map((each) =>
      each ? h("span", { class: { "+": "plus", "-": "minus", " ": "" }[each[0]] }, h("span", { class: "hidden" }, names[each[0]]), h("span", { "aria-hidden": "true" }, `${each[0]} `), `${shown(each[1])}\n`) : h("span", { class: "place" }, "…\n"))));
  }
}

const has = (commits: Commit[], numbers: string[]): boolean => numbers.every((each) => !each || commits.some((one) => String(one.number) === each));

/** What else than its text is another. */
function marksOf(before: Documented, after: Documented): string[] {
  const found: string[] = [];
  if (before.title !== after.title) found.push(`title: ${line(before.title)} → ${line(after.title)}`);
  for (const key of new Set([...Object.keys(before.tags), ...Object.keys(after.tags)]))
    if (before.tags[key] !== after.tags[key]) found.push(`tag ${line(key)}: ${line(before.tags[key] ?? "none")} → ${line(after.tags[key] ?? "none")}`);
  return found;
}
