import { codeIn } from '../support/mailbox.js';
import { PASSWORD, newPerson } from '../support/people.js';
import { textProvider } from '../support/sinks.js';
import { expect, test as base, withAndWithoutScripts } from '../support/test.js';

const STOPPED = "We can't send a text message to this number just now.";

/** A site that sends text messages in earnest, one of them to those who prove no work. */
const test = base.extend({
  texts: async ({}, use) => {
    const provider = await textProvider();
    await use(provider);
    await provider.close();
  },
  sending: async ({ newSite, texts }, use) => {
    await use(
      await newSite({
        REKEY_SMS__URL: texts.url, REKEY_SMS__ACCOUNT: 'AC42', REKEY_SMS__TOKEN: 'token', REKEY_SMS__FROM: '+12025550123',
        REKEY_TEXTS__PER_HOUR_WITHOUT_WORK: '1',
      }),
    );
  },
});

async function registers(visitor, phone) {
  await visitor.open('/register');
  await visitor.type({ identifier: phone });
  await visitor.press('Send code');
}

/** Registers, and gets the code of the text message. */
async function isSent(visitor, phone, texts) {
  await registers(visitor, phone);
  await visitor.sees('Enter the code');
  return texts.to(phone);
}

withAndWithoutScripts((scripts) => {
  test('a registration by phone counts as one with work when there are scripts', async ({ sending, texts, newVisitor }) => {
    const visitor = await newVisitor({ at: sending });
    await isSent(visitor, newPerson().phone, texts);
    const second = newPerson().phone;
    if (scripts) {
      await isSent(visitor, second, texts);
      await isSent(visitor, newPerson().phone, texts);
    } else {
      await registers(visitor, second);
      await visitor.isTold(STOPPED);
      await expect(visitor.box('identifier')).toHaveValue(second);
    }
  });

  test('so does a recovery, and nothing is told either way', async ({ sending, texts, newVisitor }) => {
    const visitor = await newVisitor({ at: sending });
    const { phone } = newPerson();
    const message = await isSent(visitor, phone, texts);
    await visitor.typesCode(codeIn({ text: message.form.Body }));
    await visitor.isAt('/register/details');
    await visitor.choosesPassword(PASSWORD);
    await visitor.press('Create account');
    await visitor.sees('Your account is ready');

    await visitor.asksForCode(phone);
    await texts.to(phone);
    await visitor.asksForCode(phone);
    if (scripts) await texts.to(phone);
    const { email } = newPerson();
    await registers(visitor, email);
    await sending.mailbox.next(email);
    expect(texts.kept.items).toHaveLength(scripts ? 3 : 2);
  });
});

test('a search that fails keeps no one from sending the form', async ({ sending, texts, newVisitor }) => {
  const visitor = await newVisitor({ at: sending });
  let asked = 0;
  await visitor.page.route('**/api/v1/work/*', (route) => {
    asked += 1;
    return route.fulfill({ status: 200, contentType: 'text/plain', body: 'what is no challenge' });
  });
  await isSent(visitor, newPerson().phone, texts);
  await registers(visitor, newPerson().phone);
  await visitor.isTold(STOPPED);
  expect(asked).toBeGreaterThan(1);
});

test('an email address takes no work', async ({ sending, newVisitor }) => {
  const visitor = await newVisitor({ at: sending });
  let asked = 0;
  visitor.page.on('request', (request) => { asked += request.url().includes('/api/v1/work/') ? 1 : 0; });
  const { email } = newPerson();
  await registers(visitor, email);
  await visitor.sees('Enter the code');
  expect(asked).toBe(0);
});

test('typing never waits for the search', async ({ newSite, newVisitor }) => {
  // Sixteen times the usual work: it is still under way when the last digit is typed.
  const visitor = await newVisitor({ at: await newSite({ REKEY_TEXTS__WORK_BITS: '21' }) });
  await visitor.open('/register');
  await visitor.page.evaluate(() => {
    window.longest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, duration);
    }).observe({ type: 'longtask' });
  });
  await visitor.box('identifier').pressSequentially(newPerson().phone, { delay: 40 });
  expect(await visitor.page.evaluate(() => window.longest), 'milliseconds without an answer').toBeLessThan(200);
});
