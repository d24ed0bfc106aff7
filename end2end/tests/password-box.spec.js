import { linkIn } from '../support/mailbox.js';
import { NEW_PASSWORD, newPerson } from '../support/people.js';
import { expect, test, withAndWithoutScripts } from '../support/test.js';

const LENGTH = 'At least 15 characters';
const PERSONAL = 'Not mostly your name, email, or phone number';
const GUESSABLE = 'Hard to guess';

const rules = (visitor) => visitor.page.locator('#new_password-rules li');
const rule = (visitor, name) => rules(visitor).filter({ hasText: name });
const meter = (visitor) => visitor.page.locator('.strength');

/** To the page of the new password, by a mailed link. */
async function reach(visitor, person) {
  await visitor.asksForCode(person.email);
  await visitor.open(linkIn(await visitor.site.mailbox.next(person.email), '/recover/link/'));
  await visitor.sees('Choose a new password');
}

/** Until everything that was typed is judged: the estimator works when the browser has nothing else to do. */
const judged = (visitor) => expect(visitor.page.locator('#new_password-rules')).not.toHaveAttribute('aria-busy', 'true');

/** The list and the strength, as they can be read. */
const report = async (visitor) => ({
  rules: await rules(visitor).evaluateAll((items) =>
    items.filter((item) => item.checkVisibility()).map((item) => `${item.dataset.state}: ${item.innerText.replaceAll(/\s+/g, ' ')}`),
  ),
  score: await meter(visitor).getAttribute('data-score'),
  sentence: (await meter(visitor).innerText()).trim(),
});

/** A password of each kind that the policy refuses, and one that repeats the address. */
const WEAK = (person) => ['x', 'password', 'aaaaaaaaaaaaaaaaaaaa', 'passwordpassword', `${person.email}!`, 'ｐａｓｓｗｏｒｄ', 'qwertyuiopasdfghjkl'];

withAndWithoutScripts(() => {
  test('the rules stand there before anything is typed', async ({ visitor, person }) => {
    await reach(visitor, person);
    await expect(visitor.page.getByText('Password requirements')).toBeVisible();
    for (const name of [LENGTH, GUESSABLE, PERSONAL]) {
      await expect(rule(visitor, name)).toBeVisible();
      await expect(rule(visitor, name)).toHaveAttribute('data-state', 'open');
    }
    await expect(meter(visitor)).toBeVisible();
    await expect(visitor.box('new_password')).toHaveAttribute('autocomplete', 'new-password');
    await expect(visitor.box('confirm_password')).toHaveAttribute('autocomplete', 'new-password');
    const described = (await visitor.box('new_password').getAttribute('aria-describedby')).split(' ');
    expect(described).toContain('new_password-rules');
    for (const id of described) await expect(visitor.page.locator(`#${id}`)).toHaveCount(1);
  });

  test('a refused password shows what is wrong with it', async ({ visitor, person }) => {
    await reach(visitor, person);
    await visitor.savesPassword('short one');
    await visitor.isTold("Your password doesn't meet all requirements yet.");
    await expect(rule(visitor, LENGTH)).toHaveAttribute('data-state', 'unmet');
    await expect(rule(visitor, LENGTH)).toContainText('Add 6 more characters');
    await expect(visitor.box('new_password')).toHaveAttribute('aria-invalid', 'true');
    if (!visitor.scripts) await expect(visitor.box('new_password')).toHaveValue('');
  });
});

test('browser and server say the same of every password, with scripts and without', async ({ visitor, newVisitor, person }) => {
  const plain = await newVisitor({ javaScriptEnabled: false });
  await reach(visitor, person);
  await plain.signsIn(person.email, person.password);
  await plain.open('/account/password');
  for (const weak of WEAK(person)) {
    await visitor.type({ new_password: '', confirm_password: '' });
    await visitor.box('new_password').pressSequentially(weak);
    await expect(rules(visitor).filter({ visible: true }).and(visitor.page.locator('[data-state="open"]'))).toHaveCount(0);
    await judged(visitor);
    const typed = await report(visitor);
    await visitor.press('Save password');
    await visitor.isTold("Your password doesn't meet all requirements yet.");
    expect(await report(visitor), weak).toEqual(typed);

    await plain.type({ current_password: person.password });
    await plain.savesPassword(weak);
    await plain.isTold("Your password doesn't meet all requirements yet.");
    expect(await report(plain), weak).toEqual(typed);
  }
});

test('typing does not wait for the estimator, and what was typed last is judged', async ({ visitor, person }) => {
  await visitor.page.addInitScript(() => {
    window.idle = [];
    window.requestIdleCallback = (work) => window.idle.push(work);
  });
  await reach(visitor, person);
  const turn = () => visitor.page.evaluate(() => window.idle.splice(0).forEach((work) => work()));
  await visitor.box('new_password').pressSequentially('passwordpassword');
  await expect(rule(visitor, LENGTH)).toHaveAttribute('data-state', 'met');
  await expect(meter(visitor)).not.toHaveAttribute('data-score', /\d/);
  await visitor.box('new_password').pressSequentially(' and four quiet words');
  await expect(async () => {
    await turn();
    await expect(meter(visitor)).toHaveAttribute('data-score', '4', { timeout: 500 });
  }).toPass();
  await judged(visitor);
  await expect(rule(visitor, GUESSABLE)).toHaveAttribute('data-state', 'met');
});

test('the rules tick one by one while someone types', async ({ visitor, person }) => {
  await reach(visitor, person);
  const box = visitor.box('new_password');
  await box.pressSequentially('velvet anchor');
  await expect(rule(visitor, LENGTH)).toHaveAttribute('data-state', 'unmet');
  await expect(rule(visitor, LENGTH)).toContainText('Add 2 more characters');
  await box.pressSequentially(' driz');
  await expect(rule(visitor, LENGTH)).toHaveAttribute('data-state', 'met');
  await expect(rule(visitor, PERSONAL)).toHaveAttribute('data-state', 'met');
  await expect(rule(visitor, GUESSABLE)).toHaveAttribute('data-state', 'met');
  await expect(meter(visitor)).toHaveAttribute('data-score', /[34]/);
  await box.fill('aaaaaaaaaaaaaaaaaaaa');
  await expect(rule(visitor, LENGTH)).toHaveAttribute('data-state', 'met');
  await expect(rule(visitor, GUESSABLE)).toHaveAttribute('data-state', 'unmet');
  await expect(meter(visitor)).toHaveAttribute('data-score', '0');
  await expect(meter(visitor)).toContainText('Repeated characters are easy to guess.');
  await box.fill('');
  await expect(rule(visitor, LENGTH)).not.toHaveAttribute('data-state', 'met');
});

test('the strength is four segments and a sentence', async ({ visitor, person }) => {
  await reach(visitor, person);
  await expect(meter(visitor).locator('.meter i')).toHaveCount(4);
  await expect(meter(visitor)).toContainText('Longer is stronger.');
  await visitor.box('new_password').pressSequentially(NEW_PASSWORD);
  await expect(meter(visitor)).toContainText('Very strong.');
  // The colours are reached by a transition: all four have to arrive, not to be there at once.
  await expect
    .poll(async () => {
      const colours = await meter(visitor).locator('.meter i').evaluateAll((segments) =>
        segments.map((segment) => getComputedStyle(segment).backgroundColor),
      );
      return new Set(colours).size;
    })
    .toBe(1);
  await visitor.box('new_password').fill('x');
  await expect(meter(visitor)).toContainText('Very weak.');
});

test('the own name in the boxes beside counts while it is typed', async ({ visitor }) => {
  const { email } = newPerson();
  await visitor.open('/register');
  await visitor.type({ identifier: email });
  await visitor.press('Send code');
  await visitor.sees('Enter the code');
  await visitor.typesCodeSentTo(email);
  await visitor.sees('Your name and password');
  await visitor.type({ given_name: 'Bartholomew', family_name: 'Featherstone' });
  await visitor.box('new_password').pressSequentially('bartholomewfeatherstone');
  await expect(rule(visitor, PERSONAL)).toHaveAttribute('data-state', 'unmet');
});

test('show and hide turn the text and keep it', async ({ visitor, person }) => {
  await reach(visitor, person);
  await visitor.choosesPassword(NEW_PASSWORD);
  await expect(visitor.box('new_password')).toHaveAttribute('type', 'password');
  await visitor.press('Show');
  await expect(visitor.box('new_password')).toHaveAttribute('type', 'text');
  await expect(visitor.box('new_password')).toHaveValue(NEW_PASSWORD);
  await visitor.press('Hide');
  await expect(visitor.box('new_password')).toHaveAttribute('type', 'password');
  await visitor.press('Save password');
  await visitor.sees('Password changed');
});

test('without scripts there is no button that does nothing', async ({ newVisitor, person }) => {
  const visitor = await newVisitor({ javaScriptEnabled: false });
  await reach(visitor, person);
  await expect(visitor.button('Show')).toHaveCount(0);
  await expect(visitor.button('Suggest one')).toHaveCount(0);
});

test('a password can be pasted into every box', async ({ visitor, context, person }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await reach(visitor, person);
  await visitor.page.evaluate((text) => navigator.clipboard.writeText(text), NEW_PASSWORD);
  for (const name of ['new_password', 'confirm_password']) {
    await visitor.box(name).focus();
    await visitor.page.keyboard.press('Control+V');
    await expect(visitor.box(name)).toHaveValue(NEW_PASSWORD);
  }
  await expect(rule(visitor, LENGTH)).toHaveAttribute('data-state', 'met');
  await visitor.press('Save password');
  await visitor.sees('Password changed');
  await visitor.open('/');
  await visitor.type({ identifier: person.email });
  await visitor.box('password').focus();
  await visitor.page.keyboard.press('Control+V');
  await visitor.press('Sign in');
  await visitor.isAt('/account');
});

test('a made password meets the policy, is shown in both boxes and signs in', async ({ visitor, person }) => {
  await reach(visitor, person);
  await visitor.press('Save password');
  await visitor.isTold('Choose a password.');
  await visitor.press('Suggest one');
  await expect(visitor.summary).toHaveCount(0);
  await expect(visitor.box('new_password')).not.toHaveValue('');
  const made = await visitor.box('new_password').inputValue();
  await expect(visitor.box('confirm_password')).toHaveValue(made);
  await expect(visitor.box('new_password')).toHaveAttribute('type', 'text');
  await expect(visitor.box('confirm_password')).toHaveAttribute('type', 'text');
  const told = /^Created with (\d+) bits of randomness and shown in both fields\. Save it in your password manager\.$/;
  await expect(visitor.page.locator('p.hint').getByText(told)).toBeVisible();
  for (const name of [LENGTH, PERSONAL, GUESSABLE]) await expect(rule(visitor, name)).toHaveAttribute('data-state', 'met');
  await visitor.press('Suggest one');
  await expect(visitor.box('new_password')).not.toHaveValue(made);
  const second = await visitor.box('new_password').inputValue();
  await visitor.press('Save password');
  await visitor.sees('Password changed');
  await visitor.signsIn(person.email, second);
});

/** The chunks with the rules and the estimator, among all that a page fetches. */
function judging(page) {
  const fetched = [];
  page.on('request', (request) => {
    if (/\/pkg\/.*judge_\w+\.wasm$/.test(request.url())) fetched.push(request.url());
  });
  return fetched;
}

test('rules and estimator are fetched when the box takes the focus, not before', async ({ visitor, person }) => {
  const { page } = visitor;
  const fetched = judging(page);
  await reach(visitor, person);
  await visitor.box('confirm_password').focus();
  await page.waitForLoadState('networkidle');
  expect(fetched).toEqual([]);
  const estimator = page.waitForResponse(/judge_strength\w*\.wasm$/);
  await visitor.box('new_password').focus();
  expect((await estimator).ok()).toBe(true);
  await visitor.box('new_password').pressSequentially('some words');
  await expect(meter(visitor)).toHaveAttribute('data-score', /\d/);
  expect(fetched.map((url) => url.match(/judge_[a-z]+/)[0]).sort()).toEqual(['judge_rules', 'judge_strength']);
});

test('no page that only asks for a password fetches the rules', async ({ visitor, person }) => {
  const fetched = judging(visitor.page);
  await visitor.open('/');
  await visitor.box('password').focus();
  await visitor.type({ identifier: person.email, password: person.password });
  await visitor.press('Sign in');
  await visitor.sees('Hello, Ada');
  expect(fetched).toEqual([]);
});

test('the standing is said politely, once, after a pause', async ({ visitor, person }) => {
  const { page } = visitor;
  await reach(visitor, person);
  const said = page.locator('.unseen[role="status"]');
  await expect(said).toHaveCount(1);
  await said.evaluate((region) => {
    globalThis.said = [];
    new MutationObserver(() => globalThis.said.push(region.textContent)).observe(region, {
      childList: true, characterData: true, subtree: true,
    });
  });
  await visitor.box('new_password').pressSequentially('velvet anchor drizzle');
  await expect(said).toContainText('All requirements are met. Very strong.');
  expect(await page.evaluate(() => globalThis.said.length)).toBe(1);
  expect(await page.locator('[aria-live="assertive"]').count()).toBe(0);
});
