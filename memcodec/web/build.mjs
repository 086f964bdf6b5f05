// Makes dist/ of src/: what `memcodec page` lays down, and the service's pages. The same sources give the same bytes.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { privateNames, shortNames } from "./names.mjs";

const out = process.argv[2] ?? new URL("dist", import.meta.url).pathname, ogv = new URL("node_modules/ogv/dist/", import.meta.url).pathname;
const dav1d = `${ogv}ogv-decoder-video-av1-wasm.wasm`, sum = createHash("sha256").update(readFileSync(dav1d)).digest("hex");
const snowball = "// memcodec (MIT); word endings: Snowball (BSD-3-Clause), Copyright (c) 2001 Dr Martin Porter, 2004-2025 the Snowball developers";
const common = {
  bundle: true, minify: true, charset: "utf8", target: ["es2022"], legalComments: "none", format: "iife",
  absWorkingDir: new URL(".", import.meta.url).pathname, define: { SUM: JSON.stringify(sum) },
  // The same short name in all scripts, and another for each: one has classes that extend those of another.
  mangleProps: new RegExp(`^(${privateNames.join("|")})$`), mangleCache: shortNames,
};

// What every visitor loads, what some do, and what the page looks like.
const first = { inject: ["src/shortly.ts"], define: { ...common.define, "Math.floor": "floored", "Math.max": "largest", "Math.min": "smallest" } };
for (const name of ["memcodec", "conditions", "views", "correction", "sound", "journal", "meaning", "dav1d", "carried", "load"])
  await build({ ...common, ...(name === "memcodec" ? first : {}), banner: ["carried", "load"].includes(name) ? {} : { js: "// memcodec (MIT)" }, entryPoints: [`src/${name === "memcodec" ? "main" : name}.ts`], outfile: `${out}/${name}.js` });
for (const name of ["page", "meaning"]) await build({ ...common, entryPoints: [`src/${name}.css`], outfile: `${out}/${name}.css` });
const own = { ...common, mangleProps: undefined, mangleCache: undefined };
// The worker that has the model, with ONNX Runtime's script; its WebAssembly lies in the npm package, as who makes a page names it.
const runtime = { js: "// memcodec (MIT); ONNX Runtime Web (MIT), Copyright (c) Microsoft Corporation" };
await build({ ...own, banner: runtime, define: { "import.meta.url": '""' }, entryPoints: ["src/meaning/embedder.ts"], outfile: `${out}/embedder.js` });
copyFileSync(new URL("src/meaning/embedder.txt", import.meta.url), `${out}/embedder.txt`);
// The service's pages, which no page beside a memory loads.
const yjs = { js: "// memcodec (MIT); Yjs, y-protocols, lib0 (MIT), Copyright (c) 2019-2023 Kevin Jahns and others" };
await build({ ...own, banner: yjs, entryPoints: ["src/notes/main.ts"], outfile: `${out}/notes.js` });
await build({ ...own, entryPoints: ["src/notes/notes.css"], outfile: `${out}/notes.css` });
for (const name of ["manage.ts", "manage.css"]) await build({ ...own, entryPoints: [`src/${name}`], outfile: `${out}/${name.replace(/\.ts$/, ".js")}` });
// Of each language the rule for its word endings.
mkdirSync(`${out}/stems`, { recursive: true });
for (const name of readdirSync(new URL("src/stems", import.meta.url))) {
  const language = name.replace(/\.js$/, "");
  const contents = `import { ${language} } from "./src/stems/${name}";(globalThis.memcodecStems ??= {})["${language}"] = ${language};`;
  await build({ ...common, banner: { js: snowball }, stdin: { contents, resolveDir: common.absWorkingDir }, outfile: `${out}/stems/${language}.js` });
}
// The decoder of AV1 for browsers that have none, as it comes, with its licence.
copyFileSync(dav1d, `${out}/dav1d.wasm`);
copyFileSync(`${ogv}COPYING-dav1d.txt`, `${out}/dav1d.txt`);
