/** What the page's script gives those that are brought when they are needed. */

import { IndexBlob, opening } from "./blob.ts";
import { ascii, crc32c, Damaged, damaged, encoded, hex, joined, json, kept, last, Refused, text, uint } from "./bytes.ts";
import { described } from "./catalogue.ts";
import { MemoryFile } from "./file.ts";
import { adjacent, compare } from "./lexical.ts";
import { GROUP_HEAD, GROUP_TRAILER, journalStart, MOST_GROUP } from "./media.ts";
import { LENGTHS } from "./postings.ts";
import { BLANKS, leaves, marks, parsed, Query, split, surfaces } from "./query.ts";
import { parse } from "./record.ts";
import { beside } from "./script.ts";
import { headed, NeedTexts, Searcher } from "./search.ts";
import { Segment } from "./segment.ts";
import { Analyzer, casefold, isLone } from "./tokens.ts";
import { amount, count, day, h, line, marked, shown } from "./ui/dom.ts";
import { unpack } from "./zstd.ts";

export const tools = {
  adjacent, amount, Analyzer, ascii, beside, BLANKS, casefold, compare, count, crc32c, Damaged, damaged, day, described, encoded, GROUP_HEAD,
  GROUP_TRAILER, h, headed, hex, IndexBlob, isLone, joined, journalStart, json, kept, last, leaves, LENGTHS, line, marked, marks, MemoryFile, MOST_GROUP, NeedTexts, opening, parse, parsed, Query,
  Refused, Searcher, Segment, shown, split, surfaces, text, uint, unpack,
};
export type Tools = typeof tools;
