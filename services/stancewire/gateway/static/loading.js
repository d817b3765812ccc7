// Lists that come in pages, and what is said while they come or when they cannot.

import { Problem } from "./api.js";
import { h } from "./dom.js";
import { t } from "./words.js";

/** Why something could not be loaded, with a button that tries again. */
export function failure(error, again) {
  const reason = error instanceof Problem && error.status ? error.message : t("failed.offline");
  return h(
    "div.notice",
    { role: "alert" },
    h("p", {}, t("failed", { reason })),
    h("button", { type: "button", click: again }, t("again")),
  );
}

/**
 * Loads page after page as its end comes into sight; a button does the same for the keyboard.
 * `load(cursor)` shows a page and resolves to the cursor of the next one, or null.
 */
export class Pager {
  #load;
  #cursor = null;
  #run = 0;
  #isBusy = false;
  #button;
  #watch;
  node;

  constructor(label, load) {
    this.#load = load;
    this.#button = h("button.more", { type: "button", hidden: true, click: () => this.#next() }, label);
    this.node = h("div.pager", {}, this.#button);
    this.#watch = new IntersectionObserver((seen) => seen.some((each) => each.isIntersecting) && this.#next(), {
      rootMargin: "600px",
    });
  }

  /** Begin anew with the first page. */
  async restart() {
    this.#run += 1;
    this.#isBusy = false;
    this.#cursor = null;
    await this.#fetch();
  }

  async #next() {
    if (this.#cursor && !this.#isBusy) await this.#fetch();
  }

  async #fetch() {
    const run = this.#run;
    this.#isBusy = true;
    this.node.replaceChildren(this.#button, this.#cursor ? "" : h("p.meta", {}, t("loading")));
    try {
      const next = await this.#load(this.#cursor, () => run === this.#run);
      if (run !== this.#run) return;
      this.#cursor = next;
      this.#button.hidden = !next;
      this.node.replaceChildren(this.#button);
    } catch (error) {
      if (run !== this.#run || error.name === "AbortError") return;
      this.node.replaceChildren(failure(error, () => this.#fetch()));
      return;
    } finally {
      if (run === this.#run) this.#isBusy = false;
    }
    // Observed anew, it tells again whether it is in sight.
    this.#watch.disconnect();
    if (this.#cursor) this.#watch.observe(this.#button);
  }
}

/** Calls `act` now and then at most once in `ms`, a last time after the last call. */
export function throttled(act, ms) {
  let timer = null;
  let isAsked = false;
  return function call() {
    isAsked = true;
    if (timer) return;
    isAsked = false;
    act();
    timer = setTimeout(() => {
      timer = null;
      if (isAsked) call();
    }, ms);
  };
}
