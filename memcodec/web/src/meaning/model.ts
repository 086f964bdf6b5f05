/** The page's side of the model: begins the worker, sends it texts, keeps the vectors of the last ones. */

import { tools } from "../conditions/tools.ts";
import type { Answer, Order, Part } from "./embedder.ts";

/** What the page says of what lies beside it; sizes in bytes, as they are sent. */
export interface Config {
  model: string; tokens: number; noise: number;
  worker: Part; runtime: Part; weights: Part; vocabulary: Part;
}

const KEPT = 256; // vectors of queries

/** All that is loaded when meaning is wished. */
export const sizeOf = ({ worker, runtime, weights, vocabulary }: Config): number => [worker, runtime, weights, vocabulary].reduce((sum, each) => sum + each.size, 0);

export class Model {
  private number = 0;
  private readonly waiting = new Map<number, { done: (vectors: Float32Array[]) => void; failed: (error: Error) => void; loaded?: (bytes: number) => void }>();
  private readonly held = new Map<string, Promise<Float32Array>>();

  private constructor(private readonly worker: Worker) {
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      const asked = this.waiting.get(data.number);
      if (data.loaded !== undefined) return asked?.loaded?.(data.loaded);
      this.waiting.delete(data.number);
      if (data.error !== undefined) asked?.failed(new tools.Refused(`the model failed: ${data.error}`));
      else asked?.done(data.vectors ?? []);
    };
    worker.onerror = (event) => this.fail(new tools.Refused(`the model failed: ${event.message || "its script cannot run here"}`));
  }

  private fail(error: Error): void {
    for (const each of this.waiting.values()) each.failed(error);
    this.waiting.clear();
  }

  /** Load it. `told` says how many bytes came so far. */
  static async load(config: Config, told: (bytes: number) => void): Promise<Model> {
    if (!globalThis.crypto?.subtle) throw new tools.Refused("search by meaning needs https, or localhost: elsewhere browsers check no files");
    const name = config.worker.url, script = await tools.beside(name);
    if (!script) throw new tools.Refused(`${name} cannot be fetched`);
    if (tools.hex(new Uint8Array(await crypto.subtle.digest("SHA-256", script))) !== config.worker.sha256)
      throw new tools.Refused(`${name} is damaged: make the page anew with "memcodec page --semantic"`);
    // A worker that is made so has the page's policy: it reaches no other host.
    const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" })), made = new Model(new Worker(url));
    const at = (part: Part): Part => ({ ...part, url: new URL(part.url, document.baseURI).href });
    try {
      await made.send({ number: 0, runtime: at(config.runtime), model: at(config.weights), vocabulary: at(config.vocabulary), tokens: config.tokens }, (bytes) => told(config.worker.size + bytes));
    } catch (error) {
      made.worker.terminate();
      throw error;
    } finally {
      URL.revokeObjectURL(url);
    }
    return made;
  }

  private send(order: Order, loaded?: (bytes: number) => void): Promise<Float32Array[]> {
    return new Promise((done, failed) => {
      order.number = this.number++;
      this.waiting.set(order.number, { done, failed, ...(loaded ? { loaded } : {}) });
      this.worker.postMessage(order);
    });
  }

  /** Texts to vectors. */
  readonly embed = async (texts: string[]): Promise<Float32Array[]> => {
    const lacking = [...new Set(texts)].filter((each) => !this.held.has(each));
    if (this.held.size + lacking.length > KEPT) this.held.clear();
    const fresh = [...new Set(texts)].filter((each) => !this.held.has(each)), made = fresh.length ? this.send({ number: 0, texts: fresh }) : null;
    fresh.forEach((text, i) => {
      const vector = made!.then((vectors) => vectors[i]!);
      vector.catch(() => this.held.delete(text));
      this.held.set(text, vector);
    });
    return Promise.all(texts.map((each) => this.held.get(each)!));
  };
}
