// Menus close when somebody looks elsewhere.

export function dismissMenus() {
  document.addEventListener("click", (event) => close((menu) => !menu.contains(event.target)));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close((menu) => menu.contains(document.activeElement));
  });
}

function close(where) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!where(menu)) continue;
    const inside = menu.contains(document.activeElement);
    menu.open = false;
    if (inside) menu.querySelector("summary").focus();
  }
}
