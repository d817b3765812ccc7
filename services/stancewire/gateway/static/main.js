// Begins: language and colours, the mark of the stream, and the view that the address asks for.

import { storyId } from "./address.js";
import { get, signIn, signOut } from "./api.js";
import { h } from "./dom.js";
import { front } from "./front.js";
import { Live } from "./live.js";
import { story } from "./story.js";
import { refreshTimes, zone } from "./times.js";
import { choose, counted, language, t } from "./words.js";

const TIMES_MS = 10_000;
const SPEAK_MS = 1500;

document.documentElement.lang = language;
for (const node of document.querySelectorAll("[data-text]")) node.textContent = t(node.dataset.text);

const main = document.getElementById("content");
const live = new Live("/api/v1/stream");
document.getElementById("tools").append(languageButton(), themeButton());
document.getElementById("foot").append(
  h("p", {}, t("zone", { zone })),
  h("p", {}, h("a", { href: "/docs" }, t("api"))),
);
begin();

async function begin() {
  live.addEventListener("state", showState);
  live.addEventListener("denied", askForKey);
  showState();
  setInterval(refreshTimes, TIMES_MS);
  try {
    const session = await get("/session");
    if (session.access === "keys") document.getElementById("tools").append(signOutButton());
  } catch (error) {
    if (error.status === 401 || error.status === 403) return askForKey();
  }
  const id = storyId();
  const spoken = speaker(document.getElementById("spoken"));
  if (id === null) front(main, { live, spoken });
  else story(main, { id, live, spoken });
  live.start();
  return undefined;
}

/** The mark of the stream: live, reconnecting or down, in word, shape and colour. */
function showState() {
  const mark = document.getElementById("live");
  mark.dataset.state = live.state;
  mark.title = t(`live.${live.state}`);
  mark.replaceChildren(
    h("span.dot", { "aria-hidden": "true" }),
    t(live.state),
    live.state === "down" ? h("button.quiet", { type: "button", click: () => live.hurry() }, t("try.now")) : "",
  );
}

function languageButton() {
  const other = language === "de" ? "en" : "de";
  const attributes = { type: "button", lang: other, title: t("language.label"), click: () => choose(other) };
  return h("button.quiet", attributes, t("language.switch"));
}

function themeButton() {
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
  const button = h("button.quiet.theme", { type: "button" });
  const label = () => {
    const theme = t(isDark() ? "to.light" : "to.dark");
    button.replaceChildren(h("span", { "aria-hidden": "true" }, isDark() ? "☀" : "☾"), h("span.word", {}, theme));
    button.title = t("theme.label", { theme });
  };
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    try {
      localStorage.setItem("theme", root.dataset.theme);
    } catch {
      // Then it holds for this view only.
    }
    label();
  });
  system.addEventListener("change", label);
  label();
  return button;
}

function signOutButton() {
  return h("button.quiet", { type: "button", click: () => signOut().then(() => location.reload()) }, t("sign.out"));
}

function askForKey() {
  live.stop();
  const input = h("input", { type: "password", name: "key", required: true, autocomplete: "current-password" });
  const told = h("p", { role: "alert" });
  const submit = async (event) => {
    event.preventDefault();
    try {
      await signIn(input.value.trim());
      location.reload();
    } catch (error) {
      told.textContent = error.message;
    }
  };
  main.replaceChildren(
    h(
      "form.sign-in",
      { submit },
      h("h1", {}, t("sign.in")),
      h("p", {}, t("sign.in.why")),
      h("label", {}, h("span", {}, t("sign.in.key")), input),
      told,
      h("button", {}, t("sign.in")),
    ),
  );
}

/** Tells screen readers of changes: a flood of them in a few words. */
function speaker(node) {
  let waiting = [];
  return (sentence) => {
    if (waiting.push(sentence) > 1) return;
    setTimeout(() => {
      const [first, ...rest] = waiting;
      node.textContent = rest.length ? `${first}; ${counted("further", rest.length)}` : first;
      waiting = [];
    }, SPEAK_MS);
  };
}
