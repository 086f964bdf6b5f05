/** The memory that a page in one file carries, from base64. */

function carried(): Blob {
  const held = document.getElementById("memory")!, text = held.textContent!.trim(), parts: BlobPart[] = [];
  held.remove();
  // In parts, each a multiple of four characters, since one string of all bytes would take much memory.
  for (let at = 0; at < text.length; at += 1 << 20)
    parts.push(Uint8Array.from(atob(text.slice(at, at + (1 << 20))), (each) => each.charCodeAt(0)));
  return new Blob(parts);
}

(globalThis as { memcodecCarried?: Blob }).memcodecCarried = carried();

export {};
