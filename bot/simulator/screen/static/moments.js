// Moments and durations, as people read them.

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const short = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short" });

export const timeOfDay = (moment) => clock.format(moment);
export const hourAndMinute = (moment) => short.format(moment);
export const dayAndTime = (moment) => `${day.format(moment)}, ${clock.format(moment)}`;

/** Write seconds like “1 d 3 h”, the two largest units. */
export function inWords(seconds) {
  const units = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];
  let left = Math.round(Math.abs(seconds));
  const words = [];
  for (const [unit, size] of units) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count) words.push(`${count} ${unit}`);
  }
  return words.slice(0, 2).join(" ") || "0 s";
}
