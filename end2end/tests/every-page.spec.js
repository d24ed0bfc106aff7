// Every page in the states that people meet on their way, in both languages: pictures in `screenshots/`, axe without a
// word, valid HTML, nothing sticking out.
import { codeIn, linkIn } from '../support/mailbox.js';
import { faultsOfDocument, violations } from '../support/look.js';
import { NEW_PASSWORD, PASSWORD, register, newPerson } from '../support/people.js';
import { inEveryLanguage, told, wrongFor } from '../support/states.js';
import { expect, test } from '../support/test.js';

/** The browser of a telephone, for the list of sessions. */
const PHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1';

inEveryLanguage((test) => {
  test('the door: signing in, help, a missing page', async ({ visitor, context, watch, look, words, fill }) => {
    await visitor.open('/');
    await look(visitor, 'sign-in');
    await visitor.press(words.signIn);
    await told(visitor);
    await look(visitor, 'sign-in-empty');
    await fill(visitor, { identifier: 'ada@example.org', password: 'not the right one' }, words.signIn);
    await expect(visitor.page.locator('[aria-invalid="true"]')).toHaveCount(0);
    await look(visitor, 'sign-in-refused');
    watch.allow(/ERR_INTERNET_DISCONNECTED/);
    await context.setOffline(true);
    await visitor.press(words.signIn);
    await visitor.isTold(words.offline);
    await look(visitor, 'sign-in-offline');
    await context.setOffline(false);
    await visitor.open('/help');
    await look(visitor, 'help');
    await visitor.open('/no-such-page');
    await look(visitor, 'not-found');
  });

  test('registering: the address and the code', async ({ visitor, site, look, words, fill }) => {
    const { email } = newPerson();
    await visitor.open('/register');
    await look(visitor, 'register');
    await fill(visitor, { identifier: 'ada@@example.org' }, words.send);
    await told(visitor);
    await look(visitor, 'register-error');
    await fill(visitor, { identifier: email }, words.send);
    await visitor.isAt('/register/code');
    await look(visitor, 'register-code');
    await visitor.press(words.again);
    await expect(visitor.page.getByText(words.sooner)).toBeVisible();
    await look(visitor, 'register-code-too-soon');
    await visitor.open('/register/code?done=resent');
    await look(visitor, 'register-code-resent');
    const code = codeIn(await site.mailbox.next(email));
    const wrongly = async () => {
      const answer = visitor.page.waitForResponse('**/api/registration/verify');
      await fill(visitor, { code: wrongFor(code) }, words.next);
      await (await answer).finished();
      await told(visitor);
    };
    await wrongly();
    await look(visitor, 'register-code-wrong');
    for (let n = 0; n < 3; n += 1) await wrongly();
    await look(visitor, 'register-code-last-try');
    await wrongly();
    await look(visitor, 'register-code-dead');
    await visitor.page.context().clearCookies();
    await visitor.open('/register/code');
    await look(visitor, 'journey-over');
  });

  test('registering: names and password', async ({ visitor, site, look, words, fill }) => {
    const { email } = newPerson();
    await visitor.open('/register');
    await fill(visitor, { identifier: email }, words.send);
    await visitor.isAt('/register/code');
    await fill(visitor, { code: codeIn(await site.mailbox.next(email)) }, words.next);
    await visitor.isAt('/register/details');
    await look(visitor, 'register-details');
    await visitor.type({ given_name: 'ada\u200b', family_name: 'Byron', username: '日本' });
    await visitor.choosesPassword(PASSWORD);
    await visitor.press(words.create);
    await told(visitor);
    await look(visitor, 'register-details-errors');
    await visitor.type({ given_name: 'Ada', username: '' });
    await visitor.choosesPassword('password');
    await visitor.press(words.create);
    await expect(visitor.page.locator('#new_password-rules [data-state="unmet"]').first()).toBeVisible();
    await look(visitor, 'register-details-weak');
    await visitor.choosesPassword(PASSWORD);
    await visitor.press(words.create);
    await visitor.isAt('/register/done');
    await look(visitor, 'register-done');
  });

  test('recovering: the code', async ({ visitor, person, site, look, words, fill }) => {
    await visitor.open('/forgot');
    await look(visitor, 'forgot');
    await visitor.press(words.send);
    await told(visitor);
    await look(visitor, 'forgot-error');
    await fill(visitor, { identifier: person.email }, words.send);
    await visitor.isAt('/recover');
    await look(visitor, 'recover');
    await fill(visitor, { code: wrongFor(codeIn(await site.mailbox.next(person.email))) }, words.next);
    await told(visitor);
    await look(visitor, 'recover-wrong');
    await visitor.open('/recover?done=resent');
    await look(visitor, 'recover-resent');
    await visitor.open('/forgot');
    await fill(visitor, { identifier: person.username }, words.send);
    await visitor.isAt('/recover');
    await look(visitor, 'recover-by-user-name');
    await visitor.open('/forgot');
    await fill(visitor, { identifier: '+819012345678' }, words.send);
    await visitor.isAt('/recover');
    await look(visitor, 'recover-by-number');
  });

  test('recovering: the new password', async ({ visitor, person, look, words, fill, toNewPassword }) => {
    await toNewPassword(visitor, person);
    await look(visitor, 'recover-new');
    await visitor.box('new_password').pressSequentially('velvet anchor');
    await expect(visitor.page.locator('.strength')).toHaveAttribute('data-score', /\d/);
    await look(visitor, 'recover-new-typing');
    await visitor.press(words.save);
    await told(visitor);
    await look(visitor, 'recover-new-weak');
    await fill(visitor, { new_password: NEW_PASSWORD, confirm_password: 'different' }, words.save);
    await expect(visitor.page.locator('#confirm_password-fault')).not.toBeEmpty();
    await look(visitor, 'recover-new-differs');
    await visitor.press(words.make);
    await expect(visitor.box('new_password')).toHaveAttribute('type', 'text');
    await look(visitor, 'recover-new-made');
    await visitor.press(words.save);
    await visitor.isAt('/recover/done');
    await look(visitor, 'recover-done');
    await visitor.open(`/recover/link/${'A'.repeat(43)}`);
    await look(visitor, 'link-dead');
  });

  test('it was not me', async ({ visitor, person, site, look, words, signsIn }) => {
    await signsIn(visitor, person);
    await visitor.open('/account/password');
    await visitor.type({ current_password: person.password });
    await visitor.choosesPassword(NEW_PASSWORD);
    await visitor.press(words.save);
    await visitor.isAt('/account?done=password');
    await look(visitor, 'account-password-saved');
    await visitor.open(linkIn(await site.mailbox.next(person.email), '/not-me/'));
    await visitor.isAt('/not-me');
    await look(visitor, 'not-me');
    await visitor.press(words.freeze);
    await visitor.isAt('/not-me/done');
    await look(visitor, 'not-me-done');
    await visitor.open(`/not-me/${'A'.repeat(43)}`);
    await look(visitor, 'not-me-dead');
    await visitor.open((await site.command('account', 'release', person.email)).match(/https?:\/\/\S+/)[0]);
    await look(visitor, 'recover-new-released');
  });

  test('the account', async ({ visitor, newVisitor, person, look, words, signsIn }) => {
    await signsIn(visitor, person);
    await look(visitor, 'account');
    await visitor.open('/account/sessions');
    await look(visitor, 'sessions-alone');
    for (const options of [{ userAgent: PHONE }, {}, { userAgent: 'curl/8' }]) await signsIn(await newVisitor(options), person);
    await visitor.reload();
    await look(visitor, 'sessions');
    await visitor.button(words.end).first().click();
    await expect(visitor.page.locator('main li.row')).toHaveCount(3);
    await look(visitor, 'sessions-ended');
    await visitor.press(words.endOthers);
    await expect(visitor.page.locator('main li.row')).toHaveCount(1);
    await look(visitor, 'sessions-others-ended');
    await visitor.open('/account/password');
    await look(visitor, 'account-password');
    await visitor.type({ current_password: 'not my password' });
    await visitor.choosesPassword(NEW_PASSWORD);
    await visitor.press(words.save);
    await told(visitor);
    await look(visitor, 'account-password-wrong');
  });

  test('pages and mistakes as the server draws them', async ({ visitor, person, site, watch, words, fill, signsIn, lang }) => {
    // axe needs scripts to run; those of the page stay away, and what was fetched for them is not used.
    watch.allow(/was preloaded using link preload but not used/);
    await visitor.page.route(/boot\.js$/, (route) => route.fulfill({ contentType: 'text/javascript', body: '' }));
    visitor.scripts = false;
    const judge = (name) =>
      test.step(name, async () => {
        await expect(visitor.heading).toBeVisible();
        expect.soft(await faultsOfDocument(visitor), `${name} in ${lang}, as HTML`).toEqual([]);
        for (const theme of ['light', 'dark']) {
          await visitor.page.emulateMedia({ colorScheme: theme });
          expect.soft(await violations(visitor.page), `${name} in ${lang}, ${theme}, without scripts`).toEqual([]);
        }
      });
    await visitor.open('/');
    await visitor.press(words.signIn);
    await told(visitor);
    await judge('sign-in-empty');
    await visitor.open('/register');
    await fill(visitor, { identifier: 'ada@@example.org' }, words.send);
    await told(visitor);
    await judge('register-error');
    await visitor.open('/forgot');
    await fill(visitor, { identifier: person.email }, words.send);
    await visitor.isAt('/recover');
    await judge('recover');
    await fill(visitor, { code: '12345' }, words.next);
    await told(visitor);
    await judge('recover-error');
    await visitor.open(linkIn(await site.mailbox.next(person.email), '/recover/link/'));
    await judge('recover-new');
    await visitor.choosesPassword('password');
    await visitor.press(words.save);
    await told(visitor);
    await judge('recover-new-weak');
    await signsIn(visitor, person);
    await judge('account');
    await visitor.open('/account/sessions');
    await judge('sessions');
  });

  test('a site with terms, an owner to be, and a long name', async ({ newSite, newVisitor, playwright, look, words }) => {
    const site = await newSite({
      REKEY_ORGANISATION: 'Universität für angewandte Kontowiederherstellung, Zürich',
      REKEY_REGISTRATION__TERMS_URL: 'https://www.example.org/terms',
      REKEY_HELP_URL: 'mailto:help@example.org',
    });
    const visitor = await newVisitor({ at: site });
    await visitor.open('/register');
    await visitor.press(words.send);
    await told(visitor);
    await look(visitor, 'register-terms-error');
    await visitor.open((await site.command('owner-link')).match(/https?:\/\/\S+\/owner\/\S+/)[0]);
    await look(visitor, 'register-owner');
    const { email } = newPerson();
    const request = await playwright.request.newContext();
    await request.post(`${site.url}/api/registration/start`, {
      form: { identifier: email, consent: 'yes' }, headers: { origin: site.url, 'accept-language': words.locale, accept: 'text/html' },
    });
    await request.dispose();
    await site.mailbox.next(email);
    visitor.scripts = false;
    await visitor.open('/dev/mailbox');
    await look(visitor, 'mailbox');
  });

  test('a site where registration is closed', async ({ newSite, newVisitor, look }) => {
    const site = await newSite({ REKEY_REGISTRATION__OPEN: 'false' });
    const visitor = await newVisitor({ at: site });
    await visitor.open('/register');
    await look(visitor, 'register-closed');
    await visitor.open('/');
    await look(visitor, 'sign-in-closed');
    visitor.scripts = false;
    await visitor.open('/dev/mailbox');
    await look(visitor, 'mailbox-empty');
  });

  test('the names of people who write much', async ({ visitor, playwright, site, look, signsIn }) => {
    const person = await register(playwright, site, {
      ...newPerson(), givenName: 'Wolfeschlegelsteinhausenbergerdorffwelchevoralternwaren', familyName: '寿限無寿限無五劫の擦り切れ海砂利水魚の水行末雲来末風来末',
    });
    await signsIn(visitor, person);
    await look(visitor, 'account-long-names');
  });
});

test('nothing moves for those who asked for less motion', async ({ visitor }) => {
  await visitor.page.emulateMedia({ reducedMotion: 'reduce' });
  await visitor.open('/');
  const moving = await visitor.page.evaluate(() =>
    [...document.querySelectorAll('*')].filter((element) => {
      const { transitionDuration, animationDuration, animationName } = getComputedStyle(element);
      const long = (spans) => spans.split(',').some((span) => parseFloat(span) > 0.01);
      return long(transitionDuration) || (animationName !== 'none' && long(animationDuration));
    }).length,
  );
  expect(moving).toBe(0);
});

test('in forced colours boxes and buttons keep an edge', async ({ visitor }) => {
  await visitor.page.emulateMedia({ forcedColors: 'active' });
  await visitor.open('/');
  for (const target of [visitor.box('identifier'), visitor.button('Sign in')]) {
    const width = await target.evaluate((element) => parseFloat(getComputedStyle(element).borderTopWidth));
    expect(width).toBeGreaterThanOrEqual(1);
  }
});
