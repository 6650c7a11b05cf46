// Says something on the page, also to those who hear it read aloud.

export function announce(words, kind = "good") {
  const line = document.createElement("p");
  line.className = `notice ${kind}`;
  line.textContent = words;
  document.querySelector("[data-said]")?.replaceChildren(line);
}
