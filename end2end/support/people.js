// People who have not been here before, and those who have an account already.
import { randomBytes, randomInt } from 'node:crypto';

import { codeIn } from './mailbox.js';

/** Passwords that satisfy the recommended policy. */
export const PASSWORD = 'velvet anchor drizzle forty';
export const NEW_PASSWORD = 'copper lantern thursday maple';

/** Somebody new. Addresses and numbers are never used twice. */
export function somebody() {
  const mark = randomBytes(6).toString('hex');
  return {
    email: `ada.${mark}@example.org`,
    phone: `+8190${String(randomInt(10_000_000, 100_000_000))}`,
    username: `ada-${mark}`,
    givenName: 'Ada',
    familyName: 'Byron',
    password: PASSWORD,
  };
}

/** Posts forms as a browser without scripts does. */
export async function post(request, site, path, form) {
  const answer = await request.post(site.url + path, {
    form,
    headers: { origin: site.url, accept: 'text/html', 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'navigate' },
  });
  if (!answer.ok()) throw new Error(`${path} answers ${answer.status()}: ${(await answer.text()).slice(0, 500)}`);
  return answer;
}

/** Makes an account by posting the three forms of a registration. `by` is the address or the number. */
export async function register(playwright, site, person = somebody(), by = person.email, lang = 'en') {
  const request = await playwright.request.newContext({ extraHTTPHeaders: { 'accept-language': lang } });
  try {
    await post(request, site, '/api/registration/start', { identifier: by });
    const code = codeIn(await site.mailbox.next(by));
    await post(request, site, '/api/registration/verify', { code });
    const answer = await post(request, site, '/api/registration/complete', {
      given_name: person.givenName,
      family_name: person.familyName,
      username: person.username,
      new_password: person.password,
      confirm_password: person.password,
    });
    if (!answer.url().endsWith('/register/done')) throw new Error(`the registration ended at ${answer.url()}`);
  } finally {
    await request.dispose();
  }
  return { ...person, by };
}
