// The stream of changes, opened again whenever it breaks.
//
// Read by fetch and not by EventSource: that one hides the keep-alives, by which alone a connection
// that has died without a word can be told from a quiet one, and gives up on any answer but 200.

const QUIET_MS = 40_000; // The gateway says something every 15 seconds.
const DOWN_MS = 8_000;
const PAUSES_MS = [200, 500, 1000, 2000, 4000, 8000];

/**
 * Dispatches `state` (connecting, live, reconnecting, down), `change` with {position, change},
 * `fresh` when what is shown should be fetched: at each connection, and where changes were left
 * out; `denied` where a key is needed.
 */
export class Live extends EventTarget {
  #address;
  #position = null;
  #stop = null;
  #hurry = () => {};
  #lostAt = null;
  state = "connecting";

  constructor(address) {
    super();
    this.#address = address;
    // Browsers open six connections to a host, for all tabs together: one that nobody sees lets go.
    document.addEventListener("visibilitychange", () => (document.hidden ? this.stop() : this.start()));
    window.addEventListener("online", () => this.hurry());
  }

  start() {
    if (this.#stop || document.hidden) return;
    this.#stop = new AbortController();
    this.#run(this.#stop.signal);
  }

  stop() {
    this.#stop?.abort();
    this.#stop = null;
  }

  /** Try at once instead of after the pause. */
  hurry() {
    this.#hurry();
  }

  async #run(stopped) {
    for (let failures = 0; !stopped.aborted; failures += 1) {
      const wasLive = await this.#listen(stopped);
      if (stopped.aborted) return;
      if (wasLive) failures = 0;
      this.#lostAt ??= Date.now();
      this.#become(Date.now() - this.#lostAt < DOWN_MS ? "reconnecting" : "down");
      await this.#pause(PAUSES_MS[Math.min(failures, PAUSES_MS.length - 1)], stopped);
    }
  }

  /** Listen until the connection breaks; whether it had been live. */
  async #listen(stopped) {
    const cut = new AbortController();
    const signal = AbortSignal.any([stopped, cut.signal]);
    const watchdog = { timer: setTimeout(() => cut.abort(), QUIET_MS) };
    let wasLive = false;
    try {
      const headers = this.#position ? { "last-event-id": this.#position } : {};
      const answer = await fetch(this.#address, { headers, signal, cache: "no-store" });
      if (answer.status === 401 || answer.status === 403) this.dispatchEvent(new Event("denied"));
      if (!answer.ok) return false;
      for await (const event of events(answer.body)) {
        clearTimeout(watchdog.timer);
        watchdog.timer = setTimeout(() => cut.abort(), QUIET_MS);
        wasLive ||= event.type === "hello";
        this.#take(event);
      }
    } catch {
      // The caller opens it again, whatever broke it.
    } finally {
      clearTimeout(watchdog.timer);
      cut.abort();
    }
    return wasLive;
  }

  #take({ type, id, data }) {
    this.#position = id ?? this.#position;
    if (type === "change") {
      const detail = { position: id, change: JSON.parse(data) };
      this.dispatchEvent(new CustomEvent("change", { detail }));
    } else if (type === "hello") {
      this.#lostAt = null;
      this.#become("live");
      this.dispatchEvent(new Event("fresh"));
    } else if (type === "stale") {
      this.dispatchEvent(new Event("fresh"));
    }
  }

  #become(state) {
    if (state === this.state) return;
    this.state = state;
    this.dispatchEvent(new Event("state"));
  }

  #pause(ms, stopped) {
    return new Promise((resolve) => {
      this.#hurry = resolve;
      stopped.addEventListener("abort", resolve, { once: true });
      // Clients that lost the same gateway shall not all come back in the same moment.
      setTimeout(resolve, ms * (0.7 + 0.6 * Math.random()));
    });
  }
}

/** Server-sent events of a body (WHATWG HTML, 9.2.6); comments come as type "comment". */
export async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) yield parse(block);
  }
}

function parse(block) {
  const event = { type: "comment", id: null, data: "" };
  for (const line of block.split("\n")) {
    const [field, value] = line.split(/: ?(.*)/su);
    if (field === "event") event.type = value;
    else if (field === "id") event.id = value;
    else if (field === "data") event.data += value;
  }
  return event;
}
