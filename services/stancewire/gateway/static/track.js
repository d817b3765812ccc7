// One actor in one story: a row, and below it, when asked for, what it rests on.

import { clean, exchange, h, told } from "./dom.js";
import { Evidence, history, spread } from "./evidence.js";
import { graph } from "./graph.js";
import { stated } from "./stances.js";
import { percent } from "./times.js";
import { counted, t } from "./words.js";

export class Track {
  #row = null;
  #details = null;
  #evidence = null;
  #number;
  #json = "";
  #opened;
  timeline = null;
  node = h("tbody", { role: "rowgroup" });

  /** `number` makes ids unique on the page; `opened(id, isOpen)` is told when a reader asks. */
  constructor(number, opened) {
    this.#number = number;
    this.#opened = opened;
    this.node.addEventListener("click", (event) => this.#clicked(event));
  }

  get id() {
    return this.timeline.now.actor.id;
  }

  get isOpen() {
    return this.#details !== null;
  }

  /** Show a timeline; whether it differs from what was shown. */
  show(timeline, domain) {
    const json = JSON.stringify(timeline);
    if (json === this.#json) return false;
    const isKnown = this.#json !== "";
    const hasTurned = this.timeline?.changes.length !== timeline.changes.length;
    this.#json = json;
    this.timeline = timeline;
    this.draw(domain);
    if (isKnown && hasTurned) this.#row.classList.add("fresh");
    if (this.isOpen) this.#fill();
    return true;
  }

  /** Draw the row for a span of time. */
  draw(domain) {
    const row = this.#drawn(domain);
    if (this.#row) exchange(this.#row, row);
    else this.node.prepend(row);
    this.#row = row;
  }

  open() {
    if (this.isOpen) return;
    const cell = h("td.inside", { role: "cell", colspan: "5" });
    this.#details = h("tr.details", { role: "row", id: `details-${this.#number}` }, cell);
    this.#evidence = new Evidence(this.timeline.now);
    this.node.append(this.#details);
    this.#fill();
    this.#button().setAttribute("aria-expanded", "true");
  }

  close() {
    this.#details?.remove();
    this.#details = this.#evidence = null;
    this.#button().setAttribute("aria-expanded", "false");
  }

  #clicked({ target }) {
    const isOpener = target.closest(".opener") !== null;
    if (!isOpener && (target.closest("a, button, .details") || String(getSelection()))) return;
    if (this.isOpen) this.close();
    else this.open();
    this.#opened(this.id, this.isOpen);
  }

  #button() {
    return this.#row.querySelector(".opener");
  }

  #drawn(domain) {
    const { actor, held, pending, is_stale, votes, sources, articles } = this.timeline.now;
    const attributes = {
      type: "button",
      "data-key": actor.id,
      "aria-expanded": String(this.isOpen),
      "aria-controls": `details-${this.#number}`,
      title: t("evidence.show", { name: clean(actor.name) }),
    };
    return h(
      "tr.track",
      { role: "row" },
      h("th.who", { scope: "row", role: "rowheader" }, h("button.opener", attributes, told(actor.name))),
      h(
        "td.now",
        { role: "cell" },
        stated(held),
        pending ? pendingNote(pending) : null,
        is_stale ? h("span.note", { title: t("stale.label") }, t("stale")) : null,
      ),
      h("td.course", { role: "cell" }, graph(this.timeline, domain)),
      h("td.number", { role: "cell", title: counted("articles", articles) }, h("span.wide", {}, votes), h("span.narrow", {}, counted("votes", votes))),
      h("td.number", { role: "cell" }, h("span.wide", {}, sources), h("span.narrow", {}, counted("sources", sources))),
    );
  }

  #fill() {
    const { actor } = this.timeline.now;
    const everywhere = `/?${new URLSearchParams({ actor: actor.id })}`;
    this.#evidence.restart();
    this.#details.firstElementChild.replaceChildren(
      h(
        "div.panel",
        {},
        h(
          "section.past",
          {},
          h("h2", {}, t("history")),
          history(this.timeline.changes),
          spread(this.timeline.now),
          h("p.meta", {}, h("a", { href: everywhere }, t("in.all.stories", { name: clean(actor.name) }))),
        ),
        h("section.proofs", {}, h("h2", {}, t("evidence")), this.#evidence.node),
      ),
    );
  }
}

/** What may become of a stance, and how much of the evidence for it there is. */
function pendingNote({ stance, statistic, threshold }) {
  const share = percent(Math.min(1, statistic / threshold));
  return h(`span.note.pending.${stance}`, { title: t("pending.label", { stance: t(stance), share }) }, t("pending.to", { stance: t(stance) }));
}

