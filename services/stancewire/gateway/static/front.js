// The front page: running stories, and changes as they come in.

import { view } from "./address.js";
import { h } from "./dom.js";
import { Feed } from "./feed.js";
import { Filters } from "./filters.js";
import { throttled } from "./loading.js";
import { savers } from "./saving.js";
import { Stories } from "./stories.js";
import { t } from "./words.js";

const POLL_MS = 15_000; // Articles that change no stance make no event, but are counted.

/** Fill `main` with the front page. */
export function front(main, { live, spoken }) {
  document.title = t("title.front");
  const wanted = () => {
    const { stance, actor, language } = view();
    return { stance, actor, language };
  };
  const stories = new Stories({ wanted });
  const feed = new Feed({ wanted, spoken });
  const filters = new Filters({ changed: () => restart() });
  const offer = () => {
    const shown = stories.items.flatMap((story) => story.actors);
    filters.offerActors(shown.map(({ actor }) => actor));
    filters.offerLanguages(shown.flatMap(({ languages }) => languages));
  };
  const restart = () => Promise.allSettled([stories.restart().then(offer), feed.restart()]);
  // What fails here is told by the mark of the stream, and tried again with the next call.
  const refresh = throttled(() => stories.refresh().then(offer, () => {}), 400);
  main.replaceChildren(...layout({ stories, feed, filters }));
  restart();
  live.addEventListener("change", ({ detail }) => {
    feed.take(detail);
    refresh();
    stories.refreshOne(detail.change.story.id).catch(() => {});
  });
  live.addEventListener("fresh", () => {
    refresh();
    feed.refresh().catch(() => {});
  });
  setInterval(() => document.hidden || refresh(), POLL_MS);
  window.addEventListener("popstate", () => {
    filters.follow();
    restart();
  });
}

function layout({ stories, feed, filters }) {
  const saver = savers({ name: () => "stories", rows: () => stories.items.flatMap(rowsOf), items: () => stories.items });
  const all = h("button.quiet.all-changes", { type: "button", "aria-expanded": "false", click: () => unfold(feed.node, all) }, t("changes.all"));
  return [
    h("h1.tagline", {}, t("tagline")),
    filters.node,
    h(
      "div.front",
      {},
      h(
        "section.news",
        { "aria-labelledby": "changes-title" },
        h("h2", { id: "changes-title" }, t("changes")),
        feed.node,
        all,
      ),
      h(
        "section.running",
        { "aria-labelledby": "stories-title" },
        h("div.heading", {}, h("h2", { id: "stories-title" }, t("stories")), saver),
        stories.node,
      ),
    ),
  ];
}

/** On a phone the feed shows its first entries only, until all are asked for. */
function unfold(node, button) {
  const isOpen = node.classList.toggle("is-open");
  button.setAttribute("aria-expanded", String(isOpen));
  button.textContent = t(isOpen ? "changes.few" : "changes.all");
}

function rowsOf(story) {
  return story.actors.map(({ actor, held, turn, published_at, articles, sources, languages }) => ({
    story_id: story.id,
    story: story.label,
    actor_id: actor.id,
    actor: actor.name,
    kind: actor.kind,
    stance: held?.stance ?? "",
    confidence: held?.confidence ?? "",
    since: held?.since ?? "",
    previous: turn?.previous ?? "",
    tipped_at: turn?.at ?? "",
    articles,
    sources,
    languages: languages.join(" "),
    newest_article_at: published_at,
  }));
}
