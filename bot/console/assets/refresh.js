// Parts of a page that are looked at again while somebody looks at the page.

import { announce } from "./announce.js";

const EVERY = 5000;

for (const part of document.querySelectorAll("[data-refresh]")) {
  setInterval(() => document.hidden || renew(part), EVERY);
}

async function renew(part) {
  try {
    const answer = await fetch(part.dataset.refresh);
    if (answer.status === 401) return announce("You are signed out. Open the page again.", "warn");
    if (answer.ok) replace(part, await answer.text());
  } catch {
    // The server is away for a moment; the next look will tell.
  }
}

function replace(part, html) {
  if (part.contains(document.activeElement) || part.dataset.was === html) return;
  part.dataset.was = html;
  const fresh = new DOMParser().parseFromString(html, "text/html").body;
  part.replaceChildren(...fresh.childNodes);
}
