// Shows what the contact will read while the variables are being filled in.

for (const form of document.querySelectorAll("[data-fill]")) {
  const shown = form.querySelector("[data-preview]");
  if (!shown) continue;
  const fill = () => {
    shown.textContent = shown.dataset.preview.replace(/\{\{\s*(\w+)\s*\}\}/g, (whole, name) =>
      form.elements[`v-${name}`]?.value.trim() || whole);
  };
  form.addEventListener("input", fill);
  fill();
}
