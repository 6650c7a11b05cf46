// What is being typed survives a reload, in this tab alone and until signing out.

export function keepDraft(talk) {
  const name = `draft:${talk.dataset.id}`;
  const text = document.getElementById("text");
  if (!text.value && !text.disabled) text.value = sessionStorage.getItem(name) ?? "";
  if (!talk.querySelector("[data-error] *") && text.disabled) sessionStorage.removeItem(name);
  talk.addEventListener("input", (event) => {
    if (event.target.id !== "text") return;
    if (event.target.value) sessionStorage.setItem(name, event.target.value);
    else sessionStorage.removeItem(name);
  });
  for (const form of document.querySelectorAll('form[action$="/sign-out"]'))
    form.addEventListener("submit", () => sessionStorage.clear());
}
