// The faults: each for the next request, or again and again with a probability.

import { attempt, post, remove } from "./control.js";

const STORM = 0.1;
// A refusal of the credentials stops the server's whole queue: not part of bad weather.
const NOT_IN_A_STORM = new Set(["401"]);
const find = (selector) => document.querySelector(selector);

export class Chaos {
  #page;
  #rows = [...document.querySelectorAll("[data-fault]")];

  constructor(page) {
    this.#page = page;
    for (const row of this.#rows) {
      row.querySelector("[data-next]").addEventListener("click", () => this.#strike(row, { next: 1 }));
      row.querySelector("select").addEventListener("change", (event) => this.#often(row, Number(event.target.value)));
    }
    find("#storm").addEventListener("click", () => this.#storm());
    find("#calm").addEventListener("click", () => this.#do(() => remove("/chaos")));
  }

  show(inForce) {
    for (const row of this.#rows) {
      const mine = inForce.filter((fault) => fault.fault === row.dataset.fault);
      const select = row.querySelector("select");
      const chance = mine.find((fault) => fault.probability !== null)?.probability ?? 0;
      if (document.activeElement !== select) showChance(select, chance);
      row.classList.toggle("on", mine.length > 0);
      const waiting = mine.reduce((sum, fault) => sum + (fault.next ?? 0), 0);
      row.querySelector("[data-next]").textContent = waiting ? `Next ${waiting}` : "Next";
    }
    const struck = inForce.reduce((sum, fault) => sum + fault.struck, 0);
    const words = inForce.length
      ? `${inForce.length} in force; they have struck ${struck} times.`
      : "No fault is in force.";
    if (find("#chaos-state").textContent !== words) find("#chaos-state").textContent = words;
  }

  #often(row, probability) {
    if (probability) return this.#strike(row, { probability });
    return this.#do(() => remove(`/chaos/${row.dataset.fault}`));
  }

  #strike(row, often) {
    return this.#do(() => post("/chaos", faultOf(row, often)));
  }

  #storm() {
    const rows = this.#rows.filter((row) => !NOT_IN_A_STORM.has(row.dataset.fault));
    return this.#do(async () => {
      for (const row of rows) await post("/chaos", faultOf(row, { probability: STORM }));
    });
  }

  #do(work) {
    return attempt(async () => {
      await work();
      await this.#page.refresh();
    });
  }
}

function faultOf(row, often) {
  const seconds = row.querySelector("input");
  return { fault: row.dataset.fault, ...often, ...(seconds ? { seconds: Number(seconds.value) } : {}) };
}

function showChance(select, chance) {
  const known = [...select.options].some((option) => Number(option.value) === chance);
  if (!known) select.add(new Option(`${Math.round(chance * 100)} %`, String(chance)));
  select.value = String(chance);
}
