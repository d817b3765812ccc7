// What a stance rests on: published changes, shares of the votes, and every quote in its sentence.

import { view } from "./address.js";
import { get, storyPath } from "./api.js";
import { clean, h, outward, told, webAddress } from "./dom.js";
import { Pager } from "./loading.js";
import { STANCES, badge, stated, transition } from "./stances.js";
import { percent, time } from "./times.js";
import { counted, t } from "./words.js";

const PAGE = 10;

/** The articles in which an actor speaks, the newest first. */
export class Evidence {
  #path;
  #list = h("ol.proof-list");
  #empty = h("p.empty", { hidden: true }, t("evidence.none"));
  #pager = new Pager(t("evidence.more"), (cursor, isCurrent) => this.#load(cursor, isCurrent));
  node = h("div", {}, this.#list, this.#empty, this.#pager.node);

  constructor({ story, actor }) {
    this.#path = `${storyPath(story.id)}/actors/${encodeURIComponent(actor.id)}/evidence`;
  }

  restart() {
    return this.#pager.restart();
  }

  async #load(cursor, isCurrent) {
    const { items, next } = await get(this.#path, { language: view().language, limit: PAGE, cursor });
    if (!isCurrent()) return null;
    if (!cursor) this.#list.replaceChildren();
    this.#list.append(...items.map(proof));
    this.#empty.hidden = this.#list.childElementCount > 0;
    return next;
  }
}

/** The changes that were published, the newest first; those that were taken back struck through. */
export function history(changes) {
  if (changes.length === 0) return h("p.meta", {}, t("history.none"));
  return h("ol.history", {}, [...changes].reverse().map(past));
}

/** The share of each stance among the votes of late, with its interval. */
export function spread({ distribution }) {
  return h(
    "dl.spread",
    {},
    STANCES.map((stance) => {
      const { mean, low, high } = distribution.shares[stance];
      const place = { "--low": String(low), "--high": String(high), "--mean": String(mean) };
      return h(
        "div",
        {},
        h("dt", {}, badge(stance), t(stance)),
        h("dd", {}, h(`span.interval.${stance}`, { place }), h("span.share", {}, `${percent(mean)} (${percent(low)} – ${percent(high)})`)),
      );
    }),
  );
}

function past({ type, standing, previous, current, support, occurred_at }) {
  const isGone = standing === "retracted";
  const moved = transition(type === "established" ? null : previous, current);
  return h(
    "li",
    {},
    isGone ? h("del", { title: t("taken.back") }, moved) : moved,
    h(
      "p.meta",
      {},
      time(occurred_at),
      type === "changed" ? null : ` · ${t(`type.${type}`)}`,
      isGone ? ` · ${t("type.retracted")}` : null,
      standing === "amended" ? ` · ${t("type.amended")}` : null,
      support.statements ? ` · ${counted("votes", support.statements)}, ${counted("sources", support.sources)}` : null,
    ),
  );
}

function proof({ article, stance, counts, statements }) {
  const address = webAddress(article.url) ? article.url : article.uri;
  return h(
    `li.proof.counts-${counts}`,
    {},
    h("p.headline", { lang: article.language }, outward(address, article.title || article.uri)),
    h(
      "p.meta",
      {},
      told(article.source.name),
      " · ",
      time(article.published_at),
      ` · ${t("version", { number: article.version })} · `,
      h("span.language", {}, article.language.toUpperCase()),
      h("span.counts", {}, badge(stance), ` ${t(`counts.${counts}`)}`),
    ),
    statements.map((said) => statement(said, article.language)),
  );
}

function statement({ text, sentence, offset, stance, confidence, copies }, language) {
  return h(
    "figure.said",
    {},
    h("blockquote", { lang: language }, inSentence({ text, sentence, offset, stance })),
    h(
      "figcaption.meta",
      {},
      stated({ stance, confidence }),
      copies.length ? ` · ${counted("copies", copies.length)}` : null,
    ),
  );
}

/** The sentence with the quote marked in it. Offsets count code points, strings here UTF-16 units. */
function inSentence({ text, sentence, offset, stance }) {
  const points = Array.from(sentence);
  const end = offset + Array.from(text).length;
  const mark = (words) => h(`mark.${stance}`, {}, clean(words));
  if (points.slice(offset, end).join("") !== text) return [told(sentence), " ", h("bdi", {}, mark(text))];
  // One isolate around all of it: the parts of a sentence belong together in its own direction.
  return h(
    "bdi",
    { dir: "auto" },
    clean(points.slice(0, offset).join("")),
    mark(text),
    clean(points.slice(end).join("")),
  );
}
