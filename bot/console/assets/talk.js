// Shows what changed in a conversation and leaves the rest as it stands: scrolling, focus, drafts.

const NEAR = 60;

export function showTalk(talk, fresh, down = false) {
  Object.assign(talk.dataset, { now: fresh.dataset.now, key: fresh.dataset.key });
  renewPart(talk, fresh, "head");
  renewPart(talk, fresh, "panel");
  renewError(talk, fresh);
  for (const key of talk.querySelectorAll("input[name=key]")) key.value = fresh.dataset.key;
  renewLines(talk, fresh, down);
}

function renewPart(talk, fresh, name) {
  const [old, next] = [talk, fresh].map((one) => one.querySelector(`[data-part="${name}"]`));
  if (old.dataset.mark === next.dataset.mark) return;
  const kept = name === "panel" ? typed(old) : null;
  old.replaceWith(next);
  if (kept) restore(next, kept);
}

// The very field: a script may not fill another one with the file that was chosen in it.
function keepFile(panel, kept) {
  const next = panel.querySelector("#file");
  kept.file.disabled = next.disabled;
  next.replaceWith(kept.file);
  panel.querySelector("[data-chosen]").replaceWith(kept.chosen);
}

function typed(panel) {
  const [text, reason] = [panel.querySelector("#text"), panel.querySelector("#reason")];
  return {
    text: text.value, focused: document.activeElement?.id, start: text.selectionStart, end: text.selectionEnd,
    file: panel.querySelector("#file"), chosen: panel.querySelector("[data-chosen]"),
    reason: reason?.value, open: panel.querySelector("details")?.open,
  };
}

function restore(panel, kept) {
  if (kept.file && panel.querySelector("#file")) keepFile(panel, kept);
  const [text, reason] = [panel.querySelector("#text"), panel.querySelector("#reason")];
  text.value = kept.text;
  text.dispatchEvent(new Event("input", { bubbles: true }));
  // What was typed and cannot be sent any more can still be copied.
  if (text.disabled && kept.text) Object.assign(text, { disabled: false, readOnly: true });
  if (reason) reason.value = kept.reason ?? "";
  if (kept.open && panel.querySelector("details")) panel.querySelector("details").open = true;
  if (kept.focused) panel.querySelector(`#${CSS.escape(kept.focused)}`)?.focus();
  if (kept.focused === "text") text.setSelectionRange(kept.start, kept.end);
}

function renewError(talk, fresh) {
  const next = fresh.querySelector("[data-error]");
  if (!next) return;
  const old = talk.querySelector("[data-error]");
  if (old !== next && old.innerHTML !== next.innerHTML) old.replaceChildren(...next.childNodes);
}

function renewLines(talk, fresh, down) {
  const scroll = talk.querySelector("[data-scroll]");
  const log = talk.querySelector("[data-log]");
  const atEnd = down || -scroll.scrollTop < NEAR;
  const before = scroll.scrollHeight;
  let added = 0;
  for (const line of fresh.querySelectorAll("[data-seq]")) {
    const known = document.getElementById(line.id);
    if (known) renewFate(known, line);
    else {
      log.append(document.importNode(line, true));
      added += 1;
    }
  }
  if (added) talk.querySelector("[data-empty]")?.remove();
  if (atEnd) scroll.scrollTop = 0;
  // Measured from the end: what came below would push out of sight what is being read.
  else scroll.scrollTop -= scroll.scrollHeight - before;
  if (added && !atEnd) sayNewer(talk, scroll, added);
}

function renewFate(known, line) {
  known.className = line.className;
  const [old, next] = [known, line].map((one) => one.querySelector("[data-fate]"));
  if (old && next && old.outerHTML !== next.outerHTML) old.replaceWith(document.importNode(next, true));
}

function sayNewer(talk, scroll, added) {
  const button = talk.querySelector("[data-newer]");
  const count = Number(button.dataset.count ?? 0) + added;
  button.dataset.count = count;
  button.textContent = `${count} new below ↓`;
  button.hidden = false;
  const done = () => {
    button.hidden = true;
    button.dataset.count = 0;
  };
  button.onclick = () => {
    scroll.scrollTop = 0;
    done();
  };
  scroll.onscroll = () => -scroll.scrollTop < NEAR && done();
}
