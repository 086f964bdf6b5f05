/** A note's text as this page has it, and the way to the service: what is written here goes there, what others write comes. */

import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import * as awareness from "y-protocols/awareness";
import * as sync from "y-protocols/sync";
import * as Y from "yjs";
import { apply, changes, joined } from "./changes.ts";

const SYNC = 0, AWARENESS = 1, STORED = 100, STANDING = 101;
const AGAIN = [1012, 1013]; // codes of a service that asks to come back
const ANEW = 4410; // the note began anew: what is here has nothing in common with it
const SOONEST = 250, LATEST = 10_000, PATIENCE = 45_000; // ms

/** How things stand, as the service says. */
export interface Standing { uri: string; name: string; write: boolean; committed: boolean; commit: number | null; told: string }
export type Link = "connecting" | "open" | "lost" | "refused";

export class Connection {
  doc = new Y.Doc();
  presence = new awareness.Awareness(this.doc);
  standing: Standing | null = null;
  link: Link = "connecting";
  /** Why it is refused, or was lost. */
  reason = "";
  /** Whether the note was ever here whole. */
  isWhole = false;
  /** Whether something that was written here is not known to be on stable storage. */
  isDirty = false;
  private isAnswered = false; // on this connection: the service has all that was written before
  private sent = 0;
  private safe = ""; // the text when all of it was known to be on stable storage
  private carried: { base: string; text: string } | null = null;
  private socket: WebSocket | null = null;
  private pause = SOONEST;
  private timer = 0;
  private watch = 0;
  private held: Uint8Array[] | null = null;

  /** `begun` is called when there is another document, `changed` when anything else here is another. */
  constructor(private readonly url: string, private readonly begun: () => void, private readonly changed: () => void) {
    this.bind();
    addEventListener("online", () => this.link === "lost" && this.open());
    addEventListener("pagehide", () => awareness.removeAwarenessStates(this.presence, [this.doc.clientID], "gone"));
    addEventListener("pageshow", (event) => event.persisted && this.presence.setLocalState(this.presence.getLocalState() ?? {}));
    this.open();
  }

  get text(): Y.Text {
    return this.doc.getText("text");
  }

  /** While letters are composed nothing may change under them: what comes waits. */
  hold(on: boolean): void {
    const waiting = this.held ?? [];
    this.held = on ? waiting : null;
    if (!on) for (const each of waiting) this.take(each);
  }

  private bind(): void {
    this.doc.on("update", (update: Uint8Array, origin: unknown) => {
      if (origin === this) return;
      this.isDirty = true;
      if (this.isAnswered) this.post(SYNC, (to) => sync.writeUpdate(to, update));
      this.changed();
    });
    this.presence.on("update", ({ added, updated, removed }: Record<string, number[]>, origin: unknown) => {
      const mine = [...added!, ...updated!, ...removed!].filter((each) => each === this.doc.clientID);
      if (origin !== this && mine.length) this.tell(mine);
    });
  }

  private tell(clients: number[]): void {
    this.post(AWARENESS, (to) => encoding.writeVarUint8Array(to, awareness.encodeAwarenessUpdate(this.presence, clients)));
  }

  private open(): void {
    clearTimeout(this.timer);
    this.socket?.close();
    const socket = (this.socket = new WebSocket(this.url));
    socket.binaryType = "arraybuffer";
    this.isAnswered = false;
    this.sent = 0;
    if (this.held) this.held = [];
    this.expect();
    socket.onopen = () => {
      if (socket !== this.socket) return;
      this.post(SYNC, (to) => sync.writeSyncStep1(to, this.doc));
      if (this.presence.getLocalState()) this.tell([this.doc.clientID]);
    };
    socket.onmessage = (event: MessageEvent<ArrayBuffer>) => {
      if (socket !== this.socket) return;
      this.expect();
      const data = new Uint8Array(event.data);
      if (this.held && (data[0] === SYNC)) this.held.push(data);
      else this.take(data);
    };
    socket.onclose = (event) => socket === this.socket && this.closed(event.code, event.reason);
  }

  /** A connection that says nothing for long, not even who is there, may be dead without anybody's word. */
  private expect(): void {
    clearTimeout(this.watch);
    this.watch = window.setTimeout(() => {
      this.presence.setLocalState(this.presence.getLocalState());
      this.post(3, () => {});
      this.watch = window.setTimeout(() => this.closed(1006, ""), PATIENCE);
    }, PATIENCE);
  }

  private closed(code: number, reason: string): void {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    clearTimeout(this.watch);
    const others = [...this.presence.getStates().keys()].filter((each) => each !== this.doc.clientID);
    awareness.removeAwarenessStates(this.presence, others, this);
    this.isAnswered = false;
    this.reason = reason;
    if (code === ANEW) this.anew();
    if (code >= 4000 && code !== ANEW) this.link = "refused";
    else {
      this.link = "lost";
      this.timer = window.setTimeout(() => this.open(), code === ANEW ? 0 : this.pause * (0.5 + Math.random()));
      this.pause = Math.min(LATEST, this.pause * (AGAIN.includes(code) ? 1.2 : 2));
    }
    this.changed();
  }

  /** Begin anew, too; what was written here, and is nowhere else yet, is written again. */
  private anew(): void {
    if (this.isDirty && this.isWhole) this.carried = { base: this.safe, text: this.text.toString() };
    const state = this.presence.getLocalState();
    this.presence.destroy();
    this.doc.destroy();
    this.doc = new Y.Doc();
    this.presence = new awareness.Awareness(this.doc);
    this.presence.setLocalState(state);
    this.isWhole = this.isDirty = false;
    this.bind();
    this.begun();
  }

  private post(kind: number, write: (to: encoding.Encoder) => void): void {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    const to = encoding.createEncoder();
    encoding.writeVarUint(to, kind);
    write(to);
    this.socket.send(encoding.toUint8Array(to));
    if (kind === SYNC && encoding.toUint8Array(to)[1] !== sync.messageYjsSyncStep1) this.sent++;
  }

  private take(data: Uint8Array): void {
    const from = decoding.createDecoder(data), kind = decoding.readVarUint(from);
    if (kind === SYNC) this.synced(from);
    else if (kind === AWARENESS) awareness.applyAwarenessUpdate(this.presence, decoding.readVarUint8Array(from), this);
    else if (kind === STORED) {
      if (decoding.readVarUint(from) === this.sent && this.isAnswered) {
        this.isDirty = false;
        this.safe = this.text.toString();
      }
    } else if (kind === STANDING) this.standing = JSON.parse(decoding.readVarString(from)) as Standing;
    this.changed();
  }

  private synced(from: decoding.Decoder): void {
    const part = decoding.readVarUint(from);
    if (part === sync.messageYjsSyncStep1) {
      const vector = decoding.readVarUint8Array(from);
      if (this.standing?.write) this.post(SYNC, (to) => sync.writeSyncStep2(to, this.doc, vector));
      this.isAnswered = this.standing?.write ?? false;
      return;
    }
    Y.applyUpdate(this.doc, decoding.readVarUint8Array(from), this);
    if (part !== sync.messageYjsSyncStep2) return;
    [this.link, this.reason, this.pause, this.isWhole] = ["open", "", SOONEST, true];
    if (!this.isDirty) this.safe = this.text.toString();
    const carried = this.carried;
    if (!carried) return;
    this.carried = null;
    const now = this.text.toString();
    this.doc.transact(() => apply(this.text, changes(now, joined(carried.base, now, carried.text))), "carried");
  }
}
