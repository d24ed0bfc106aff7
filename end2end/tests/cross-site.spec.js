import http from 'node:http';

import { PASSWORD } from '../support/people.js';
import { expect, test } from '../support/test.js';

/** Another site whose page posts a form to ours as soon as it is opened. */
async function evilSite(action, fields) {
  const boxes = Object.entries(fields).map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`);
  const body = `<!doctype html><title>x</title><form method="post" action="${action}">${boxes.join('')}<button>Win</button></form>`;
  const server = http.createServer((_, answer) => answer.setHeader('content-type', 'text/html').end(body));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => new Promise((resolve) => server.close(resolve)) };
}

test('a form on another site signs no one in', async ({ visitor, person, site, context }) => {
  const evil = await evilSite(`${site.url}/api/session/sign-in`, { identifier: person.email, password: PASSWORD });
  await visitor.page.goto(evil.url);
  await visitor.page.getByRole('button', { name: 'Win' }).click();
  await expect(visitor.page.getByText("The request didn't come from this site.")).toBeVisible();
  expect((await context.cookies()).map(({ name }) => name)).not.toContain('rekey_session');
  await evil.close();
});

test('a form on another site ends no session', async ({ visitor, person, site }) => {
  await visitor.signsIn(person.email, PASSWORD);
  const evil = await evilSite(`${site.url}/api/session/sign-out`, {});
  await visitor.page.goto(evil.url);
  await visitor.page.getByRole('button', { name: 'Win' }).click();
  await expect(visitor.page.getByText("The request didn't come from this site.")).toBeVisible();
  await visitor.open('/account');
  await visitor.isAt('/account');
  await evil.close();
});

test('a form on another site gives no browser a link of its own', async ({ visitor, site, context }) => {
  const evil = await evilSite(`${site.url}/api/link/recovery`, { link: 'C2xqI23uChSRpVDVd98SdWeTCfQ_8nWdUvnsRlgNzf0' });
  await visitor.page.goto(evil.url);
  await visitor.page.getByRole('button', { name: 'Win' }).click();
  await expect(visitor.page.getByText("The request didn't come from this site.")).toBeVisible();
  expect((await context.cookies()).map(({ name }) => name)).not.toContain('rekey_link');
  await evil.close();
});

test('our pages do not open in a frame of another site', async ({ visitor, site, watch }) => {
  watch.allow(/ERR_BLOCKED_BY_RESPONSE|frame-ancestors|X-Frame-Options/);
  const body = `<!doctype html><title>x</title><iframe src="${site.url}/"></iframe>`;
  const server = http.createServer((_, answer) => answer.setHeader('content-type', 'text/html').end(body));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  await visitor.page.goto(`http://127.0.0.1:${server.address().port}/`);
  await expect(visitor.page.frameLocator('iframe').getByRole('heading', { name: 'Sign in' })).toHaveCount(0);
  await new Promise((resolve) => {
    server.closeAllConnections();
    server.close(resolve);
  });
});
