// Verifies what is posted to it, answers 204 or 400, and prints what it made of it, a line each.
// The secret comes in the environment; the first line says where it listens. It ends with its stdin.

import { createServer } from "node:http";
import { Webhook } from "standardwebhooks";

const webhook = new Webhook(process.env.SECRET);

const server = createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    const body = Buffer.concat(parts).toString("utf8");
    let told;
    try {
      webhook.verify(body, request.headers);
      told = { verified: true, id: request.headers["webhook-id"], body: JSON.parse(body) };
    } catch (error) {
      told = { verified: false, why: error.message };
    }
    response.writeHead(told.verified ? 204 : 400).end();
    console.log(JSON.stringify(told));
  });
});

server.listen(0, "127.0.0.1", () => console.log(`ready http://127.0.0.1:${server.address().port}/`));
process.stdin.resume().on("end", () => process.exit(0));
