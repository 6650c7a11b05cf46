// Asks again and again whether anything has changed, and says how that goes.

const SOON = 1500;
const IDLE = 5000;
const HIDDEN = 20000;
const AWAY = 300000;
const LONGEST = 15000;

export class Live {
  constructor(url, pulse, pill, show) {
    this.url = url;
    this.pill = pill;
    this.show = show;
    this.mark = `"${pulse}"`;
    this.failures = 0;
    this.timer = null;
    this.seen = Date.now();
    document.addEventListener("visibilitychange", () => this.soon(document.hidden ? HIDDEN : 0));
    addEventListener("online", () => this.soon(0));
    for (const sign of ["pointermove", "keydown", "focus"]) addEventListener(sign, () => this.notice(), { passive: true });
  }

  start() {
    this.say("Live", "live");
    this.soon(SOON);
  }

  soon(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), wait);
  }

  async ask() {
    try {
      const headers = { "X-Part": "live", "If-None-Match": this.mark };
      // `no-store`: the browser must not answer a 304 from a cache of its own.
      const answer = await fetch(this.url, { headers, cache: "no-store" });
      if (answer.status === 401) return this.say("Signed out", "out");
      if (answer.status !== 304) await this.take(answer);
      this.failures = 0;
      this.say("Live", "live");
    } catch {
      this.failures += 1;
      this.say("Reconnecting", "lost");
    }
    const wait = this.pace();
    this.soon(Math.min(wait * 2 ** Math.min(this.failures, 4), Math.max(wait, LONGEST)));
  }

  // A page that nobody has touched for minutes may be a little late, until somebody does.
  pace() {
    if (document.hidden) return HIDDEN;
    return Date.now() - this.seen > AWAY ? IDLE : SOON;
  }

  notice() {
    const was = this.pace();
    this.seen = Date.now();
    if (was === IDLE) this.soon(0);
  }

  async take(answer) {
    if (!answer.ok) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    this.show(page.querySelector("[data-talk]"));
    this.mark = answer.headers.get("ETag");
  }

  say(words, kind) {
    if (this.pill.textContent === words) return;
    Object.assign(this.pill, { hidden: false, textContent: words });
    this.pill.dataset.kind = kind;
  }
}
