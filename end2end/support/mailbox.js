// The development mailbox, read the way a person reads mail: wait for it, take it, cut out code or link.

/** How long a message may take. */
const PATIENCE = 8_000;

/** What accounts are told by the way: a welcome, and a sign-in with a browser that was not known. */
const NOTICE = /account is ready|New sign-in|登録が完了しました|新しい端末から/;

export class Mailbox {
  #taken = new Set();

  constructor(url) {
    this.url = `${url}/dev/mailbox.json`;
  }

  async #read(to) {
    const answer = await fetch(this.url);
    if (!answer.ok) throw new Error(`${this.url} answers ${answer.status}`);
    return (await answer.json()).filter((message) => message.to === to).reverse();
  }

  /** Everything that was sent to this address or number but notices, oldest first. */
  async all(to) {
    return (await this.#read(to)).filter(({ subject }) => !NOTICE.test(subject));
  }

  /** What this address was told by the way, oldest first. */
  async notices(to) {
    return (await this.#read(to)).filter(({ subject }) => NOTICE.test(subject));
  }

  /** The next message to this address or number that no earlier call has returned. */
  async next(to) {
    const until = Date.now() + PATIENCE;
    for (;;) {
      const fresh = (await this.all(to)).find((message) => !this.#taken.has(message.id));
      if (fresh) {
        this.#taken.add(fresh.id);
        return fresh;
      }
      if (Date.now() > until) throw new Error(`no message to ${to} within ${PATIENCE} ms`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** How many messages no one has taken yet. */
  async waiting(to) {
    return (await this.all(to)).filter((message) => !this.#taken.has(message.id)).length;
  }
}

/** The six digits in a message. */
export function codeIn({ text }) {
  const found = text.match(/(?<![\d+-])\d{6}(?!\d)/);
  if (!found) throw new Error(`no code in ${JSON.stringify(text)}`);
  return found[0];
}

/** The link in a message whose path begins like this. */
export function linkIn({ text }, path) {
  const found = text.match(/https?:\/\/[^\s<>"']+/g)?.find((link) => new URL(link).pathname.startsWith(path));
  if (!found) throw new Error(`no link to ${path} in ${JSON.stringify(text)}`);
  return found;
}
