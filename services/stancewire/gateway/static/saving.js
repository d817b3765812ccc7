// What is shown, as a file.

import { h } from "./dom.js";
import { t } from "./words.js";

/** Buttons that save; `rows()` gives objects with equal names for CSV, `items()` what JSON holds. */
export function savers({ name, rows, items }) {
  const button = (kind, make) =>
    h("button.quiet", { type: "button", click: () => save(`${fileName(name())}.${kind}`, make()) }, kind.toUpperCase());
  return h(
    "p.savers",
    {},
    h("span", {}, t("export"), ": "),
    button("csv", () => new Blob(["\ufeff", csv(rows())], { type: "text/csv;charset=utf-8" })),
    button("json", () => new Blob([JSON.stringify(items(), null, 2)], { type: "application/json" })),
  );
}

/** Rows as CSV (RFC 4180), with the names of the first one as header. */
export function csv(rows) {
  if (rows.length === 0) return "";
  const names = Object.keys(rows[0]);
  const lines = [names, ...rows.map((row) => names.map((name) => row[name]))];
  return lines.map((line) => line.map(field).join(",")).join("\r\n") + "\r\n";
}

// A spreadsheet takes a field that begins like this for a formula, and may run it.
const FORMULA = /^[=+\-@\t\r]/u;

function field(value) {
  let text = String(value ?? "");
  if (typeof value === "string" && FORMULA.test(text)) text = `'${text}`;
  return /[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function save(name, blob) {
  const address = URL.createObjectURL(blob);
  h("a", { href: address, download: name }).click();
  URL.revokeObjectURL(address);
}

function fileName(name) {
  const plain = name.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/gu, "");
  return `stancewire-${plain.slice(0, 60) || "stories"}`;
}
