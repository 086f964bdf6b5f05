/** Whether all is indexed, by words and by meaning; and where every byte of the file went. */

import { amount, h, line } from "../ui/dom.ts";
import { get, type Info, type Job, send } from "./api.ts";
import type { Context } from "./app.ts";
import { button, when } from "./parts.ts";

const PARTS: Record<string, string> = {
  text: "Documents, compressed", parity: "Parity, which brings lost packets back", guide: "Guide to the file", catalogue: "Catalogue", lexical: "Index of words",
  vectors: "Index of meaning", opening: "What a search reads first", commits: "Commit records", journal: "Journal", container: "The media container's own",
};
const OPEN = ["queued", "running"];

export async function state(context: Context): Promise<(Node | null)[]> {
  const info = await get<Info>(`v1/files/${encodeURIComponent(context.name)}`), jobs = h("ul", { class: "uploads", "aria-label": "Indexing" });
  const show = async (): Promise<void> => {
    const { jobs: every } = await get<{ jobs: Job[] }>("v1/jobs"), mine = every.filter((each) => each.path === context.name);
    jobs.replaceChildren(...mine.slice(-5).reverse().map((each) => row(context, each, show)));
  };
  await show();
  context.listen((event) => {
    if (event.event === "job") void show().catch(() => undefined);
  });
  const begin = button("Index by meaning", () => void context.work("Beginning …", async () => {
    await send("POST", "v1/jobs", { file: context.name });
    await show();
    return "It is indexed in the background.";
  }));
  return [h("h2", {}, "Index"),
    facts([["By words", info.lexical ? "every document" : "no"], ["By meaning", info.model ?? "no"], ["Chunks", info.chunks.toLocaleString("en")]]),
    context.may.rule ? h("p", { class: "actions" }, begin) : null, jobs,
    h("h2", {}, "Where every byte went"), bars(info),
    h("h2", {}, "In numbers"), facts([["Documents", info.documents.toLocaleString("en")], ["In the history alone", info.dead.toLocaleString("en")], ["Text", amount(info.text)], ["Commits", info.commits.toLocaleString("en")],
      ["Frames", info.frames.toLocaleString("en")], ["Medium", `${line(info.codec)}, ${line(info.profile)}`], ["Made", when(info.created)], ["Changed", when(info.changed)]])];
}

const facts = (rows: [string, string][]): HTMLElement => h("dl", {}, ...rows.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));

function row(context: Context, job: Job, show: () => Promise<void>): HTMLElement {
  const isOpen = OPEN.includes(job.state), told = `${job.done.toLocaleString("en")} of ${job.total.toLocaleString("en")} chunks`;
  return h("li", {}, `Job ${job.id}: ${line(job.state)}, ${told} `, isOpen ? h("progress", { max: Math.max(1, job.total), value: job.done, "aria-label": `Job ${job.id}` }) : null,
    isOpen && context.may.rule ? button("Stop", () => void context.work("Stopping …", async () => {
      await send("DELETE", `v1/jobs/${job.id}`);
      await show();
    }), { "aria-label": `Stop job ${job.id}` }) : null,
    job.error ? h("div", { class: "error" }, line(job.error)) : null);
}

/** Each kind of bytes as a bar; they add up to the file. */
function bars(info: Info): HTMLElement {
  const rows = Object.entries(info.parts).filter(([, bytes]) => bytes).sort(([, a], [, b]) => b - a);
  return h("table", { class: "bytes" }, h("caption", {}, `${amount(info.size)} in all (${info.size.toLocaleString("en")} bytes)`),
    h("thead", { class: "hidden" }, h("tr", {}, ...["What", "Bytes", "Share"].map((each) => h("th", { scope: "col" }, each)))),
    h("tbody", {}, ...rows.map(([name, bytes]) => h("tr", {}, h("th", { scope: "row" }, PARTS[name] ?? line(name)), h("td", { class: "number" }, amount(bytes)),
      h("td", { class: "bar" }, h("meter", { min: 0, max: info.size, value: bytes, "aria-label": PARTS[name] ?? line(name) }), ` ${((100 * bytes) / info.size).toFixed(1)}%`)))));
}
