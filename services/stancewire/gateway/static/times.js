// Times in the reader's own zone and language.

import { h } from "./dom.js";
import { language } from "./words.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

// German is written with a 24-hour clock and day before month, English here as the press does it.
const locale = language === "de" ? "de" : "en-GB";
const hours = { hour: "2-digit", minute: "2-digit" };
const near = new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", month: "short", ...hours });
const far = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric", ...hours });
const full = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "long" });
const clock = new Intl.DateTimeFormat(locale, hours);
const date = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
const percentage = new Intl.NumberFormat(language, { style: "percent" });

export const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** A time as an element; what is less than a day ago is told as such, and kept up to date. */
export function time(moment) {
  const node = h("time", { datetime: moment, title: full.format(new Date(moment)) });
  node.textContent = wording(moment);
  return node;
}

/** Bring all relative times of the page up to date. */
export function refreshTimes() {
  for (const node of document.querySelectorAll("time")) {
    const text = wording(node.dateTime);
    if (node.textContent !== text) node.textContent = text;
  }
}

/** A time in words of its own, whatever the time is now. */
export function absolute(moment) {
  const then = new Date(moment);
  return (Math.abs(Date.now() - then) < 300 * DAY ? near : far).format(then);
}

export function percent(share) {
  return percentage.format(share);
}

/** Marks for a time axis, at most about six: `[{at, label}]` within two times in milliseconds. */
export function ticks(start, end) {
  const steps = [1, 2, 5, 10, 15, 30].map((n) => n * MINUTE)
    .concat([1, 2, 3, 6, 12].map((n) => n * HOUR), [1, 2, 7, 14, 30, 90, 365].map((n) => n * DAY));
  const step = steps.find((each) => (end - start) / each <= 6) ?? (end - start) / 6;
  const format = step < DAY ? clock : date;
  const found = [];
  for (let at = firstTick(start, step); at < end; at = nextTick(at, step)) {
    if (at >= start) found.push({ at, label: labelled(at, format, step) });
  }
  return found;
}

function labelled(at, format, step) {
  const then = new Date(at);
  const isMidnight = then.getHours() === 0 && then.getMinutes() === 0;
  return (step < DAY && isMidnight ? date : format).format(then);
}

// Days begin at the reader's midnight, also where the clocks are changed in between.
function firstTick(start, step) {
  const midnight = new Date(start);
  midnight.setHours(0, 0, 0, 0);
  if (step >= DAY) return midnight.getTime();
  return midnight.getTime() + Math.ceil((start - midnight) / step) * step;
}

function nextTick(at, step) {
  if (step < DAY) return at + step;
  const next = new Date(at);
  next.setDate(next.getDate() + Math.round(step / DAY));
  return next.getTime();
}

function wording(moment) {
  const ago = Date.now() - new Date(moment);
  if (ago < -MINUTE || ago >= DAY) return absolute(moment);
  if (ago < MINUTE) return relative.format(-Math.max(0, Math.floor(ago / (10 * SECOND)) * 10), "second");
  if (ago < HOUR) return relative.format(-Math.floor(ago / MINUTE), "minute");
  return relative.format(-Math.floor(ago / HOUR), "hour");
}
