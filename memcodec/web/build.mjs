// Makes dist/ of src/: what `memcodec page` lays down. The same sources give the same bytes.
import { build } from "esbuild";
import { readdirSync } from "node:fs";

// What every visitor loads, what it looks like, and of each language but English the rule for its word endings.
const out = process.argv[2] ?? new URL("dist", import.meta.url).pathname;
const common = { bundle: true, minify: true, charset: "utf8", target: ["es2022"], legalComments: "none", banner: { js: "// memcodec (MIT); word endings: Snowball (BSD-3-Clause), Copyright (c) 2001 Dr Martin Porter, 2004-2025 the Snowball developers" }, format: "iife", absWorkingDir: new URL(".", import.meta.url).pathname };

await build({ ...common, entryPoints: ["src/main.ts"], outfile: `${out}/memcodec.js` });
for (const name of ["sound", "journal"]) await build({ ...common, entryPoints: [`src/${name}.ts`], outfile: `${out}/${name}.js` });
await build({ ...common, banner: {}, entryPoints: ["src/load.ts"], outfile: `${out}/load.js` });
await build({ ...common, banner: {}, entryPoints: ["src/page.css"], outfile: `${out}/page.css` });
// The service's own page, which no page beside a memory loads.
for (const name of ["manage.ts", "manage.css"]) await build({ ...common, banner: {}, entryPoints: [`src/${name}`], outfile: `${out}/${name.replace(/\.ts$/, ".js")}` });
for (const name of readdirSync(new URL("src/stems", import.meta.url))) {
  const language = name.replace(/\.js$/, "");
  if (language === "english") continue;
  const contents = `import { ${language} } from "./src/stems/${name}";(globalThis.memcodecStems ??= {})["${language}"] = ${language};`;
  await build({ ...common, stdin: { contents, resolveDir: common.absWorkingDir }, outfile: `${out}/stems/${language}.js` });
}
