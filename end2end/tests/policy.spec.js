import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { NEW_PASSWORD, register, newPerson } from '../support/people.js';
import { expect, test } from '../support/test.js';

/** A site with a policy of its own. */
async function siteWith(newSite, policy, settings = {}) {
  const file = join(await mkdtemp(join(tmpdir(), 'rekey-policy-')), 'policy.json');
  await writeFile(file, JSON.stringify(policy));
  return newSite({ REKEY_POLICY__FILE: file, ...settings });
}

const rule = (visitor, name) => visitor.page.locator('#new_password-rules li').filter({ hasText: name });
const meter = (visitor) => visitor.page.locator('.strength');

/** To the page where a signed-in person changes the password. */
async function toChange(visitor, person) {
  await visitor.signsIn(person.email, person.password);
  await visitor.open('/account/password');
  await expect(visitor.box('new_password')).toBeVisible();
}

const LEAKED = 'Not in a known data breach';
const FINE = 'Kw7m-Zt4q';

test('a leaked password is found while it is typed, and only the first bits of its hash are sent', async ({ newSite, newVisitor, playwright }) => {
  const site = await siteWith(newSite, { length: { min: 8 }, breached: true });
  const person = await register(playwright, site);
  const visitor = await newVisitor({ at: site });
  await toChange(visitor, person);
  const asked = [];
  visitor.page.on('request', (request) => asked.push(request.url() + (request.postData() ?? '')));
  await visitor.box('new_password').pressSequentially('trustno1', { delay: 20 });
  await expect(rule(visitor, LEAKED)).toHaveAttribute('data-state', 'unmet');
  await expect(rule(visitor, LEAKED)).toContainText('Choose another');
  const shards = asked.filter((url) => url.includes('/api/v1/breached/'));
  expect(shards).toHaveLength(1);
  // One digit of forty: eight lists of thousands.
  expect(shards[0]).toMatch(/\/api\/v1\/breached\/[02468ACE]\?list=sha1-16-3-\d+&?$/);
  expect(asked.join()).not.toContain('trustno1');

  await visitor.box('new_password').fill(FINE);
  await expect(rule(visitor, LEAKED)).toHaveAttribute('data-state', 'met');

  await visitor.type({ current_password: person.password });
  await visitor.savesPassword('trustno1');
  await visitor.isTold("Your password doesn't meet all requirements yet.");
  await expect(rule(visitor, LEAKED)).toHaveAttribute('data-state', 'unmet');
});

test('without scripts the server says that a password leaked', async ({ newSite, newVisitor, playwright }) => {
  const site = await siteWith(newSite, { length: { min: 8 }, breached: true });
  const person = await register(playwright, site);
  const visitor = await newVisitor({ at: site, javaScriptEnabled: false });
  await toChange(visitor, person);
  await visitor.type({ current_password: person.password });
  await visitor.savesPassword('trustno1');
  await visitor.isTold("Your password doesn't meet all requirements yet.");
  await expect(rule(visitor, LEAKED)).toHaveAttribute('data-state', 'unmet');
});

test('the shortest change is said in one sentence, in both languages', async ({ newSite, newVisitor, playwright }) => {
  const site = await siteWith(newSite, {
    length: { min: 12, max: 40 },
    edges: 'alphanumeric',
    classes: { required: ['upper', 'lower', 'digit', 'special'] },
    runs: { repeated: 2 },
  });
  const person = await register(playwright, site, { ...newPerson(), password: 'Maple7#Canoe-now' });
  for (const [language, sentences] of [
    ['English', ['Add 7 characters, including an uppercase letter, a number, and a symbol.', 'Vary the repeated character.', 'Start with a letter or number.']],
    ['日本語', ['英大文字と数字と記号を含めて、あと7文字足してください。', '繰り返しの文字に変化をつけてください。', '先頭に半角の英数字を足してください。']],
  ]) {
    const visitor = await newVisitor({ at: site });
    await toChange(visitor, person);
    if (language !== 'English') await visitor.press(language);
    for (const [at, typed] of ['maple', 'Maple7#Canooo', '#Maple7Canoe-now'].entries()) {
      await visitor.box('new_password').fill(typed);
      await expect(meter(visitor)).toContainText(sentences[at]);
    }
  }
});

test('what is said aloud is polite and comes once a pause', async ({ newSite, newVisitor, playwright }) => {
  const site = await siteWith(newSite, { length: { min: 12 }, classes: { required: ['digit'] }, breached: true });
  const person = await register(playwright, site, { ...newPerson(), password: `${FINE} and more` });
  const visitor = await newVisitor({ at: site });
  await toChange(visitor, person);
  const region = visitor.page.locator('#new_password-rules + [role=status]');
  await expect(region).toHaveCount(1);
  await region.evaluate((element) => {
    window.transcript = [];
    new MutationObserver(() => window.transcript.push(element.textContent)).observe(element, { childList: true, characterData: true, subtree: true });
  });
  const transcript = async () => (await visitor.page.evaluate(() => window.transcript)).map((said) => said.trim()).filter(Boolean);
  await visitor.box('new_password').pressSequentially('seven', { delay: 60 });
  await expect.poll(transcript).toEqual(['0 of 3 requirements are met. Add 7 characters, including a number.']);
  await visitor.box('new_password').pressSequentially(' swans a 9', { delay: 60 });
  await expect.poll(transcript).toHaveLength(2);
  expect((await transcript())[1]).toMatch(/^All requirements are met\. /);
});

test('a passphrase is made in the language of the page', async ({ newVisitor, site, playwright }) => {
  const person = await register(playwright, site);
  for (const [language, label] of [['English', 'Passphrase'], ['日本語', 'パスフレーズ']]) {
    const visitor = await newVisitor();
    await toChange(visitor, person);
    if (language !== 'English') await visitor.press(language);
    await visitor.press(label);
    await expect(visitor.box('new_password')).toHaveValue(/^[a-z]{3,9}(-[a-z]{3,9}){6}$/);
    await expect(visitor.box('confirm_password')).toHaveValue(await visitor.box('new_password').inputValue());
    await expect(visitor.page.locator('#new_password-rules li[data-state=unmet]')).toHaveCount(0);
  }
});

test('past passwords are refused and nothing that was typed is lost', async ({ newSite, newVisitor, playwright }) => {
  const site = await siteWith(newSite, { length: { min: 8 }, history: { on_change: 3, on_reset: 3 } });
  const person = await register(playwright, site);
  const visitor = await newVisitor({ at: site });
  await toChange(visitor, person);
  await expect(rule(visitor, 'None of your last 3 passwords')).toBeVisible();
  await visitor.type({ current_password: person.password });
  await visitor.savesPassword(NEW_PASSWORD);
  await expect(visitor.page.getByText('Password changed.')).toBeVisible();
  await visitor.open('/account/password');
  await visitor.type({ current_password: NEW_PASSWORD });
  await visitor.savesPassword(person.password);
  await visitor.isTold("Your password doesn't meet all requirements yet.");
  await expect(rule(visitor, 'None of your last 3 passwords')).toHaveAttribute('data-state', 'unmet');
  await expect(visitor.box('new_password')).toHaveValue(person.password);
});
