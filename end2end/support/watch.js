// What no page may do: break the content security policy, throw, warn in the console, or miss a file.

/** Answers that are part of a journey: the page says in words what is wrong. */
const TOLD = new Set([400, 401, 403, 404, 410, 413, 421, 422, 429, 503]);

export class Watch {
  #faults = [];
  #allowed = [];
  #scripts = new Map();

  /** Watches every page of a browser context from its first moment. */
  async over(context, scripts = true) {
    this.#scripts.set(context, scripts);
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        console.error(`securitypolicyviolation: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
      });
    });
    context.on('page', (page) => this.#page(page));
  }

  #page(page) {
    page.on('console', (message) => {
      if (!['error', 'warning'].includes(message.type())) return;
      const text = message.text();
      // The browser's own note about an answer that is judged below.
      if (/^Failed to load resource: the server responded with a status of \d+/.test(text)) return;
      // With scripts off nothing uses what was preloaded for them.
      if (text.includes('was preloaded using link preload but not used') && !this.#scripts.get(page.context())) return;
      this.#note(`console ${message.type()}: ${text}`, page);
    });
    page.on('pageerror', (error) => this.#note(`page error: ${error.message}`, page));
    page.on('crash', () => this.#note('the page crashed', page));
    page.on('requestfailed', (request) => {
      const reason = request.failure()?.errorText ?? '';
      // A page that is left, or a download that a second click overtakes.
      if (reason === 'net::ERR_ABORTED') return;
      // What a browser with scripts off says of a script it was asked to preload.
      if (reason === 'csp' && !this.#scripts.get(page.context())) return;
      this.#note(`request failed: ${request.method()} ${request.url()} ${reason}`, page);
    });
    page.on('response', (response) => {
      const status = response.status();
      if (status < 400) return;
      const request = response.request();
      const isJourney = request.isNavigationRequest() || new URL(request.url()).pathname.startsWith('/api/');
      if (isJourney && TOLD.has(status)) return;
      this.#note(`answer ${status}: ${request.method()} ${request.url()}`, page);
    });
  }

  #note(text, page) {
    this.#faults.push(`${text} (at ${page.url()})`);
  }

  /** A test that causes a fault on purpose says so. */
  allow(pattern) {
    this.#allowed.push(pattern);
  }

  faults() {
    return this.#faults.filter((fault) => !this.#allowed.some((pattern) => pattern.test(fault)));
  }
}
