import { NEW_PASSWORD, register } from '../support/people.js';
import { expect, test, withAndWithoutScripts } from '../support/test.js';

/** The password in a mail: four groups or more that stand alone on their line. */
const passwordIn = (mail) => /^\s*([0-9A-Z]{4,5}(?:-[0-9A-Z]{4,5}){2,})\s*$/im.exec(mail.text ?? mail.body)[1];

withAndWithoutScripts(() => {
  test('an account that was marked opens nothing but the page where its password is changed', async ({ visitor, person, site }) => {
    await visitor.signsIn(person.email, person.password);
    await site.command('account', 'require-change', person.email);
    await visitor.open('/account/sessions');
    await visitor.isAt('/account/password');
    await expect(visitor.page.getByText('Choose a new password to continue.')).toBeVisible();
    await visitor.open('/account');
    await visitor.isAt('/account/password');
    await visitor.type({ current_password: person.password });
    await visitor.savesPassword(NEW_PASSWORD);
    await expect(visitor.page.getByText('Password changed.')).toBeVisible();
    await visitor.open('/account/sessions');
    await visitor.isAt('/account/sessions');
  });

  test('a temporary password is typed into the password box, once, and leads to a permanent one', async ({ newSite, newVisitor, playwright }) => {
    const site = await newSite({ REKEY_RECOVERY__KIND: 'temporary_password', REKEY_RECOVERY__THROTTLE: 'none' });
    const person = await register(playwright, site);
    const visitor = await newVisitor({ at: site });
    await visitor.open('/forgot');
    await visitor.type({ identifier: person.email });
    await visitor.press('Send message');
    await visitor.sees('Check your messages');
    const temporary = passwordIn(await site.mailbox.next(person.email));
    await visitor.signIn(person.email, temporary);
    await visitor.isAt('/account/password');
    await expect(visitor.page.getByText("Your temporary password can't be used again.")).toBeVisible();
    await expect(visitor.box('current_password')).toHaveCount(0);

    const other = await newVisitor({ at: site });
    await other.signIn(person.email, temporary);
    await other.isTold("What you entered doesn't match");

    await visitor.savesPassword(NEW_PASSWORD);
    await expect(visitor.page.getByText('Password changed.')).toBeVisible();
    await other.signsIn(person.email, NEW_PASSWORD);
  });
});
