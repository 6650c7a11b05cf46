// A conversation that stays as it is: new lines and states appear by themselves.

import { announce } from "./announce.js";
import { keepCounting } from "./countdown.js";
import { keepDraft } from "./draft.js";
import { dropFile, hasFile, offerFiles } from "./files.js";
import { onKeys, showKeys } from "./keys.js";
import { Live } from "./live.js";
import { countParts } from "./parts.js";
import { offerPrompt } from "./prompt.js";
import { showTalk } from "./talk.js";

const talk = document.querySelector("[data-talk]");
const pill = document.querySelector("[data-pill]");
const live = new Live(talk.dataset.lines, talk.dataset.pulse, pill, (fresh) => showTalk(talk, fresh));

const text = () => document.getElementById("text");

talk.addEventListener("keydown", (event) => {
  if (event.target !== text() || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  if (text().value.trim() || hasFile()) text().form.requestSubmit();
});

talk.addEventListener("submit", async (event) => {
  if (!event.target.matches("[data-composer]")) return;
  event.preventDefault();
  // Or the page's own guard against a second click would take it for sent.
  event.stopPropagation();
  await send(event.target);
});

async function send(form) {
  if (form.getAttribute("aria-busy") === "true") return;
  form.setAttribute("aria-busy", "true");
  try {
    const body = new FormData(form);
    const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Part": "live" } });
    if (answer.status === 401) return location.reload();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-talk]");
    if (!fresh) throw new Error(answer.statusText);
    // Refused: the page as it now is, why not, and what was typed.
    if (answer.ok) empty();
    showTalk(talk, fresh, answer.ok);
    text().focus();
  } catch {
    announce("Not sent: the server cannot be reached. Your text is kept.", "bad");
  } finally {
    document.querySelector("[data-composer]").removeAttribute("aria-busy");
  }
}

function empty() {
  text().value = "";
  dropFile();
  text().dispatchEvent(new Event("input", { bubbles: true }));
}

function focusComposer() {
  if (text().disabled) return false;
  text().focus();
}

function leave() {
  if (document.activeElement === text()) return text().blur();
  document.querySelector("[data-back]").click();
}

keepDraft(talk);
offerFiles(talk);
keepCounting(talk);
countParts(talk);
offerPrompt();
onKeys({
  "/": () => location.assign(document.querySelector("[data-back]").href + "#q"),
  c: focusComposer,
  r: () => document.querySelector("[data-resend]")?.click() ?? false,
  "?": showKeys,
  Escape: leave,
});
live.start();
