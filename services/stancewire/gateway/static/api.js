// Asks the gateway. Answers are revalidated by their ETag, which the browser does by itself.

/** An answer that is no success; `status` is 0 where there was none at all. */
export class Problem extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

/** The JSON at a path below /api/v1; parameters that are null or empty are left out. */
export async function get(path, parameters = {}, { signal } = {}) {
  const answer = await ask(`/api/v1${path}${query(parameters)}`, { signal });
  return answer.json();
}

/** Have the gateway keep a key in a cookie that no script can read. */
export async function signIn(key) {
  const headers = { "content-type": "application/json" };
  await ask("/api/v1/session", { method: "POST", headers, body: JSON.stringify({ key }) });
}

export async function signOut() {
  await ask("/api/v1/session", { method: "DELETE" });
}

/** `?name=value…`, or nothing. */
export function query(parameters) {
  const given = Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return given.length ? `?${new URLSearchParams(given)}` : "";
}

/** A story's path on the page and below /api/v1. */
export function storyPath(id) {
  return `/stories/${encodeURIComponent(id)}`;
}

async function ask(address, options) {
  let answer;
  try {
    answer = await fetch(address, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, String(error.message));
  }
  if (answer.ok) return answer;
  const document = await answer.json().catch(() => ({}));
  throw new Problem(answer.status, document.detail ?? answer.statusText);
}
