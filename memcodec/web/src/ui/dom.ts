/** Elements, made of text alone: nothing that a file says becomes markup. */

type Child = Node | string | null;
type Properties = Record<string, string | number | boolean | ((event: any) => void)>;

export function h<K extends keyof HTMLElementTagNameMap>(name: K, properties: Properties = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties))
    if (typeof value === "function") made.addEventListener(key, value);
    else if (typeof value === "boolean") made.toggleAttribute(key, value);
    else made.setAttribute(key, String(value));
  made.append(...children.filter((each) => each !== null));
  return made;
}

/** What can be shown of a name or a text: no control characters, and none that turn the reading direction about. */
export const shown = (text: string): string => text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");

/** One line of it. */
export const line = (text: string): string => shown(text.replace(/\s+/g, " ")).trim();

/** A text with some stretches marked. */
export function marked(text: string, spans: [number, number][]): Node[] {
  const found: Node[] = [];
  let at = 0;
  for (const [start, end] of spans) {
    if (end <= at) continue;
    const from = Math.max(at, start);
    found.push(document.createTextNode(shown(text.slice(at, from))), h("mark", {}, shown(text.slice(from, end))));
    at = end;
  }
  found.push(document.createTextNode(shown(text.slice(at))));
  return found;
}

const WIDTH = 320;

/** The stretch of a text with the most marks, and these in it. */
export function excerpt(text: string, spans: [number, number][]): { text: string; spans: [number, number][] } {
  let best = 0, low = spans[0]?.[0] ?? 0;
  spans.forEach(([start], i) => {
    let count = 0;
    const seen = new Set<string>();
    for (let n = i; n < spans.length && spans[n]![1] - start <= WIDTH; n++) {
      seen.add(text.slice(...spans[n]!).toLowerCase());
      count++;
    }
    const value = 1000 * seen.size + count;
    if (value > best) [best, low] = [value, start];
  });
  let start = Math.max(0, Math.min(low - WIDTH / 4, text.length - WIDTH)), end = Math.min(text.length, start + WIDTH);
  while (start > 0 && start < low && !/\s/.test(text[start - 1]!)) start++;
  while (end < text.length && end > low + 40 && !/\s/.test(text[end]!)) end--;
  const before = start ? "… " : "", cut = before + text.slice(start, end) + (end < text.length ? " …" : "");
  const moved = spans.filter(([from, to]) => from >= start && to <= end).map(([from, to]): [number, number] => [from - start + before.length, to - start + before.length]);
  return { text: cut, spans: moved };
}

/** Bytes for people. */
export const amount = (bytes: number): string =>
  bytes < 1000 ? `${bytes} B` : bytes < 1e6 ? `${(bytes / 1e3).toFixed(bytes < 1e4 ? 1 : 0)} kB` : bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;

export const count = (number: number, what: string): string => `${number.toLocaleString("en")} ${what}${number === 1 ? "" : "s"}`;
export const day = (time: string): string => time.slice(0, 10);
