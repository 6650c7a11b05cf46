// Buttons that copy a text: shown only where the browser lets a page copy.

import { announce } from "./announce.js";

export function offerCopies() {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", () => copy(button));
  }
}

async function copy(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    announce("This browser did not allow copying. Select the text instead.", "warn");
    return;
  }
  button.classList.add("done");
  setTimeout(() => button.classList.remove("done"), 1500);
  announce("Copied.");
}
