/** Words: how text becomes the terms of an index (FORMAT.md, "Terms"). */

import { damaged, kept, Refused } from "./bytes.ts";

export type Stem = (word: string) => string;
/** How an index got its terms. */
export interface Analysis { language: string; stemmer: string }
export interface Token { start: number; end: number; term: string }

// Snowball 3.1 changed these; for the others its stems are those of 3.0, and writers say 3.1.
const CHANGED: Record<string, string> = { danish: "3.0", english: "3.1", finnish: "3.0", lithuanian: "3.0" };

/** What makes stems: a script beside this one, of each language that the memory is in. */
export function stemOf({ language, stemmer }: Analysis): Stem {
  const brought = (globalThis as { memcodecStems?: Record<string, Stem> }).memcodecStems ?? {};
  const found = brought[language];
  if (found && (CHANGED[language] ?? stemmer) === stemmer) return found;
  throw new Refused(`the index has word endings of ${language} (Snowball ${stemmer}), and this page was made without them: make it anew with "memcodec page"`);
}

const DENSE =
  "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3041-\u318f\u31f0-\u31ff\u3400-\u4dbf" +
  "\u4e00-\u9fff\ua960-\ua97f\ua9e0-\ua9ff\uaa60-\uaa7f\uac00-\ud7a3\ud7b0-\ud7ff\uf900-\ufaff\uff66-\uffdc\\u{20000}-\\u{3ffff}";
const JOINERS = "\u00ad\u200c\u200d";
const words = new RegExp(`[\\p{L}\\p{N}][\\p{L}\\p{N}\\p{M}${JOINERS}]*`, "gu");
const runs = new RegExp(`[${DENSE}][${DENSE}\\p{M}${JOINERS}]*|[^${DENSE}]+`, "gu");
const dense = new RegExp(`[${DENSE}]`, "u");
const plainText = /^[\x00-\x7f]*$/;
const LONGEST = 64, GRAPHEME = 16;

export const isAscii = (text: string): boolean => plainText.test(text);
const isDense = (text: string): boolean => !isAscii(text) && dense.test(text);

const segmenter = kept((_: 0) => new Intl.Segmenter("und", { granularity: "grapheme" }));
/** What pairs are made of; a run of one stands alone. */
const units = (run: string): string[] =>
  isDense(run) ? Array.from(segmenter(0).segment(run), (each) => each.segment) : [run];

const cut = (word: string): string => (word.length > LONGEST ? [...word].slice(0, LONGEST).join("") : word);

/** Tokens with where they stand; pairs overlap. */
function* places(text: string): Generator<[number, number]> {
  for (const word of text.matchAll(words)) {
    if (!isDense(word[0])) {
      yield [word.index, word.index + word[0].length];
      continue;
    }
    for (const run of word[0].matchAll(runs)) {
      const parts = units(run[0]);
      let at = word.index + run.index;
      if (parts.length === 1) yield [at, at + parts[0]!.length];
      for (let i = 1; i < parts.length; i++) {
        yield [at, at + parts[i - 1]!.length + parts[i]!.length];
        at += parts[i - 1]!.length;
      }
    }
  }
}

/** The tokens of a text, before any language makes them terms. */
export const surfaces = (text: string): string[] => Array.from(places(text), ([start, end]) => text.slice(start, end));

/** Whether a token is one grapheme of a script that gives pairs. */
export const isLone = (surface: string): boolean =>
  isDense(surface) && [...surface].length <= GRAPHEME && units(surface).length === 1;

/** Unicode's full case folding, as far as letters in NFKC need it. */
export function casefold(text: string): string {
  if (isAscii(text)) return text.toLowerCase();
  return Array.from(text, fold).join("");
}
const fold = kept((letter: string): string => {
  const code = letter.codePointAt(0)!;
  if (letter === "ı") return letter;
  // Of Cherokee the capitals stand for both.
  if (code >= 0x13f8 && code <= 0x13fd) return String.fromCodePoint(code - 8);
  if (code >= 0xab70 && code <= 0xabbf) return String.fromCodePoint(code - 0xab70 + 0x13a0);
  if (code >= 0x13a0 && code <= 0x13f5) return letter;
  return Array.from(letter.toLowerCase().toUpperCase(), (each) => each.toLowerCase()).join("");
});

const PLAIN: Record<string, string> = { đ: "d", ð: "d", ħ: "h", ı: "i", ł: "l", ø: "o", ŧ: "t", æ: "ae", œ: "oe", "\u0640": "" };
// Marks of canonical combining class 10 to 36 or from 200 on. JavaScript does not tell classes: a mark of class n comes
// before one of 9 and less, or behind one of 200 and more, when it is put in order. So: is it moved?
const isAccent = kept((mark: string): boolean => {
  if (!/\p{M}/u.test(mark)) return false;
  const ordered = (one: string, other: string): boolean => `a${one}${other}`.normalize("NFD") === `a${one}${other}`;
  const isStarter = ordered("\u0301", mark) && ordered(mark, "\u0334") && ordered(mark, "\u0323");
  if (isStarter) return false;
  // U+05B0 has class 10, U+0670 has 35, U+0711 36, U+0C55 84, U+0F74 132, U+0321 202.
  const atLeast10 = ordered("\u05b0", mark), atMost36 = ordered(mark, "\u0711"), from200 = ordered("\u0321", mark) || ordered("\u302a", mark);
  return (atLeast10 && atMost36) || from200;
});

const bareLetter = kept((letter: string): string => {
  const parts = [...letter.normalize("NFD")], left = parts.filter((each) => !isAccent(each));
  return (letter === "й" || left.length === parts.length ? [letter] : left).map((each) => PLAIN[each] ?? each).join("");
});

/** A word in NFKC without accents, points and vowel signs. May be empty. */
export const withoutAccents = (word: string): string => (isAscii(word) ? word : Array.from(word, bareLetter).join(""));

// Of these languages a stemmer loses nothing when accents are taken off first.
const BARE = new Set(
  ("none danish dutch earlymodernenglish english estonian finnish german greek indonesian lovins norwegian porter " +
    "russian sesotho swedish").split(" "),
);

export class Analyzer {
  private readonly stem: Stem | null;
  private readonly isBare: boolean;

  constructor(readonly analysis: Analysis) {
    const { language } = analysis;
    this.isBare = BARE.has(language);
    this.stem = language === "none" ? null : stemOf(analysis);
  }

  /** The term of one token, never empty. */
  readonly term = kept((surface: string): string => {
    const word = this.bare(surface);
    if (!this.stem) return word;
    const stem = this.stem(word);
    return cut(isAscii(stem) ? stem : withoutAccents(stem)) || word;
  }, 20000);

  /** A token that is not stemmed: what its term and those of longer words begin with. */
  plain(surface: string): string {
    const word = this.bare(surface);
    return withoutAccents(word) || word;
  }

  /** The terms of a text in order, with where they stand. */
  tokens(text: string): Token[] {
    return Array.from(places(text), ([start, end]) => ({ start, end, term: this.term(text.slice(start, end)) }));
  }

  /** The terms that stand for a text in an index: those in order, then others by which it is found as well. */
  indexed(text: string): string[] {
    const found = surfaces(text);
    if (isAscii(text)) return found.map(this.term);
    if (!this.isBare)
      for (const each of [...found]) {
        const typed = isAscii(each) ? "" : this.plain(each);
        if (typed && this.term(typed) !== this.term(each)) found.push(typed);
      }
    for (const [word] of isDense(text) ? text.matchAll(words) : [])
      for (const [run] of word.matchAll(runs)) {
        const parts = units(run);
        if (parts.length > 1) found.push(parts.at(-1)!);
      }
    return found.map(this.term);
  }

  private bare(surface: string): string {
    let word = cut(surface);
    if (isAscii(word)) return word.toLowerCase();
    word = casefold(word.replace(/[\u00ad\u200c\u200d]/g, "").normalize("NFKC"));
    word = cut(word.normalize("NFKC"));
    return this.isBare ? cut(withoutAccents(word)) || word : word;
  }
}

/** The analysis that a lexical index says it was made by. */
export function analysisOf(meta: any): Analysis {
  const { analyzer, version, language, stemmer } = meta ?? {};
  if (analyzer !== "words" || typeof language !== "string") damaged("the description of the index cannot be read");
  if (version === 1)
    throw new Refused('the index is of a release before accents were taken off: "memcodec repair" makes a new one');
  if (version !== 2 || !["3.0", "3.1"].includes(stemmer))
    throw new Refused(`the index was made by ${analyzer} ${version} (Snowball ${stemmer}), newer than this page: make it anew`);
  return { language, stemmer };
}
