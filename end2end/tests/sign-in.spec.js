import { PASSWORD, newPerson } from '../support/people.js';
import { expect, test, withAndWithoutScripts } from '../support/test.js';

const REFUSED = "What you entered doesn't match, or sign-in is locked for a while.";

withAndWithoutScripts(() => {
  test('a person signs in and out', async ({ visitor, person }) => {
    await visitor.open('/');
    await visitor.type({ identifier: person.email, password: person.password });
    await visitor.press('Sign in');
    await visitor.sees('Hello, Ada');
    await visitor.open('/');
    await visitor.isAt('/account');
    await visitor.press('Sign out');
    await visitor.sees('Sign in');
    await visitor.isAt('/');
    await visitor.open('/account');
    await visitor.isAt('/');
  });

  test('every spelling of the own address signs in', async ({ visitor, person }) => {
    await visitor.signsIn(`  ${person.email.toUpperCase().replace('@', '＠')} `, person.password);
  });

  test('a wrong password and an unknown name get the same answer, and the name stays', async ({ visitor, person }) => {
    const seen = [];
    for (const identifier of [person.email, newPerson().email, 'nobody-of-this-name', newPerson().phone]) {
      await visitor.signIn(identifier, 'not the password at all');
      await visitor.isTold(REFUSED);
      await expect(visitor.box('identifier')).toHaveValue(identifier);
      await expect(visitor.box('password')).toHaveValue(visitor.scripts ? 'not the password at all' : '');
      seen.push(await visitor.summary.innerText());
    }
    expect(new Set(seen).size).toBe(1);
  });

  test('after five wrong passwords the right one waits too, and the owner is told once', async ({ visitor, person, site }) => {
    for (let n = 0; n < 5; n += 1) {
      await visitor.signIn(person.email, `wrong number ${n}`);
      await visitor.isTold(REFUSED);
    }
    await visitor.signIn(person.email, person.password);
    await visitor.isTold(REFUSED);
    const mail = await site.mailbox.next(person.email);
    expect(mail.subject).toBe('Sign-in to Rekey is locked for a while');
    expect(await site.mailbox.waiting(person.email)).toBe(0);
  });

  for (const page of ['/account', '/account/password', '/account/sessions']) {
    test(`${page} leads those who are not signed in to the sign-in page`, async ({ visitor }) => {
      await visitor.open(page);
      await visitor.isAt('/');
      await visitor.sees('Sign in');
    });
  }

  test('a session cookie that is nonsense is no one', async ({ visitor, context, site }) => {
    await context.addCookies([{ name: 'rekey_session', value: 'x'.repeat(43), url: site.url }]);
    await visitor.open('/account');
    await visitor.isAt('/');
  });
});

test('the session cookie is out of reach of scripts and of other sites', async ({ visitor, person, context }) => {
  await visitor.signsIn(person.email, PASSWORD);
  const cookie = (await context.cookies()).find(({ name }) => name === 'rekey_session');
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });
  expect(await visitor.page.evaluate(() => document.cookie)).toBe('');
});
