// Keys that work on a page while nobody is typing.

export function onKeys(keys) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (isTyping(event.target) && event.key !== "Escape") return;
    const act = keys[event.key];
    if (act && act(event) !== false) event.preventDefault();
  });
}

export function showKeys() {
  const sheet = document.getElementById("keys");
  sheet.showModal();
  sheet.querySelector("h2").focus();
}

export function isTyping(target) {
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}
