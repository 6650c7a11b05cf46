// The phone of one customer: what arrives on it, and what its owner does.

import { attempt, post, put } from "./control.js";
import { KeyedList, make } from "./elements.js";
import { hourAndMinute } from "./moments.js";

const ARRIVED = new Set(["delivered", "read"]);
const LOST = new Set(["failed", "undelivered", "canceled"]);
const REMEMBERED = "simulator-customer";
const FIRST = "+12025550150";

const FILES = {
  photo: { media: [{ content_type: "image/jpeg" }] },
  voice: { media: [{ content_type: "audio/ogg" }] },
  document: { text: "yes.pdf", media: [{ content_type: "application/pdf" }] },
  card: { media: [{ content_type: "text/vcard" }] },
  location: { location: { latitude: "52.5163", longitude: "13.3777", label: "Brandenburg Gate" } },
};

const find = (selector) => document.querySelector(selector);

export class Phone {
  customer = null;
  #page;
  #people = [];
  #business = {};
  #log = find("#log");
  #messages = new KeyedList(find("#conversation"));

  constructor(page) {
    this.#page = page;
    find("#customer").addEventListener("change", (event) => this.take(event.target.value));
    find("#stranger-form").addEventListener("submit", (event) => this.#takeStranger(event));
    find("#composer").addEventListener("submit", (event) => this.#sendText(event));
    for (const name of ["reachable", "behaviour", "error-code", "read-receipts"]) {
      find(`#${name}`).addEventListener("change", () => this.#changePerson());
    }
    for (const button of document.querySelectorAll("[data-send]")) {
      button.addEventListener("click", () => this.#say(FILES[button.dataset.send]));
    }
  }

  begin() {
    return this.take(sessionStorage.getItem(REMEMBERED));
  }

  /** Take somebody's phone into the hand; they come into being if they are new. */
  async take(name) {
    const wanted = name || FIRST;
    const person = await attempt(() => put(`/customers/${encodeURIComponent(wanted)}`, {}));
    if (!person) return;
    this.customer = person.phone ?? person.user_id;
    sessionStorage.setItem(REMEMBERED, this.customer);
    find("#person").dataset.of = "";
    if (!person.phone) find('[name="channel"][value="whatsapp"]').checked = true;
    await this.#page.refresh();
  }

  show(pulse) {
    this.#people = pulse.customers;
    this.#showPeople();
    const person = this.#person();
    if (!person && this.customer) {
      // A stand-in that was started anew has forgotten everybody.
      this.take(this.customer);
    }
    if (!person || !pulse.conversation) return;
    this.#business = pulse.conversation.business;
    this.#showPerson(person);
    this.#showMessages(pulse.conversation.messages);
  }

  get #channel() {
    return find('[name="channel"]:checked').value;
  }

  #person() {
    return this.#people.find((one) => (one.phone ?? one.user_id) === this.customer);
  }

  #showPeople() {
    const select = find("#customer");
    const names = this.#people.map((one) => one.phone ?? one.user_id).sort();
    if (select.dataset.look !== names.join()) {
      select.dataset.look = names.join();
      select.replaceChildren(...names.map((name) => make("option", {}, name)));
    }
    if (this.customer && document.activeElement !== select) select.value = this.customer;
  }

  #showPerson(person) {
    find("#business").textContent = this.#business[this.#channel].replace("whatsapp:", "");
    find("#owner").textContent = `seen by ${person.profile_name}, ${person.phone ?? person.user_id}`;
    find('[name="channel"][value="sms"]').disabled = !person.phone;
    const state = JSON.stringify(person);
    if (find("#person").dataset.of === state) return;
    find("#person").dataset.of = state;
    find("#reachable").value = person.reachable;
    find("#behaviour").value = person.behaviour;
    find("#error-code").value = person.error_code ?? "";
    find("#read-receipts").checked = person.read_receipts;
    const unusual = [person.reachable, person.behaviour].filter((word) => word !== "everywhere" && word !== "by hand");
    find("#person summary").textContent = ["How they behave", ...unusual].join(" · ");
  }

  #showMessages(messages) {
    const wasAtEnd = this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight < 40;
    const shown = messages.map((message) => ({ ...message, answer: this.#page.answerTo(message.sid) }));
    this.#messages.show(shown, (message) => message.sid, (message) => this.#draw(message));
    find("#conversation").classList.toggle("empty", !messages.length);
    if (wasAtEnd) this.#log.scrollTop = this.#log.scrollHeight;
  }

  #draw(message) {
    const isOwn = message.direction === "inbound";
    if (!isOwn && !ARRIVED.has(message.status)) return drawAway(message);
    const foot = [hourAndMinute(new Date(message.date_created)), channelOf(message)];
    foot.push(isOwn ? answered(message.answer) : message.status);
    return make(
      "li",
      { class: isOwn ? "bubble own" : "bubble", "data-sid": message.sid, "data-status": message.status },
      ...(message.media_urls ?? []).map((url) =>
        make("a", { href: url, target: "_blank", rel: "noreferrer" }, "Attachment")),
      make("p", { dir: "auto" }, message.shown),
      ...(isOwn ? [] : message.buttons.map((button) => this.#drawButton(message, button))),
      make("span", { class: "foot" }, foot.filter(Boolean).join(" · ")),
    );
  }

  #drawButton(message, button) {
    const tap = () => this.#say({ button, reply_to: message.sid, to: message.from });
    return make("button", { type: "button", class: "reply", onclick: tap }, button.text);
  }

  #sendText(event) {
    event.preventDefault();
    const field = find("#text");
    const text = field.value;
    if (!text.trim()) return;
    field.value = "";
    this.#say({ text }).then((done) => {
      if (!done) field.value = text;
    });
    field.focus();
  }

  #say(doing) {
    const prefix = this.#channel === "whatsapp" ? "whatsapp:" : "";
    const said = { from: prefix + this.customer, to: this.#business[this.#channel], ...doing };
    return attempt(async () => {
      const done = await post("/inbound", said);
      await this.#page.refresh();
      this.#log.scrollTop = this.#log.scrollHeight;
      return done;
    });
  }

  #takeStranger(event) {
    event.preventDefault();
    this.take(find("#stranger-name").value.trim());
    find("#stranger").open = false;
  }

  #changePerson() {
    const code = Number(find("#error-code").value);
    const changes = {
      reachable: find("#reachable").value,
      behaviour: find("#behaviour").value,
      error_code: Number.isInteger(code) ? code : 0,
      read_receipts: find("#read-receipts").checked,
    };
    attempt(async () => {
      await put(`/customers/${encodeURIComponent(this.customer)}`, changes);
      await this.#page.refresh();
    });
  }
}

const channelOf = (message) => (message.from?.startsWith("whatsapp:") || message.to.startsWith("whatsapp:") ? "" : "SMS");

/** A message of the business that is not on the phone: on its way, or lost. */
function drawAway(message) {
  const isLost = LOST.has(message.status);
  const words = isLost
    ? `Did not arrive: ${message.error_code ?? message.status} ${message.error_message ?? ""}`
    : `On its way: ${message.status}`;
  return make(
    "li",
    { class: isLost ? "away lost" : "away", "data-sid": message.sid, "data-status": message.status },
    make("span", {}, words),
    make("span", { class: "foot" }, message.shown),
  );
}

function answered(answer) {
  if (answer === undefined) return "";
  return answer === null ? "the server gave no answer" : `the server answered ${answer}`;
}
