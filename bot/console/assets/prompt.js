// The prompt before an opt-in request, as a dialog on the page that one is on.

export function offerPrompt() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-prompt]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link);
  });
  document.getElementById("prompt")?.addEventListener("click", (event) => {
    if (!event.target.closest("[data-close]")) return;
    event.preventDefault();
    event.currentTarget.close();
  });
}

async function open(link) {
  const dialog = document.getElementById("prompt");
  link.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(link.href, { headers: { "X-Part": "prompt" } });
    // Led elsewhere: to the conversation that there is by now, or to sign in.
    if (answer.redirected || !answer.ok) throw new Error(answer.statusText);
    dialog.replaceChildren(...parsed(await answer.text()).childNodes);
  } catch {
    location.assign(link.href);
    return;
  } finally {
    link.removeAttribute("aria-busy");
  }
  dialog.showModal();
  // On the heading: a stray Enter neither sends nor cancels.
  dialog.querySelector("h2").focus();
}

function parsed(html) {
  return new DOMParser().parseFromString(html, "text/html").body;
}
