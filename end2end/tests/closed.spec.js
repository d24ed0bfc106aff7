import { post, newPerson } from '../support/people.js';
import { expect, test, withAndWithoutScripts } from '../support/test.js';

test.use({ settings: { REKEY_REGISTRATION__OPEN: 'false', REKEY_HELP_URL: 'https://help.example.org/' } });

withAndWithoutScripts(() => {
  test('where registration is closed the sign-in page does not offer it', async ({ visitor }) => {
    await visitor.open('/');
    await visitor.sees('Sign in');
    await expect(visitor.link('Create an account')).toHaveCount(0);
  });

  test('where registration is closed its page says so and whom to ask', async ({ visitor }) => {
    const answer = await visitor.open('/register');
    expect(answer.status()).toBe(403);
    await visitor.sees('Registration is closed');
    await expect(visitor.page.getByText('Accounts are created for you here.')).toBeVisible();
    await expect(visitor.link('Contact the help desk')).toHaveAttribute('href', 'https://help.example.org/');
    await visitor.follow('Back to sign-in');
    await visitor.isAt('/');
  });

  test('a registration begun before it was closed ends with a clear word', async ({ visitor, context, site }) => {
    await context.addCookies([{ name: 'rekey_register', value: 'B'.repeat(43), url: site.url }]);
    await visitor.open('/register/details');
    await visitor.sees('Start over');
  });
});

test('where registration is closed a posted form does not open it', async ({ request, site }) => {
  const { email } = newPerson();
  const answer = await post(request, site, '/api/registration/start', { identifier: email });
  expect(answer.status()).toBe(403);
  expect(await answer.text()).toContain('Registration is closed');
  expect(await site.mailbox.all(email)).toEqual([]);
});
