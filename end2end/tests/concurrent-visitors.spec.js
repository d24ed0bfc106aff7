import { post, register, newPerson } from '../support/people.js';
import { expect, test } from '../support/test.js';

/** Asks for pages as a browser without scripts does, with the cookies that it was given. */
const get = (request, site, path) => request.get(site.url + path, { headers: { accept: 'text/html' } });

test('many people at once get their own pages, and none of them an error', async ({ playwright, site }) => {
  const visit = async () => {
    const request = await playwright.request.newContext();
    const { email } = newPerson();
    await post(request, site, '/api/registration/start', { identifier: email });
    for (let n = 0; n < 8; n += 1) {
      const answer = await get(request, site, '/register/code');
      expect(answer.status()).toBe(200);
      expect(await answer.text()).toContain(email);
    }
    await request.dispose();
  };
  for (let round = 0; round < 5; round += 1) await Promise.all(Array.from({ length: 10 }, visit));
});

test('of two new passwords sent at the same moment one wins', async ({ playwright, site }) => {
  const request = await playwright.request.newContext();
  const person = await register(playwright, site);
  await post(request, site, '/api/recovery/start', { identifier: person.email });
  const { text } = await site.mailbox.next(person.email);
  await get(request, site, new URL(text.match(/https?:\/\/\S+\/recover\/link\/\S+/)[0]).pathname);
  const passwords = ['orchid bicycle granite nine', 'walnut ferry october pencil'];
  const answers = await Promise.all(
    passwords.map((password) => post(request, site, '/api/recovery/complete', { new_password: password, confirm_password: password })),
  );
  expect(answers.filter((answer) => answer.url().endsWith('/recover/done'))).toHaveLength(1);
  await request.dispose();
  const signedIn = [];
  for (const password of passwords) {
    const fresh = await playwright.request.newContext();
    const answer = await post(fresh, site, '/api/session/sign-in', { identifier: person.email, password });
    if (answer.url().endsWith('/account')) signedIn.push(password);
    await fresh.dispose();
  }
  expect(signedIn).toHaveLength(1);
});
