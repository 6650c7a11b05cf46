// Forms: sent once, and asked about first where something is taken away.

export function guardForms() {
  document.addEventListener("submit", (event) => {
    if (event.target.dataset.confirm && !event.target.dataset.confirmed) {
      event.preventDefault();
      ask(event.target, event.submitter);
    } else {
      keepBusy(event);
    }
  });
  // Coming back by the back button shows the page as it was left: busy.
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[aria-busy]")) form.removeAttribute("aria-busy");
  });
}

function keepBusy(event) {
  const form = event.target;
  if (form.method === "dialog" || event.defaultPrevented) return;
  if (form.getAttribute("aria-busy") === "true") event.preventDefault();
  else form.setAttribute("aria-busy", "true");
}

function ask(form, submitter) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  dialog.setAttribute("aria-labelledby", "question");
  dialog.append(...question(form));
  document.body.append(dialog);
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (dialog.returnValue !== "yes") return submitter?.focus();
    form.dataset.confirmed = "yes";
    form.requestSubmit(submitter);
    delete form.dataset.confirmed;
  });
  dialog.showModal();
  // On the heading: a stray Enter neither does it nor takes it back.
  dialog.querySelector("h2").focus();
}

function question(form) {
  const heading = element("h2", form.dataset.confirm, { id: "question", tabIndex: -1 });
  const words = element("p", form.dataset.confirmMore ?? "", { className: "muted" });
  const choices = element("form", "", { method: "dialog", className: "row end" });
  choices.append(
    element("button", "Cancel", { value: "no", className: "button" }),
    element("button", form.dataset.confirmYes ?? "Yes", { value: "yes", className: "button danger" }),
  );
  return [heading, words, choices];
}

function element(name, text, properties) {
  return Object.assign(document.createElement(name), { textContent: text }, properties);
}
