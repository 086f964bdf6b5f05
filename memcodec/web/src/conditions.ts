/** What a query says beside its words: operators, phrases, fields. A script of its own, since few queries have any. */

import type { Mask } from "./bm25.ts";
import { type Host, isCondition, met } from "./conditions/matching.ts";
import { parse } from "./conditions/parse.ts";
import { use } from "./conditions/tools.ts";
import type { Query } from "./query.ts";
import type { Tools } from "./tools.ts";

export type { Host };
/** Of each chunk whether it meets the conditions; unless `isOpen`, which is for meaning, it must hold a word too where they assure none. */
export type Matching = (host: Host, isOpen?: boolean) => Mask;
export type Conditions = (text: string) => Query;

const made = (tools: Tools): Conditions => {
  use(tools);
  return (text) => {
    const { root, isPlain } = parse(text);
    return new tools.Query(text, root, isPlain, root && isCondition(root) ? (host, isOpen) => met(root, host, isOpen) : null);
  };
};
(globalThis as { memcodecConditions?: typeof made }).memcodecConditions = made;
