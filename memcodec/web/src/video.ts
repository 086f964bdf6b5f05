/** Coded frames to pictures, by the browser's decoders (WebCodecs), or by one that the page brings. */

import { type Bytes, Refused } from "./bytes.ts";
import type { Dav1d, Decode } from "./dav1d.ts";
import type { Luma } from "./qr.ts";
import { script } from "./script.ts";

const NAMES: Record<string, string> = { av1: "AV1", h264: "H.264", h265: "H.265", vp9: "VP9" };

/** One decoder of one codec, which takes samples in turn. */
export class Frames {
  private work: Promise<unknown> = Promise.resolve();
  private decoder: VideoDecoder | null = null;
  private ready: Promise<void> | null = null;
  private spare: Promise<Decode> | null = null;
  private readonly waiting = new Map<number, (frame: VideoFrame) => void>();
  private failed: (error: unknown) => void = () => {};
  private count = 0;

  constructor(private readonly codec: string, private readonly most: (sample: Bytes) => number) {}

  /** The brightness of each sample's frame; null for one that shows none. Answers of several callers do not mix. */
  decode(samples: Bytes[]): Promise<(Luma | null)[]> {
    const made = this.work.then(() => this.all(samples));
    this.work = made.catch(() => {});
    return made;
  }

  private async all(samples: Bytes[]): Promise<(Luma | null)[]> {
    if (!samples.length) return [];
    const spare = this.ready ? null : await this.instead(samples[0]!);
    if (spare) {
      const found: (Luma | null)[] = [];
      for (const sample of samples) found.push(await spare(sample, this.most(sample)));
      return found;
    }
    try {
      return await this.attempt(samples);
    } catch (error) {
      if (error instanceof Refused) throw error;
    }
    // One that cannot be read takes the decoder with it: find out which.
    const found: (Luma | null)[] = [];
    for (const sample of samples) found.push((await this.attempt([sample]).catch((error) => (error instanceof Refused ? Promise.reject(error) : [null])))[0]!);
    return found;
  }

  /** The decoder that the page brings, where the browser has none of AV1. */
  private async instead(sample: Bytes): Promise<Decode | null> {
    if (this.codec !== "av1" || (await config(this.codec, sample))) return null;
    const bring = await script<Dav1d>("dav1d").catch(() => {
      throw new Refused(`${cannot(this.codec)}, and a page in one file carries no decoder: one in a folder does`);
    });
    return (this.spare ??= bring().catch((error) => {
      this.spare = null;
      throw error;
    }));
  }

  private async attempt(samples: Bytes[]): Promise<(Luma | null)[]> {
    await this.open(samples[0]!);
    const decoder = this.decoder!, planes: (Luma | null)[] = samples.map(() => null), copies: Promise<void>[] = [];
    const broken = new Promise<never>((_, reject) => (this.failed = reject));
    broken.catch(() => {});
    let copied: Promise<void> = Promise.resolve();
    samples.forEach((sample, i) => {
      const number = ++this.count;
      this.waiting.set(number, (frame) => {
        copied = copied.then(() => plane(frame, this.most(sample)).then((luma) => void (planes[i] = luma)).finally(() => frame.close()));
        copies.push(copied);
      });
      decoder.decode(new EncodedVideoChunk({ type: "key", timestamp: number, data: stream(this.codec, sample) }));
    });
    try {
      await Promise.race([decoder.flush(), broken, late()]);
      await Promise.all(copies);
      return planes;
    } catch (error) {
      if (decoder.state !== "closed") decoder.close();
      this.decoder = this.ready = null;
      throw error;
    } finally {
      this.waiting.clear();
    }
  }

  private open(sample: Bytes): Promise<void> {
    return (this.ready ??= this.start(sample).catch((error) => {
      this.ready = null;
      throw error;
    }));
  }

  private async start(sample: Bytes): Promise<void> {
    const found = await config(this.codec, sample);
    if (!found) {
      const why = typeof VideoDecoder === "undefined" ? ": it has no WebCodecs, or the page does not come by https" : "";
      throw new Refused(`${cannot(this.codec)}${why}; "memcodec convert" makes a file of another codec`);
    }
    this.decoder = new VideoDecoder({
      output: (frame) => {
        const take = this.waiting.get(frame.timestamp);
        this.waiting.delete(frame.timestamp);
        if (take) take(frame);
        else frame.close();
      },
      error: (error) => this.failed(error),
    });
    this.decoder.configure(found);
  }
}

const cannot = (codec: string): string => `this browser cannot decode ${NAMES[codec] ?? "this kind of"} video`;

/** What the browser decodes a sample by; null where it does not. */
async function config(codec: string, sample: Bytes): Promise<VideoDecoderConfig | null> {
  if (typeof VideoDecoder === "undefined") return null;
  for (const hardwareAcceleration of ["prefer-software", "no-preference"] as const) {
    const made: VideoDecoderConfig = { codec: string(codec, sample), hardwareAcceleration, optimizeForLatency: true };
    const { supported } = await VideoDecoder.isConfigSupported(made).catch(() => ({ supported: false }));
    if (supported) return made;
  }
  return null;
}

const late = (): Promise<never> => new Promise((_, reject) => setTimeout(() => reject(new Error("the decoder does not answer")), 20000));

/** What WebCodecs calls the codec of a sample. */
function string(codec: string, sample: Bytes): string {
  if (codec === "av1") return "av01.0.08M.08";
  if (codec === "vp9") return "vp09.00.41.08";
  if (codec === "h265") return "hev1.1.6.L120.90";
  if (codec !== "h264") return codec;
  // The parameter set that the keyframe begins with says profile, constraints and level.
  return `avc1.${Array.from(sample.subarray(5, 8), (each) => each.toString(16).padStart(2, "0")).join("")}`;
}

/** A sample as decoders take it without the MP4's header: start codes in the place of lengths. */
function stream(codec: string, sample: Bytes): Bytes {
  if (codec !== "h264" && codec !== "h265") return sample;
  const made = sample.slice(), view = new DataView(made.buffer);
  for (let at = 0; at + 4 <= made.length; ) {
    const size = view.getUint32(at);
    view.setUint32(at, 1);
    at += 4 + size;
  }
  return made;
}

async function plane(frame: VideoFrame, most: number): Promise<Luma | null> {
  const { width, height } = frame.visibleRect ?? { width: 0, height: 0 };
  if (!width || width * height > most) return null;
  const copy = new Uint8Array(frame.allocationSize()), [first] = await frame.copyTo(copy), kind = frame.format ?? "";
  const step = /^(RGB|BGR)/.test(kind) ? 4 : 1;
  if (step === 1 && !/^(I4|NV12|I420A)/.test(kind)) return null;
  const data = new Uint8Array(width * height);
  for (let row = 0; row < height; row++) {
    const start = first!.offset + row * first!.stride;
    if (step === 1) data.set(copy.subarray(start, start + width), row * width);
    else for (let x = 0; x < width; x++) data[row * width + x] = copy[start + x * step + 1]!;
  }
  return { data, width, height };
}

