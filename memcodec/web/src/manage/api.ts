/** What the service answers, and how it is asked. */

export interface Documented { id: string; uri: string; title: string; time: string; sha256: string; size: number; tags: Record<string, string>; type: string; author: string; language: string; extracted: boolean; original: { size: number } | null }
export interface Filed extends Documented { file: string }
export interface Commit { number: number; time: string; kind: string; added: number; changed: number; removed: number; size: number }
export interface Files { files: { name: string; commit: number; size: number }[]; writable: boolean; creates: boolean; role: string }
export interface Info { size: number; codec: string; profile: string; created: string; changed: string; commit: number; commits: number; documents: number; dead: number; chunks: number; text: number; frames: number; lexical: boolean; model: string | null; parts: Record<string, number> }
export interface Job { id: number; path: string; state: string; done: number; total: number; error: string | null; left: number | null }
export interface Diff { from: number; to: number; added: Documented[]; changed: { before: Documented; after: Documented }[]; removed: Documented[] }
export interface Added { documents: { commit: number | null; document: Documented }[]; notes?: string[] }
export interface Cite { file: string; chunk: number; uri: string; line: number }
export interface Topics { topics: { name: string; terms: { term: string; z: number }[]; count: number; documents: number; chunks: Cite[] }[]; rest: number; chunks: number; notes: string[] }
export interface Trends { by: string; periods: { name: string; documents: number }[]; trends: { term: string; rose: boolean; first: string; last: string; observed: number; expected: number; p: number; counts: number[] }[]; notes: string[] }
export interface Synthesis { statements: { text: string; time: string; about: string[]; cites: Cite[] }[]; passages: number; notes: string[] }

/** What the service says is wrong. */
export class Fault extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

type Asked = Record<string, string | number | string[] | undefined>;

/** An address of the service, with what is asked. */
export function address(path: string, asked: Asked = {}): string {
  const found = new URLSearchParams();
  for (const [name, value] of Object.entries(asked))
    for (const each of Array.isArray(value) ? value : value === undefined ? [] : [value]) found.append(name, String(each));
  return found.size ? `${path}?${found}` : path;
}

const fault = (status: number, text: string): Fault => {
  let told = "";
  try {
    told = String((JSON.parse(text) as { error: string }).error);
  } catch {
    told = `the service answers ${status}`;
  }
  return new Fault(status, status === 401 ? "sign in first" : told);
};

async function answer(method: string, path: string, body?: unknown): Promise<Response> {
  const asked: RequestInit = { method, cache: "no-store" };
  if (body !== undefined) Object.assign(asked, { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
  let found: Response;
  try {
    found = await fetch(path, asked);
  } catch {
    throw new Fault(0, "the service cannot be reached");
  }
  if (!found.ok) throw fault(found.status, await found.text());
  return found;
}

export const get = async <T>(path: string, asked?: Asked): Promise<T> => (await answer("GET", address(path, asked))).json();
export const text = async (path: string, asked?: Asked): Promise<string> => (await answer("GET", address(path, asked))).text();
export const send = async <T>(method: string, path: string, body?: unknown): Promise<T> => (await answer(method, path, body)).json();

/** Of a document, by its id, or by its uri: that stays when it is changed. */
export const documentPath = (name: string): string => `v1/documents/${encodeURIComponent(name)}`;
export const rawPath = (id: string): string => `v1/raw/${encodeURIComponent(id)}`;

/** Send a file; ``progress`` is told which share of it went. ``fetch`` tells nothing of that. */
export function upload(path: string, file: Blob, progress: (share: number) => void, signal: AbortSignal): Promise<Added> {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = (event) => progress(event.lengthComputable && event.total ? event.loaded / event.total : 0);
    request.onload = () => (request.status === 200 ? done(JSON.parse(request.responseText) as Added) : failed(fault(request.status, request.responseText)));
    request.onerror = () => failed(new Fault(0, "could not be sent"));
    request.onabort = () => failed(new Fault(0, "stopped"));
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}
