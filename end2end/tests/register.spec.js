import { codeIn } from '../support/mailbox.js';
import { PASSWORD, newPerson } from '../support/people.js';
import { expect, test, withAndWithoutScripts } from '../support/test.js';

withAndWithoutScripts(() => {
  test('a person registers by mail and signs in', async ({ visitor, site }) => {
    const { email } = newPerson();
    await visitor.open('/');
    await visitor.follow('Create an account');
    await visitor.sees('Create your account');
    await visitor.type({ identifier: email });
    await visitor.press('Send code');

    await visitor.sees('Enter the code');
    await visitor.isAt('/register/code');
    await expect(visitor.page.getByText(`We've sent an email to ${email}.`)).toBeVisible();
    const mail = await site.mailbox.next(email);
    expect(mail).toMatchObject({ channel: 'email', subject: 'Your Rekey verification code' });
    await visitor.typesCode(codeIn(mail));

    await visitor.sees('Your name and password');
    await visitor.isAt('/register/details');
    await visitor.type({ given_name: 'Grace', family_name: 'Hopper' });
    await visitor.choosesPassword(PASSWORD);
    await visitor.press('Create account');

    await visitor.sees('Your account is ready');
    await visitor.isAt('/register/done');
    await visitor.follow('Sign in');
    await visitor.sees('Sign in');
    await visitor.type({ identifier: email, password: PASSWORD });
    await visitor.press('Sign in');
    await visitor.sees('Hello, Grace');
    await visitor.isAt('/account');
    await expect(visitor.page.locator('main').getByText(email)).toBeVisible();
  });

  test('a person registers by phone, in a usual way of writing it, and signs in with the number', async ({ visitor, site }) => {
    const { phone } = newPerson();
    await visitor.open('/register');
    await visitor.type({ identifier: ` ${phone.slice(0, 3)} ${phone.slice(3, 5)}-${phone.slice(5, 9)}-${phone.slice(9)} ` });
    await visitor.press('Send code');
    await visitor.sees('Enter the code');
    await expect(visitor.page.getByText(/^We.ve sent a text message to \+81/)).toBeVisible();
    const message = await site.mailbox.next(phone);
    expect(message).toMatchObject({ channel: 'sms', subject: '', html: '' });
    await visitor.typesCode(codeIn(message));
    await visitor.sees('Your name and password');
    await visitor.choosesPassword(PASSWORD);
    await visitor.press('Create account');
    await visitor.sees('Your account is ready');
    await visitor.signsIn(phone, PASSWORD);
  });

  test('a user name chosen while registering signs in as well', async ({ visitor }) => {
    const { email, username } = newPerson();
    await visitor.open('/register');
    await visitor.type({ identifier: email });
    await visitor.press('Send code');
    await visitor.sees('Enter the code');
    await visitor.typesCodeSentTo(email);
    await visitor.sees('Your name and password');
    await visitor.type({ username });
    await visitor.choosesPassword(PASSWORD);
    await visitor.press('Create account');
    await visitor.sees('Your account is ready');
    await visitor.signsIn(username.toUpperCase(), PASSWORD);
  });

  test('a user name that someone has is refused, and everything but the password is still there', async ({ visitor, person }) => {
    const { email } = newPerson();
    await visitor.open('/register');
    await visitor.type({ identifier: email });
    await visitor.press('Send code');
    await visitor.sees('Enter the code');
    await visitor.typesCodeSentTo(email);
    await visitor.sees('Your name and password');
    await visitor.type({ given_name: 'Ada', family_name: 'Lovelace', username: person.username });
    await visitor.choosesPassword(PASSWORD);
    await visitor.press('Create account');
    await visitor.isTold('That username is taken. Choose another, or leave it empty.');
    await expect(visitor.box('given_name')).toHaveValue('Ada');
    await expect(visitor.box('family_name')).toHaveValue('Lovelace');
    await expect(visitor.box('username')).toHaveValue(person.username);
    await visitor.type({ username: '' });
    await visitor.choosesPassword(PASSWORD);
    await visitor.press('Create account');
    await visitor.sees('Your account is ready');
  });

  test('each step survives a reload and is left only by finishing it', async ({ visitor }) => {
    const { email } = newPerson();
    await visitor.open('/register');
    await visitor.type({ identifier: email });
    await visitor.press('Send code');
    await visitor.sees('Enter the code');
    await visitor.open('/register/details');
    await visitor.isAt('/register/code');
    await visitor.reload();
    await visitor.sees('Enter the code');
    await visitor.typesCodeSentTo(email);
    await visitor.sees('Your name and password');
    await visitor.open('/register/code');
    await visitor.isAt('/register/details');
    await visitor.reload();
    await visitor.sees('Your name and password');
  });

  test('a second tab goes on where the first one stands', async ({ visitor, context, site }) => {
    const { email } = newPerson();
    await visitor.open('/register');
    await visitor.type({ identifier: email });
    await visitor.press('Send code');
    await visitor.sees('Enter the code');
    const second = new visitor.constructor({ page: await context.newPage(), site, scripts: visitor.scripts });
    await second.open('/register/code');
    await second.typesCodeSentTo(email);
    await second.sees('Your name and password');
    await visitor.reload();
    await visitor.sees('Your name and password');
    await visitor.choosesPassword(PASSWORD);
    await visitor.press('Create account');
    await visitor.sees('Your account is ready');
    await second.choosesPassword(PASSWORD);
    await second.press('Create account');
    await expect(second.page.locator('main')).toContainText('Nothing was changed.');
  });

  test('someone who has an account learns it from the mail, not from the page', async ({ visitor, person, site }) => {
    await visitor.open('/register');
    await visitor.type({ identifier: person.email });
    await visitor.press('Send code');
    await visitor.sees('Enter the code');
    await expect(visitor.page.getByText(`We've sent an email to ${person.email}.`)).toBeVisible();
    const mail = await site.mailbox.next(person.email);
    expect(mail.subject).toBe('You already have a Rekey account');
    await visitor.typesCode('000000');
    await visitor.isTold("That code isn't right. 4 tries left.");
  });
});

test('a code in a text message is filled in by a browser that reads it', async ({ visitor, site }) => {
  const { phone } = newPerson();
  await visitor.page.addInitScript(() => {
    window.OTPCredential = class {};
    navigator.credentials.get = ({ otp, signal }) =>
      new Promise((resolve, reject) => {
        window.give = (code) => resolve({ transport: otp.transport, code });
        signal.addEventListener('abort', () => reject(new DOMException('left', 'AbortError')));
      });
  });
  await visitor.open('/register');
  await visitor.type({ identifier: phone });
  await visitor.press('Send code');
  await visitor.sees('Enter the code');
  const message = await site.mailbox.next(phone);
  await visitor.page.waitForFunction(() => window.give);
  await visitor.page.evaluate((code) => window.give(code), codeIn(message));
  await expect(visitor.page.locator('#code')).toHaveValue(codeIn(message));
  await visitor.press('Continue');
  await visitor.sees('Your name and password');
});
