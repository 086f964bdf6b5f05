/** What a query says beside its words: operators, phrases, fields. A script of its own, since few queries have any. */

import type { Mask } from "./bm25.ts";
import { type Host, isCondition, met } from "./conditions/matching.ts";
import { parse } from "./conditions/parse.ts";
import { use } from "./conditions/tools.ts";
import type { Query } from "./query.ts";
import type { Tools } from "./tools.ts";

export type { Host };
/** Of each chunk whether it meets the conditions. */
export type Matching = (host: Host) => Mask;
export type Conditions = (text: string) => Query;

const made = (tools: Tools): Conditions => {
  use(tools);
  return (text) => {
    const { root, isPlain } = parse(text);
    return new tools.Query(text, root, isPlain, root && isCondition(root) ? (host) => met(root, host) : null);
  };
};
(globalThis as { memcodecConditions?: typeof made }).memcodecConditions = made;
