// In how many parts an SMS goes out, while it is typed. Signs, room and words come with the page.

const PAUSE = 300;

export function countParts(talk) {
  let pause;
  talk.addEventListener("input", (event) => {
    if (event.target.id !== "text") return;
    clearTimeout(pause);
    pause = setTimeout(tell, PAUSE, talk);
  });
  tell(talk);
}

function tell(talk) {
  const line = talk.querySelector("[data-parts]");
  if (!line) return;
  const words = said(talk.querySelector("#text").value.trim(), JSON.parse(line.dataset.parts));
  // The same words once more would be read aloud once more.
  if (line.textContent !== words) line.textContent = words;
}

function said(text, rules) {
  if (!text) return rules.words.nothing;
  const known = rules.basic + rules.extension;
  const beyond = [...new Set(text)].filter((sign) => !known.includes(sign));
  const [single, joined] = rules.room[beyond.length ? "UCS-2" : "GSM-7"];
  const widths = Array.from(text, (sign) => (beyond.length ? sign.length : 1 + rules.extension.includes(sign)));
  if (widths.reduce((sum, width) => sum + width) <= single) return rules.words.one;
  return rules.words[beyond.length ? "dear" : "many"]
    .replace("{parts}", cut(widths, joined))
    .replace("{signs}", () => beyond.slice(0, rules.named).join(""));
}

// What takes two places is never cut.
function cut(widths, room) {
  let [parts, taken] = [1, 0];
  for (const width of widths) {
    if (taken + width > room) [parts, taken] = [parts + 1, 0];
    taken += width;
  }
  return parts;
}
