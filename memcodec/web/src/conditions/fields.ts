/** Which documents fields mean. */

import type { Document } from "../catalogue.ts";
import type { Leaf } from "../query.ts";
import { instant, interval } from "./times.ts";
import { tools } from "./tools.ts";

const LISTS = ["tags", "tag", "keywords", "categories", "labels", "taxonomies.tags", "taxonomies.categories"];

/** Whether documents satisfy a field. */
export function accepting({ name, text, column }: Leaf & { kind: "field" }): (document: Document) => boolean {
  const folded = (value: string): string[] => tools.surfaces(value).map(tools.casefold);
  const has = (held: string[], words: string[]): boolean => words.length > 0 && held.some((_, i) => words.every((word, n) => held[i + n] === word));
  const listed = (value: string): string[] => value.split(",").map((each) => each.trim().replace(/^#+/, ""));
  if (name === "title" || name === "author") {
    const words = folded(text);
    return (document) => has(folded(document[name]), words);
  }
  if (name === "tag") {
    const [, tag, value] = /^([^=]*)(?:=([^]*))?$/.exec(text)!;
    return ({ tags }) => {
      const held = tags[tag!];
      if (value !== undefined) return held !== undefined && (held === value || listed(held).includes(value));
      return held !== undefined || LISTS.some((each) => listed(tags[each] ?? "").includes(tag!));
    };
  }
  if (name === "path") {
    const pattern = glob(text);
    return ({ uri }) => uri.includes(text) || pattern.test(uri);
  }
  if (name === "type") {
    const kind = tools.casefold(text).replace(/^\./, "");
    return ({ type, uri }) => tools.casefold(type) === kind || tools.casefold(uri).endsWith(`.${kind}`);
  }
  if (name === "lang") {
    const wanted = tools.casefold(text);
    return ({ language }) => `${tools.casefold(language)}-`.startsWith(`${wanted}-`);
  }
  let first: number, end: number;
  try {
    [first, end] = interval(text);
  } catch (error) {
    throw new tools.Refused(`query, column ${column}: ${name}:${text}: ${(error as Error).message}`);
  }
  return ({ time }) => {
    const at = instant(time);
    return name === "since" ? at >= first : name === "until" ? at <= end : name === "before" ? at < first : at > end;
  };
}

/** Python's fnmatch, for a whole uri. */
function glob(pattern: string): RegExp {
  let made = "";
  for (let at = 0; at < pattern.length; ) {
    const each = pattern[at++]!;
    if (each === "*") made += made.endsWith("[^]*") ? "" : "[^]*";
    else if (each === "?") made += "[^]";
    else if (each === "[") {
      let end = at;
      if (pattern[end] === "!") end++;
      if (pattern[end] === "]") end++;
      while (end < pattern.length && pattern[end] !== "]") end++;
      if (end >= pattern.length) made += "\\[";
      else {
        const inside = pattern.slice(at, end), not = inside.startsWith("!");
        at = end + 1;
        made += ranges(not ? inside.slice(1) : inside, not);
      }
    } else made += each.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  }
  return new RegExp(`^${made}$`, "u");
}

function ranges(inside: string, not: boolean): string {
  const letters = [...inside], parts: string[] = [], escaped = (each: string): string => each.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
  for (let i = 0; i < letters.length; ) {
    const from = letters[i]!;
    if (letters[i + 1] === "-" && i + 2 < letters.length) {
      const to = letters[i + 2]!;
      if (from.codePointAt(0)! <= to.codePointAt(0)!) parts.push(`${escaped(from)}-${escaped(to)}`);
      i += 3;
    } else {
      parts.push(escaped(from));
      i++;
    }
  }
  if (!parts.length) return not ? "[^]" : "(?!)";
  return `[${not ? "^" : ""}${parts.join("")}]`;
}

