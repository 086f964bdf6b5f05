/** Whether a text has a query's words as they are written: what stems and folded accents do not tell apart. */

import type { Query } from "./query.ts";
import { split, surfaces } from "./query.ts";
import { casefold, isAscii, withoutAccents } from "./tokens.ts";

const COST = 0.9, ALONE = 0.3, CASELESS = 0.9;
/** Chunks whose texts are looked at, or twice as many as are shown if that is more. */
export const POOL = 50;
const BEFORE = /^[([{<"'„“‘«¿¡]+/, BEHIND = /[.,;:!?…)\]}>"'”’»。、？！]+$/;
const W = "[\\p{L}\\p{N}_]"; // what Python takes for a part of a word
const MORE = /[^\p{L}\p{N}_'’-]|_|^-|-$|[^\x00-\x7f]/u;

type Test = (text: string, folded: string) => number;

const bare = (word: string): string => {
  const found = word.normalize("NFC").replace(BEFORE, "").replace(BEHIND, "");
  return /^[0-9A-Za-z]+$/.test(found) || surfaces(found).length ? found : "";
};

const pattern = (word: string): RegExp => {
  const before = isAscii(word[0]!) ? `(?<!${W})(?<!${W}[.:/-])` : "", behind = isAscii(word.at(-1)!) ? `(?!${W}|[.:/-]${W})` : "";
  return new RegExp(before + word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&") + behind, "u");
};

const written = (word: string): Test => {
  const alike = casefold(word), exact = pattern(word), caseless = pattern(alike);
  return (text, folded) => (!folded.includes(alike) ? 0 : exact.test(text) ? 1 : caseless.test(folded) ? CASELESS : ALONE);
};

const typed = (word: string): Test => {
  const alike = casefold(word);
  return (_, folded) => (folded.includes(alike) || isAscii(folded) || !withoutAccents(folded).includes(alike) ? 1 : 0);
};

/** Of a query: whether it tells apart texts that the index does not, and a factor for the scores of texts. */
export function closeness(query: Query): { isSpecial: boolean; of: (text: string) => number } {
  const words = new Set(query.wanted.flatMap((leaf) => (leaf.kind === "words" ? split(leaf.text).map(bare) : [])));
  words.delete("");
  const isSpecial = [...words].some((word) => MORE.test(word));
  const tests = [...words].map((word) => (MORE.test(word) ? written(word) : typed(word)));
  return {
    isSpecial,
    of: (text) => {
      if (!tests.length || (isAscii(text) && !isSpecial)) return 1;
      const normal = text.normalize("NFC"), folded = casefold(normal);
      return 1 - COST * (1 - tests.reduce((sum, test) => sum + test(normal, folded), 0) / tests.length);
    },
  };
}
