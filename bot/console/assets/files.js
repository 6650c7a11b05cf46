// The file that goes along with a message: its name is shown, and it can be taken back.

import { announce } from "./announce.js";

const field = () => document.getElementById("file");

export function hasFile() {
  return Boolean(field()?.files.length);
}

export function dropFile() {
  if (!field()) return;
  field().value = "";
  showFile();
}

export function offerFiles(talk) {
  talk.addEventListener("change", (event) => {
    if (event.target !== field()) return;
    const [file] = field().files;
    if (file && file.size > Number(field().dataset.largest)) {
      announce(`${file.name} is too large: WhatsApp takes at most 16 MB.`, "bad");
      return dropFile();
    }
    showFile();
    document.getElementById("text").focus();
  });
}

function showFile() {
  const shown = document.querySelector("[data-chosen]");
  const [file] = field().files;
  shown.hidden = !file;
  if (file) shown.replaceChildren(`${file.name}, ${sized(file.size)}`, remover());
}

function remover() {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "button slim", textContent: "Remove", onclick: dropFile });
  return button;
}

function sized(bytes) {
  return bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
