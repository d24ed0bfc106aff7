// The pages in states that few people meet, in both languages, looked at like the others.
import { mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { codeIn } from '../support/mailbox.js';
import { NEW_PASSWORD, PASSWORD, newPerson, register } from '../support/people.js';
import { inEveryLanguage, told } from '../support/states.js';
import { expect } from '../support/test.js';

/** A token in the right form that no one has. */
const TOKEN = 'C2xqI23uChSRpVDVd98SdWeTCfQ_8nWdUvnsRlgNzf0';

/** Assigns a policy to everyone. */
async function assign(site, policy) {
  const file = path.join(await mkdtemp(path.join(os.tmpdir(), 'rekey-policy-')), 'policy.json');
  await writeFile(file, JSON.stringify(policy));
  await site.command('policy', 'assign', 'default', file);
}

/** Has the next answer to a form be this problem, as the server tells it. */
const tells = ({ page }, form, status, problem, detail) =>
  page.route(`**/api/${form}`, (route) => route.fulfill({ status, contentType: 'application/json', body: JSON.stringify({ problem, detail }) }), { times: 1 });

inEveryLanguage((test) => {
  test('links whose token is behind the number sign', async ({ visitor, look, words }) => {
    await visitor.open('/recover/link');
    await look(visitor, 'link-of-a-recovery');
    await visitor.press(words.next);
    await told(visitor);
    await look(visitor, 'link-missing');
    await visitor.type({ link: TOKEN.slice(1) });
    await visitor.press(words.next);
    await expect(visitor.box('link')).toHaveAttribute('aria-invalid', 'true');
    await look(visitor, 'link-cut');
    await visitor.open('/owner');
    await look(visitor, 'link-of-an-owner');
    await visitor.open(`/owner#${TOKEN}`);
    await visitor.isAt('/register/owner');
    await look(visitor, 'owner-link-dead');
    await visitor.open('/freeze');
    await look(visitor, 'link-of-a-freeze');
  });

  test('a password that must be changed', async ({ newSite, newVisitor, playwright, look, words, fill, signsIn, lang }) => {
    const site = await newSite({ REKEY_RECOVERY__KIND: 'temporary_password' });
    const person = await register(playwright, site, newPerson(), undefined, lang);
    const visitor = await newVisitor({ at: site });
    await visitor.open('/forgot');
    await look(visitor, 'forgot-temporary');
    await fill(visitor, { identifier: person.email }, words.sendMessage);
    await visitor.isAt('/recover');
    await look(visitor, 'recover-temporary');
    const [temporary] = (await site.mailbox.next(person.email)).text.match(/\b[0-9A-Za-z]{4}(-[0-9A-Za-z]{4}){3}\b/);
    await signsIn(visitor, person, temporary);
    await visitor.isAt('/account/password');
    await look(visitor, 'password-temporary');

    const marked = await newVisitor({ at: site });
    await signsIn(marked, person);
    await site.command('account', 'require-change', person.email);
    await marked.open('/account');
    await marked.isAt('/account/password');
    await look(marked, 'password-marked');
    await marked.press(words.save);
    await told(marked);
    await look(marked, 'password-marked-empty');
  });

  test('a password that a newer policy judges', async ({ newSite, newVisitor, playwright, look, words, signsIn, lang }) => {
    const site = await newSite({});
    const person = await register(playwright, site, newPerson(), undefined, lang);
    const visitor = await newVisitor({ at: site });
    await signsIn(visitor, person);
    await assign(site, { length: { min: 8 }, history: { on_change: 4 }, expiry: { days: 1 } });
    await visitor.open('/account/password');
    await visitor.type({ current_password: person.password });
    await visitor.choosesPassword(person.password);
    await visitor.press(words.save);
    await expect(visitor.page.locator('#new_password-rules [data-state="unmet"]')).toHaveCount(1);
    await look(visitor, 'password-of-the-past');
    await visitor.type({ current_password: person.password });
    await visitor.choosesPassword(NEW_PASSWORD);
    await visitor.press(words.save);
    await visitor.isAt('/account?done=password');
    await visitor.open('/account');
    await look(visitor, 'account-warned');
    // Only time makes a password expire: the page is told that it has.
    await visitor.page.route('**/api/page/account/password', async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, body: (await answer.text()).replace('"reason":null', '"reason":"expired"') });
    });
    await visitor.page.locator('nav a[href="/account/password"]').first().click();
    await visitor.isAt('/account/password');
    await expect(visitor.page.locator('main .why')).toBeVisible();
    await look(visitor, 'password-expired');

    await assign(site, { length: { min: 8 } });
    const other = await register(playwright, site, { ...newPerson(), password: 'trustno1' }, undefined, lang);
    await assign(site, { length: { min: 8 }, breached: true });
    const breached = await newVisitor({ at: site });
    await signsIn(breached, other);
    await breached.isAt('/account/password');
    await look(breached, 'password-breached');
  });

  test('what the server answers where there is no page', async ({ visitor, site, watch, look }) => {
    watch.allow(/answer 405/);
    visitor.scripts = false;
    /** Sends a form by hand, from one of our pages unless told otherwise, and gives the status of the answer. */
    const sent = async (action, value, from = '/help') => {
      await visitor.page.goto(from);
      const answer = visitor.page.waitForResponse(site.url + action);
      await visitor.page.evaluate(([to, text]) => {
        const form = Object.assign(document.createElement('form'), { method: 'post', action: to });
        form.append(Object.assign(document.createElement('textarea'), { name: 'lang', value: text }));
        document.body.append(form);
        form.submit();
      }, [site.url + action, value]);
      const status = (await answer).status();
      await visitor.page.waitForURL(site.url + action);
      return status;
    };
    expect(await sent('/no-such-page/help', 'ja')).toBe(404);
    await look(visitor, 'not-found-for-a-form');
    expect(await sent('/healthz', 'ja')).toBe(405);
    await look(visitor, 'method-not-allowed');
    expect(await sent('/language', 'a'.repeat(70_000))).toBe(413);
    await look(visitor, 'too-large');
    expect(await sent('/language', 'ja', 'about:blank')).toBe(403);
    await look(visitor, 'from-another-site');
  });

  test('a request for a recovery that is not taken', async ({ newSite, newVisitor, watch, look, words, fill }) => {
    watch.allow(/answer 500/);
    const site = await newSite({ REKEY_HELP_URL: 'mailto:help@example.org', REKEY_RECOVERY__THROTTLE: 'commerce' });
    const visitor = await newVisitor({ at: site });
    await visitor.open('/forgot');
    await fill(visitor, { identifier: 'ada@example.org' }, words.send);
    await visitor.isAt('/recover');
    await visitor.open('/forgot');
    await fill(visitor, { identifier: 'ada@example.org' }, words.send);
    await told(visitor);
    await look(visitor, 'forgot-too-frequent');
    for (const [status, problem, detail] of [
      [429, 'too_many_requests'], [429, 'slow_down'], [503, 'busy'], [500, 'unexpected', 'ABCDEFGH'], [403, 'forbidden'], [400, 'bad_request'],
    ]) {
      await visitor.open('/forgot');
      await tells(visitor, 'recovery/start', status, problem, detail);
      await fill(visitor, { identifier: 'ada@example.org' }, words.send);
      await told(visitor);
      await look(visitor, `forgot-${problem.replaceAll('_', '-')}`);
    }
  });

  test('a code or a number that will not do', async ({ visitor, look, words, fill }) => {
    await visitor.open('/forgot');
    await fill(visitor, { identifier: 'ada@example.org' }, words.send);
    await visitor.isAt('/recover');
    await tells(visitor, 'recovery/verify', 403, 'link_first');
    await fill(visitor, { code: '123456' }, words.next);
    await told(visitor);
    await look(visitor, 'recover-by-link-only');
    await visitor.open('/register');
    await fill(visitor, { identifier: '+44 20 7946 0958' }, words.send);
    await told(visitor);
    await look(visitor, 'register-country-not-served');
    await tells(visitor, 'registration/start', 503, 'texts_stopped');
    await fill(visitor, { identifier: '+81 90 1234 5678' }, words.send);
    await expect(visitor.page.locator('[aria-invalid="true"]')).toHaveCount(0);
    await look(visitor, 'register-texts-stopped');
    await fill(visitor, { identifier: '+81 90 1234 5678' }, words.send);
    await visitor.isAt('/register/code');
    await look(visitor, 'register-code-by-text');
  });

  test('a page that cannot be drawn just now', async ({ visitor, person, watch, look, words, signsIn, toNewPassword }) => {
    watch.allow(/answer (409|500)/);
    await toNewPassword(visitor, person);
    await tells(visitor, 'recovery/complete', 409, 'other_journey');
    await visitor.choosesPassword(PASSWORD);
    await visitor.press(words.save);
    await told(visitor);
    await look(visitor, 'recover-new-of-another');
    await signsIn(visitor, person);
    for (const [status, problem, detail] of [[503, 'busy'], [500, 'unexpected', 'ABCDEFGH']]) {
      await visitor.open('/account/password');
      await tells(visitor, 'page/account', status, problem, detail);
      await visitor.page.locator('nav a[href="/account"]').first().click();
      await visitor.isAt('/account');
      await look(visitor, `account-${problem}`);
    }
  });

  test('an owner with terms to accept', async ({ newSite, newVisitor, look, words, fill, signsIn }) => {
    const site = await newSite({ REKEY_REGISTRATION__TERMS_URL: 'https://www.example.org/terms', REKEY_REGISTRATION__TERMS_VERSION: '2026-11' });
    const visitor = await newVisitor({ at: site });
    await visitor.open((await site.command('owner-link')).match(/https?:\/\/\S+\/owner\/\S+/)[0]);
    await visitor.press(words.send);
    await told(visitor);
    await look(visitor, 'register-owner-terms-error');
    const { email } = newPerson();
    await visitor.box('consent').check();
    await fill(visitor, { identifier: email }, words.send);
    await visitor.isAt('/register/code');
    await fill(visitor, { code: codeIn(await site.mailbox.next(email)) }, words.next);
    await visitor.isAt('/register/details');
    await visitor.choosesPassword(PASSWORD);
    await visitor.press(words.create);
    await visitor.isAt('/register/done');
    await signsIn(visitor, { email, password: PASSWORD });
    await look(visitor, 'account-of-an-owner');
  });
});
