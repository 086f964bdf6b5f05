"use strict";
// Explores a graph that is drawn already: zoom, drag, find, follow. Every text goes in as text, never as markup.
const { concepts, relations, communities, cites, files, searches } = JSON.parse(document.getElementById("data").textContent);
const svg = document.querySelector("svg.graph");
const nodes = [...svg.querySelectorAll("circle")], lines = [...svg.querySelectorAll("line")];
const labels = new Map([...svg.querySelectorAll("text")].map((each) => [+each.dataset.i, each]));
const panel = document.getElementById("panel"), find = document.getElementById("find"), sure = document.getElementById("sure");
const box = svg.getAttribute("viewBox").split(" ").map(Number), home = box.slice();
let chosen = -1;
document.getElementById("tools").hidden = false;

function element(name, text, parent) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (parent) parent.append(made);
  return made;
}
// Where a chunk stands; a link to it where there is a page that shows it, which is told what to look for.
function at(number, about, parent) {
  const [uri, line, chunk, file, id] = cites[number], text = `${uri}:${line} (chunk ${chunk}${files.length > 1 ? " of " + files[file] : ""})`;
  if (searches[file]) link(text, file, { q: phrase(about), doc: `${id}:${chunk}` }, parent);
  else parent.append(text);
}
const phrase = (name) => `"${name.replace(/["\s]+/g, " ").trim()}"`;
function link(text, file, asked, parent) {
  element("a", text, parent).href = searches[file] + new URLSearchParams(asked);
}
const view = () => svg.setAttribute("viewBox", box.map((each) => each.toFixed(2)).join(" "));

function places(title, numbers, count, about) {
  element("h3", `${title} (${count})`, panel);
  const list = element("ul", undefined, panel);
  for (const each of numbers) at(each, about, element("li", undefined, list));
  if (count > numbers.length) element("li", `and ${count - numbers.length} more`, list);
}

function show(number) {
  chosen = number;
  panel.replaceChildren();
  const mine = relations.filter((each) => each.a === number || each.b === number);
  const near = new Set([number, ...mine.flatMap((each) => [each.a, each.b])]);
  nodes.forEach((each, i) => { each.classList.toggle("off", number >= 0 && !near.has(i)); each.classList.toggle("at", i === number); });
  labels.forEach((each, i) => each.classList.toggle("off", number >= 0 && !near.has(i)));
  lines.forEach((each, i) => {
    const on = number >= 0 && (relations[i].a === number || relations[i].b === number);
    each.classList.toggle("on", on); each.classList.toggle("off", number >= 0 && !on);
  });
  if (number < 0) return;
  const concept = concepts[number];
  element("h2", concept.name, panel);
  if (concept.aliases.length) element("p", "also: " + concept.aliases.join(", "), panel);
  element("p", `in ${concept.count} chunks of ${concept.documents} documents; group: ${communities[concept.community]}`, panel);
  for (const file of new Set(concept.chunks.map((each) => cites[each][3])))
    if (searches[file]) link(`Search ${files.length > 1 ? files[file] + " " : ""}for it`, file, { q: phrase(concept.name) }, element("p", undefined, panel));
  const list = element("ul", undefined, panel);
  for (const each of mine) {
    const other = each.a === number ? each.b : each.a;
    const button = element("button", concepts[other].name, element("li", undefined, list));
    button.addEventListener("click", () => show(other));
    button.parentElement.append(` ${each.name ? "(" + each.name + ") " : ""}together in ${each.together}, confidence ${each.confidence.toFixed(3)}`);
    const where = element("ul", undefined, button.parentElement);
    for (const place of each.chunks.slice(0, 3)) at(place, concept.name, element("li", undefined, where));
  }
  places("named in", concept.chunks, concept.count, concept.name);
}

nodes.forEach((each, i) => each.addEventListener("click", (event) => { event.stopPropagation(); show(i === chosen ? -1 : i); }));
svg.addEventListener("click", () => { if (!moved) show(-1); });
document.querySelectorAll("button[data-i]").forEach((each) => each.addEventListener("click", () => { show(+each.dataset.i); svg.scrollIntoView({ block: "nearest" }); }));
find.addEventListener("input", () => {
  const wanted = find.value.trim().toLowerCase();
  const first = wanted ? concepts.findIndex((each) => [each.name, ...each.aliases].some((name) => name.toLowerCase().includes(wanted))) : -1;
  show(first);
});
sure.addEventListener("input", () => {
  document.getElementById("least").textContent = (+sure.value).toFixed(2);
  const kept = new Set();
  lines.forEach((each, i) => { const gone = relations[i].confidence < +sure.value; each.classList.toggle("gone", gone); if (!gone) { kept.add(relations[i].a); kept.add(relations[i].b); } });
  nodes.forEach((each, i) => each.classList.toggle("gone", !kept.has(i)));
  labels.forEach((each, i) => each.classList.toggle("gone", !kept.has(i)));
});
svg.addEventListener("wheel", (event) => {
  event.preventDefault();
  const scale = Math.min(8 * home[2] / box[2], Math.max(home[2] / 20 / box[2], event.deltaY < 0 ? 0.85 : 1 / 0.85));
  const frame = svg.getBoundingClientRect();
  const x = box[0] + (event.clientX - frame.left) / frame.width * box[2], y = box[1] + (event.clientY - frame.top) / frame.height * box[3];
  box[0] = x - (x - box[0]) * scale; box[1] = y - (y - box[1]) * scale; box[2] *= scale; box[3] *= scale;
  view();
}, { passive: false });
let drag = null, moved = false;
svg.addEventListener("pointerdown", (event) => { drag = [event.clientX, event.clientY, box[0], box[1]]; moved = false; });
window.addEventListener("pointermove", (event) => {
  if (!drag) return;
  const frame = svg.getBoundingClientRect(), x = event.clientX - drag[0], y = event.clientY - drag[1];
  if (Math.abs(x) + Math.abs(y) > 3) moved = true;
  box[0] = drag[2] - x / frame.width * box[2]; box[1] = drag[3] - y / frame.height * box[3];
  view();
});
window.addEventListener("pointerup", () => { drag = null; });
document.getElementById("whole").addEventListener("click", () => { box.splice(0, 4, ...home); view(); find.value = ""; show(-1); });
