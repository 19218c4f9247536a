// Verifies the messages posted to it, answers 204 or 400, and prints each result as a line of JSON.
// The secret is in the environment; the first line is its URL. It ends when stdin is closed.

import { createServer } from "node:http";
import { Webhook } from "standardwebhooks";

const webhook = new Webhook(process.env.SECRET);

const server = createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    const body = Buffer.concat(parts).toString("utf8");
    let result;
    try {
      webhook.verify(body, request.headers);
      result = { verified: true, id: request.headers["webhook-id"], body: JSON.parse(body) };
    } catch (error) {
      result = { verified: false, why: error.message };
    }
    response.writeHead(result.verified ? 204 : 400).end();
    console.log(JSON.stringify(result));
  });
});

server.listen(0, "127.0.0.1", () => console.log(`ready http://127.0.0.1:${server.address().port}/`));
process.stdin.resume().on("end", () => process.exit(0));
