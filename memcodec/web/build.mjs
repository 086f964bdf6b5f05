// Makes dist/ of src/: what `memcodec page` lays down, and the service's pages. The same sources give the same bytes.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { privateNames } from "./names.mjs";

const out = process.argv[2] ?? new URL("dist", import.meta.url).pathname, ogv = new URL("node_modules/ogv/dist/", import.meta.url).pathname;
const dav1d = `${ogv}ogv-decoder-video-av1-wasm.wasm`, sum = createHash("sha256").update(readFileSync(dav1d)).digest("hex");
const snowball = "// memcodec (MIT); word endings: Snowball (BSD-3-Clause), Copyright (c) 2001 Dr Martin Porter, 2004-2025 the Snowball developers";
const common = {
  bundle: true, minify: true, charset: "utf8", target: ["es2022"], legalComments: "none", format: "iife",
  absWorkingDir: new URL(".", import.meta.url).pathname, define: { SUM: JSON.stringify(sum) },
  // The same short name in all scripts, and another for each: one has classes that extend those of another.
  mangleProps: new RegExp(`^(${privateNames.join("|")})$`), mangleCache: Object.fromEntries(privateNames.map((name, i) => [name, `$${i.toString(36)}`])),
};

// What every visitor loads, what some do, and what the page looks like.
for (const name of ["memcodec", "conditions", "views", "correction", "sound", "journal", "dav1d", "carried", "load"])
  await build({ ...common, banner: ["carried", "load"].includes(name) ? {} : { js: "// memcodec (MIT)" }, entryPoints: [`src/${name === "memcodec" ? "main" : name}.ts`], outfile: `${out}/${name}.js` });
await build({ ...common, entryPoints: ["src/page.css"], outfile: `${out}/page.css` });
// The service's pages, which no page beside a memory loads.
const own = { ...common, mangleProps: undefined, mangleCache: undefined };
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
