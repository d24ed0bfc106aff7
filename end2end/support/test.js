// The test function of all specs: a site for the worker, a watched browser for the test.
import { test as base, expect } from '@playwright/test';

import { register, newPerson } from './people.js';
import { Site } from './site.js';
import { Visitor } from './visitor.js';
import { Watch } from './watch.js';

export { expect };

export const test = base.extend({
  /** Further settings of the worker's site. */
  settings: [{}, { option: true, scope: 'worker' }],

  site: [
    async ({ settings }, use) => {
      const site = await Site.start(settings);
      await use(site);
      await site.stop();
    },
    { scope: 'worker' },
  ],

  baseURL: async ({ site }, use) => use(site.url),

  watch: async ({}, use, info) => {
    const watch = new Watch();
    await use(watch);
    if (info.status === info.expectedStatus) expect(watch.faults(), 'the pages stay silent').toEqual([]);
  },

  context: async ({ context, javaScriptEnabled, watch }, use) => {
    await watch.over(context, javaScriptEnabled !== false);
    await use(context);
  },

  /** The person whom the test is about. */
  visitor: async ({ page, site, javaScriptEnabled }, use, info) => {
    await use(new Visitor({ page, site, scripts: javaScriptEnabled !== false }));
    if (info.status !== info.expectedStatus) {
      await info.attach('server log', { body: site.log().slice(-20_000), contentType: 'text/plain' });
    }
  },

  /** Someone at another browser, with nothing in common with the first. */
  newVisitor: async ({ browser, contextOptions, locale, viewport, javaScriptEnabled, site, watch }, use) => {
    const open = [];
    await use(async ({ at = site, ...options } = {}) => {
      const context = await browser.newContext({
        ...contextOptions, locale, viewport, javaScriptEnabled, baseURL: at.url, ...options,
      });
      open.push(context);
      const scripts = (options.javaScriptEnabled ?? javaScriptEnabled) !== false;
      await watch.over(context, scripts);
      return new Visitor({ page: await context.newPage(), site: at, scripts });
    });
    for (const context of open) await context.close();
  },

  /** A second site with settings of its own. */
  newSite: async ({}, use) => {
    const open = [];
    await use(async (settings) => {
      const site = await Site.start(settings);
      open.push(site);
      return site;
    });
    for (const site of open) await site.stop();
  },

  /** A person who has an account. */
  person: async ({ playwright, site }, use) => use(await register(playwright, site, newPerson())),
});

/** The same tests twice: with scripts, and with scripts off. */
export function withAndWithoutScripts(body) {
  for (const scripts of [true, false]) {
    test.describe(scripts ? 'with scripts' : 'without scripts', () => {
      test.use({ javaScriptEnabled: scripts });
      body(scripts);
    });
  }
}
