// The names in the page's src/ that only `this` has: those of private members which nothing else is called. They may be any others.
import { readdirSync, readFileSync } from "node:fs";
import ts from "typescript";

const folder = new URL("src/", import.meta.url), own = new Set(), others = new Set(), uses = new Map(), { SyntaxKind } = ts;

const isPrivate = (node) => ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === SyntaxKind.PrivateKeyword);
const isThis = (node) => node?.kind === SyntaxKind.ThisKeyword;

/** Whether an identifier names a property, of whatever. */
function isProperty(node) {
  const up = node.parent;
  if (ts.isPropertyAccessExpression(up)) return up.name === node && !isThis(up.expression);
  if (ts.isBindingElement(up)) return (up.propertyName ?? up.name) === node && !isThis(up.parent.parent.initializer);
  if (ts.isParameter(up)) return up.name === node && ts.canHaveModifiers(up) && ts.getModifiers(up)?.length > 0;
  return up.name === node && (ts.isObjectLiteralElement(up) || ts.isClassElement(up) || ts.isTypeElement(up));
}

/** Whether the script that every visitor loads may have a file; the others stand in folders of their own. */
const isFirst = (name) => !name.includes("/") || name.startsWith("ui/");

function see(node, weight) {
  if (ts.isPropertyAccessExpression(node) && isThis(node.expression)) uses.set(node.name.text, (uses.get(node.name.text) ?? 0) + weight);
  if (ts.isStringLiteralLike(node)) others.add(node.text);
  if (ts.isIdentifier(node)) {
    if (node.parent.name === node && isPrivate(node.parent)) own.add(node.text);
    else if (isProperty(node)) others.add(node.text);
  }
  ts.forEachChild(node, (child) => see(child, weight));
}

for (const name of readdirSync(folder, { recursive: true }))
  if (name.endsWith(".ts") && !/^(manage|notes)\b/.test(name)) see(ts.createSourceFile(name, readFileSync(new URL(name, folder), "utf8"), ts.ScriptTarget.Latest, true), isFirst(name) ? 1000 : 1);

export const privateNames = [...own].filter((each) => !others.has(each)).sort();

// Those that are used most in what every visitor loads get the shortest: a letter, which nothing else is called.
const short = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ_$abcdefghijklmnopqrstuvwxyz"].filter((each) => !others.has(each)), count = (name) => uses.get(name) ?? 0;
const byUse = [...privateNames].sort((one, other) => count(other) - count(one) || (one < other ? -1 : 1));

/** What each is called instead. */
export const shortNames = Object.fromEntries(byUse.map((name, i) => [name, short[i] ?? `$${(i - short.length).toString(36)}`]));
