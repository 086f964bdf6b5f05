/**
 * Search by meaning: a button that says what it will load, then a choice of what hits are ranked by. A script of its own,
 * in pages that were made with "memcodec page --semantic".
 */

import { use } from "./conditions/tools.ts";
import { type Config, Model, sizeOf } from "./meaning/model.ts";
import { type Mode, Ranking } from "./meaning/ranking.ts";
import type { Tools } from "./tools.ts";

/** Puts itself into a page; `config` is what that says of the model beside it. */
export type Meaning = (config: string) => void;

const WAYS: [Mode | "lexical", string][] = [["hybrid", "words and meaning"], ["semantic", "meaning"], ["lexical", "words"]];

const made = (tools: Tools): Meaning => {
  use(tools);
  const { amount, h, Searcher, shown } = tools;
  return (text) => {
    const config = JSON.parse(text) as Config, size = amount(sizeOf(config)), says = h("span", { role: "status", "aria-live": "polite" });
    const button = h("button", { type: "button", click: () => void load() }, `Search by meaning: loads ${size}`), box = h("div", { class: "meaning" }, button, says);
    document.querySelector("form")!.after(box);
    const load = async (): Promise<void> => {
      button.disabled = true;
      says.className = "";
      says.textContent = `Loading ${size} …`;
      try {
        let last = 0;
        const model = await Model.load(config, (bytes) => {
          if (bytes - last < 200000) return;
          last = bytes;
          says.textContent = `Loading ${amount(bytes)} of ${size} …`;
        });
        offer(model);
      } catch (error) {
        says.textContent = shown((error as Error).message);
        says.className = "error";
        button.disabled = false;
      }
    };
    const offer = (model: Model): void => {
      const ranking = new Ranking(model.embed, config.model, config.noise);
      const way = h("select", { id: "by", change: () => again() }, ...WAYS.map(([value, name]) => h("option", { value }, name)));
      Searcher.other = async (searcher, query, depth) => {
        const mode = way.value as Mode | "lexical";
        if (mode === "lexical") return null;
        const found = await ranking.ranked(searcher, query, depth, mode);
        says.textContent = ranking.note;
        return found;
      };
      Object.assign((globalThis as unknown as { memcodec: object }).memcodec, { embed: model.embed });
      // What is shown is ranked anew, as if somebody had come back to it.
      const again = (): void => {
        says.textContent = "";
        dispatchEvent(new PopStateEvent("popstate"));
      };
      const hadFocus = document.activeElement === button;
      box.replaceChildren(h("label", { for: "by" }, "Ranked by"), way, says);
      if (hadFocus || document.activeElement === document.body) way.focus();
      again();
    };
  };
};
(globalThis as { memcodecMeaning?: typeof made }).memcodecMeaning = made;
