/** What a terminal shows of text that was written to one, as writers put it into an index: no colours, no overstrikes. */

const SEQUENCE = /(?:\x1b\[|\x9b)([0-?]{0,64})[ -/]{0,8}([@-~])|\x1b[\]PX^_][^\x07\x1b\x9c\n]{0,4096}(?:\x07|\x1b\\|\x9c)|\x1b[ -/]{1,3}[0-~]|\x1b[0-Z\\^-~]/g;
const DRAWN = /\x1b\(0([^\x1b\n]{0,1000})\x1b\(B/g;
const LINES: Record<string, string> = { j: "┘", k: "┐", l: "┌", m: "└", n: "┼", q: "─", t: "├", u: "┤", v: "┴", w: "┬", x: "│" };
const WIDEST = 16, ERASED = "\x18", ALL_ERASED = "\x19";

export function shown(text: string): string {
  const hasCodes = /[\x1b\x9b]/.test(text), bare = (each: string): string => each.replace(/[\x18\x19]/g, "");
  if (hasCodes)
    text = bare(text).replace(DRAWN, (_, drawn: string) => drawn.replace(/[a-z]/g, (each) => LINES[each] ?? each)).replace(SEQUENCE, meaning);
  if (hasCodes || /[\b\r]/.test(text)) {
    const lines = text.split("\n");
    text = lines.map((each) => line(each, lines.length > 1)).join("\n");
  }
  return hasCodes ? bare(text) : text;
}

function meaning(_: string, numbers: string | undefined, end: string | undefined, at: number, all: string): string {
  const count = /^\d{1,4}$/.test(numbers ?? "") ? Number(numbers) : 1;
  switch (end) {
    case "C": return " ".repeat(Math.min(Math.max(count, 1), WIDEST));
    case "D": return count <= WIDEST ? "\b".repeat(Math.max(count, 1)) : "\r";
    case "G": return count <= 1 ? "\r" : " ";
    case "K": return numbers === "2" ? ALL_ERASED : !numbers || numbers === "0" ? ERASED : "";
  }
  return end && "ABEFHdf".includes(end) && at && all[at - 1] !== "\n" ? "\n" : "";
}

function line(text: string, isOneOfMany: boolean): string {
  if (text.slice(0, -1).includes("\r")) {
    const parts = notErased(text.split("\r"));
    text = parts.filter((part, i) => !wentOn(part, parts[i + 1] ?? "", isOneOfMany)).join("\r");
  }
  return text.includes("\b") ? overstruck(text) : text;
}

function notErased(parts: string[]): string[] {
  let first = 0;
  parts.forEach((part, i) => {
    if (i && /[\x18\x19]/.test(part)) first = i;
    if (part.endsWith(ALL_ERASED) && i + 1 < parts.length) first = i + 1;
  });
  return parts.slice(first);
}

const begin = (part: string): string => (part.length > 500 ? [...part.slice(0, 1000)].slice(0, 500).join("") : part);
const words = (part: string): string => (begin(part).match(/\p{L}+/gu) ?? []).join("").toLowerCase();
const said = (part: string): string => (begin(part).match(/[\p{L}\p{N}]+/gu) ?? []).join("").toLowerCase();

function wentOn(part: string, after: string, isOneOfMany: boolean): boolean {
  if (!after) return false;
  if (isOneOfMany && !/\p{L}/u.test(begin(part))) return part !== "";
  return (/[%/]/.test(part) || (isOneOfMany && said(after).startsWith(said(part)))) && words(after).startsWith(words(part));
}

function overstruck(text: string): string {
  const cells: string[] = [], isMark = (each: string): boolean => /\p{M}/u.test(each);
  let at = 0;
  for (const c of text) {
    const held = cells[at];
    if (c === "\b") at = Math.max(at - 1, 0);
    else if (held !== undefined) {
      if (isMark(c) && at && !held.includes(c) && held !== "_") {
        cells[at - 1] += c;
        continue;
      }
      if ((!"_ ".includes(c) || held === "_") && !(isMark(c) && held.includes(c))) cells[at] = c;
      at++;
    } else if (cells.length && isMark(c)) cells[cells.length - 1] += c;
    else {
      cells.push(c);
      at++;
    }
  }
  return cells.join("");
}
