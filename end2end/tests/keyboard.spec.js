import { codeIn } from '../support/mailbox.js';
import { NEW_PASSWORD, PASSWORD, newPerson } from '../support/people.js';
import { expect, test, withAndWithoutScripts } from '../support/test.js';

/** Presses Tab until this has the focus, and looks whether the focus can be seen. */
async function tabTo(visitor, target) {
  for (let n = 0; n < 40; n += 1) {
    await visitor.page.keyboard.press('Tab');
    if (await target.evaluate((element) => element === document.activeElement)) {
      const ring = await target.evaluate((element) => {
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
        return (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2) || boxShadow !== 'none';
      });
      expect(ring, 'the focus can be seen').toBe(true);
      return;
    }
  }
  throw new Error(`Tab does not lead to ${target}`);
}

async function write(visitor, texts) {
  for (const [name, text] of Object.entries(texts)) {
    await tabTo(visitor, visitor.box(name));
    await visitor.page.keyboard.type(text);
  }
}

const enter = (visitor) => visitor.page.keyboard.press('Enter');

withAndWithoutScripts((scripts) => {
  test('a person registers, signs in, changes the password and signs out by keyboard alone', async ({ visitor, site }) => {
    const { email } = newPerson();
    await visitor.open('/');
    await tabTo(visitor, visitor.link('Create an account'));
    await enter(visitor);
    await visitor.sees('Create your account');
    if (scripts) await expect(visitor.heading).toBeFocused();
    await write(visitor, { identifier: email });
    await enter(visitor);
    await visitor.sees('Enter the code');
    await write(visitor, { code: codeIn(await site.mailbox.next(email)) });
    await enter(visitor);
    await visitor.sees('Your name and password');
    await write(visitor, { given_name: 'Ada', family_name: 'Byron', new_password: PASSWORD, confirm_password: PASSWORD });
    await tabTo(visitor, visitor.button('Create account'));
    await visitor.page.keyboard.press('Space');
    await visitor.sees('Your account is ready');
    await tabTo(visitor, visitor.page.locator('main').getByRole('link', { name: 'Sign in' }));
    await enter(visitor);
    await visitor.sees('Sign in');
    await write(visitor, { identifier: email, password: PASSWORD });
    await enter(visitor);
    await visitor.sees('Hello, Ada');
    await tabTo(visitor, visitor.page.getByRole('navigation').getByRole('link', { name: 'Password' }));
    await enter(visitor);
    await visitor.sees('Change password');
    await write(visitor, { current_password: PASSWORD, new_password: NEW_PASSWORD, confirm_password: NEW_PASSWORD });
    await enter(visitor);
    await visitor.sees('Hello, Ada');
    await tabTo(visitor, visitor.button('Sign out'));
    await enter(visitor);
    await visitor.sees('Sign in');
  });

  test('an error takes the focus, and its link leads to the box', async ({ visitor }) => {
    await visitor.open('/forgot');
    await write(visitor, { identifier: 'ada@@example.org' });
    await enter(visitor);
    await visitor.isTold("That doesn't look like an email address or phone number.");
    await expect(visitor.summary).toBeFocused();
    await visitor.page.keyboard.press('Tab');
    await enter(visitor);
    await expect(visitor.box('identifier')).toBeFocused();
  });

  test('the first stop skips to the content', async ({ visitor }) => {
    await visitor.open('/forgot');
    await visitor.page.keyboard.press('Tab');
    const skip = visitor.link('Skip to content');
    await expect(skip).toBeFocused();
    await expect(skip).toBeInViewport();
    await enter(visitor);
    await visitor.page.keyboard.press('Tab');
    await expect(visitor.box('identifier')).toBeFocused();
  });
});

test('the same mistake twice is told twice', async ({ visitor }) => {
  await visitor.open('/forgot');
  for (let n = 0; n < 2; n += 1) {
    await visitor.press('Send code');
    await expect(visitor.summary).toBeFocused();
    await visitor.box('identifier').focus();
  }
});
