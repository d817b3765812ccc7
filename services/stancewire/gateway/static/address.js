// What is shown stands in the address, so that it can be shared, and that "back" goes back.

import { STANCES } from "./stances.js";

const NAMES = ["stance", "actor", "language", "open"];

/** The view that the address asks for: every name, null where the address does not have it. */
export function view() {
  const given = new URLSearchParams(location.search);
  const found = Object.fromEntries(NAMES.map((name) => [name, given.get(name) || null]));
  if (!STANCES.includes(found.stance)) found.stance = null;
  if (!/^[a-z]{2,3}$/u.test(found.language ?? "")) found.language = null;
  return found;
}

/** Change parts of the view; `quietly` leaves no step for "back". */
export function show(parts, { quietly = false } = {}) {
  const next = { ...view(), ...parts };
  const given = NAMES.filter((name) => next[name]).map((name) => [name, next[name]]);
  const address = location.pathname + (given.length ? `?${new URLSearchParams(given)}` : "");
  if (address === location.pathname + location.search) return;
  history[quietly ? "replaceState" : "pushState"](null, "", address);
}

/** The story of the address; null on the front page. */
export function storyId() {
  const found = /^\/stories\/([^/]+)\/?$/u.exec(location.pathname);
  try {
    return found && decodeURIComponent(found[1]);
  } catch {
    return null;
  }
}
