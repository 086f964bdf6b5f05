/** A new memory, which begins with a first document. */

import { h } from "../ui/dom.ts";
import { send } from "./api.ts";
import type { Context } from "./app.ts";
import { field } from "./parts.ts";

export async function creating(context: Context): Promise<(Node | null)[]> {
  if (!context.may.create) return [h("p", {}, "Making memories takes a token for admin, and a service that serves a folder with --write.")];
  const name = h("input", { required: true, autocomplete: "off", maxlength: 100, pattern: "[^/\\\\]+" });
  const kind = h("select", {}, h("option", { value: ".mp4" }, "Video (MP4)"), h("option", { value: ".flac" }, "Sound (FLAC)"));
  const title = h("input", { required: true, autocomplete: "off", maxlength: 200 }), body = h("textarea", { required: true, rows: 8 });
  const form = h("form", { class: "stack", submit: (event) => { event.preventDefault(); void make(); } },
    h("h2", {}, "New memory"), field("Name", name), field("Kept as", kind), field("Title of its first document", title), field("Text", body),
    h("p", { class: "actions" }, h("button", { type: "submit", class: "chief" }, "Make it")));
  async function make(): Promise<void> {
    const typed = name.value.trim(), file = /\.(mp4|flac)$/.test(typed) ? typed : typed + kind.value;
    await context.work("Making the memory …", async () => {
      await send("POST", "v1/files", { name: file, documents: [{ text: body.value, title: title.value.trim(), uri: `${title.value.trim().replace(/[\/\\\s]+/g, "-")}.md` }] });
      await context.go({ file, view: "documents" });
      return `${file} is made.`;
    });
  }
  return [form];
}
