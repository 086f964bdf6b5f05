/** What documents speak of, what rose and fell, and what they say about something. */

import { count, h, line } from "../ui/dom.ts";
import { get, type Synthesis, type Topics, type Trends } from "./api.ts";
import type { Context } from "./app.ts";
import { button, field, notes, table, where } from "./parts.ts";

export async function insight(context: Context): Promise<(Node | null)[]> {
  const link = (uri: string): string => context.link({ view: "documents", doc: uri });
  return [
    h("h2", {}, "Insight"),
    h("p", { class: "about" }, "Graph, topics and dashboard are pages of their own, above. Of a large memory they take up to a minute the first time."),
    asking(context, link),
    part("Topics", "Show the topics", context, () => topics(context, link)),
    part("Trends", "By month", context, () => trends(context, "month"), ["By commit", () => trends(context, "commit")]),
  ];
}

/** A part that is made when it is asked for. */
function part(title: string, label: string, context: Context, make: () => Promise<(Node | null)[]>, other?: [label: string, make: () => Promise<(Node | null)[]>]): HTMLElement {
  const box = h("div", { "aria-live": "polite" }), show = (made: typeof make) => () => void context.work("Looking it all over …", async () => {
    box.replaceChildren(...(await made()).filter((each) => each !== null));
  });
  return h("section", {}, h("h3", {}, title), h("p", { class: "actions" }, button(label, show(make)), other ? button(other[0], show(other[1])) : null), box);
}

async function topics(context: Context, link: (uri: string) => string): Promise<(Node | null)[]> {
  const found = await get<Topics>("v1/topics", { file: context.name });
  const rows = found.topics.map((each) => [line(each.name), each.documents.toLocaleString("en"), each.terms.map(({ term }) => line(term)).join(", "), where(each.chunks, link)]);
  return [notes(found.notes), table(`${count(found.topics.length, "topic")}; ${count(found.rest, "chunk")} of ${found.chunks.toLocaleString("en")} of none`, ["Topic", "Documents", "Terms", "Where"], rows, [1])];
}

async function trends(context: Context, by: string): Promise<(Node | null)[]> {
  const found = await get<Trends>("v1/trends", { file: context.name, by });
  if (!found.trends.length) return [notes(found.notes), h("p", {}, `Nothing changed beyond chance, over ${count(found.periods.length, by === "month" ? "month" : "commit")}.`)];
  const rows = found.trends.map((each) => [line(each.term), each.rose ? "rose" : "fell", `${line(each.first)} to ${line(each.last)}`, `${each.observed} for ${each.expected.toFixed(1)}`, each.p.toPrecision(2)]);
  return [notes(found.notes), table(`${count(rows.length, "trend")} by ${by}`, ["Term", "", "When", "Documents, and by chance", "p"], rows, [3, 4])];
}

function asking(context: Context, link: (uri: string) => string): HTMLElement {
  const query = h("input", { type: "search", required: true, maxlength: 1000, autocomplete: "off" });
  const kind = h("select", {}, ...[["summary", "Summary"], ["insights", "What is said together"], ["timeline", "Timeline"]].map(([value, label]) => h("option", { value: value! }, label!)));
  const box = h("div", { "aria-live": "polite" });
  const ask = (): Promise<boolean> => context.work("Reading …", async () => {
    const found = await get<Synthesis>("v1/synthesize", { file: context.name, query: query.value, kind: kind.value });
    const said = found.statements.map((each) => h("li", {}, each.time ? h("strong", {}, `${line(each.time)} `) : null, each.about.length ? h("strong", {}, `${each.about.map(line).join(" + ")}: `) : null, `${line(each.text)} `, where(each.cites, link)));
    box.replaceChildren(...[notes(found.notes), said.length ? h("ul", { class: "said" }, ...said) : h("p", {}, "Nothing answers that.")].filter((each) => each !== null));
  });
  return h("section", {}, h("h3", {}, "Put together"), h("form", { class: "ask", submit: (event) => { event.preventDefault(); void ask(); } },
    field("What it is to be about", query), field("As", kind), h("p", { class: "actions" }, h("button", { type: "submit", class: "chief" }, "Put together"))), box);
}
