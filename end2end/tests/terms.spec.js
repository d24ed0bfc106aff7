import { newPerson } from '../support/people.js';
import { expect, test, withAndWithoutScripts } from '../support/test.js';

test.use({ settings: { REKEY_REGISTRATION__TERMS_URL: 'https://www.example.org/terms', REKEY_ORGANISATION: 'Hinode Foods' } });

withAndWithoutScripts(() => {
  test('the terms must be accepted before a code is sent', async ({ visitor, site }) => {
    const { email } = newPerson();
    await visitor.open('/register');
    await expect(visitor.link('Read the terms of use')).toHaveAttribute('href', 'https://www.example.org/terms');
    await visitor.type({ identifier: email });
    await visitor.press('Send code');
    await visitor.isTold('Accept the terms of use to continue.');
    await expect(visitor.box('identifier')).toHaveValue(email);
    expect(await site.mailbox.all(email)).toEqual([]);
    await visitor.page.getByLabel('I have read the terms of use and accept them').check();
    await visitor.press('Send code');
    await visitor.sees('Enter the code');
    expect((await site.mailbox.next(email)).subject).toBe('Your Hinode Foods verification code');
  });

  test('a tick survives another mistake in the form', async ({ visitor }) => {
    await visitor.open('/register');
    await visitor.box('consent').check();
    await visitor.type({ identifier: 'neither@nor' });
    await visitor.press('Send code');
    await visitor.isTold("That doesn't look like an email address or phone number.");
    await expect(visitor.box('consent')).toBeChecked();
  });
});
