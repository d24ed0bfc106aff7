import { codeIn, linkIn } from '../support/mailbox.js';
import { NEW_PASSWORD, PASSWORD, newPerson } from '../support/people.js';
import { mailServer, textProvider } from '../support/sinks.js';
import { expect, test as base } from '../support/test.js';

const test = base.extend({
  mail: async ({}, use) => {
    const server = await mailServer();
    await use(server);
    await server.close();
  },
  texts: async ({}, use) => {
    const provider = await textProvider();
    await use(provider);
    await provider.close();
  },
  /** A site that sends in earnest. */
  sending: async ({ newSite, mail, texts }, use) => {
    await use(
      await newSite({
        REKEY_ORGANISATION: '旭食品 Hinode',
        REKEY_MAIL__URL: mail.url,
        REKEY_MAIL__FROM: 'Hinode アカウント <account@hinode.example>',
        REKEY_SMS__URL: texts.url,
        REKEY_SMS__ACCOUNT: 'AC42',
        REKEY_SMS__TOKEN: 'token-of-the-account',
        REKEY_SMS__FROM: '+12025550123',
      }),
    );
  },
});

/** What every mail of ours must be like, whatever it says. */
function isProper({ mail, raw, from, to }, { recipient, site }) {
  expect(to).toEqual([recipient]);
  expect(from).toBe('account@hinode.example');
  expect(mail.to.value).toEqual([expect.objectContaining({ address: recipient })]);
  expect(mail.from.value).toEqual([{ name: 'Hinode アカウント', address: 'account@hinode.example' }]);
  expect(mail.headers.get('auto-submitted')).toBe('auto-generated');
  expect(mail.messageId).toMatch(/^<[\w-]+@localhost>$/);
  expect(Math.abs(Date.now() - mail.date.getTime())).toBeLessThan(60_000);
  expect(mail.headers.get('content-type').value).toBe('multipart/alternative');
  expect(mail.text.trim()).not.toBe('');
  expect(mail.html).toContain('<html');
  expect(mail.html).not.toMatch(/<script|<img|https?:\/\/(?!localhost)/i);
  expect(raw.split('\r\n').every((line) => line.length <= 998)).toBe(true);
  expect(raw).not.toMatch(/[^\x00-\x7f]/);
  for (const link of mail.text.match(/https?:\/\/\S+/g) ?? []) expect(new URL(link).origin).toBe(site.url);
}

async function registers(visitor, identifier, codeFrom, words) {
  await visitor.open('/register');
  await visitor.type({ identifier });
  await visitor.press(words.send);
  await visitor.isAt('/register/code');
  const message = await codeFrom();
  await visitor.type({ code: codeIn(message) });
  await visitor.press(words.next);
  await visitor.isAt('/register/details');
  await visitor.choosesPassword(PASSWORD);
  await visitor.press(words.create);
  await visitor.isAt('/register/done');
}

const EN = { send: 'Send code', next: 'Continue', create: 'Create account', save: 'Save password' };
const JA = { send: 'コードを送信', next: '次へ', create: 'アカウントを作成', save: 'パスワードを保存' };

for (const [lang, words, locale] of [['English', EN, 'en-GB'], ['Japanese', JA, 'ja-JP']]) {
  test(`mails in ${lang} go out over SMTP and lead all the way back in`, async ({ sending, mail, newVisitor }) => {
    const visitor = await newVisitor({ at: sending, locale });
    const { email } = newPerson();
    const japanese = /[ぁ-んァ-ヶ]/;
    const check = (message) => {
      isProper(message, { recipient: email, site: sending });
      expect(message.mail.subject).toMatch(lang === 'Japanese' ? japanese : /^[\x20-\x7e]*(旭食品)?[\x20-\x7e]*$/);
      expect(japanese.test(message.mail.text)).toBe(lang === 'Japanese');
      expect(message.mail.html).toContain(`lang="${lang === 'Japanese' ? 'ja' : 'en'}"`);
      return message.mail;
    };
    const seen = new Set();
    const next = async () => {
      const parsed = check(await mail.to(email));
      expect(seen.has(parsed.messageId), 'every mail has a name of its own').toBe(false);
      seen.add(parsed.messageId);
      return parsed;
    };
    await registers(visitor, email, next, words);
    expect((await next()).subject).toMatch(/Your 旭食品 Hinode account is ready|【旭食品 Hinode】登録が完了しました/);

    await visitor.open('/forgot');
    await visitor.type({ identifier: email });
    await visitor.press(words.send);
    await visitor.isAt('/recover');
    const recovery = await next();
    const link = linkIn(recovery, '/recover/link/');
    expect(recovery.html).toContain(link);
    expect(recovery.html.replace(/<[^>]+>|\s/g, '')).toContain(codeIn(recovery));
    await visitor.open(link);
    await visitor.isAt('/recover/new');
    await visitor.choosesPassword(NEW_PASSWORD);
    await visitor.press(words.save);
    await visitor.isAt('/recover/done');

    const notice = await next();
    await visitor.open(linkIn(notice, '/not-me/'));
    await visitor.isAt('/not-me');
  });
}

test('text messages go to the provider as it wants them', async ({ sending, texts, newVisitor }) => {
  const visitor = await newVisitor({ at: sending });
  const { phone } = newPerson();
  await registers(visitor, phone, async () => {
    const message = await texts.to(phone);
    expect(message).toMatchObject({ method: 'POST', path: '/2010-04-01/Accounts/AC42/Messages.json' });
    expect(message.headers['content-type']).toContain('application/x-www-form-urlencoded');
    expect(message.headers.authorization).toBe(`Basic ${Buffer.from('AC42:token-of-the-account').toString('base64')}`);
    expect(Object.keys(message.form).sort()).toEqual(['Body', 'From', 'To']);
    expect(message.form.From).toBe('+12025550123');
    return { text: message.form.Body };
  }, EN);
  expect(texts.kept.items).toHaveLength(1);
});

test('while a provider has trouble the message waits and then arrives once', async ({ newSite, newVisitor }) => {
  const texts = await textProvider({ failures: 1 });
  const site = await newSite({
    REKEY_SMS__URL: texts.url, REKEY_SMS__ACCOUNT: 'AC42', REKEY_SMS__TOKEN: 'token', REKEY_SMS__FROM: '+12025550123',
  });
  const visitor = await newVisitor({ at: site });
  const { phone } = newPerson();
  await visitor.open('/register');
  await visitor.type({ identifier: phone });
  await visitor.press('Send code');
  await visitor.sees('Enter the code');
  const message = await texts.kept.next((item) => item.form.To === phone && !item.refused, 20_000);
  await visitor.typesCode(codeIn({ text: message.form.Body }));
  await visitor.sees('Your name and password');
  expect(texts.kept.items.filter((item) => !item.refused)).toHaveLength(1);
  await texts.close();
});

test('a site that sends in earnest shows no mailbox to strangers with a public name', async ({ newSite, request }) => {
  const site = await newSite({ REKEY_DEV_MAILBOX: 'false' });
  for (const path of ['/dev/mailbox', '/dev/mailbox.json']) {
    expect((await request.get(site.url + path)).status(), path).toBe(404);
  }
});
