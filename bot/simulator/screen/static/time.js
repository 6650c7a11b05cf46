// The time: both clocks, moving them, what is coming and what was set off.

import { attempt, get, post } from "./control.js";
import { showLines } from "./elements.js";
import { dayAndTime, inWords } from "./moments.js";

const EVERY = 3;
const EAGER_BEATS = 8;
const find = (selector) => document.querySelector(selector);

export class Time {
  #page;
  #ahead = 0;
  #beats = 0;
  #eager = 0;

  constructor(page) {
    this.#page = page;
    for (const button of document.querySelectorAll("[data-advance]")) {
      const seconds = Number(button.dataset.advance);
      button.addEventListener("click", () => this.#move({ advance_seconds: seconds }));
    }
    find("#next-deadline").addEventListener("click", () => this.#move({ next_deadline: true }));
    find("#real-time").addEventListener("click", () => this.#move({ reset: true }));
    setInterval(() => this.#tick(), 250);
  }

  show(pulse) {
    this.#ahead = pulse.clock.ahead_seconds;
    this.#tick();
    this.#beats += 1;
    if (!pulse.server.url) return;
    if (this.#eager > 0 || this.#beats % EVERY === 1) this.#showDeadlines();
    this.#eager = Math.max(0, this.#eager - 1);
  }

  #move(given) {
    return attempt(async () => {
      await post("/clock", given);
      this.#eager = EAGER_BEATS;
      await this.#page.refresh();
    });
  }

  #tick() {
    const real = Date.now();
    find("#real").textContent = dayAndTime(new Date(real));
    find("#simulated").textContent = dayAndTime(new Date(real + this.#ahead * 1000));
    const isMoved = Math.abs(this.#ahead) >= 1;
    const words = isMoved
      ? `The simulated clock is ${inWords(this.#ahead)} ${this.#ahead > 0 ? "ahead" : "behind"}.`
      : "Both clocks show the same.";
    if (find("#ahead").textContent !== words) find("#ahead").textContent = words;
    find(".time").classList.toggle("moved", isMoved);
  }

  async #showDeadlines() {
    let found;
    try {
      found = await get("/deadlines");
    } catch (error) {
      showLines(find("#deadlines"), [], error.message);
      return;
    }
    const now = Date.now() + this.#ahead * 1000;
    const coming = found.deadlines.slice(0, 8).map((one) => [
      { class: "number", text: one.address },
      one.state,
      { class: "end", text: `in ${inWords((new Date(one.due_at) - now) / 1000)}` },
    ]);
    const fired = found.fired.map((one) => [
      { class: "number", text: one.address },
      { class: "end", text: `${one.was} → ${one.state}` },
    ]);
    showLines(find("#deadlines"), coming, "Nothing is due.");
    showLines(find("#fired"), fired, "Nothing yet.");
  }
}
