// A person at a browser. What they do is the same with and without scripts.
import { expect } from '@playwright/test';

import { codeIn } from './mailbox.js';

export class Visitor {
  constructor({ page, site, scripts }) {
    this.page = page;
    this.site = site;
    this.scripts = scripts;
    /** The document that the page was last loaded from. */
    this.document = null;
    page.on('response', (response) => {
      const isPage = response.request().isNavigationRequest() && response.frame() === page.mainFrame();
      if (isPage && (response.status() < 300 || response.status() >= 400)) this.document = response;
    });
  }

  /** Opens a page by its address and waits until it is alive. */
  async open(address) {
    const answer = await this.page.goto(new URL(address, this.site.url).href);
    await this.alive();
    return answer;
  }

  async reload() {
    await this.page.reload();
    await this.alive();
  }

  /** With scripts: the page has been taken over. Without: nothing to wait for. */
  async alive() {
    if (this.scripts) await this.page.locator('html[data-ready]').waitFor({ state: 'attached' });
  }

  /** The box of a form, by the name it sends. */
  box(name) {
    return this.page.locator(`main [name="${name}"]:not([type="hidden"])`);
  }

  /** Types into boxes: `{ identifier: '…', password: '…' }`. */
  async type(texts) {
    for (const [name, text] of Object.entries(texts)) await this.box(name).fill(text);
  }

  button(name) {
    return this.page.getByRole('button', { name, exact: typeof name === 'string' });
  }

  link(name) {
    return this.page.getByRole('link', { name, exact: typeof name === 'string' });
  }

  async press(name) {
    await this.button(name).click();
  }

  async follow(name) {
    await this.link(name).click();
  }

  get heading() {
    return this.page.getByRole('heading', { level: 1 });
  }

  /** What a page says above its form, or above one of them, when something did not work. */
  get summary() {
    return this.page.locator('main [role="alert"]').filter({ visible: true });
  }

  /** The page with this heading is shown and alive. */
  async sees(heading) {
    await expect(this.heading).toHaveText(heading);
    await this.alive();
  }

  /** The page at this address is shown and alive. */
  async isAt(path) {
    await expect(this.page).toHaveURL(new URL(path, this.site.url).href);
    await this.alive();
  }

  /** The page says in its summary what is wrong. */
  async isTold(sentence) {
    await expect(this.summary.filter({ hasText: sentence })).toHaveCount(1);
    await this.alive();
  }

  // ---- journeys ----

  async signIn(identifier, password) {
    await this.open('/');
    await this.type({ identifier, password });
    await this.press('Sign in');
  }

  async signsIn(identifier, password) {
    await this.signIn(identifier, password);
    await this.isAt('/account');
  }

  async asksForCode(identifier) {
    await this.open('/forgot');
    await this.type({ identifier });
    await this.press('Send code');
    await this.sees('Check your messages');
  }

  async typesCode(code) {
    await this.type({ code });
    await this.press('Continue');
  }

  /** Types the code of the next message to this address or number. */
  async typesCodeSentTo(to) {
    await this.typesCode(codeIn(await this.site.mailbox.next(to)));
  }

  async choosesPassword(password) {
    await this.type({ new_password: password, confirm_password: password });
  }

  async savesPassword(password) {
    await this.choosesPassword(password);
    await this.press('Save password');
  }
}
