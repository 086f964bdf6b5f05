/** A text area over a shared text: what is typed goes there, what others type comes, and where they stand is shown behind it. */

import type { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import { h, line } from "../ui/dom.ts";
import { apply, change } from "./changes.ts";
import type { Connection } from "./connection.ts";

const COLOURS = 8, LARGEST = 200_000; // characters up to which it is shown where others stand
/** Which of the page's colours each client has: all of them the same one in every browser, and no two the same while there are enough. */
export function colours(clients: Iterable<number>): Map<number, string> {
  const found = new Map<number, string>(), taken = new Set<number>();
  for (const client of [...clients].sort((a, b) => a - b)) {
    let at = client % COLOURS;
    for (let tried = 0; taken.has(at) && tried < COLOURS; tried++) at = (at + 1) % COLOURS;
    taken.add(at);
    found.set(client, `c${at}`);
  }
  return found;
}

interface Mark { at: number; end: number; client: number; name: string }

export class Area {
  readonly field = h("textarea", { id: "text", spellcheck: "true", "aria-describedby": "news", readonly: true });
  private readonly behind = h("div", { class: "behind", "aria-hidden": "true" });
  readonly element = h("div", { class: "area" }, this.behind, this.field);
  private text!: Y.Text;
  private presence!: Awareness;
  private undo!: Y.UndoManager;
  private drawing = 0;
  private pointing = 0;

  constructor(private readonly connection: Connection) {
    this.field.addEventListener("input", () => this.typed());
    this.field.addEventListener("scroll", () => (this.behind.scrollTop = this.field.scrollTop));
    this.field.addEventListener("compositionstart", () => connection.hold(true));
    this.field.addEventListener("compositionend", () => connection.hold(false));
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.field.addEventListener("beforeinput", (event) => {
      if (event.inputType === "historyUndo" || event.inputType === "historyRedo") this.again(event, event.inputType === "historyRedo");
    });
    for (const kind of ["selectionchange", "focusin"]) document.addEventListener(kind, () => this.point());
    new ResizeObserver(() => this.draw()).observe(this.field);
    this.bind();
  }

  /** The connection has another document. */
  bind(): void {
    this.text = this.connection.text;
    this.presence = this.connection.presence;
    this.undo = new Y.UndoManager(this.text, { trackedOrigins: new Set([this]) });
    this.text.observe((event, transaction) => {
      if (transaction.origin !== this) this.show(event.delta);
      this.draw();
    });
    this.presence.on("change", () => this.draw());
    this.show([]);
  }

  private show(delta: Y.YTextEvent["delta"]): void {
    const field = this.field, { scrollTop } = field;
    let { selectionStart: start, selectionEnd: end } = field, at = 0;
    const { selectionDirection } = field;
    for (const each of delta) {
      if (each.retain !== undefined) at += each.retain;
      else if (typeof each.insert === "string") {
        const length = each.insert.length;
        if (at < start || (at === start && start !== end)) start += length;
        if (at < end) end += length;
        at += length;
      } else if (each.delete !== undefined) {
        start -= Math.max(0, Math.min(each.delete, start - at));
        end -= Math.max(0, Math.min(each.delete, end - at));
      }
    }
    const text = this.text.toString();
    if (field.value === text) return;
    field.value = text;
    field.setSelectionRange(start, Math.max(start, end), selectionDirection ?? "none");
    field.scrollTop = scrollTop;
  }

  private typed(): void {
    const made = change(this.text.toString(), this.field.value, this.field.selectionEnd);
    if (made) this.text.doc!.transact(() => apply(this.text, [made]), this);
    this.point();
  }

  private key(event: KeyboardEvent): void {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key === "z" || key === "y") this.again(event, key === "y" || event.shiftKey);
  }

  private again(event: Event, forward: boolean): void {
    event.preventDefault();
    if (this.field.readOnly) return;
    forward ? this.undo.redo() : this.undo.undo();
  }

  /** Tell others where one stands. */
  private point(): void {
    clearTimeout(this.pointing);
    if (document.activeElement !== this.field || !this.connection.isWhole) return;
    this.pointing = window.setTimeout(() => {
      const place = (at: number): unknown => Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(this.text, at));
      this.presence.setLocalStateField("cursor", { anchor: place(this.field.selectionStart), head: place(this.field.selectionEnd) });
    }, 50);
  }

  private draw(): void {
    if (this.drawing) return;
    this.drawing = requestAnimationFrame(() => {
      this.drawing = 0;
      const text = this.field.value, colour = colours(this.presence.getStates().keys()), marks = text.length > LARGEST ? [] : this.marks(text.length), parts: (Node | string)[] = [];
      let at = 0;
      for (const { at: from, end, client, name } of marks) {
        if (from < at) continue; // behind another's selection
        parts.push(text.slice(at, from), h("span", { class: `chosen ${colour.get(client)}` }, text.slice(from, end)), h("span", { class: `caret ${colour.get(client)}` }, h("span", {}, name)));
        at = end;
      }
      if (parts.length) parts.push(text.slice(at), "\n");
      this.behind.replaceChildren(...parts);
      this.behind.scrollTop = this.field.scrollTop;
    });
  }

  private marks(most: number): Mark[] {
    const found: Mark[] = [];
    for (const [client, state] of this.presence.getStates()) {
      if (client === this.presence.clientID || !state.cursor) continue;
      try {
        const [a, b] = [state.cursor.anchor, state.cursor.head].map((each) =>
          Y.createAbsolutePositionFromRelativePosition(Y.createRelativePositionFromJSON(each), this.text.doc!)?.index ?? -1) as [number, number];
        if (a >= 0 && b >= 0) found.push({ at: Math.min(a, b, most), end: Math.min(Math.max(a, b), most), client, name: line(String(state.user?.name ?? "")).slice(0, 40) });
      } catch { /* another client says something else there */ }
    }
    return found.sort((a, b) => a.at - b.at);
  }
}
