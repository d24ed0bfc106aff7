import { codeIn, linkIn } from '../support/mailbox.js';
import { NEW_PASSWORD, register, newPerson } from '../support/people.js';
import { expect, test, withAndWithoutScripts } from '../support/test.js';

const DEAD = 'It expired, was used already, or was replaced by a newer one.';

withAndWithoutScripts(() => {
  test('a person who forgot the password comes back by the mailed link', async ({ visitor, person, site }) => {
    await visitor.open('/');
    await visitor.follow('Forgot your password?');
    await visitor.sees('Reset your password');
    await visitor.type({ identifier: person.email });
    await visitor.press('Send code');
    await visitor.sees('Check your messages');
    const mail = await site.mailbox.next(person.email);
    expect(mail.subject).toBe('Reset your Rekey password');
    const link = linkIn(mail, '/recover/link/');
    expect(new URL(link).origin).toBe(site.url);

    await visitor.open(link);
    await visitor.isAt('/recover/new');
    await visitor.sees('Choose a new password');
    await expect(visitor.page.getByText(`For ${person.email}.`)).toBeVisible();
    await visitor.savesPassword(NEW_PASSWORD);
    await visitor.sees('Password changed');
    await visitor.isAt('/recover/done');

    await visitor.signIn(person.email, person.password);
    await visitor.isTold("What you entered doesn't match");
    await visitor.signsIn(person.email, NEW_PASSWORD);
    expect((await site.mailbox.next(person.email)).subject).toBe('Your Rekey password was changed');
  });

  test('a person who forgot the password comes back by the typed code', async ({ visitor, person, site }) => {
    await visitor.asksForCode(person.email);
    await visitor.typesCode(codeIn(await site.mailbox.next(person.email)));
    await visitor.sees('Choose a new password');
    await visitor.isAt('/recover/new');
    await visitor.savesPassword(NEW_PASSWORD);
    await visitor.sees('Password changed');
    await visitor.follow('Sign in');
    await visitor.sees('Sign in');
    await visitor.signsIn(person.email, NEW_PASSWORD);
  });

  test('a person who registered by phone comes back by a code in a text message', async ({ visitor, site, playwright }) => {
    const person = newPerson();
    const { phone } = await register(playwright, site, person, person.phone);
    await visitor.asksForCode(phone);
    const message = await site.mailbox.next(phone);
    expect(message.channel).toBe('sms');
    expect(message.text).not.toContain('/recover/link/');
    await visitor.typesCode(codeIn(message));
    await visitor.sees('Choose a new password');
    await visitor.savesPassword(NEW_PASSWORD);
    await visitor.sees('Password changed');
    await visitor.signsIn(phone, NEW_PASSWORD);
  });

  test('a user name is enough to ask, and the page does not tell where the message went', async ({ visitor, person, site }) => {
    await visitor.asksForCode(person.username);
    await expect(visitor.page.locator('main')).not.toContainText(person.email);
    await visitor.typesCode(codeIn(await site.mailbox.next(person.email)));
    await visitor.sees('Choose a new password');
    await visitor.savesPassword(NEW_PASSWORD);
    await visitor.sees('Password changed');
  });

  test('someone without an account sees the same pages and gets no message', async ({ visitor, person, site }) => {
    const pages = [];
    for (const identifier of [person.email, newPerson().email]) {
      await visitor.asksForCode(identifier);
      await visitor.isAt('/recover');
      pages.push((await visitor.page.locator('main').innerText()).replaceAll(identifier, '…').replace(/\d+ second\w*/, '…'));
      await visitor.typesCode('000000');
      await visitor.isTold("That code isn't right. 4 tries left.");
      if (identifier !== person.email) expect(await site.mailbox.all(identifier)).toEqual([]);
    }
    expect(pages[1]).toBe(pages[0]);
  });

  test('a link opened twice works until it is used, and not after', async ({ visitor, person, site }) => {
    await visitor.asksForCode(person.email);
    const link = linkIn(await site.mailbox.next(person.email), '/recover/link/');
    await visitor.open(link);
    await visitor.open(link);
    await visitor.sees('Choose a new password');
    await visitor.savesPassword(NEW_PASSWORD);
    await visitor.sees('Password changed');
    const answer = await visitor.open(link);
    await visitor.sees('This link no longer works');
    expect(answer.status()).toBe(410);
    await expect(visitor.page.getByText(DEAD)).toBeVisible();
    await visitor.follow('Reset your password');
    await visitor.isAt('/forgot');
  });

  test('a link works in another browser than the one that asked', async ({ visitor, newVisitor, person, site }) => {
    await visitor.asksForCode(person.email);
    const phone = await newVisitor();
    await phone.open(linkIn(await site.mailbox.next(person.email), '/recover/link/'));
    await phone.sees('Choose a new password');
    await phone.savesPassword(NEW_PASSWORD);
    await phone.sees('Password changed');
    // The browser that waits sees what it would see if there were no such account.
    await visitor.typesCode('123456');
    await visitor.isTold("That code isn't right. 4 tries left.");
    await visitor.signsIn(person.email, NEW_PASSWORD);
  });

  test('a newer request puts an end to the older link', async ({ visitor, newVisitor, person, site }) => {
    await visitor.asksForCode(person.email);
    const older = linkIn(await site.mailbox.next(person.email), '/recover/link/');
    await visitor.asksForCode(person.email);
    const newer = linkIn(await site.mailbox.next(person.email), '/recover/link/');
    expect(newer).not.toBe(older);
    const other = await newVisitor();
    await other.open(older);
    await other.sees('This link no longer works');
    await other.open(newer);
    await other.sees('Choose a new password');
  });

  test('of two tabs with the same link the faster one wins and the other is told', async ({ visitor, newVisitor, person, site }) => {
    await visitor.asksForCode(person.email);
    const link = linkIn(await site.mailbox.next(person.email), '/recover/link/');
    const second = await newVisitor();
    await visitor.open(link);
    await second.open(link);
    await visitor.savesPassword(NEW_PASSWORD);
    await visitor.sees('Password changed');
    await second.savesPassword('quiet harbour seventeen plums');
    await expect(second.page.locator('main')).toContainText(DEAD);
    await second.signsIn(person.email, NEW_PASSWORD);
  });

  test('the way back after a reset leads to no second one', async ({ visitor, person, site }) => {
    await visitor.asksForCode(person.email);
    await visitor.open(linkIn(await site.mailbox.next(person.email), '/recover/link/'));
    await visitor.savesPassword(NEW_PASSWORD);
    await visitor.sees('Password changed');
    await visitor.page.goBack();
    await visitor.sees('Start over');
    await expect(visitor.box('new_password')).toHaveCount(0);
  });

  test('a reset ends every session', async ({ visitor, newVisitor, person, site }) => {
    await visitor.signsIn(person.email, person.password);
    const other = await newVisitor();
    await other.asksForCode(person.email);
    await other.open(linkIn(await site.mailbox.next(person.email), '/recover/link/'));
    await other.savesPassword(NEW_PASSWORD);
    await other.sees('Password changed');
    await visitor.open('/account');
    await visitor.isAt('/');
  });

  test('the code works only in the browser that asked for it', async ({ visitor, newVisitor, person, site }) => {
    await visitor.asksForCode(person.email);
    const code = codeIn(await site.mailbox.next(person.email));
    const thief = await newVisitor();
    await thief.asksForCode(newPerson().email);
    await thief.typesCode(code);
    await thief.isTold("That code isn't right. 4 tries left.");
  });

  test('five wrong codes end it, and the right one no longer helps', async ({ visitor, person, site }) => {
    await visitor.asksForCode(person.email);
    const code = codeIn(await site.mailbox.next(person.email));
    const wrong = code === '111111' ? '222222' : '111111';
    for (const left of ['4 tries left', '3 tries left', '2 tries left', '1 try left']) {
      await visitor.typesCode(wrong);
      await visitor.isTold(left);
    }
    await visitor.typesCode(wrong);
    await visitor.isTold('This code no longer works');
    await visitor.typesCode(code);
    await visitor.isTold('This code no longer works');
    await visitor.summary.getByRole('link', { name: 'Start over' }).click();
    await visitor.sees('Reset your password');
    await visitor.isAt('/forgot');
    await visitor.type({ identifier: person.email });
    await visitor.press('Send code');
    await visitor.sees('Check your messages');
    await visitor.typesCode(codeIn(await site.mailbox.next(person.email)));
    await visitor.sees('Choose a new password');
  });

  test('asking for the code again at once is told to wait', async ({ visitor, person, site }) => {
    await visitor.asksForCode(person.email);
    await site.mailbox.next(person.email);
    await visitor.press('Resend code');
    await expect(visitor.page.getByText('A code was requested a moment ago.')).toBeVisible();
    expect(await site.mailbox.waiting(person.email)).toBe(0);
  });

  test('the token never shows in the address bar, in the history or in what other pages are told', async ({ visitor, person, site }) => {
    await visitor.asksForCode(person.email);
    const link = linkIn(await site.mailbox.next(person.email), '/recover/link/');
    const token = new URL(link).pathname.split('/').at(-1);
    expect(token).toMatch(/^[\w-]{43}$/);
    const told = [];
    visitor.page.on('request', (request) => {
      if (request.url() !== link) told.push(`${request.url()} ${request.headers().referer ?? ''}`);
    });
    await visitor.open(link);
    await visitor.sees('Choose a new password');
    expect(visitor.page.url()).not.toContain(token);
    expect(told.filter((line) => line.includes(token))).toEqual([]);
    expect(await visitor.page.content()).not.toContain(token);
  });
});
