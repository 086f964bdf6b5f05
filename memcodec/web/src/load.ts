/** Brings the page's script, packed: few hosts of files pack what they send. It stands in the page itself. */

const name = "memcodec.js";

const add = (text: string): void => {
  const made = document.createElement("script");
  if (text) made.textContent = text;
  else made.src = name;
  document.body.append(made);
};

async function unpacked(): Promise<string> {
  const answer = await fetch(`${name}.gz`), data = await answer.arrayBuffer(), head = new Uint8Array(data, 0, 2);
  if (!answer.ok) return "";
  // Some servers say that what is packed was packed on its way: then it comes as text.
  if (head[0] !== 0x1f || head[1] !== 0x8b) return new TextDecoder().decode(data);
  return new Response(new Blob([data]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
}

unpacked().catch(() => "").then((text) => {
  if (text) add(text);
  // The page's policy lets in the very text that it names; what a server changed comes as the file it is.
  if (!("memcodec" in globalThis)) add("");
});

export {};
