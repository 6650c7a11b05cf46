// Spans that count down, by the server's clock: a simulation may have moved it.

export function keepCounting(talk) {
  let ahead = 0;
  const tell = () => {
    ahead = Date.parse(talk.dataset.now) - Date.now();
  };
  tell();
  new MutationObserver(tell).observe(talk, { attributeFilter: ["data-now"] });
  setInterval(() => {
    for (const one of talk.querySelectorAll("[data-until]"))
      one.textContent = span(Date.parse(one.dataset.until) - Date.now() - ahead);
  }, 5000);
}

function span(milliseconds) {
  const minutes = Math.ceil(milliseconds / 60000);
  if (minutes < 1) return "less than a minute";
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [hours && `${hours} h`, rest && `${rest} min`].filter(Boolean).join(" ");
}
