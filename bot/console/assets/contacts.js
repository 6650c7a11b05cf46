// The list of contacts: keys to go through it, and the prompt as a dialog.

import { onKeys, showKeys } from "./keys.js";
import { offerPrompt } from "./prompt.js";

const search = document.querySelector("[data-search]");

function step(by) {
  const rows = [...document.querySelectorAll("[data-row]")];
  const here = rows.findIndex((row) => row.closest("li").contains(document.activeElement));
  const next = rows[here < 0 ? 0 : Math.min(Math.max(here + by, 0), rows.length - 1)];
  next?.focus();
}

function ask() {
  const row = document.activeElement?.closest("li");
  const link = row?.querySelector("a[data-prompt]");
  if (!link) return false;
  link.click();
}

function leave() {
  if (document.activeElement !== search) return false;
  search.blur();
}

offerPrompt();
onKeys({
  "/": () => { search.focus(); search.select(); },
  j: () => step(1),
  k: () => step(-1),
  r: ask,
  "?": showKeys,
  Escape: leave,
});
