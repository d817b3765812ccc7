// How a stance looks: a colour, a sign in a shape of its own, and its name. Never a colour alone.

import { h } from "./dom.js";
import { percent } from "./times.js";
import { t } from "./words.js";

export const STANCES = ["hopeful", "skeptical", "warning"];

const SIGNS = { hopeful: "+", skeptical: "?", warning: "!", neutral: "=", open: "·" };

export function sign(stance) {
  return SIGNS[stance ?? "open"];
}

/** The stance that an actor holds, as a class name: `open` where none is established. */
export function kind(held) {
  return held?.stance ?? "open";
}

/** The sign in its shape; for the eye only, since the name stands beside it. */
export function badge(stance) {
  return h(`span.badge.${stance ?? "open"}`, { "aria-hidden": "true" }, sign(stance));
}

/** Sign and name, and how sure it is. */
export function stated(held) {
  if (!held) return h("span.stated.open", {}, badge("open"), t("open"));
  return h(
    `span.stated.${held.stance}`,
    {},
    badge(held.stance),
    t(held.stance),
    " ",
    h("span.share", { title: t("confidence", { share: percent(held.confidence) }) }, percent(held.confidence)),
  );
}

/** From one stance to the other. */
export function transition(previous, current) {
  if (!previous) return stated(current);
  return h(
    "span.transition",
    {},
    h(`span.stated.${previous.stance}`, {}, badge(previous.stance), t(previous.stance)),
    h("span.arrow", { "aria-hidden": "true" }, "→"),
    h("span.unseen", {}, ", "),
    stated(current),
  );
}

/** How many actors hold which stance, as a bar with numbers. */
export function balance(counts, total) {
  const open = total - STANCES.reduce((sum, stance) => sum + (counts[stance] ?? 0), 0);
  const parts = [...STANCES.map((stance) => [stance, counts[stance] ?? 0]), ["open", open]].filter(([, n]) => n > 0);
  const label = parts.map(([stance, n]) => `${n} ${t(stance)}`).join(", ");
  return h(
    "div.balance",
    { role: "img", "aria-label": label, title: label },
    parts.map(([stance, n]) =>
      h(`span.part.${stance}`, { place: { "flex-grow": String(n) } }, `${sign(stance)}\u202f${n}`),
    ),
  );
}
