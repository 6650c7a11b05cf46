// Twilio's own client for Node against the stand-in: sends, lists, pages, reads errors, and checks
// the signatures of webhooks. Prints what it saw as JSON.
//
//   node twilio_client.cjs FOLDER_WITH_NODE_MODULES STAND_IN_URL ACCOUNT_SID AUTH_TOKEN

const http = require("node:http");
const { createRequire } = require("node:module");
const path = require("node:path");

const [folder, standIn, accountSid, authToken] = process.argv.slice(2);
const requireFrom = createRequire(path.join(folder, "package.json"));
const twilio = requireFrom("twilio");
const RequestClient = requireFrom("twilio/lib/base/RequestClient");

/** Sends every request to the stand-in instead of to Twilio. */
class Redirected extends RequestClient {
  request(options) {
    const asked = new URL(options.uri);
    const uri = standIn + asked.pathname + asked.search;
    return super.request({ ...options, uri });
  }
}

const client = twilio(accountSid, authToken, { httpClient: new Redirected() });
const CUSTOMER = "whatsapp:+12025550150";
const BUSINESS = "whatsapp:+14155238886";

async function control(method, where, given) {
  const answer = await fetch(`${standIn}/control${where}`, {
    method,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(given),
  });
  return answer.json();
}

/** A server that checks the signature of every webhook with Twilio's own function. */
function listen(seen) {
  const server = http.createServer((request, response) => {
    let body = "";
    request.on("data", (piece) => (body += piece));
    request.on("end", () => {
      const url = `http://127.0.0.1:${server.address().port}${request.url}`;
      const fields = Object.fromEntries(new URLSearchParams(body));
      const signature = request.headers["x-twilio-signature"] ?? "";
      seen.push({ body: fields.Body ?? fields.MessageStatus, valid: twilio.validateRequest(authToken, signature, url, fields) });
      response.writeHead(200, { "Content-Type": "text/xml" });
      response.end("<Response/>");
    });
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

async function refused(work) {
  try {
    await work();
    return null;
  } catch (error) {
    return { name: error.constructor.name, code: error.code, status: error.status, moreInfo: error.moreInfo };
  }
}

async function main() {
  const webhooks = [];
  const server = await listen(webhooks);
  const own = `http://127.0.0.1:${server.address().port}`;
  await control("PUT", "/settings", { webhook: `${own}/inbound?from=node` });

  const heard = await control("POST", "/inbound", { from: CUSTOMER, to: BUSINESS, text: "Grüße & 👋" });
  await control("POST", `/replay/${heard.sid}`, { tamper: "Body" });
  const created = await client.messages.create({ to: CUSTOMER, from: BUSINESS, body: "hello", statusCallback: `${own}/status` });
  for (let number = 0; number < 4; number += 1) {
    await client.messages.create({ to: "+12025550150", from: "+15005550006", body: `number ${number}` });
  }
  while ((await (await fetch(`${standIn}/control/health`)).json()).unfinished) await new Promise((done) => setTimeout(done, 20));

  const pages = [];
  await client.messages.each({ to: "+12025550150", pageSize: 2 }, (message) => pages.push(message.body));
  await new Promise((done) => setTimeout(done, 300));
  const result = {
    created: { status: created.status, direction: created.direction, isDate: created.dateCreated instanceof Date },
    fetched: (await client.messages(created.sid).fetch()).status,
    pages,
    refused: await refused(() => client.messages.create({ to: "+15005521211", from: "+15005550006", body: "hello" })),
    forbidden: await refused(() => twilio(accountSid, "wrong", { httpClient: new Redirected() }).messages.list()),
    absent: await refused(() => client.messages("SM" + "0".repeat(32)).fetch()),
    account: (await client.api.v2010.accounts(accountSid).fetch()).status,
    senders: (await client.messaging.v2.channelsSenders.list({ channel: "whatsapp" })).map((one) => one.senderId),
    webhooks,
  };
  server.close();
  console.log(JSON.stringify(result));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
