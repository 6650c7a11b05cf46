// The control API, as the page uses it. What goes wrong is shown in words.

const trouble = document.querySelector("#trouble");

export class NotDone extends Error {}

export const get = (path) => call("GET", path);
export const post = (path, given = {}) => call("POST", path, given);
export const put = (path, given) => call("PUT", path, given);
export const remove = (path) => call("DELETE", path);

/** Do something a person asked for; if it cannot be done, say why and carry on. */
export async function attempt(work) {
  try {
    const done = await work();
    say("");
    return done;
  } catch (error) {
    say(error instanceof NotDone ? error.message : `The stand-in does not answer. ${error.message}`);
    return undefined;
  }
}

function say(words) {
  trouble.textContent = words;
  trouble.hidden = !words;
}

async function call(method, path, given) {
  const asked = { method };
  if (given !== undefined) {
    asked.headers = { "Content-Type": "application/json" };
    asked.body = JSON.stringify(given);
  }
  const answer = await fetch(`/control${path}`, asked);
  const text = await answer.text();
  if (!answer.ok) throw new NotDone(reason(text, answer.status));
  return text ? JSON.parse(text) : null;
}

function reason(text, status) {
  try {
    return JSON.parse(text).error;
  } catch {
    return `The stand-in answered ${status}.`;
  }
}
