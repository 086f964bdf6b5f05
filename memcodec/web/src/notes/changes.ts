/** How two texts differ, by lines, and three of them joined. */

import * as Y from "yjs";

/** From `start` to `end` of the old text stands `text` in the new one. */
export interface Change { start: number; end: number; text: string }

const MOST = 4_000_000; // pairs of lines that are compared

const isLow = (code: number): boolean => code >= 0xdc00 && code < 0xe000;

/** What one stretch of a text was changed to; what stands behind `caret` of the new one is taken as old. */
export function change(old: string, fresh: string, caret = fresh.length): Change | null {
  if (old === fresh) return null;
  const most = Math.min(old.length, fresh.length);
  let tail = 0, head = 0;
  while (tail < Math.min(most, fresh.length - caret) && old[old.length - 1 - tail] === fresh[fresh.length - 1 - tail]) tail++;
  while (head < most - tail && old[head] === fresh[head]) head++;
  while (tail < most - head && old[old.length - 1 - tail] === fresh[fresh.length - 1 - tail]) tail++;
  // A character beyond the first 65,536 is two units, which stay together.
  if (head && (isLow(old.charCodeAt(head)) || isLow(fresh.charCodeAt(head)))) head--;
  if (tail && isLow(old.charCodeAt(old.length - tail))) tail--;
  return { start: head, end: old.length - tail, text: fresh.slice(head, fresh.length - tail) };
}

/** All that was changed, from front to back: line by line, and of lines that changed the stretch that did. */
export function changes(old: string, fresh: string): Change[] {
  const a = old.split(/(?<=\n)/), b = fresh.split(/(?<=\n)/);
  let head = 0, tail = 0;
  while (head < Math.min(a.length, b.length) && a[head] === b[head]) head++;
  while (tail < Math.min(a.length, b.length) - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const middle = a.slice(head, a.length - tail), other = b.slice(head, b.length - tail);
  const found: Change[] = [], start = a.slice(0, head).join("").length;
  const add = (at: number, before: string, after: string): void => {
    const one = change(before, after);
    if (one) found.push({ start: at + one.start, end: at + one.end, text: one.text });
  };
  if (middle.length * other.length > MOST) {
    add(start, middle.join(""), other.join(""));
    return found;
  }
  // The longest common run of lines, by a table of its length from each pair on.
  const width = other.length + 1, common = new Uint32Array((middle.length + 1) * width);
  for (let i = middle.length - 1; i >= 0; i--)
    for (let j = other.length - 1; j >= 0; j--)
      common[i * width + j] = middle[i] === other[j] ? common[(i + 1) * width + j + 1]! + 1 : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!);
  let i = 0, j = 0, at = start;
  while (i < middle.length || j < other.length) {
    let before = "", after = "";
    while (i < middle.length || j < other.length) {
      if (i < middle.length && j < other.length && middle[i] === other[j]) break;
      if (j >= other.length || (i < middle.length && common[(i + 1) * width + j]! >= common[i * width + j + 1]!)) before += middle[i++];
      else after += other[j++];
    }
    add(at, before, after);
    at += before.length;
    for (; i < middle.length && j < other.length && middle[i] === other[j]; i++, j++) at += middle[i]!.length;
  }
  return found;
}

/** Have a shared text changed so. */
export function apply(text: Y.Text, made: Change[]): void {
  for (const each of made.toReversed()) {
    if (each.end > each.start) text.delete(each.start, each.end - each.start);
    if (each.text) text.insert(each.start, each.text);
  }
}

/** Two texts that were made of a third, joined: what either changed is changed. */
export function joined(base: string, one: string, other: string): string {
  const begun = new Y.Doc(), docs = [new Y.Doc(), new Y.Doc()] as const;
  begun.getText("text").insert(0, base);
  [one, other].forEach((fresh, i) => {
    Y.applyUpdate(docs[i]!, Y.encodeStateAsUpdate(begun));
    apply(docs[i]!.getText("text"), changes(base, fresh));
  });
  Y.applyUpdate(docs[0], Y.encodeStateAsUpdate(docs[1]));
  return docs[0].getText("text").toString();
}
