import { sticksOut } from '../support/look.js';
import { newPerson } from '../support/people.js';
import { expect, test, withAndWithoutScripts } from '../support/test.js';

withAndWithoutScripts(() => {
  test('an address that does not exist says so', async ({ visitor }) => {
    const answer = await visitor.open('/no/such/page');
    expect(answer.status()).toBe(404);
    await visitor.sees('Page not found');
    await visitor.follow('Go to home page');
    await visitor.isAt('/');
  });

  test('help answers what people ask', async ({ visitor }) => {
    await visitor.open('/');
    await visitor.follow('Help');
    await visitor.isAt('/help');
    await visitor.sees('Help');
    await expect(visitor.page.getByRole('heading', { level: 2 })).toHaveCount(6);
  });

  test('the development mailbox shows what would have been sent', async ({ visitor, site }) => {
    const { email } = newPerson();
    await visitor.open('/register');
    await visitor.type({ identifier: email });
    await visitor.press('Send code');
    await visitor.sees('Enter the code');
    await site.mailbox.next(email);
    visitor.scripts = false;
    await visitor.open('/dev/mailbox');
    await visitor.sees('Development mailbox');
    await expect(visitor.page.getByText(email).first()).toBeVisible();
    await expect(visitor.page.getByText('Your Rekey verification code').first()).toBeVisible();
  });
});

test('boxes tell password managers and telephones what they are for', async ({ visitor, person }) => {
  const boxes = async () => {
    const all = await visitor.page.locator('main input[name]:not([type="hidden"])').all();
    return Promise.all(all.map(async (box) => `${await box.getAttribute('name')}: ${await box.getAttribute('autocomplete')}`));
  };
  await visitor.open('/');
  expect(await boxes()).toEqual(['identifier: username', 'password: current-password']);
  await visitor.open('/register');
  await expect(visitor.box('identifier')).toHaveAttribute('inputmode', 'email');
  const { email } = newPerson();
  await visitor.type({ identifier: email });
  await visitor.press('Send code');
  await visitor.sees('Enter the code');
  expect(await boxes()).toEqual(['code: one-time-code']);
  await expect(visitor.box('code')).toHaveAttribute('inputmode', 'numeric');
  await visitor.typesCodeSentTo(email);
  await visitor.sees('Your name and password');
  expect(await boxes()).toEqual([
    'given_name: given-name', 'family_name: family-name', 'username: username', 'new_password: new-password',
    'confirm_password: new-password',
  ]);
  await visitor.signsIn(person.email, person.password);
  await visitor.open('/account/password');
  expect(await boxes()).toContain('current_password: current-password');
});

test('text that is spaced out by its reader stays on a small page', async ({ visitor, person }) => {
  const { page } = visitor;
  await visitor.signsIn(person.email, person.password);
  await page.setViewportSize({ width: 320, height: 640 });
  for (const path of ['/account', '/account/password', '/account/sessions', '/forgot', '/register', '/help']) {
    await visitor.open(path);
    await expect(visitor.heading).toBeVisible();
    // WCAG 1.4.12. A sheet made by script is not ours to forbid, as an inline one would be.
    await page.evaluate(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
        p { margin-bottom: 2em !important; }`);
      document.adoptedStyleSheets.push(sheet);
    });
    expect.soft(await sticksOut(page), path).toEqual([]);
    const cut = await page.evaluate(() =>
      [...document.querySelectorAll('a, button, label, h1, h2, p')]
        .filter((element) => element.checkVisibility() && getComputedStyle(element).overflowX !== 'visible')
        .filter((element) => !element.closest('.unseen') && element.scrollWidth > element.clientWidth + 1)
        .map((element) => element.outerHTML.slice(0, 80)),
    );
    expect.soft(cut, path).toEqual([]);
  }
});

test('every page has a title of its own', async ({ visitor }) => {
  const titles = new Set();
  for (const path of ['/', '/register', '/forgot', '/help', '/no-such-page']) {
    await visitor.open(path);
    const title = await visitor.page.title();
    expect(title).toMatch(/^.+ – Rekey$/);
    titles.add(title);
  }
  expect(titles.size).toBe(5);
});

test('password managers are led to the page that changes the password', async ({ request }) => {
  const answer = await request.get('/.well-known/change-password', { maxRedirects: 0 });
  expect([302, 303, 307]).toContain(answer.status());
  expect(answer.headers().location).toMatch(/\/account\/password$/);
});

test('pages may not be framed, sniffed, cached or given foreign scripts', async ({ request }) => {
  const headers = (await request.get('/')).headers();
  const policy = headers['content-security-policy'];
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).toContain("'wasm-unsafe-eval'");
  expect(policy).not.toContain("'unsafe-eval'");
  expect(policy).not.toMatch(/script-src[^;]*'unsafe-inline'/);
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(headers['referrer-policy']).toBe('same-origin');
  expect(headers['cache-control']).toContain('no-store');
});

test('files of a build are kept by browsers, pages are not', async ({ page, site }) => {
  const files = [];
  page.on('response', (response) => {
    if (new URL(response.url()).pathname.startsWith('/pkg/')) files.push(response);
  });
  await page.goto(site.url);
  await page.locator('html[data-ready]').waitFor({ state: 'attached' });
  expect(files.length).toBeGreaterThanOrEqual(3);
  for (const file of files) expect(file.headers()['cache-control'], file.url()).toMatch(/max-age=\d{6,}/);
});
