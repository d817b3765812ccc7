// Changes, the newest first: those that were, and those that come in.

import { get, storyPath } from "./api.js";
import { clean, h, outward, told } from "./dom.js";
import { Pager } from "./loading.js";
import { stated, transition } from "./stances.js";
import { time } from "./times.js";
import { t } from "./words.js";

const PAGE = 20;
const KEPT = 400;

export class Feed {
  #wanted;
  #spoken;
  #shown = new Map(); // By change id: the change, its position in the stream, and its node.
  #list = h("ol.changes", {}, []);
  #empty = h("p.empty", { hidden: true }, t("changes.none"));
  #pager = new Pager(t("changes.older"), (cursor, isCurrent) => this.#load(cursor, isCurrent));
  node;

  /** `wanted()` gives the filters that hold now; `spoken` tells screen readers. */
  constructor({ wanted, spoken }) {
    this.#wanted = wanted;
    this.#spoken = spoken;
    this.node = h("div.feed", {}, this.#list, this.#empty, this.#pager.node);
  }

  /** Show the feed from its newest change on. */
  async restart() {
    // Now, not when the answer is there: what comes in meanwhile shall stay.
    this.#shown.clear();
    this.#list.replaceChildren();
    await this.#pager.restart();
  }

  /** Fetch what may be missing at the top. */
  async refresh() {
    const { items } = await get("/changes", { ...this.#filters(), limit: PAGE });
    if (items.length === PAGE && !items.some(({ change }) => this.#shown.has(change.change_id))) {
      await this.restart();
      return;
    }
    for (const each of items.reverse()) this.take(each);
  }

  /** Show a change that has come in, unless it is known or filtered away. */
  take({ position, change }) {
    if (this.#shown.has(change.change_id) || !this.#concerns(change)) return;
    this.#add(position, change).classList.add("fresh");
    this.#spoken(summary(change));
    while (this.#list.childElementCount > KEPT) this.#drop(this.#list.lastElementChild);
  }

  #filters() {
    const { stance, actor, story } = this.#wanted();
    return { stance, actor, story };
  }

  #concerns(change) {
    const { stance, actor, story } = this.#filters();
    // What takes a stance back or amends it is told to those who watch that stance.
    const arrival = change.type === "retracted" ? change.previous : change.current;
    return (
      (!stance || arrival?.stance === stance) &&
      (!actor || change.actor.id === actor) &&
      (!story || change.story.id === story)
    );
  }

  async #load(cursor, isCurrent) {
    const { items, next } = await get("/changes", { ...this.#filters(), limit: PAGE, cursor });
    if (!isCurrent()) return null;
    for (const { position, change } of items) {
      if (!this.#shown.has(change.change_id)) this.#add(position, change);
    }
    this.#empty.hidden = this.#shown.size > 0 || next !== null;
    return next;
  }

  /** Put a change where it belongs: the one recorded last comes first. */
  #add(position, change) {
    const node = item(change);
    const below = [...this.#list.children].find((each) => isAfter(position, this.#shown.get(each.dataset.id).position));
    this.#list.insertBefore(node, below ?? null);
    this.#shown.set(change.change_id, { change, position, node });
    this.#empty.hidden = true;
    this.#strike(change);
    for (const { change: other } of this.#shown.values()) {
      if (other.supersedes === change.change_id) this.#strike(other);
    }
    return node;
  }

  /** Strike the change through that this one takes back. */
  #strike(change) {
    if (change.type !== "retracted" && change.type !== "amended") return;
    this.#shown.get(change.supersedes)?.node.classList.add(change.type === "retracted" ? "is-retracted" : "is-amended");
  }

  #drop(node) {
    this.#shown.delete(node.dataset.id);
    node.remove();
  }
}

/** Whether a position is later than another; both are `milliseconds-number`. */
function isAfter(one, other) {
  const [oneTime, oneNumber] = one.split("-").map(Number);
  const [otherTime, otherNumber] = other.split("-").map(Number);
  return oneTime > otherTime || (oneTime === otherTime && oneNumber > otherNumber);
}

function item(change) {
  const [proof] = change.evidence;
  return h(
    `li.change.${change.type}`,
    { "data-id": change.change_id },
    h(
      "p.what",
      {},
      h("a.actor", { href: `${storyPath(change.story.id)}?${new URLSearchParams({ open: change.actor.id })}` }, told(change.actor.name)),
      " ",
      moved(change),
      change.type === "changed" ? null : h("span.type", {}, t(`type.${change.type}`)),
    ),
    proof ? h("blockquote.quote", {}, told(proof.text)) : null,
    h(
      "p.meta",
      {},
      time(change.occurred_at),
      proof ? [" · ", outward(proof.article_uri, proof.source)] : null,
      h("a.story", { href: storyPath(change.story.id) }, told(change.story.label)),
    ),
  );
}

/** From what to what; a stance that was taken back is struck through. */
function moved({ type, previous, current }) {
  if (type !== "retracted") return h("span.moved", {}, transition(type === "established" ? null : previous, current));
  return h(
    "span.moved",
    { title: t("taken.back") },
    h("del", {}, stated(previous)),
    h("span.arrow", { "aria-hidden": "true" }, "→"),
    h("span.unseen", {}, `, ${t("now.holds")} `),
    stated(current),
  );
}

/** A change in one sentence. */
function summary({ type, actor, previous, current, story }) {
  const now = current ? t(current.stance) : t("open");
  const what = previous && type !== "established" ? t("from.to", { before: t(previous.stance), after: now }) : now;
  return `${clean(actor.name)}: ${what} (${t(`type.${type}`)}). ${clean(story.label)}`;
}
