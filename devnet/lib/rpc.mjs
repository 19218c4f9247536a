import http from 'node:http';

/** A JSON-RPC client that keeps its connections open. */
export class Rpc {
  constructor(url) {
    this.url = new URL(url);
    this.agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
    this.lastId = 0;
  }

  async request(method, params = []) {
    return unwrap(await this.post({ jsonrpc: '2.0', id: ++this.lastId, method, params }), method);
  }

  /** Many calls in one HTTP request. The node runs them concurrently, in no order. */
  async batch(calls) {
    if (calls.length === 0) return [];
    const replies = await this.post(
      calls.map(([method, params], id) => ({ jsonrpc: '2.0', id, method, params })),
    );
    if (!Array.isArray(replies)) throw new Error(`batch refused: ${JSON.stringify(replies)}`);
    const byId = new Map(replies.map((reply) => [reply.id, reply]));
    return calls.map(([method], id) => unwrap(byId.get(id), method));
  }

  post(message) {
    const body = JSON.stringify(message);
    return new Promise((resolve, reject) => {
      const request = http.request(
        this.url,
        {
          method: 'POST',
          agent: this.agent,
          headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
        },
        (response) => {
          const chunks = [];
          response.on('data', (chunk) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            try {
              resolve(JSON.parse(Buffer.concat(chunks).toString()));
            } catch (cause) {
              reject(new Error(`HTTP ${response.statusCode} is not JSON`, { cause }));
            }
          });
        },
      );
      request.on('error', reject);
      request.end(body);
    });
  }

  close() {
    this.agent.destroy();
  }
}

function unwrap(reply, method) {
  if (reply?.error) {
    const error = new Error(`${method}: ${reply.error.message}`);
    error.data = reply.error.data;
    throw error;
  }
  return reply.result;
}
