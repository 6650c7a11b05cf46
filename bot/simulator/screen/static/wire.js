// The wire: every request both ways, newest first, and sending one once more.

import { attempt, get, post } from "./control.js";
import { make } from "./elements.js";
import { timeOfDay } from "./moments.js";

const SHOWN = 300;
const find = (selector) => document.querySelector(selector);

export class Wire {
  last = 0;
  #list = find("#exchanges");
  #answers = new Map();

  constructor() {
    find("#wire-search").addEventListener("input", () => this.#filter());
    find("#wire-kind").addEventListener("change", () => this.#filter());
  }

  show(wire) {
    if (wire.last < this.last) this.forget();
    for (const exchange of wire.exchanges) {
      if (exchange.number <= this.last) continue;
      if (exchange.direction === "out" && exchange.sid) this.#answers.set(exchange.sid, exchange.status);
      this.#list.prepend(draw(exchange));
    }
    this.last = wire.last;
    while (this.#list.children.length > SHOWN) this.#list.lastChild.remove();
    if (wire.exchanges.length) this.#filter();
  }

  /** What the server answered to the last webhook about a message; undefined if it heard nothing. */
  answerTo(sid) {
    return this.#answers.get(sid);
  }

  forget() {
    this.last = 0;
    this.#answers.clear();
    this.#list.replaceChildren();
    this.#filter();
  }

  #filter() {
    const word = find("#wire-search").value.trim().toLowerCase();
    const kind = find("#wire-kind").value;
    for (const row of this.#list.children) {
      row.hidden = !(isOfKind(row, kind) && row.dataset.search.includes(word));
    }
    find("#wire-empty").hidden = this.#list.children.length > 0;
  }
}

function isOfKind(row, kind) {
  return kind === "all" || row.dataset.direction === kind || (kind === "failed" && "failed" in row.dataset);
}

function draw(exchange) {
  const failed = exchange.status === null || exchange.status >= 400;
  const details = make("details", {}, summary(exchange, failed));
  details.addEventListener("toggle", () => details.open && fill(details, exchange), { once: true });
  const row = make("li", { "data-direction": exchange.direction, "data-number": exchange.number }, details);
  row.dataset.search = `${exchange.method} ${exchange.url} ${exchange.status} ${exchange.body} ${exchange.verdict}`.toLowerCase();
  if (failed) row.dataset.failed = "";
  return row;
}

function summary(exchange, failed) {
  const isCall = exchange.direction === "in";
  const path = isCall ? exchange.url : exchange.url.replace(/^[a-z]+:\/\/[^/]+/, "");
  return make(
    "summary",
    {},
    make("span", { class: "kind", title: isCall ? "The server calls Twilio" : "Twilio calls the server" }, isCall ? "call" : "webhook"),
    make("span", { class: "what" }, `${exchange.method} ${path}`),
    make("span", { class: failed ? "status bad" : "status good" }, exchange.status === null ? "no answer" : String(exchange.status)),
    make("span", { class: "milliseconds" }, `${exchange.milliseconds} ms`),
    make("span", { class: `verdict ${exchange.verdict}` }, exchange.verdict),
    make("time", { datetime: exchange.at }, timeOfDay(new Date(exchange.at))),
    gist(exchange),
  );
}

/** The two or three fields that tell what a request is about. */
function gist(exchange) {
  const form = new URLSearchParams(exchange.body);
  const told = ["MessageStatus", "ErrorCode", "ButtonText", "Body", "ContentSid", "To"];
  const words = told.filter((name) => form.get(name)).slice(0, 3).map((name) => `${name}=${form.get(name)}`);
  return words.length ? make("span", { class: "gist", dir: "auto" }, words.join("  ")) : "";
}

function fill(details, exchange) {
  const result = make("pre", { class: "result", hidden: true, "aria-live": "polite" });
  details.append(
    section("Sent to", exchange.url),
    headers(exchange),
    exchange.body ? form(exchange.body) : "",
    exchange.body ? section("Raw body", exchange.body) : "",
    section("Answer", exchange.error ?? (pretty(exchange.answer) || "(empty)")),
    buttons(exchange, result),
    result,
  );
}

const section = (title, text) => make("div", {}, make("h3", {}, title), make("pre", { tabindex: "0" }, text));

function headers(exchange) {
  const lines = Object.entries(exchange.headers).map(([name, text]) => `${name}: ${text}`);
  return lines.length ? section("Headers", lines.join("\n")) : "";
}

function form(body) {
  const fields = [...new URLSearchParams(body)];
  const rows = fields.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", { dir: "auto" }, value || "–")));
  return make("dl", { class: "form" }, ...rows);
}

function buttons(exchange, result) {
  const path = `/wire/${exchange.number}`;
  const tell = (text) => {
    result.textContent = text;
    result.hidden = false;
  };
  const resend = (tamper) => attempt(async () => {
    const again = await post(`${path}/resend`, tamper ? { tamper } : {});
    tell(`Answered ${again.answer.status ?? again.answer.error}\n${again.answer.body ?? ""}`);
  });
  const curl = () => attempt(async () => {
    const { curl: line } = await get(`${path}/curl`);
    tell(line);
    await navigator.clipboard?.writeText(line).catch(() => {});
  });
  return make(
    "div",
    { class: "buttons" },
    make("button", { type: "button", onclick: curl }, "Copy as curl"),
    make("button", { type: "button", onclick: () => resend("") }, "Resend"),
    make("button", { type: "button", onclick: () => resend("Body") }, "Resend tampered"),
    make("button", { type: "button", onclick: () => resend("signature") }, "Wrong signature"),
    make("button", { type: "button", onclick: () => resend("no signature") }, "No signature"),
  );
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
