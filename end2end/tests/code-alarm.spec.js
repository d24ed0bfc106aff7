import { codeIn, linkIn } from '../support/mailbox.js';
import { PASSWORD, newPerson, post, register } from '../support/people.js';
import { expect, test, withAndWithoutScripts } from '../support/test.js';

const SAID = {
  en: ['Use the link in the message', "To keep accounts safe, codes can't be used just now.", 'Send code', 'Continue'],
  ja: ['メッセージのリンクを開いてください', '安全のため、現在は確認コードを使えません。', 'コードを送信', '次へ'],
};

/** Enters wrong codes at many accounts that may be there, until the alarm is raised. */
async function spray(playwright, site) {
  for (let nth = 0; nth < 35; nth += 1) {
    const request = await playwright.request.newContext();
    await post(request, site, '/api/recovery/start', { identifier: newPerson().email });
    for (const code of ['000000', '000001', '000002']) await post(request, site, '/api/recovery/verify', { code });
    await request.dispose();
  }
}

withAndWithoutScripts(() => {
  for (const [locale, [title, text, send, next]] of Object.entries(SAID)) {
    test.describe(locale, () => {
      test.use({ locale });

      test('while codes are tried out a person is led to the link, and it works', async ({ newSite, newVisitor, playwright }) => {
        const site = await newSite({});
        const person = await register(playwright, site, newPerson(), undefined, locale);
        const visitor = await newVisitor({ at: site });
        await spray(playwright, site);
        await visitor.open('/forgot');
        await visitor.type({ identifier: person.email });
        await visitor.press(send);
        await visitor.isAt('/recover');
        const mail = await site.mailbox.next(person.email);
        await visitor.type({ code: codeIn(mail) });
        await visitor.press(next);
        await visitor.isTold(title);
        await visitor.isTold(text);
        await visitor.isAt('/recover');
        await visitor.open(linkIn(mail, '/recover/link/'));
        await visitor.isAt('/recover/new');
        await visitor.choosesPassword(`${PASSWORD} again`);
      });
    });
  }
});

test('what has no account is led to the same link', async ({ newSite, newVisitor, playwright }) => {
  const site = await newSite({});
  const visitor = await newVisitor({ at: site });
  await spray(playwright, site);
  await visitor.asksForCode(newPerson().email);
  await visitor.typesCode('123456');
  await visitor.isTold(SAID.en[1]);
  expect(await visitor.box('code').inputValue()).toBe('123456');
});
