// Elements of the page. Text is only ever set as text.

/** Make an element: attributes, `on…` listeners, and children that are elements or text. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}

/** Show a list by key: what has not changed stays as it is, with its focus and its open parts. */
export class KeyedList {
  #kept = new Map();

  constructor(parent) {
    this.parent = parent;
  }

  show(items, keyOf, draw) {
    const wanted = new Set();
    let previous = null;
    for (const item of items) {
      const key = keyOf(item);
      wanted.add(key);
      const element = this.#drawn(key, item, draw);
      const place = previous ? previous.nextSibling : this.parent.firstChild;
      if (place !== element) this.parent.insertBefore(element, place);
      previous = element;
    }
    for (const [key, kept] of this.#kept) {
      if (wanted.has(key)) continue;
      kept.element.remove();
      this.#kept.delete(key);
    }
  }

  #drawn(key, item, draw) {
    const look = JSON.stringify(item);
    const kept = this.#kept.get(key);
    if (kept && kept.look === look) return kept.element;
    const element = draw(item);
    if (kept) kept.element.replaceWith(element);
    this.#kept.set(key, { look, element });
    return element;
  }
}

/** Replace the lines of a list, or say in words that there are none. */
export function showLines(list, lines, otherwise) {
  const look = JSON.stringify(lines);
  if (list.dataset.look === look) return;
  list.dataset.look = look;
  const shown = lines.map((line) => make("li", {}, ...line.map(part)));
  list.replaceChildren(...(shown.length ? shown : [make("li", { class: "hint" }, otherwise)]));
}

function part(piece) {
  return typeof piece === "string" ? make("span", {}, piece) : make("span", { class: piece.class }, piece.text);
}
