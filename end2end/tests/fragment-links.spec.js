// Links whose token is behind the "#": it reaches no server, no log and no other page.
import { codeIn, linkIn } from '../support/mailbox.js';
import { NEW_PASSWORD } from '../support/people.js';
import { expect, test, withAndWithoutScripts } from '../support/test.js';

test.use({ settings: { REKEY_LINKS__FORM: 'fragment' } });

const OFF = "This link only opens by itself with JavaScript, and it's off in this browser.";

/** The link in the mail of a recovery, and its token. */
async function mailed(visitor, person) {
  await visitor.asksForCode(person.email);
  const mail = await visitor.site.mailbox.next(person.email);
  const link = linkIn(mail, '/recover/link');
  const { pathname, hash } = new URL(link);
  expect(pathname).toBe('/recover/link');
  expect(hash).toMatch(/^#[\w-]{43}$/);
  return { link, token: hash.slice(1), code: codeIn(mail) };
}

/** What reaches servers by a browser: all that an access log could hold. */
function logged(context) {
  const lines = [];
  context.on('request', (request) => lines.push(`${request.method()} ${request.url()} ${request.headers().referer ?? '-'}`));
  return lines;
}

withAndWithoutScripts((scripts) => {
  test('a person who forgot the password comes back by the mailed link', async ({ visitor, person }) => {
    const { link, token } = await mailed(visitor, person);
    const log = logged(visitor.page.context());
    // With scripts, the page is left as soon as it is there.
    await visitor.page.goto(link);
    if (!scripts) {
      await visitor.sees('Open your link');
      await expect(visitor.page.getByText(OFF)).toBeVisible();
      await visitor.type({ link });
      await visitor.press('Continue');
    }
    await visitor.sees('Choose a new password');
    await visitor.isAt('/recover/new');
    expect(await visitor.page.content()).not.toContain(token);
    await visitor.savesPassword(NEW_PASSWORD);
    await visitor.sees('Password changed');
    expect(log.length).toBeGreaterThan(3);
    expect(log.filter((line) => line.includes(token))).toEqual([]);
    await visitor.signsIn(person.email, NEW_PASSWORD);
  });

  test('part of a link is told from the whole', async ({ visitor }) => {
    await visitor.open('/recover/link');
    await expect(visitor.page.getByText(OFF)).toBeVisible({ visible: !scripts });
    await visitor.press('Continue');
    await visitor.isTold('Paste the link from the message.');
    await visitor.type({ link: `${visitor.site.url}/recover/link#C2xqI23uChSRp` });
    await visitor.press('Continue');
    await visitor.isTold("This isn't the whole link.");
  });

  test('the code of the same message does the same', async ({ visitor, person }) => {
    const { code } = await mailed(visitor, person);
    await visitor.open('/recover/link');
    await visitor.follow('Enter the code instead');
    await visitor.isAt('/recover');
    await visitor.typesCode(code);
    await visitor.sees('Choose a new password');
  });
});

test('the token leaves the address and the history, and the way back does not lead to it', async ({ visitor, person }) => {
  const { link, token } = await mailed(visitor, person);
  const { page } = visitor;
  await visitor.open('/help');
  let answer;
  const held = new Promise((resolve) => (answer = resolve));
  await page.route('**/api/link/recovery', (route) => held.then(() => route.continue()));
  const sent = page.waitForRequest('**/api/link/recovery');
  const opened = page.goto(link).catch(() => null);
  expect(new URLSearchParams((await sent).postData()).get('link')).toBe(token);
  // It is gone before the server has said a word.
  expect(page.url()).toBe(`${visitor.site.url}/recover/link`);
  answer();
  await opened;
  await visitor.sees('Choose a new password');
  await page.goBack();
  await visitor.isAt('/help');
  await page.goForward();
  await visitor.isAt('/recover/new');
  expect(await page.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }))).not.toContain(token);
});

test('a link that is opened over its own page is taken as well', async ({ visitor, person }) => {
  const { link } = await mailed(visitor, person);
  await visitor.open('/recover/link');
  await visitor.page.evaluate((hash) => (location.hash = hash), new URL(link).hash);
  await visitor.sees('Choose a new password');
  await visitor.isAt('/recover/new');
});

test('the way to the content is no link from a message', async ({ visitor }) => {
  await visitor.open('/recover/link');
  await visitor.page.keyboard.press('Tab');
  await visitor.page.keyboard.press('Enter');
  await expect(visitor.page).toHaveURL(/\/recover\/link#main$/);
  await expect(visitor.box('link')).toHaveValue('');
  await expect(visitor.summary).toHaveCount(0);
});

test('a stranger who changed the password is kept out by the link of the notice', async ({ visitor, newVisitor, person, site }) => {
  const thief = await newVisitor();
  await thief.signsIn(person.email, person.password);
  await thief.open('/account/password');
  await thief.type({ current_password: person.password });
  await thief.savesPassword(NEW_PASSWORD);
  await thief.sees('Hello, Ada');
  await visitor.page.goto(linkIn(await site.mailbox.next(person.email), '/freeze'));
  await visitor.sees("Didn't change your password?");
  await visitor.isAt('/not-me');
  await visitor.press('Freeze my account');
  await visitor.sees('Your account is frozen');
});
