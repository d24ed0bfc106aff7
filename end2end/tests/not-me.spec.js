import { codeIn, linkIn } from '../support/mailbox.js';
import { NEW_PASSWORD } from '../support/people.js';
import { expect, test, withAndWithoutScripts } from '../support/test.js';

/** Someone else has got in and changes the password: the person gets a mail about it. */
async function burgled({ newVisitor, person, site }) {
  const thief = await newVisitor();
  await thief.signsIn(person.email, person.password);
  await thief.open('/account/password');
  await thief.type({ current_password: person.password });
  await thief.savesPassword(NEW_PASSWORD);
  await thief.sees('Hello, Ada');
  const mail = await site.mailbox.next(person.email);
  expect(mail.subject).toBe('Your Rekey password was changed');
  return { thief, link: linkIn(mail, '/not-me/') };
}

withAndWithoutScripts(() => {
  test('a person whose password someone else has changed freezes the account and takes it back', async ({ visitor, newVisitor, person, site }) => {
    const { thief, link } = await burgled({ newVisitor, person, site });
    await visitor.open(link);
    await visitor.isAt('/not-me');
    await visitor.sees("Didn't change your password?");
    await visitor.press('Freeze my account');
    await visitor.sees('Your account is frozen');
    await visitor.isAt('/not-me/done');

    await thief.open('/account');
    await thief.isAt('/');
    await thief.signIn(person.email, NEW_PASSWORD);
    await thief.isTold("What you entered doesn't match");

    expect((await site.mailbox.next(person.email)).subject).toContain('frozen');
    await visitor.follow('Reset your password');
    await visitor.isAt('/forgot');
    await visitor.type({ identifier: person.email });
    await visitor.press('Send code');
    await visitor.sees('Check your messages');
    await visitor.typesCode(codeIn(await site.mailbox.next(person.email)));
    await visitor.sees('Choose a new password');
    await visitor.savesPassword('amber teapot northern signal');
    await visitor.sees('Password changed');
    await visitor.signsIn(person.email, 'amber teapot northern signal');
  });

  test('looking at the link changes nothing', async ({ visitor, newVisitor, person, site }) => {
    const { thief, link } = await burgled({ newVisitor, person, site });
    await visitor.open(link);
    await visitor.sees("Didn't change your password?");
    await visitor.follow("It was me, don't freeze");
    await visitor.isAt('/');
    await thief.open('/account');
    await thief.isAt('/account');
  });

  test('the link works once', async ({ visitor, newVisitor, person, site }) => {
    const { link } = await burgled({ newVisitor, person, site });
    await visitor.open(link);
    await visitor.press('Freeze my account');
    await visitor.sees('Your account is frozen');
    await visitor.open(link);
    await visitor.sees('This link no longer works');
  });

  test('a link of nonsense freezes no account', async ({ visitor }) => {
    await visitor.open(`/not-me/${'A'.repeat(43)}`);
    await visitor.sees('This link no longer works');
  });
});
