// The one way in which this page makes elements. Text becomes text nodes, never markup.

/** An element: `h("p.meta", {title: "…"}, "text", child)`; null and false children are left out. */
export function h(selector, attributes = {}, ...children) {
  const [tag, ...classes] = selector.split(".");
  return furnish(document.createElement(tag), classes, attributes, children);
}

/** The same for SVG. */
export function s(selector, attributes = {}, ...children) {
  const [tag, ...classes] = selector.split(".");
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  return furnish(node, classes, attributes, children);
}

function furnish(node, classes, attributes, children) {
  if (classes.length) node.classList.add(...classes);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name, value);
    else if (name === "place") place(node, value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

// A style attribute is forbidden by the page's policy; the object model is not.
function place(node, values) {
  for (const [name, value] of Object.entries(values)) node.style.setProperty(name, value);
}

// Characters that turn the direction of what follows, and control characters: they show nothing
// of their own and could make a text look like another one (Unicode TR 36, section 2.6).
const DISGUISES = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Text of an article without characters that disguise. */
export function clean(text) {
  return String(text ?? "").replace(DISGUISES, "");
}

/** Text of an article, kept from changing the direction of what stands around it. */
export function told(text, attributes = {}) {
  return h("bdi", attributes, clean(text));
}

/** Text that leads to an address of an article; only text where that is no web address. */
export function outward(address, text) {
  const url = webAddress(address);
  if (!url) return told(text);
  const attributes = { href: url.href, rel: "noopener noreferrer nofollow", target: "_blank", title: url.host };
  return h("a.outward", attributes, told(text));
}

/** The URL of a web address; null for javascript:, data: and whatever else is not http(s). */
export function webAddress(address) {
  if (typeof address !== "string" || !/^https?:\/\//iu.test(address)) return null;
  try {
    const url = new URL(address);
    return ["http:", "https:"].includes(url.protocol) && !url.username && !url.password ? url : null;
  } catch {
    return null;
  }
}

/** Put `after` where `before` is; whoever had the focus inside keeps it by its `data-key`. */
export function exchange(before, after) {
  const key = before.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  before.replaceWith(after);
  if (key) after.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}
