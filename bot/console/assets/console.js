// What every page can do a little better with a script. Without it all of it works as plain forms.

import { dismissMenus } from "./menus.js";
import { offerCopies } from "./copies.js";
import { guardForms } from "./forms.js";
import { offerThemes } from "./themes.js";
import { tellZone } from "./zone.js";

// For browsers that do not know `scroll-initial-target`.
document.querySelector(".tabs [aria-current], .chips [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
offerThemes();
offerCopies();
guardForms();
dismissMenus();
tellZone();
