import { linkIn } from '../support/mailbox.js';
import { NEW_PASSWORD, register } from '../support/people.js';
import { expect, test } from '../support/test.js';

const SCANNER = { userAgent: 'Mozilla/5.0 (compatible; LinkScanner/2.0) Chrome/120 Safari/537.36' };

/** A mail filter opens the link in a browser of its own, lets the scripts run, and presses nothing. */
async function scan(newVisitor, link) {
  const scanner = await newVisitor({ ...SCANNER, javaScriptEnabled: true });
  for (const address of [link, link]) {
    await scanner.page.goto(address);
    await scanner.page.waitForLoadState('networkidle');
    await scanner.alive();
  }
  const token = link.split(/[/#]/).at(-1);
  expect(scanner.page.url()).not.toContain(token);
}

/** Filters also ask without fetching, and without cookies. */
async function probe(playwright, link) {
  const request = await playwright.request.newContext({ userAgent: SCANNER.userAgent });
  for (const method of ['HEAD', 'GET', 'HEAD', 'GET']) {
    const answer = await request.fetch(link, { method, maxRedirects: method === 'HEAD' ? 0 : 5 });
    expect(answer.status(), method).toBeLessThan(400);
  }
  const changing = await request.fetch(link, { method: 'POST', maxRedirects: 0 });
  expect(changing.status()).toBeGreaterThanOrEqual(400);
  await request.dispose();
}

for (const form of ['path', 'fragment']) {
  test(`a recovery link with its token in the ${form} still works after a mail filter has opened it`, async ({ newSite, newVisitor, playwright }) => {
    const site = await newSite({ REKEY_LINKS__FORM: form });
    const person = await register(playwright, site);
    const visitor = await newVisitor({ at: site });
    await visitor.asksForCode(person.email);
    const link = linkIn(await site.mailbox.next(person.email), '/recover/link');
    expect(link.includes('#')).toBe(form === 'fragment');
    await probe(playwright, link);
    await scan(newVisitor, link);
    await visitor.page.goto(link);
    await visitor.sees('Choose a new password');
    await visitor.savesPassword(NEW_PASSWORD);
    await visitor.sees('Password changed');
  });
}

test('a mail filter that opens the freezing link freezes no account', async ({ visitor, newVisitor, playwright, person, site }) => {
  await visitor.signsIn(person.email, person.password);
  await visitor.open('/account/password');
  await visitor.type({ current_password: person.password });
  await visitor.savesPassword(NEW_PASSWORD);
  await visitor.sees('Hello, Ada');
  const link = linkIn(await site.mailbox.next(person.email), '/not-me/');
  await probe(playwright, link);
  await scan(newVisitor, link);
  await visitor.reload();
  await visitor.isAt('/account?done=password');
  await visitor.open(link);
  await visitor.press('Freeze my account');
  await visitor.sees('Your account is frozen');
});

test('an owner link still works after someone has previewed it', async ({ newSite, newVisitor, playwright }) => {
  const site = await newSite({ REKEY_REGISTRATION__OPEN: 'false' });
  const link = (await site.command('owner-link')).match(/https?:\/\/\S+\/owner\/\S+/)[0];
  await probe(playwright, link);
  await scan(newVisitor, link);
  const visitor = await newVisitor({ at: site });
  await visitor.open(link);
  await visitor.sees('Set up Rekey');
});
