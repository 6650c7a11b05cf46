// The button that switches between light and dark.

export function offerThemes() {
  for (const button of document.querySelectorAll("[data-theme-switch]")) {
    button.hidden = false;
    button.addEventListener("click", switchTheme);
  }
}

function switchTheme() {
  const root = document.documentElement;
  root.dataset.theme = isDark(root) ? "light" : "dark";
  localStorage.setItem("theme", root.dataset.theme);
}

function isDark(root) {
  if (root.dataset.theme) return root.dataset.theme === "dark";
  return matchMedia("(prefers-color-scheme: dark)").matches;
}
