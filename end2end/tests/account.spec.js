import { NEW_PASSWORD } from '../support/people.js';
import { expect, test, withAndWithoutScripts } from '../support/test.js';

const rows = (visitor) => visitor.page.locator('main li.row');

withAndWithoutScripts(() => {
  test('a person changes the password, stays signed in here and nowhere else', async ({ visitor, newVisitor, person, site }) => {
    const other = await newVisitor();
    await other.signsIn(person.email, person.password);
    await visitor.signsIn(person.email, person.password);
    await visitor.follow('Change password');
    await visitor.sees('Change password');
    await visitor.isAt('/account/password');
    await visitor.type({ current_password: person.password });
    await visitor.savesPassword(NEW_PASSWORD);
    await expect(visitor.page.getByText("Password changed. You've been signed out on all other devices.")).toBeVisible();
    await visitor.sees('Hello, Ada');

    await visitor.open('/account/password');
    await visitor.sees('Change password');
    await other.open('/account');
    await other.isAt('/');
    await other.signIn(person.email, person.password);
    await other.isTold("What you entered doesn't match");
    await other.signsIn(person.email, NEW_PASSWORD);
    expect((await site.mailbox.next(person.email)).subject).toBe('Your Rekey password was changed');
  });

  test('a wrong current password changes nothing', async ({ visitor, newVisitor, person, site }) => {
    await visitor.signsIn(person.email, person.password);
    await visitor.open('/account/password');
    await visitor.type({ current_password: 'not my password' });
    await visitor.savesPassword(NEW_PASSWORD);
    await visitor.isTold("That isn't your current password.");
    const other = await newVisitor();
    await other.signsIn(person.email, person.password);
    expect(await site.mailbox.waiting(person.email)).toBe(0);
  });

  test('the list of sessions ends one of them', async ({ visitor, newVisitor, person }) => {
    const phone = await newVisitor({
      userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
    });
    const tablet = await newVisitor();
    await phone.signsIn(person.email, person.password);
    await tablet.signsIn(person.email, person.password);
    await visitor.signsIn(person.email, person.password);
    await visitor.follow('View devices');
    await visitor.sees('Devices');
    await expect(rows(visitor)).toHaveCount(3);
    await expect(rows(visitor).first()).toContainText('This device');
    await expect(rows(visitor).first().getByRole('button')).toHaveCount(0);

    await visitor.press(/^Sign out Safari on i/);
    await expect(visitor.page.getByText('Device signed out.')).toBeVisible();
    await expect(rows(visitor)).toHaveCount(2);
    await phone.open('/account');
    await phone.isAt('/');
    await tablet.open('/account');
    await tablet.isAt('/account');
  });

  test('the list of sessions ends all others', async ({ visitor, newVisitor, person }) => {
    const [phone, tablet] = [await newVisitor(), await newVisitor()];
    await phone.signsIn(person.email, person.password);
    await tablet.signsIn(person.email, person.password);
    await visitor.signsIn(person.email, person.password);
    await visitor.open('/account/sessions');
    await visitor.press('Sign out all other devices');
    await expect(visitor.page.getByText('All other devices signed out.')).toBeVisible();
    await expect(rows(visitor)).toHaveCount(1);
    await expect(visitor.page.getByText("You're not signed in on any other device.")).toBeVisible();
    for (const other of [phone, tablet]) {
      await other.open('/account');
      await other.isAt('/');
    }
    await visitor.reload();
    await visitor.sees('Devices');
  });

  test('a person who is signed out meanwhile is told so', async ({ visitor, newVisitor, person }) => {
    const other = await newVisitor();
    await other.signsIn(person.email, person.password);
    await visitor.signsIn(person.email, person.password);
    await visitor.open('/account/sessions');
    await expect(rows(visitor)).toHaveCount(2);
    await other.open('/account/sessions');
    await other.press('Sign out all other devices');
    await expect(other.page.getByText('All other devices signed out.')).toBeVisible();
    await visitor.press(/^Sign out \S+ on /);
    await visitor.isTold("You've been signed out");
  });

  test('times are those of the reader, or named', async ({ newVisitor, person }) => {
    const reader = await newVisitor({ timezoneId: 'Asia/Kolkata' });
    await reader.signsIn(person.email, person.password);
    await reader.open('/account/sessions');
    const moment = rows(reader).first().locator('time').first();
    const at = new Date(await moment.getAttribute('datetime'));
    const clock = { dateStyle: 'medium', timeStyle: 'short', timeZone: reader.scripts ? 'Asia/Kolkata' : 'UTC' };
    // The formatter separates the hours from AM or PM by a narrow space.
    const written = at.toLocaleString('en-US', clock).replace(/\u202f/g, ' ');
    await expect(moment).toHaveText(reader.scripts ? written : `${written} UTC`);
  });

  test('after signing out the way back shows nothing of the account', async ({ visitor, person }) => {
    await visitor.signsIn(person.email, person.password);
    await visitor.open('/account/sessions');
    await visitor.sees('Devices');
    await visitor.press('Sign out');
    await visitor.sees('Sign in');
    await visitor.page.goBack();
    await visitor.sees('Sign in');
    await expect(visitor.page.getByText('This device')).toHaveCount(0);
    await expect(visitor.page.getByText(person.email)).toHaveCount(0);
  });

  test('the side bar leads through the account and marks where one is', async ({ visitor, person }) => {
    await visitor.signsIn(person.email, person.password);
    const menu = visitor.page.getByRole('navigation', { name: 'Account' });
    for (const [name, path] of [['Password', '/account/password'], ['Devices', '/account/sessions'], ['Overview', '/account']]) {
      await menu.getByRole('link', { name }).click();
      await visitor.isAt(path);
      await expect(menu.getByRole('link', { name })).toHaveAttribute('aria-current', 'page');
      await expect(menu.locator('[aria-current]')).toHaveCount(1);
    }
  });
});
