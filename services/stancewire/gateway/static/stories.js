// Running stories, each with a strip of its actors.

import { get, storyPath } from "./api.js";
import { exchange, h, told } from "./dom.js";
import { Pager } from "./loading.js";
import { STANCES, badge, balance, kind, transition } from "./stances.js";
import { percent, time } from "./times.js";
import { counted, t } from "./words.js";

const PAGE = 40;
const STRIP = 8;

export class Stories {
  #wanted;
  #asked = 0; // Requests for the first page; an answer that was overtaken is dropped.
  #answered = 0;
  #shown = new Map(); // By story id: the story, as JSON too, and its node.
  #list = h("ul.stories");
  #empty = h("p.empty", { hidden: true });
  #pager = new Pager(t("stories.more"), (cursor, isCurrent) => this.#load(cursor, isCurrent));
  node;

  /** `wanted()` gives the filters that hold now. */
  constructor({ wanted }) {
    this.#wanted = wanted;
    this.node = h("div", {}, this.#list, this.#empty, this.#pager.node);
  }

  /** What is shown, in its order. */
  get items() {
    return [...this.#list.children].map((node) => this.#shown.get(node.dataset.id).story);
  }

  async restart() {
    this.#shown.clear();
    this.#list.replaceChildren();
    await this.#pager.restart();
  }

  /** Bring the first page up to date; who reads further down is not disturbed. */
  async refresh() {
    const wanted = this.#wanted();
    const request = (this.#asked += 1);
    const { items } = await get("/stories", { ...wanted, limit: PAGE });
    if (this.#isOvertaken(request) || JSON.stringify(wanted) !== JSON.stringify(this.#wanted())) return;
    const nodes = items.map((story) => this.#put(story));
    const isAtRest = window.scrollY < 200 && !this.#list.contains(document.activeElement);
    const isInOrder = nodes.every((node, place) => node === this.#list.children[place]);
    for (const node of isInOrder ? [] : nodes.reverse()) {
      if (isAtRest || !node.parentNode) this.#list.prepend(node);
    }
    this.#say();
  }

  /** Bring one story up to date that is shown, wherever it stands. */
  async refreshOne(id) {
    if (!this.#shown.has(id)) return;
    const story = await get(storyPath(id));
    const { stance, actor, language } = this.#wanted();
    const fits = (each) =>
      (!stance || each.held?.stance === stance) &&
      (!actor || each.actor.id === actor) &&
      (!language || each.languages.includes(language));
    const actors = story.actors.filter(fits);
    if (actors.length && this.#shown.has(id)) this.#put({ ...story, ...(stance || actor || language ? tallied(actors) : {}) });
  }

  async #load(cursor, isCurrent) {
    const request = cursor ? null : (this.#asked += 1);
    const { items, next } = await get("/stories", { ...this.#wanted(), limit: PAGE, cursor });
    if (!isCurrent()) return null;
    const isOvertaken = request !== null && this.#isOvertaken(request);
    for (const story of items) {
      if (isOvertaken && this.#shown.has(story.id)) continue;
      const node = this.#put(story);
      if (!node.parentNode) this.#list.append(node);
    }
    this.#say(next !== null);
    return next;
  }

  #isOvertaken(request) {
    if (request < this.#answered) return true;
    this.#answered = request;
    return false;
  }

  /** The node of a story, made anew where the story differs from what it shows. */
  #put(story) {
    const json = JSON.stringify(story);
    const before = this.#shown.get(story.id);
    if (before?.json === json) return before.node;
    const node = card(story);
    if (before) {
      if (before.story.latest?.turn?.change_id !== story.latest?.turn?.change_id) node.classList.add("fresh");
      exchange(before.node, node);
    }
    this.#shown.set(story.id, { story, json, node });
    return node;
  }

  #say(leadsOn = false) {
    const isFiltered = Object.values(this.#wanted()).some(Boolean);
    this.#empty.textContent = t(isFiltered ? "stories.none.filtered" : "stories.none");
    this.#empty.hidden = this.#shown.size > 0 || leadsOn;
  }
}

/** The parts of a story that depend on which of its actors are shown. */
function tallied(actors) {
  const stances = {};
  for (const { held } of actors) if (held) stances[held.stance] = (stances[held.stance] ?? 0) + 1;
  const turned = actors.filter((each) => each.turn);
  const latest = turned.sort((a, b) => b.turn.at.localeCompare(a.turn.at))[0] ?? null;
  return { actors, actors_total: actors.length, stances, latest };
}

function card(story) {
  const path = storyPath(story.id);
  const strip = [...story.actors].sort(byEstablished).slice(0, STRIP).sort(byStance);
  const further = story.actors_total - strip.length;
  return h(
    "li.card",
    { "data-id": story.id },
    h("h3", {}, h("a", { href: path, "data-key": "story" }, told(story.label || story.id))),
    h(
      "p.meta",
      {},
      `${counted("actors", story.actors_total)} · `,
      story.languages.map((code) => h("span.language", {}, code.toUpperCase())),
      ` · ${t("newest.article")} `,
      time(story.published_at),
    ),
    balance(story.stances, story.actors_total),
    h(
      "ul.strip-of-actors",
      {},
      strip.map((shown) => h("li", {}, chip(shown, path))),
      further > 0
        ? h("li", {}, h("a.chip.further", { href: path, "data-key": "further", "aria-label": t("actors.further.label", { count: further }) }, t("actors.further", { count: further })))
        : null,
    ),
    latest(story.latest),
  );
}

function chip({ actor, held }, path) {
  const stance = kind(held);
  const words = held ? `${t(stance)}, ${t("confidence", { share: percent(held.confidence) })}` : t("stance.open");
  return h(
    `a.chip.${stance}`,
    { href: `${path}?${new URLSearchParams({ open: actor.id })}`, "data-key": actor.id, title: words },
    badge(held?.stance),
    h("span.name", {}, told(actor.name)),
    held ? h("span.share", { "aria-hidden": "true" }, percent(held.confidence)) : null,
    h("span.unseen", {}, `, ${words}`),
    // The share of the chip's width that is drawn is the confidence.
    held ? h("span.meter", { "aria-hidden": "true", place: { "--share": String(held.confidence) } }) : null,
  );
}

function latest(shown) {
  if (!shown) return h("p.latest", {}, t("latest.none"));
  const { actor, turn, held } = shown;
  return h(
    "p.latest",
    {},
    h("span.label", {}, t("latest.change")),
    " ",
    told(actor.name),
    " ",
    transition(turn.previous ? { stance: turn.previous } : null, held),
    " · ",
    time(turn.at),
  );
}

function byEstablished(a, b) {
  return Number(b.held !== null) - Number(a.held !== null);
}

function byStance(a, b) {
  const rank = ({ held }) => (held ? STANCES.indexOf(held.stance) : STANCES.length);
  return rank(a) - rank(b) || (b.held?.confidence ?? 0) - (a.held?.confidence ?? 0);
}
