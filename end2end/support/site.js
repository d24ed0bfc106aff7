// A server of its own for each worker: the real program, an empty database, a free port.
import { spawn, execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';

import { Mailbox } from './mailbox.js';

const here = path.dirname(fileURLToPath(import.meta.url));
export const program = process.env.REKEY_BIN || path.resolve(here, '../../target/debug/rekey');

/** Every test comes from the same address, so what limits one client is out of the way unless a test is about it. */
const roomy = {
  REKEY_HASHING__INSECURE_TEST_COST: 'true',
  REKEY_SENDS__PER_HOUR_ADDRESS: '0',
  REKEY_SENDS__PER_HOUR_TARGET: '0',
  REKEY_RECOVERY__THROTTLE: 'none',
  REKEY_TEXTS__COUNTRIES: 'JP US',
  REKEY_SIGN_IN__ADDRESS_PER_MINUTE: '100000',
  REKEY_SIGN_IN__ADDRESS_BURST: '100000',
  REKEY_REQUESTS__STARTS_PER_MINUTE: '100000',
  REKEY_REQUESTS__STARTS_IN_ALL: '100000',
  REKEY_REQUESTS__CODES_PER_MINUTE: '100000',
  REKEY_REQUESTS__CODES_IN_ALL: '100000',
  REKEY_REQUESTS__WRITES_PER_MINUTE: '100000',
  REKEY_REQUESTS__WRITES_IN_ALL: '100000',
};

export class Site {
  /** Starts a server and waits until it is ready. `settings` are further `REKEY_…` variables. */
  static async start(settings = {}) {
    const dir = await mkdtemp(path.join(os.tmpdir(), 'rekey-end2end-'));
    const port = await freePort();
    const url = `http://localhost:${port}`;
    const environment = {
      ...withoutOurs(process.env),
      REKEY_LISTEN: `127.0.0.1:${port}`,
      REKEY_PUBLIC_URL: url,
      REKEY_DATA_DIR: dir,
      REKEY_DATABASE__URL: `sqlite://${dir}/rekey.db`,
      ...roomy,
      ...settings,
    };
    const site = new Site(url, dir, environment);
    await site.#run();
    return site;
  }

  #child;
  #said = '';
  #over = null;

  constructor(url, dir, environment) {
    this.url = url;
    this.dir = dir;
    this.environment = environment;
    this.mailbox = new Mailbox(url);
  }

  async #run() {
    this.#child = spawn(program, ['serve'], { cwd: this.dir, env: this.environment, stdio: ['ignore', 'pipe', 'pipe'] });
    const keep = (chunk) => (this.#said = (this.#said + chunk).slice(-200_000));
    this.#child.stdout.on('data', keep);
    this.#child.stderr.on('data', keep);
    this.#child.once('error', (error) => (this.#over = error.message));
    this.#child.once('exit', (code, signal) => (this.#over ??= `it ended with ${signal ?? code}`));
    const until = Date.now() + 20_000;
    while (!(await this.#isReady())) {
      if (this.#over !== null || Date.now() > until) {
        throw new Error(`${program} did not get ready: ${this.#over ?? 'time is over'}\n${this.#said}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  async #isReady() {
    try {
      return (await fetch(`${this.url}/readyz`)).ok;
    } catch {
      return false;
    }
  }

  /** Runs one of the program's other commands with the server's settings and returns what it prints. */
  async command(...words) {
    const { stdout } = await promisify(execFile)(program, words, { cwd: this.dir, env: this.environment });
    return stdout;
  }

  /** What the server has written, for the report of a failed test. */
  log() {
    return this.#said;
  }

  /** Stops the server, politely. One that has stopped by itself is a fault. */
  async stop() {
    const fault = this.#over;
    if (fault === null) await this.#halt();
    await rm(this.dir, { recursive: true, force: true });
    if (fault !== null) throw new Error(`the server did not stay up: ${fault}\n${this.#said.slice(-4_000)}`);
  }

  async #halt() {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 8_000);
    await ended;
    clearTimeout(timer);
  }
}

function withoutOurs(environment) {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('REKEY_')));
}

export async function freePort() {
  const server = net.createServer();
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
