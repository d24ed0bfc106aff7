// Looks at a page as everyone might see it: both themes, a phone and a desk, and with the eyes of axe.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import AxeBuilder from '@axe-core/playwright';
import { expect } from '@playwright/test';

import { invalid } from './html.js';

const folder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../screenshots');

/** What axe finds, in one line each; the size of targets (WCAG 2.2) is not among what it looks at unasked. */
export async function violations(page) {
  const axe = new AxeBuilder({ page }).options({ rules: { 'target-size': { enabled: true } } }).setLegacyMode(true);
  const { violations: found } = await axe.analyze();
  return found.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${help}) at ${target}: ${failureSummary.replaceAll(/\s+/g, ' ')}`),
  );
}

/** What sticks out of the window. */
export const sticksOut = (page) =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    return [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > clientWidth + 0.5)
      .map((element) => `${element.tagName}.${element.className} reaches ${element.getBoundingClientRect().right} of ${clientWidth}`)
      .concat(`the page is ${scrollWidth} wide`);
  });

/** What is not valid in the page as the server draws it, with or without what a form left for it. */
export async function faultsOfDocument({ page, document }) {
  const isThis = new URL(document.url()).pathname === new URL(page.url()).pathname;
  const drawn = isThis ? document : await page.request.get(page.url(), { headers: { accept: 'text/html' } });
  return invalid(await drawn.text());
}

/** Takes four pictures of the page as it is now, and judges each. */
export async function look(visitor, lang, name) {
  const { page } = visitor;
  await visitor.alive();
  await expect(visitor.heading).toBeVisible();
  await expect(page.locator('main .waiting')).toHaveCount(0);
  expect.soft(await faultsOfDocument(visitor), `${name} in ${lang}, as HTML`).toEqual([]);
  for (const theme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    for (const width of [320, 1280]) {
      await page.setViewportSize({ width, height: width === 320 ? 640 : 800 });
      const where = path.join(folder, `${lang}-${theme}-${width}`);
      await mkdir(where, { recursive: true });
      await page.screenshot({ path: path.join(where, `${name}.png`), fullPage: true, animations: 'disabled', caret: 'hide' });
      expect.soft(await sticksOut(page), `${name} in ${lang}, ${width} px wide`).toEqual([]);
      // Colours differ by theme, sizes by width: two of four cover both.
      if ((theme === 'light') === (width === 320)) {
        expect.soft(await violations(page), `${name} in ${lang}, ${theme}`).toEqual([]);
      }
    }
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: 'reduce' });
  await page.setViewportSize({ width: 1280, height: 800 });
}
