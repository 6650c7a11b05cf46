// Scenarios: one click plays one, and tells how far it is.

import { attempt, post } from "./control.js";
import { make } from "./elements.js";

const ENDED = { done: "ended as it should", failed: "did not end as it should", running: "is being played…" };
const find = (selector) => document.querySelector(selector);

export class Scenarios {
  #page;
  #titles = new Map();

  constructor(page) {
    this.#page = page;
    for (const button of document.querySelectorAll("[data-scenario]")) {
      this.#titles.set(button.dataset.scenario, button.querySelector("strong").textContent);
      button.addEventListener("click", () => this.#play(button.dataset.scenario));
    }
  }

  show(runs) {
    const run = runs[0];
    find("#run").hidden = !run;
    if (!run) return;
    const look = JSON.stringify(run);
    if (find("#run").dataset.look === look) return;
    find("#run").dataset.look = look;
    find("#run").dataset.status = run.status;
    find("#run").dataset.number = run.number;
    find("#run-title").textContent = `“${this.#titles.get(run.scenario)}” with ${run.phone} ${ENDED[run.status]}`;
    find("#run-steps").replaceChildren(...run.steps.map((step) => make("li", {}, step)));
  }

  #play(name) {
    return attempt(async () => {
      const run = await post(`/scenarios/${name}`);
      await this.#page.take(run.phone);
    });
  }
}
