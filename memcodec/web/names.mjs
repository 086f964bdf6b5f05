// The names in the page's src/ that only `this` has: those of private members which nothing else is called. They may be any others.
import { readdirSync, readFileSync } from "node:fs";
import ts from "typescript";

const folder = new URL("src/", import.meta.url), own = new Set(), others = new Set(), { SyntaxKind } = ts;

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

function see(node) {
  if (ts.isStringLiteralLike(node)) others.add(node.text);
  if (ts.isIdentifier(node)) {
    if (node.parent.name === node && isPrivate(node.parent)) own.add(node.text);
    else if (isProperty(node)) others.add(node.text);
  }
  ts.forEachChild(node, see);
}

for (const name of readdirSync(folder, { recursive: true }))
  if (name.endsWith(".ts") && !/^(manage|notes)\b/.test(name)) see(ts.createSourceFile(name, readFileSync(new URL(name, folder), "utf8"), ts.ScriptTarget.Latest, true));

export const privateNames = [...own].filter((each) => !others.has(each)).sort();
