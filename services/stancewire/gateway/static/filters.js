// Which stance, actor and language are shown; the choice stands in the address.

import { show, view } from "./address.js";
import { clean, h } from "./dom.js";
import { STANCES, badge } from "./stances.js";
import { language as own, t } from "./words.js";

const LANGUAGES = ["de", "en"];
const names = new Intl.DisplayNames(own, { type: "language", fallback: "code" });

/** A form of filters; `changed()` is called after each choice. */
export class Filters {
  #changed;
  #actors = new Map(); // Id by the name that is offered for it.
  #options = h("datalist", { id: "actors" });
  #languages = h("select", { name: "language", change: (event) => this.#choose({ language: event.target.value || null }) });
  #actor = h("input", {
    name: "actor",
    list: "actors",
    placeholder: t("actor.hint"),
    autocomplete: "off",
    spellcheck: "false",
    "aria-describedby": "actor-hint",
    change: () => this.#chooseActor(),
  });
  #hint = h("span.hint", { id: "actor-hint", role: "status" });
  #clear = h("button.quiet", { type: "button", click: () => this.#choose({ stance: null, actor: null, language: null }) }, t("clear"));
  node;

  constructor({ changed }) {
    this.#changed = changed;
    this.node = h(
      "form.filters",
      { role: "search", "aria-label": t("filters"), submit: (event) => event.preventDefault() },
      h("fieldset.stances", {}, h("legend", {}, t("stance")), [null, ...STANCES].map((stance) => this.#radio(stance))),
      h("label", {}, h("span", {}, t("actor")), this.#actor, this.#options, this.#hint),
      h("label", {}, h("span", {}, t("language")), this.#languages),
      this.#clear,
    );
    this.offerLanguages([]);
    this.follow();
  }

  /** Show what the address says. */
  follow() {
    const { stance, actor, language } = view();
    for (const radio of this.node.elements.stance) radio.checked = radio.value === (stance ?? "");
    this.#languages.value = language ?? "";
    this.#actor.value = actor ? (this.#nameOf(actor) ?? actor) : "";
    this.#clear.hidden = !(stance || actor || language);
    this.#hint.textContent = "";
  }

  /** Names that can be chosen: the actors that the page knows. */
  offerActors(actors) {
    const before = this.#actors.size;
    for (const { id, name } of actors) {
      const shown = clean(name);
      if (!this.#nameOf(id)) this.#actors.set(this.#actors.has(shown) ? `${shown} (${id})` : shown, id);
    }
    if (this.#actors.size === before) return;
    const options = [...this.#actors.keys()].sort((a, b) => a.localeCompare(b, own));
    this.#options.replaceChildren(...options.map((name) => h("option", { value: name })));
    if (document.activeElement !== this.#actor) this.follow();
  }

  offerLanguages(codes) {
    const offered = [...new Set([...LANGUAGES, ...codes, view().language].filter(Boolean))].sort();
    if (this.#languages.length === offered.length + 1) return;
    this.#languages.replaceChildren(
      h("option", { value: "" }, t("any")),
      ...offered.map((code) => h("option", { value: code }, names.of(code) ?? code)),
    );
    this.#languages.value = view().language ?? "";
  }

  #radio(stance) {
    const attributes = { type: "radio", name: "stance", value: stance ?? "", change: () => this.#choose({ stance }) };
    return h("label.choice", {}, h("input", attributes), stance ? badge(stance) : null, t(stance ?? "any"));
  }

  #chooseActor() {
    const text = this.#actor.value.trim();
    if (!text) return this.#choose({ actor: null });
    const id = this.#actors.get(text) ?? [...this.#actors.values()].find((each) => each === text);
    if (!id) {
      this.#hint.textContent = t("actor.unknown");
      return undefined;
    }
    return this.#choose({ actor: id });
  }

  #choose(parts) {
    show(parts);
    this.follow();
    this.#changed();
  }

  #nameOf(id) {
    return [...this.#actors].find(([, each]) => each === id)?.[0];
  }
}
