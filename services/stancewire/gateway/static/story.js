// The page of a story: a row for each actor, over time.

import { show, view } from "./address.js";
import { get, storyPath } from "./api.js";
import { clean, h, told } from "./dom.js";
import { Filters } from "./filters.js";
import { axis, domainOf } from "./graph.js";
import { Pager, throttled } from "./loading.js";
import { savers } from "./saving.js";
import { badge, balance, sign } from "./stances.js";
import { time } from "./times.js";
import { Track } from "./track.js";
import { counted, t } from "./words.js";

const PAGE = 20;
const POLL_MS = 15_000; // Votes and what is pending make no events.

/** Fill `main` with the page of a story. */
export function story(main, { id, live, spoken }) {
  const page = new StoryPage(id, { spoken });
  main.replaceChildren(...page.nodes);
  page.restart();
  live.addEventListener("change", ({ detail: { change } }) => {
    if (change.story.id === id) page.take(change);
  });
  live.addEventListener("fresh", () => page.refresh());
  setInterval(() => document.hidden || page.refresh(), POLL_MS);
  window.addEventListener("popstate", () => page.follow());
}

class StoryPage {
  #id;
  #spoken;
  #head = h("div.story-head");
  #tracks = new Map(); // By actor id.
  #domain = null;
  #made = 0;
  #axis = h("th.course", { scope: "col", role: "columnheader" }, t("time"));
  #table;
  #empty = h("p.empty", { hidden: true }, t("actors.none.filtered"));
  #filters = new Filters({ changed: () => this.restart() });
  #pager = new Pager(t("actors.more"), (cursor, isCurrent) => this.#load(cursor, isCurrent));
  #label = "";
  refresh = throttled(() => this.#refresh().catch(() => {}), 400);

  constructor(id, { spoken }) {
    this.#id = id;
    this.#spoken = spoken;
    this.#table = h("table.tracks", { role: "table" }, h("thead", { role: "rowgroup" }, this.#header()));
  }

  get nodes() {
    const saver = savers({
      name: () => this.#label,
      rows: () => this.#shown().map(rowOf),
      items: () => this.#shown(),
    });
    return [
      h("p.back", {}, h("a", { href: "/" }, `← ${t("back")}`)),
      this.#head,
      this.#filters.node,
      h("div.heading", {}, legend(), saver),
      this.#table,
      this.#empty,
      this.#pager.node,
    ];
  }

  async restart() {
    this.#tracks.clear();
    for (const body of [...this.#table.tBodies]) body.remove();
    await Promise.allSettled([this.#showHead(), this.#pager.restart()]);
    await this.#openWanted();
  }

  /** The address has changed by "back" or "forward". */
  follow() {
    this.#filters.follow();
    this.restart();
  }

  /** A change has come in. */
  async take(change) {
    this.#spoken(`${clean(change.actor.name)}: ${t(change.current?.stance ?? "open")} (${t(`type.${change.type}`)})`);
    await Promise.allSettled([this.#fetchOne(change.actor.id), this.#showHead()]);
  }

  async #refresh() {
    await this.#update({ ...this.#wanted(), limit: PAGE });
    await this.#showHead();
  }

  async #load(cursor, isCurrent) {
    const { items, next } = await get(`${storyPath(this.#id)}/timeline`, { ...this.#wanted(), limit: PAGE, cursor });
    if (!isCurrent()) return null;
    for (const timeline of items) this.#put(timeline);
    this.#empty.hidden = this.#tracks.size > 0;
    return next;
  }

  /** Bring one actor up to date, if it is one of those that are wanted. */
  async #fetchOne(actor) {
    const wanted = this.#wanted();
    if (!wanted.actor || wanted.actor === actor) await this.#update({ ...wanted, actor });
  }

  /** Show the timelines that were asked for, unless other ones are wanted by now. */
  async #update(asked) {
    const before = JSON.stringify(this.#wanted());
    const { items } = await get(`${storyPath(this.#id)}/timeline`, asked);
    if (JSON.stringify(this.#wanted()) !== before) return;
    for (const timeline of items.reverse()) this.#put(timeline, { onTop: true });
  }

  #put(timeline, { onTop = false } = {}) {
    const { id } = timeline.now.actor;
    const track = this.#tracks.get(id) ?? new Track((this.#made += 1), (...told) => this.#opened(...told));
    track.timeline ??= timeline;
    this.#tracks.set(id, track);
    this.#stretch(timeline);
    track.show(timeline, this.#domain);
    if (track.node.parentNode) return;
    if (onTop) this.#table.tHead.after(track.node);
    else this.#table.append(track.node);
    this.#empty.hidden = true;
  }

  /** Let the span of time take in one more timeline; where it grows, all rows are drawn anew. */
  #stretch(timeline) {
    const before = this.#domain;
    const found = domainOf([timeline]);
    if (before && before.start <= found.start && before.end >= found.end) return;
    this.#domain = domainOf([...this.#tracks.values()].map((track) => track.timeline));
    this.#axis.replaceChildren(h("span.unseen", {}, t("time")), axis(this.#domain));
    for (const track of this.#tracks.values()) if (track.node.parentNode) track.draw(this.#domain);
  }

  async #showHead() {
    let found;
    try {
      found = await get(storyPath(this.#id));
    } catch (error) {
      if (error.status !== 404) throw error;
      this.#head.replaceChildren(h("h1", {}, t("not.found")));
      return;
    }
    this.#label = found.label || found.id;
    document.title = t("title.story", { label: clean(this.#label) });
    this.#filters.offerActors(found.actors.map(({ actor }) => actor));
    this.#filters.offerLanguages(found.languages);
    this.#head.replaceChildren(
      h("h1", {}, told(this.#label)),
      h(
        "p.meta",
        {},
        `${counted("actors", found.actors_total)} · `,
        found.languages.map((code) => h("span.language", {}, code.toUpperCase())),
        ` · ${t("newest.article")} `,
        time(found.published_at),
      ),
      balance(found.stances, found.actors_total),
    );
  }

  async #openWanted() {
    const { open } = view();
    if (!open) return;
    if (!this.#tracks.has(open)) await this.#fetchOne(open).catch(() => {});
    const track = this.#tracks.get(open);
    track?.open();
    track?.node.scrollIntoView({ block: "nearest" });
  }

  #opened(id, isOpen) {
    if (isOpen) show({ open: id }, { quietly: true });
    else if (view().open === id) show({ open: null }, { quietly: true });
  }

  #wanted() {
    const { stance, actor, language } = view();
    return { stance, actor, language };
  }

  #shown() {
    return [...this.#tracks.values()].filter(({ node }) => node.parentNode).map(({ timeline }) => timeline);
  }

  #header() {
    const column = (name, ...classes) => h(["th", ...classes].join("."), { scope: "col", role: "columnheader" }, t(name));
    return h("tr", { role: "row" }, column("actor"), column("now"), this.#axis, column("votes", "number"), column("sources", "number"));
  }
}

function legend() {
  return h(
    "details.legend",
    {},
    h("summary", {}, t("legend")),
    h(
      "ul",
      {},
      h("li", {}, h("span.key.segment.hopeful", { "aria-hidden": "true" }, sign("hopeful")), t("legend.strip")),
      h("li", {}, h("span.key.segment.pending.warning", { "aria-hidden": "true" }, sign("warning")), t("legend.pending")),
      h("li", {}, h("s.key.taken-back.warning", { "aria-hidden": "true" }, sign("warning")), t("legend.retracted")),
      h("li", {}, h("span.key.band-key", { "aria-hidden": "true" }), t("legend.band")),
      h("li", {}, t("legend.marks"), " ", badge("hopeful"), " ● ", badge("skeptical"), " ■ ", badge("warning"), " ┃"),
    ),
  );
}

function rowOf({ now, changes }) {
  const { actor, held, pending, votes, articles, sources, voted_at, is_stale, distribution } = now;
  const share = (stance) => distribution.shares[stance].mean;
  return {
    story_id: now.story.id,
    story: now.story.label,
    actor_id: actor.id,
    actor: actor.name,
    kind: actor.kind,
    stance: held?.stance ?? "",
    confidence: held?.confidence ?? "",
    since: held?.since ?? "",
    pending: pending?.stance ?? "",
    stale: is_stale,
    votes,
    articles,
    sources,
    changes: changes.length,
    share_hopeful: share("hopeful"),
    share_skeptical: share("skeptical"),
    share_warning: share("warning"),
    newest_vote_at: voted_at ?? "",
  };
}
