import { NEW_PASSWORD, register } from '../support/people.js';
import { expect, test, withAndWithoutScripts } from '../support/test.js';

withAndWithoutScripts(() => {
  test('a shop that tells of its limits tells of them in words', async ({ newSite, newVisitor }) => {
    const site = await newSite({ REKEY_RECOVERY__THROTTLE: 'commerce' });
    const visitor = await newVisitor({ at: site });
    await visitor.asksForCode('ada@example.org');
    await visitor.open('/forgot');
    await visitor.type({ identifier: 'ada@example.org' });
    await visitor.press('Send code');
    await visitor.isTold('The last request was a moment ago. Wait a few minutes and try again.');
    await expect(visitor.box('identifier')).toHaveValue('ada@example.org');
  });

  test('by default a limit is not told: the page looks as ever and no message comes', async ({ newSite, newVisitor, playwright }) => {
    const site = await newSite({ REKEY_RECOVERY__THROTTLE: 'recommended' });
    const person = await register(playwright, site);
    const visitor = await newVisitor({ at: site });
    await visitor.asksForCode(person.email);
    const first = await visitor.page.locator('main').innerText();
    await site.mailbox.next(person.email);
    await visitor.asksForCode(person.email);
    const second = await visitor.page.locator('main').innerText();
    expect(second.replace(/\d+ second\w*/, '')).toBe(first.replace(/\d+ second\w*/, ''));
    expect(await site.mailbox.waiting(person.email)).toBe(0);
  });

  test('a client that tries too often is told to slow down', async ({ newSite, newVisitor }) => {
    const site = await newSite({ REKEY_SIGN_IN__ADDRESS_PER_MINUTE: '1', REKEY_SIGN_IN__ADDRESS_BURST: '1' });
    const visitor = await newVisitor({ at: site });
    await visitor.signIn('ada@example.org', NEW_PASSWORD);
    await visitor.isTold("What you entered doesn't match");
    await visitor.signIn('ada@example.org', NEW_PASSWORD);
    await visitor.isTold("We're getting too many requests from your network. Wait a few minutes and try again.");
    await expect(visitor.box('identifier')).toHaveValue('ada@example.org');
  });

  test('an older policy of a shop is listed and kept to', async ({ newSite, newVisitor }) => {
    const site = await newSite({ REKEY_POLICY__PRESET: 'commerce' });
    const visitor = await newVisitor({ at: site });
    await visitor.open('/register');
    await visitor.type({ identifier: 'ada@example.org' });
    await visitor.press('Send code');
    await visitor.sees('Enter the code');
    await visitor.typesCodeSentTo('ada@example.org');
    await visitor.sees('Your name and password');
    await expect(visitor.page.getByText('At least 6 characters')).toBeVisible();
    await expect(visitor.page.getByText('No spaces')).toBeVisible();
    await visitor.choosesPassword('ab cdefg');
    await visitor.press('Create account');
    await visitor.isTold("Your password doesn't meet all requirements yet.");
    await visitor.choosesPassword('abcdef7');
    await visitor.press('Create account');
    await visitor.sees('Your account is ready');
  });
});
