// People who have not been here before, and those who have an account already.
import { randomBytes, randomInt } from 'node:crypto';

import { codeIn } from './mailbox.js';

/** Passwords that satisfy the recommended policy. */
export const PASSWORD = 'velvet anchor drizzle forty';
export const NEW_PASSWORD = 'copper lantern thursday maple';

/** A new person. Addresses and numbers are never used twice. */
export function newPerson() {
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

/** Posts a form as a browser without scripts does, and gives the page that it leads to. */
export async function post(request, site, path, form) {
  return request.post(site.url + path, {
    form,
    headers: { origin: site.url, accept: 'text/html', 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'navigate' },
  });
}

/** The same, when it must lead to this page. */
async function goOn(request, site, path, form, page) {
  const answer = await post(request, site, path, form);
  if (new URL(answer.url()).pathname === page && answer.ok()) return;
  const said = (await answer.text()).replaceAll(/<[^>]*>/g, ' ').slice(0, 500);
  throw new Error(`${path} leads to ${answer.url()} (${answer.status()}): ${said}\n${site.log().slice(-4_000)}`);
}

/** Makes an account by posting the three forms of a registration. `by` is the address or the number. */
export async function register(playwright, site, person = newPerson(), by = person.email, lang = 'en') {
  const request = await playwright.request.newContext({ extraHTTPHeaders: { 'accept-language': lang } });
  try {
    await goOn(request, site, '/api/registration/start', { identifier: by }, '/register/code');
    const code = codeIn(await site.mailbox.next(by));
    await goOn(request, site, '/api/registration/verify', { code }, '/register/details');
    const details = {
      given_name: person.givenName,
      family_name: person.familyName,
      username: person.username,
      new_password: person.password,
      confirm_password: person.password,
    };
    await goOn(request, site, '/api/registration/complete', details, '/register/done');
  } finally {
    await request.dispose();
  }
  return { ...person, by };
}
