// The numbers with a meaning: people who always behave the same, and error codes.

import { get } from "./control.js";
import { make } from "./elements.js";

const find = (selector) => document.querySelector(selector);

export class Numbers {
  #page;
  #all = [];

  constructor(page) {
    this.#page = page;
    find("#number-search").addEventListener("input", () => this.#show());
  }

  async load() {
    const found = await get("/numbers");
    const people = found.people.map((one) => ({ phone: one.phone, words: one.does }));
    const codes = found.codes.map((one) => ({ phone: one.phone, words: `${one.code} ${one.words}` }));
    this.#all = [...people, ...codes];
    this.#show();
  }

  #show() {
    const word = find("#number-search").value.trim().toLowerCase();
    const shown = this.#all.filter((one) => `${one.phone} ${one.words}`.toLowerCase().includes(word));
    find("#numbers").replaceChildren(...shown.map((one) => this.#draw(one)));
  }

  #draw(one) {
    const take = () => this.#page.take(one.phone);
    return make(
      "li",
      {},
      make("button", { type: "button", class: "number link", onclick: take }, one.phone),
      make("span", {}, one.words),
    );
  }
}
