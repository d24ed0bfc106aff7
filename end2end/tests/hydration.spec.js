// What happens between the first paint and the scripts, and what happens when they never come.
import { linkIn } from '../support/mailbox.js';
import { NEW_PASSWORD, PASSWORD, newPerson } from '../support/people.js';
import { expect, test } from '../support/test.js';

/** Keeps the WebAssembly away until `release` is called. */
async function holdScripts(page) {
  let release;
  const released = new Promise((resolve) => (release = resolve));
  await page.route(/\/pkg\/.*\.wasm/, async (route) => {
    await released;
    await route.continue();
  });
  return release;
}

const opened = (page, path) => page.goto(path, { waitUntil: 'domcontentloaded' });

/** Remembers every visible element of the page and where it is. */
const remember = (page) =>
  page.evaluate(() => {
    globalThis.seen = [...document.querySelectorAll('body, body *')]
      .filter((element) => element.checkVisibility() && element.getClientRects().length > 0)
      .map((element) => ({ element, box: JSON.stringify(element.getBoundingClientRect()) }));
    return globalThis.seen.length;
  });

/** What has moved, changed its size or been replaced since. */
const moved = (page) =>
  page.evaluate(() =>
    globalThis.seen
      .filter(({ element, box }) => !element.isConnected || JSON.stringify(element.getBoundingClientRect()) !== box)
      .map(({ element, box }) => {
        const now = element.isConnected ? JSON.stringify(element.getBoundingClientRect()) : 'gone';
        return `${element.tagName} ${element.id || element.className} ${element.textContent.slice(0, 40)}: ${box} → ${now}`;
      }),
  );

/** Pages and how to come to them. */
const PAGES = {
  '/': async () => {},
  '/register': async () => {},
  '/forgot': async () => {},
  '/help': async () => {},
  '/no-such-page': async () => {},
  '/register/code': async (visitor) => {
    await visitor.open('/register');
    await visitor.type({ identifier: newPerson().email });
    await visitor.press('Send code');
    await visitor.sees('Enter the code');
  },
  '/register/details': async (visitor) => {
    const { email } = newPerson();
    await visitor.open('/register');
    await visitor.type({ identifier: email });
    await visitor.press('Send code');
    await visitor.sees('Enter the code');
    await visitor.typesCodeSentTo(email);
    await visitor.sees('Your name and password');
  },
  '/recover': async (visitor) => visitor.asksForCode(newPerson().email),
  '/recover/new': async (visitor, person) => {
    await visitor.asksForCode(person.email);
    await visitor.open(linkIn(await visitor.site.mailbox.next(person.email), '/recover/link/'));
  },
  '/account': async (visitor, person) => visitor.signsIn(person.email, person.password),
  '/account/password': async (visitor, person) => visitor.signsIn(person.email, person.password),
  '/account/sessions': async (visitor, person) => visitor.signsIn(person.email, person.password),
};

for (const [path, reach] of Object.entries(PAGES)) {
  test(`nothing moves on ${path} when the scripts arrive`, async ({ visitor, person }) => {
    const { page } = visitor;
    await reach(visitor, person);
    await page.addInitScript(() => {
      globalThis.shifts = [];
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          globalThis.shifts.push(entry.sources.map(({ node }) => node?.outerHTML?.slice(0, 80)).join(' | '));
        }
      }).observe({ type: 'layout-shift', buffered: true });
    });
    for (const width of [1280, 320]) {
      await page.setViewportSize({ width, height: 800 });
      const release = await holdScripts(page);
      await opened(page, path);
      await expect(visitor.heading).toBeVisible();
      await page.evaluate(() => document.fonts.ready);
      expect(await remember(page)).toBeGreaterThan(5);
      release();
      await visitor.alive();
      expect(await moved(page), `at ${width} px`).toEqual([]);
      expect(await page.evaluate(() => globalThis.shifts), `layout shifts at ${width} px`).toEqual([]);
      await page.unrouteAll();
    }
  });
}

test('what is typed before and while the scripts arrive stays', async ({ visitor }) => {
  const { page } = visitor;
  const release = await holdScripts(page);
  await opened(page, '/');
  await visitor.box('identifier').click();
  await page.keyboard.type('ada.love');
  const rest = page.keyboard.type('lace.of.long.ago@example.org', { delay: 8 });
  release();
  await rest;
  await visitor.alive();
  await expect(visitor.box('identifier')).toHaveValue('ada.lovelace.of.long.ago@example.org');
  await expect(visitor.box('identifier')).toBeFocused();
  await page.keyboard.type('!');
  await expect(visitor.box('identifier')).toHaveValue('ada.lovelace.of.long.ago@example.org!');
});

test('a form filled in before the scripts is sent whole after them', async ({ visitor, person }) => {
  const { page } = visitor;
  const release = await holdScripts(page);
  await opened(page, '/');
  await visitor.type({ identifier: person.email, password: person.password });
  release();
  await visitor.alive();
  await visitor.press('Sign in');
  await visitor.isAt('/account');
});

test('a form sent before the scripts is not lost', async ({ visitor, person }) => {
  const { page } = visitor;
  const release = await holdScripts(page);
  await opened(page, '/');
  await visitor.type({ identifier: person.email, password: person.password });
  await visitor.button('Sign in').click({ noWaitAfter: true });
  await expect(page).toHaveURL(/\/account$/);
  release();
  await visitor.alive();
  await visitor.sees('Hello, Ada');
});

test('a password typed before the scripts is judged when they arrive', async ({ visitor }) => {
  const { page } = visitor;
  await PAGES['/register/details'](visitor);
  const release = await holdScripts(page);
  await opened(page, '/register/details');
  await visitor.choosesPassword(PASSWORD);
  await expect(page.locator('#new_password-rules [data-state="met"]')).toHaveCount(0);
  release();
  await visitor.alive();
  await expect(page.locator('#new_password-rules li[data-state="met"]:visible')).toHaveCount(3);
  await expect(visitor.box('new_password')).toHaveValue(PASSWORD);
  await expect(visitor.box('confirm_password')).toHaveValue(PASSWORD);
});

test('when the WebAssembly never arrives, every form works as without scripts', async ({ visitor, person, site, watch }) => {
  watch.allow(/request failed: GET .*\.wasm/);
  watch.allow(/page error:|console error:/);
  await visitor.page.route(/\/pkg\/.*\.wasm/, (route) => route.abort('failed'));
  visitor.scripts = false;
  await visitor.asksForCode(person.email);
  await visitor.open(linkIn(await site.mailbox.next(person.email), '/recover/link/'));
  await visitor.savesPassword('short');
  await visitor.isTold("Your password doesn't meet all requirements yet.");
  await visitor.savesPassword(NEW_PASSWORD);
  await visitor.sees('Password changed');
  await visitor.signsIn(person.email, NEW_PASSWORD);
});

test('a double click sends a form once', async ({ visitor, person }) => {
  const { page } = visitor;
  const sent = [];
  await page.route('**/api/session/sign-in', async (route) => {
    sent.push(route.request().url());
    await route.continue();
  });
  await visitor.open('/');
  await visitor.type({ identifier: person.email, password: person.password });
  await visitor.button('Sign in').dblclick();
  await visitor.isAt('/account');
  expect(sent).toHaveLength(1);
});

test('going back and forth between pages needs no reload', async ({ visitor }) => {
  const { page } = visitor;
  await visitor.open('/');
  await page.evaluate(() => (globalThis.sameDocument = true));
  await visitor.follow('Create an account');
  await visitor.sees('Create your account');
  await page.goBack();
  await visitor.sees('Sign in');
  await visitor.follow('Forgot your password?');
  await visitor.sees('Reset your password');
  await page.goBack();
  await page.goForward();
  await visitor.sees('Reset your password');
  expect(await page.evaluate(() => globalThis.sameDocument)).toBe(true);
});

test('without a connection the page says so and keeps what was typed', async ({ visitor, context, person, watch }) => {
  watch.allow(/ERR_INTERNET_DISCONNECTED/);
  await visitor.open('/');
  await visitor.type({ identifier: person.email, password: person.password });
  await context.setOffline(true);
  await visitor.press('Sign in');
  await visitor.isTold("The server isn't responding. Check your connection and try again. What you entered is still here.");
  await expect(visitor.box('identifier')).toHaveValue(person.email);
  await expect(visitor.box('password')).toHaveValue(person.password);
  await context.setOffline(false);
  await visitor.press('Sign in');
  await visitor.isAt('/account');
});
