import { newPerson } from '../support/people.js';
import { expect, test, withAndWithoutScripts } from '../support/test.js';

withAndWithoutScripts(() => {
  test('the switch changes the language, stays on the page and is remembered', async ({ visitor }) => {
    await visitor.open('/forgot');
    await visitor.press('日本語');
    await visitor.sees('パスワードの再設定');
    await visitor.isAt('/forgot');
    await expect(visitor.page.locator('html')).toHaveAttribute('lang', 'ja');
    await visitor.open('/');
    await visitor.sees('サインイン');
    await visitor.press('English');
    await visitor.sees('Sign in');
    await expect(visitor.page.locator('html')).toHaveAttribute('lang', 'en');
  });

  test('the switch does not lose a journey', async ({ visitor, site }) => {
    const { email } = newPerson();
    await visitor.open('/register');
    await visitor.type({ identifier: email });
    await visitor.press('Send code');
    await visitor.sees('Enter the code');
    await visitor.press('日本語');
    await visitor.sees('確認コードを入力');
    await visitor.isAt('/register/code');
    expect((await site.mailbox.next(email)).subject).toBe('Your Rekey verification code');
  });

  test('the switch works in the account, too', async ({ visitor, person }) => {
    await visitor.signsIn(person.email, person.password);
    await visitor.open('/account/sessions');
    await visitor.press('日本語');
    await visitor.sees('サインイン中の端末');
    await visitor.isAt('/account/sessions');
  });
});

test.describe('in a Japanese browser', () => {
  test.use({ locale: 'ja-JP' });

  test('pages and messages are Japanese without asking', async ({ visitor, site }) => {
    const { email, phone } = newPerson();
    for (const identifier of [email, phone]) {
      await visitor.open('/register');
      await visitor.sees('アカウントを作成');
      await visitor.type({ identifier });
      await visitor.press('コードを送信');
      await visitor.sees('確認コードを入力');
    }
    const [mail, text] = [await site.mailbox.next(email), await site.mailbox.next(phone)];
    expect(mail.subject).toMatch(/[ぁ-んァ-ヶ]/);
    expect(mail.text).toMatch(/\d{6}/);
    expect(text.text).toMatch(/[ぁ-んァ-ヶ]/);
  });

  test('the family name comes first and carries さん', async ({ visitor, person }) => {
    await visitor.open('/');
    await visitor.type({ identifier: person.email, password: person.password });
    await visitor.press('サインイン');
    await visitor.sees('Byronさん、こんにちは');
  });
});

test('the switch does not lead away from the site', async ({ request, site }) => {
  for (const elsewhere of ['https://evil.example/', '//evil.example/', '/\\evil.example', 'javascript:alert(1)', '/\t/evil.example']) {
    const answer = await request.post('/language', {
      form: { lang: 'ja', return_to: elsewhere },
      headers: { origin: site.url, accept: 'text/html' },
      maxRedirects: 0,
    });
    const target = new URL(answer.headers().location ?? '/', site.url);
    expect(target.origin, elsewhere).toBe(site.url);
  }
});
