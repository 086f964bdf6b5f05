/**
 * Texts to the numbers of BERT's word pieces, as the library's tokenizer gives them: it is `tokenizers`' BertNormalizer,
 * BertPreTokenizer and WordPiece, with what memcodec leaves out of texts that are too long.
 */

import { GONE, MARKS as ACCENTS, PUNCTUATION } from "./characters.ts";

const LONGEST = 100; // letters of a word: a longer one is unknown
const MARKS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
const special = /(\[(?:PAD|UNK|CLS|SEP|MASK)\])/;
const blank = /\p{White_Space}/u;
const CHINESE = /[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/u;
const punctuation = any(PUNCTUATION), gone = any(GONE), accents = any(ACCENTS), isMark = /^[\p{P}\p{S}]+$/u;

/** Any of the characters in some runs. */
function any(runs: string): RegExp {
  const numbers = runs.split(" ").map((each) => parseInt(each, 36));
  let at = 0, found = "";
  for (let i = 0; i < numbers.length; i += 2) {
    const first = at + numbers[i]!;
    at = first + numbers[i + 1]!;
    found += `\\u{${first.toString(16)}}-\\u{${(at - 1).toString(16)}}`;
  }
  return new RegExp(`[${found}]`, "gu");
}

/** What a text is before it is cut: no control characters, no accents, small letters; blanks around what stands alone. */
function normal(text: string): string {
  let found = "";
  for (const each of text.replace(gone, "")) {
    found += blank.test(each) ? " " : CHINESE.test(each) ? ` ${each} ` : each;
  }
  // Letter by letter: a capital sigma at the end of a word is like any other.
  return Array.from(found.normalize("NFD").replace(accents, ""), (each) => each.toLowerCase()).join("");
}

/** Words, and punctuation apart. */
function* words(text: string): Generator<string> {
  let word = "";
  for (const each of normal(text)) {
    const isBlank = blank.test(each);
    if (!isBlank && !each.match(punctuation)) {
      word += each;
      continue;
    }
    if (word) yield word;
    word = "";
    if (!isBlank) yield each;
  }
  if (word) yield word;
}

export class WordPieces {
  private readonly numbers: Map<string, number>;
  private readonly marks: Set<number>;

  /** `vocabulary`: a piece in a line; `most` tokens are made of a text. */
  constructor(vocabulary: string, private readonly most: number) {
    const pieces = vocabulary.trimEnd().split("\n");
    this.numbers = new Map(pieces.map((piece, number) => [piece, number]));
    this.marks = new Set(pieces.flatMap((piece, number) => (isMark.test(piece) ? [number] : [])));
  }

  private number(piece: string): number {
    return this.numbers.get(piece)!;
  }

  /** The tokens of a text, between a start and an end. */
  tokens(text: string): number[] {
    // A half of a character is a question mark.
    const whole = text.replace(/\p{Surrogate}/gu, "?"), found: number[] = [];
    for (const part of whole.split(special))
      if (MARKS.includes(part)) found.push(this.number(part));
      else for (const word of words(part)) found.push(...this.pieces(word));
    const most = this.most - 2, kept = found.length > most ? found.filter((each) => !this.marks.has(each)).slice(0, most) : found;
    return [this.number("[CLS]"), ...kept, this.number("[SEP]")];
  }

  /** The longest pieces that a word is made of, from its beginning on. */
  private pieces(word: string): number[] {
    const letters = [...word], found: number[] = [], unknown = [this.number("[UNK]")];
    if (letters.length > LONGEST) return unknown;
    for (let at = 0; at < letters.length; ) {
      let end = letters.length, number: number | undefined;
      for (; end > at; end--) {
        number = this.numbers.get((at ? "##" : "") + letters.slice(at, end).join(""));
        if (number !== undefined) break;
      }
      if (number === undefined) return unknown;
      found.push(number);
      at = end;
    }
    return found;
  }
}
