// An actor's course through a story: which stance held when, how probable each was, every article.

import { h, s } from "./dom.js";
import { STANCES, sign } from "./stances.js";
import { absolute, ticks } from "./times.js";
import { t } from "./words.js";

const WIDTH = 1000; // Of the drawing, which is stretched to the room there is.
const HEIGHT = 100;
const LANES = { hopeful: 4, skeptical: 12, warning: 20 };
const RUG_HEIGHT = 24;

/** The time that all courses of a page share, from the first article to the newest, with a margin. */
export function domainOf(timelines) {
  const starts = timelines.flatMap(({ readings, stretches }) => [readings[0]?.article.published_at, stretches[0]?.since]);
  const ends = timelines.flatMap(({ readings, now }) => [readings.at(-1)?.article.published_at, now.voted_at]);
  const times = [...starts, ...ends].filter(Boolean).map((each) => Date.parse(each));
  const start = Math.min(...times);
  const span = Math.max(Math.max(...times) - start, 60_000);
  return { start: start - 0.01 * span, end: start + 1.05 * span };
}

export function graph(timeline, domain) {
  const at = (moment) => (Date.parse(moment) - domain.start) / (domain.end - domain.start);
  const hasVotes = timeline.band.length > 0;
  return h(
    "div.graph",
    { role: "img", "aria-label": inWords(timeline) },
    strip(timeline, at),
    hasVotes ? [band(timeline, at, domain), rug(timeline, at)] : null,
  );
}

/** The dates above the courses. */
export function axis({ start, end }) {
  const places = ticks(start, end).map(({ at, label }) => ({ label, place: (at - start) / (end - start) }));
  // A date at the very end would be cut.
  const marks = places.filter(({ place }) => place < 0.93);
  return h("span.axis", { "aria-hidden": "true" }, marks.map(({ label, place }) => h("span.tick", { place: { left: share(place) } }, label)));
}

function strip({ stretches, changes, now }, at) {
  const segments = stretches.map(({ stance, since, until }) =>
    h(`span.segment.${stance}`, { place: span(at(since), until ? at(until) : 1) }, sign(stance), h("span.word", {}, ` ${t(stance)}`)),
  );
  if (now.pending?.since) {
    segments.push(h(`span.segment.pending.${now.pending.stance}`, { place: span(at(now.pending.since), 1) }, h("b", {}, sign(now.pending.stance))));
  }
  const takenBack = retracted(changes).map(({ current, occurred_at }) =>
    h(`s.taken-back.${current.stance}`, { place: { left: share(at(occurred_at)) } }, sign(current.stance)),
  );
  return h("div.strip", {}, segments, takenBack);
}

/** The share of the stance that holds with its band, and that of the strongest other one. */
function band({ band: known, now }, at, domain) {
  // What was known last is drawn on to the edge.
  const edge = { ...known.at(-1), at: new Date(domain.end).toISOString() };
  const points = at(edge.at) > at(known.at(-1).at) ? [...known, edge] : known;
  const held = now.held?.stance ?? strongest(points.at(-1));
  const other = now.pending?.stance ?? now.distribution.challenger;
  const x = (point) => (at(point.at) * WIDTH).toFixed(1);
  const y = (value) => ((1 - value) * HEIGHT).toFixed(1);
  const line = (stance, bound) => points.map((point) => `${x(point)} ${y(point.shares[stance][bound])}`);
  const grid = ticks(domain.start, domain.end).map((tick) => {
    const place = (((tick.at - domain.start) / (domain.end - domain.start)) * WIDTH).toFixed(1);
    return `M${place} 0V${HEIGHT}`;
  });
  const area = `M${[...line(held, "high"), ...line(held, "low").reverse()].join("L")}Z`;
  return s(
    "svg.band",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none" },
    s("path.grid", { d: `${grid.join("")}M0 ${HEIGHT / 2}H${WIDTH}` }),
    s(`path.area.${held}`, { d: area }),
    other && other !== held ? s(`path.mean.other.${other}`, { d: `M${line(other, "mean").join("L")}` }) : null,
    s(`path.mean.${held}`, { d: `M${line(held, "mean").join("L")}` }),
  );
}

/** A mark for every article, in a lane of its stance; one path for all that look alike. */
function rug({ readings }, at) {
  const paths = new Map();
  for (const { stance, counts, article } of readings) {
    if (!(stance in LANES)) continue;
    const name = `mark.${stance}.counts-${counts}`;
    const place = (at(article.published_at) * WIDTH).toFixed(1);
    const shape = stance === "warning" ? `M${place} ${LANES.warning - 3}v6` : `M${place} ${LANES[stance]}h.01`;
    paths.set(name, (paths.get(name) ?? "") + shape);
  }
  return s(
    "svg.rug",
    { viewBox: `0 0 ${WIDTH} ${RUG_HEIGHT}`, preserveAspectRatio: "none" },
    [...paths].map(([name, d]) => s(`path.${name}`, { d })),
  );
}

function strongest(point) {
  const mean = (stance) => point.shares[stance].mean;
  return STANCES.reduce((best, stance) => (mean(stance) > mean(best) ? stance : best));
}

export function retracted(changes) {
  return changes.filter(({ standing, current }) => standing === "retracted" && current);
}

/** The same as the drawing, as a sentence. */
function inWords({ stretches, changes, now }) {
  const parts = stretches.map(({ stance, since, until }) =>
    until
      ? t("track.between", { stance: t(stance), since: absolute(since), until: absolute(until) })
      : t("track.since", { stance: t(stance), time: absolute(since) }),
  );
  if (parts.length === 0) parts.push(t("track.open"));
  if (now.pending) parts.push(t("track.pending", { stance: t(now.pending.stance) }));
  for (const { current, occurred_at } of retracted(changes)) {
    parts.push(t("track.retracted", { stance: t(current.stance), time: absolute(occurred_at) }));
  }
  return parts.join("; ");
}

function span(from, to) {
  const start = Math.max(0, from);
  return { left: share(start), width: share(Math.max(0, Math.min(1, to) - start)) };
}

function share(value) {
  return `${(value * 100).toFixed(2)}%`;
}
