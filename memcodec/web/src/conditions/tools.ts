/** What the page's script gives this one. */

import type { Tools } from "../tools.ts";

export let tools: Tools;
export const use = (given: Tools): void => {
  tools = given;
};
