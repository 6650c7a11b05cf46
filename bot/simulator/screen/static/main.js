// The page: asks the stand-in every second what has changed, and lets each panel show its part.

import { Chaos } from "./chaos.js";
import { attempt, get, post } from "./control.js";
import { Numbers } from "./numbers.js";
import { Phone } from "./phone.js";
import { Scenarios } from "./scenarios.js";
import { Time } from "./time.js";
import { Wire } from "./wire.js";

const PAUSE = 1000;
const connection = document.querySelector("#connection");
const afresh = document.querySelector("#afresh");
const server = document.querySelector("#server");

const wire = new Wire();
const phone = new Phone({ refresh, answerTo: (sid) => wire.answerTo(sid) });
const time = new Time({ refresh });
const chaos = new Chaos({ refresh });
const scenarios = new Scenarios({ refresh, take: (name) => phone.take(name) });
const numbers = new Numbers({ take: (name) => phone.take(name) });

let asking = null;
let timer = 0;

/** Ask now; calls that come while one is under way share its answer and one more. */
async function refresh() {
  while (asking) await asking;
  asking = beat();
  await asking;
  asking = null;
}

async function beat() {
  clearTimeout(timer);
  try {
    const customer = encodeURIComponent(phone.customer ?? "");
    show(await get(`/pulse?customer=${customer}&after=${wire.last}`));
    tellConnection("Live", "good");
  } catch {
    tellConnection("No answer", "bad");
  }
  timer = setTimeout(refresh, PAUSE);
}

function show(pulse) {
  wire.show(pulse.wire);
  phone.show(pulse);
  time.show(pulse);
  chaos.show(pulse.chaos);
  scenarios.show(pulse.runs, pulse.server);
  server.hidden = !pulse.server.url;
  if (pulse.server.url) server.href = pulse.server.url;
}

function tellConnection(words, look) {
  if (connection.textContent !== words) connection.textContent = words;
  connection.className = `pill ${look}`;
}

document.querySelector("#start-afresh").addEventListener("click", () => afresh.showModal());
afresh.addEventListener("close", () => {
  if (afresh.returnValue !== "afresh") return;
  attempt(async () => {
    await post("/clock", { reset: true });
    await post("/reset");
    wire.forget();
    phone.take(null);
    await refresh();
  });
});
document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : refresh()));

attempt(() => numbers.load());
phone.begin();
refresh();
