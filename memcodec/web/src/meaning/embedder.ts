/**
 * The model, in a worker of its own so that typing stays smooth: loads what lies beside the page, and turns texts into vectors.
 * ONNX Runtime runs it, as the npm package `onnxruntime-web` compiles it to WebAssembly, on one thread: several ask for headers
 * (COOP, COEP) that hosts of files do not send.
 */

import * as ort from "onnxruntime-web/wasm";
import { WordPieces } from "./wordpiece.ts";

/** A file beside the page, packed: its address, its bytes as it is sent, the SHA-256 of what is in it. */
export interface Part { url: string; size: number; sha256: string }
/** What the worker is sent: first what to load, then texts; each of them has a number, which the answer has too. */
export type Order = { number: number; runtime: Part; model: Part; vocabulary: Part; tokens: number } | { number: number; texts: string[] };
/** What it answers: bytes that came so far, vectors of length 1, or what went wrong. */
export type Answer = { number: number; loaded?: number; vectors?: Float32Array[]; error?: string };

type Embed = (text: string) => Promise<Float32Array>;

const tell = (answer: Answer): void => postMessage(answer);

/** What a part holds; it is that or nothing. */
async function fetched({ url, sha256 }: Part, came: (size: number) => void): Promise<Uint8Array<ArrayBuffer>> {
  const name = url.slice(url.lastIndexOf("/") + 1), answer = await fetch(url).catch(() => null);
  if (!answer?.ok || !answer.body) throw new Error(`${name} cannot be fetched${answer ? `: the server answers ${answer.status}` : ""}`);
  const counted = answer.body.pipeThrough(new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform: (data, out) => {
      came(data.length);
      out.enqueue(data);
    },
  }));
  const sent = new Uint8Array(await new Response(counted).arrayBuffer());
  // Some servers say that what is packed was packed on its way: then it comes as it is.
  const isPacked = sent[0] === 0x1f && sent[1] === 0x8b;
  const data = isPacked ? new Uint8Array(await new Response(new Blob([sent]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer().catch(() => new ArrayBuffer(0))) : sent;
  const sum = Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", data)), (each) => each.toString(16).padStart(2, "0")).join("");
  if (sum !== sha256) throw new Error(`${name} is damaged: make the page anew with "memcodec page --semantic"`);
  return data;
}

async function opened(order: Extract<Order, { runtime: Part }>): Promise<Embed> {
  let loaded = 0;
  const [runtime, model, vocabulary] = await Promise.all([order.runtime, order.model, order.vocabulary].map((part) => fetched(part, (size) => tell({ number: order.number, loaded: (loaded += size) }))));
  Object.assign(ort.env.wasm, { wasmBinary: runtime!.buffer, numThreads: 1, proxy: false });
  ort.env.logLevel = "error";
  const session = await ort.InferenceSession.create(model!, { executionProviders: ["wasm"], graphOptimizationLevel: "all" });
  const pieces = new WordPieces(new TextDecoder().decode(vocabulary), order.tokens), [input, output] = [session.inputNames[0]!, session.outputNames[0]!];
  return async (text) => {
    const tokens = BigInt64Array.from(pieces.tokens(text), BigInt), found = await session.run({ [input]: new ort.Tensor("int64", tokens, [1, tokens.length]) });
    const vector = found[output]!.data as Float32Array, length = Math.max(1e-12, Math.hypot(...vector));
    return vector.map((each) => each / length);
  };
}

let embed: Promise<Embed> | null = null;
let turn: Promise<unknown> = Promise.resolve();

/** One order after the other. */
onmessage = ({ data: order }: MessageEvent<Order>) => {
  turn = turn.then(async () => {
    const { number } = order;
    try {
      if ("runtime" in order) {
        await (embed = opened(order));
        return tell({ number, vectors: [] });
      }
      const make = await embed!, vectors: Float32Array[] = [];
      for (const text of order.texts) vectors.push(await make(text));
      tell({ number, vectors });
    } catch (error) {
      tell({ number, error: error instanceof Error ? error.message : String(error) });
    }
  });
};
