// The other ends of delivery: a mail server and a text message provider that keep what they get.
import http from 'node:http';

import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

/** Waits until something that fits has arrived. */
class Kept {
  #items = [];
  #waiting = new Set();

  put(item) {
    this.#items.push(item);
    for (const look of this.#waiting) look();
  }

  get items() {
    return [...this.#items];
  }

  next(fits, patience = 10_000) {
    return new Promise((resolve, reject) => {
      const look = () => {
        const at = this.#items.findIndex((item) => !item.taken && fits(item));
        if (at < 0) return;
        this.#items[at].taken = true;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(this.#items[at]);
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`nothing arrived within ${patience} ms`));
      }, patience);
      this.#waiting.add(look);
      look();
    });
  }
}

/** A mail server. Each mail is parsed as a mail client would. */
export async function mailServer() {
  const kept = new Kept();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    async onData(stream, session, done) {
      const chunks = [];
      for await (const chunk of stream) chunks.push(chunk);
      const raw = Buffer.concat(chunks);
      const mail = await simpleParser(raw);
      const to = session.envelope.rcptTo.map(({ address }) => address);
      kept.put({ mail, raw: raw.toString('latin1'), to, from: session.envelope.mailFrom.address });
      done();
    },
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `smtp://localhost:${server.server.address().port}`,
    kept,
    to: (address) => kept.next((item) => item.to.includes(address)),
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

/** A provider of text messages, in the shape of Twilio's interface. */
export async function textProvider({ failures = 0 } = {}) {
  const kept = new Kept();
  let failing = failures;
  const server = http.createServer(async (request, answer) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString('utf8')));
    const refused = failing > 0;
    if (refused) failing -= 1;
    kept.put({ method: request.method, path: request.url, headers: request.headers, form, refused });
    answer.writeHead(refused ? 503 : 201, { 'content-type': 'application/json' });
    answer.end(JSON.stringify(refused ? { code: 20503 } : { sid: 'SM0123456789', status: 'queued' }));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://localhost:${server.address().port}`,
    kept,
    to: (number) => kept.next((item) => item.form.To === number && !item.refused),
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
