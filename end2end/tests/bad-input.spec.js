// Whatever is typed: a clear sentence beside the box, in the language of the page, and nothing typed is lost.
import { codeIn } from '../support/mailbox.js';
import { NEW_PASSWORD, PASSWORD, newPerson } from '../support/people.js';
import { expect, test, withAndWithoutScripts } from '../support/test.js';

const NUL = 'ada\0lovelace';
const BIDI = 'ada\u202elovelace';
const ZERO_WIDTH = 'ada\u200blovelace';
const LONG = 'a'.repeat(1500);

const MISSING = { en: 'Enter your email address, phone number, or username.', ja: 'を入力してください。' };
const NO_CONTACT = { en: 'Enter your email address or phone number.', ja: 'メールアドレスまたは電話番号を' };
const TOO_LONG = { en: 'This is too long. Shorten it.', ja: '長すぎます。短くしてください。' };
const CHARACTERS = { en: "This has a character that can't be used here.", ja: '使えない文字が含まれています。' };
const NO_ADDRESS = { en: "That doesn't look like an email address or phone number.", ja: 'メールアドレスまたは電話番号の形式ではありません。' };
const NO_PHONE = { en: "That doesn't look like a valid phone number.", ja: '電話番号の形式が正しくないようです。' };
const NO_USERNAME = { en: 'Use 3 to 32 letters, numbers, dots, hyphens, or underscores.', ja: '3〜32文字。' };
const REFUSED = { en: "What you entered doesn't match", ja: '入力内容が正しくないか' };
const NO_CODE = { en: 'The code has 6 digits. Copy it from the message.', ja: '確認コードは6桁の数字です。' };
const LACKING = { en: "Some requirements aren't met. See the list below.", ja: '満たしていない条件があります。' };
const WEAK = { en: "Your password doesn't meet all requirements yet.", ja: 'パスワードがまだ条件を満たしていません。' };

const BUTTONS = {
  en: { signIn: 'Sign in', send: 'Send code', next: 'Continue', create: 'Create account', save: 'Save password' },
  ja: { signIn: 'サインイン', send: 'コードを送信', next: '次へ', create: 'アカウントを作成', save: 'パスワードを保存' },
};

/** In HTML a NUL cannot stand; a page drawn by the server shows the replacement character. */
const comesBack = (visitor, text) => (visitor.scripts ? text : text.replaceAll('\0', '\ufffd'));

/** Sends a form with one box filled in badly, and looks at the answer. */
async function refuses(visitor, { button, name, text, sentence, beside = sentence, keeps = true }) {
  await test.step(`${name}: ${JSON.stringify(text.length > 40 ? `${text.slice(0, 20)}… (${text.length})` : text)}`, async () => {
    const path = new URL(visitor.page.url()).pathname;
    await visitor.type({ [name]: text });
    await visitor.press(button);
    await visitor.isTold(sentence);
    await expect(visitor.page).toHaveURL(new URL(path, visitor.site.url).href);
    await expect(visitor.page.locator(`#${name}-fault`)).toContainText(beside);
    await expect(visitor.box(name)).toHaveAttribute('aria-invalid', 'true');
    await expect(visitor.page).toHaveTitle(/^(Error: |エラー：)/);
    if (keeps) await expect(visitor.box(name)).toHaveValue(comesBack(visitor, text));
  });
}

/** English with scripts and without; Japanese likewise. */
function inEveryWay(body) {
  withAndWithoutScripts((scripts) => {
    for (const lang of ['en', 'ja']) {
      test.describe(lang === 'en' ? 'in English' : 'in Japanese', () => {
        test.use({ locale: lang === 'en' ? 'en-GB' : 'ja-JP' });
        body(lang, BUTTONS[lang], scripts);
      });
    }
  });
}

inEveryWay((lang, buttons, scripts) => {
  test('sign-in: bad names and passwords', async ({ visitor }) => {
    await visitor.open('/');
    await refuses(visitor, { button: buttons.signIn, name: 'identifier', text: '', sentence: MISSING[lang] });
    await refuses(visitor, {
      button: buttons.signIn, name: 'password', text: '', keeps: false,
      sentence: { en: 'Enter your password.', ja: 'パスワードを入力してください。' }[lang],
    });
    for (const text of [LONG, NUL, BIDI, ZERO_WIDTH, `' OR 1=1 --`, '<script>alert(1)</script>']) {
      await visitor.type({ identifier: text, password: 'whatever it is' });
      await visitor.press(buttons.signIn);
      await visitor.isTold(REFUSED[lang]);
      await expect(visitor.box('identifier')).toHaveValue(comesBack(visitor, text));
    }
    for (const password of ['p'.repeat(20_000), 'a\0b', '\u202e\u200b', '   ']) {
      await visitor.type({ identifier: newPerson().email, password });
      await visitor.press(buttons.signIn);
      await visitor.isTold(REFUSED[lang]);
    }
  });

  test('recovery: bad names', async ({ visitor }) => {
    await visitor.open('/forgot');
    const rows = [
      ['', MISSING], ['   ', MISSING], [LONG, TOO_LONG], [`${NUL}@example.org`, CHARACTERS],
      [`${BIDI}@example.org`, CHARACTERS], [`${ZERO_WIDTH}@example.org`, CHARACTERS], [ZERO_WIDTH, CHARACTERS],
      ['ada@@example.org', NO_ADDRESS], ['ada@example', NO_ADDRESS], ['+81 90 123', NO_PHONE],
      ['<img src=x onerror=alert(1)>', NO_USERNAME], ['"quotes" & <tags>', NO_USERNAME],
    ];
    for (const [text, sentence] of rows) {
      await refuses(visitor, { button: buttons.send, name: 'identifier', text, sentence: sentence[lang] });
    }
  });

  test('registration: bad addresses and numbers', async ({ visitor }) => {
    await visitor.open('/register');
    const rows = [
      ['', NO_CONTACT], [LONG, TOO_LONG], [NUL, CHARACTERS], [`${BIDI}@example.org`, CHARACTERS], [ZERO_WIDTH, CHARACTERS],
      ['just-a-name', NO_ADDRESS], ['ada@example..org', NO_ADDRESS], ['090-1234', NO_PHONE], ['+999 12345678', NO_PHONE],
    ];
    for (const [text, sentence] of rows) {
      await refuses(visitor, { button: buttons.send, name: 'identifier', text, sentence: sentence[lang] });
    }
  });

  test('codes that are none, and wrong ones with the tries that are left', async ({ visitor, person, site }) => {
    await visitor.open('/forgot');
    await visitor.type({ identifier: person.email });
    await visitor.press(buttons.send);
    await visitor.isAt('/recover');
    const code = codeIn(await site.mailbox.next(person.email));
    const wrong = code === '111111' ? '222222' : '111111';
    const rows = [
      ['', { en: 'Enter the code from the message.', ja: '届いた確認コードを入力してください。' }],
      ['12345', NO_CODE], ['1234567', NO_CODE], ['abcdef', NO_CODE], ['1'.repeat(500), NO_CODE], ['12345\0', NO_CODE],
      ['123\u202e456', NO_CODE], ['٠١٢٣٤٥', NO_CODE],
      [wrong, { en: '4 tries left', ja: 'あと4回入力できます。' }],
      [wrong, { en: '3 tries left', ja: 'あと3回入力できます。' }],
    ];
    for (const [text, sentence] of rows) {
      await refuses(visitor, { button: buttons.next, name: 'code', text, sentence: sentence[lang] });
    }
    await visitor.type({ code });
    await visitor.press(buttons.next);
    await visitor.isAt('/recover/new');
  });

  test('names, user names and passwords of a registration', async ({ visitor, site }) => {
    const { email } = newPerson();
    await visitor.open('/register');
    await visitor.type({ identifier: email });
    await visitor.press(buttons.send);
    await visitor.isAt('/register/code');
    await visitor.type({ code: codeIn(await site.mailbox.next(email)) });
    await visitor.press(buttons.next);
    await visitor.isAt('/register/details');
    const button = buttons.create;
    const refusesWith = async (name, text, sentence, { keeps = true, beside = sentence } = {}) => {
      if (name !== 'new_password' && name !== 'confirm_password') await visitor.choosesPassword(PASSWORD);
      await refuses(visitor, { button, name, text, sentence: sentence[lang], beside: beside[lang], keeps });
    };
    for (const name of ['given_name', 'family_name']) {
      await refusesWith(name, 'n'.repeat(101), TOO_LONG);
      for (const text of [NUL, BIDI, ZERO_WIDTH]) await refusesWith(name, text, CHARACTERS);
      await visitor.type({ [name]: '' });
    }
    await refusesWith('username', 'ab', NO_USERNAME);
    await refusesWith('username', '日本', NO_USERNAME);
    await refusesWith('username', '1234567', NO_USERNAME);
    await refusesWith('username', 'u'.repeat(33), TOO_LONG);
    await refusesWith('username', ZERO_WIDTH, CHARACTERS);

    await visitor.type({ given_name: 'Zoë <b>&"', family_name: '山田', username: 'zoe.yamada' });
    await visitor.type({ confirm_password: PASSWORD });
    await refusesWith('new_password', '', { en: 'Choose a password.', ja: 'パスワードを設定してください。' }, { keeps: false });
    for (const text of ['short', 'x'.repeat(300), `${PASSWORD}\u0007`, `${PASSWORD}\0`, 'p'.repeat(20_000)]) {
      await visitor.type({ confirm_password: text });
      await refusesWith('new_password', text, WEAK, { keeps: scripts, beside: LACKING });
    }
    await visitor.type({ new_password: PASSWORD });
    await refusesWith('confirm_password', 'something else', { en: "The passwords don't match.", ja: 'パスワードが一致しません。' }, { keeps: scripts });
    await expect(visitor.box('given_name')).toHaveValue('Zoë <b>&"');
    await expect(visitor.box('family_name')).toHaveValue('山田');
    await expect(visitor.box('username')).toHaveValue('zoe.yamada');
  });

  test('the current password', async ({ visitor, person }) => {
    await visitor.open('/');
    await visitor.type({ identifier: person.email, password: person.password });
    await visitor.press(buttons.signIn);
    await visitor.isAt('/account');
    await visitor.open('/account/password');
    const button = buttons.save;
    await visitor.choosesPassword(NEW_PASSWORD);
    await refuses(visitor, {
      button, name: 'current_password', text: '', keeps: false,
      sentence: { en: 'Enter your current password.', ja: '現在のパスワードを入力してください。' }[lang],
    });
    for (const text of ['nonsense', 'p'.repeat(20_000), 'a\0b']) {
      await visitor.choosesPassword(NEW_PASSWORD);
      await refuses(visitor, {
        button, name: 'current_password', text, keeps: scripts,
        sentence: { en: "That isn't your current password.", ja: '現在のパスワードが正しくありません。' }[lang],
      });
    }
  });

  test('pages of a journey that was never begun here', async ({ visitor }) => {
    const again = { en: 'Start over', ja: '最初からやり直してください' }[lang];
    const dead = { en: 'This link no longer works', ja: 'このリンクは使えません' }[lang];
    for (const [path, heading] of [
      ['/register/code', again], ['/register/details', again], ['/recover', again], ['/recover/new', again], ['/not-me', dead],
      [`/recover/link/${'A'.repeat(43)}`, dead], ['/recover/link/nonsense', dead], [`/not-me/${'A'.repeat(43)}`, dead],
    ]) {
      const answer = await visitor.open(path);
      await visitor.sees(heading);
      expect(answer.status(), path).toBe(410);
      await visitor.page.context().clearCookies();
    }
  });

  test('forms whose cookie has gone meanwhile', async ({ visitor, context }) => {
    const over = { en: 'Nothing was changed.', ja: '何も変更していません。' }[lang];
    await visitor.open('/forgot');
    await visitor.type({ identifier: newPerson().email });
    await visitor.press(buttons.send);
    await visitor.isAt('/recover');
    await context.clearCookies();
    await visitor.type({ code: '123456' });
    await visitor.press(buttons.next);
    await expect(visitor.page.locator('main')).toContainText(over);
  });
});

withAndWithoutScripts(() => {
  for (const [how, write] of [
    ['in full-width digits with an ideographic blank', (code) => `${code.slice(0, 3)}\u3000${code.slice(3)}`.replace(/\d/g, (d) => String.fromCharCode(d.charCodeAt(0) + 0xfee0))],
    ['with blanks and a hyphen', (code) => `  ${code.slice(0, 3)} - ${code.slice(3)} `],
    ['with an invisible blank pasted along', (code) => `\u200b${code}\ufeff`],
  ]) {
    test(`a code is taken ${how}`, async ({ visitor, person, site }) => {
      await visitor.asksForCode(person.email);
      await visitor.typesCode(write(codeIn(await site.mailbox.next(person.email))));
      await visitor.sees('Choose a new password');
    });
  }

  test('the cookie of one journey opens no other', async ({ visitor, context, site }) => {
    const { email } = newPerson();
    await visitor.open('/register');
    await visitor.type({ identifier: email });
    await visitor.press('Send code');
    await visitor.sees('Enter the code');
    await visitor.typesCodeSentTo(email);
    await visitor.sees('Your name and password');
    const { value } = (await context.cookies()).find(({ name }) => name === 'rekey_register');
    await context.clearCookies();
    for (const name of ['rekey_recover', 'rekey_link', 'rekey_not_me', 'rekey_session']) {
      await context.addCookies([{ name, value, url: site.url }]);
    }
    for (const [path, heading] of [
      ['/recover', 'Start over'], ['/recover/new', 'This link no longer works'], ['/not-me', 'This link no longer works'],
      ['/account', 'Sign in'],
    ]) {
      await visitor.open(path);
      await visitor.sees(heading);
    }
  });

  test('cookies of nonsense break no page', async ({ visitor, context, site }) => {
    const names = ['session', 'register', 'recover', 'link', 'owner', 'not_me', 'lang', 'flash'];
    for (const value of ['%00%ff', 'A'.repeat(1500), 'eyJwYWdlIjoiLyJ9']) {
      await context.addCookies(names.map((name) => ({ name: `rekey_${name}`, value, url: site.url })));
      for (const [path, heading] of [['/', 'Sign in'], ['/register', 'Create your account'], ['/recover', 'Start over'], ['/help', 'Help']]) {
        await visitor.open(path);
        await visitor.sees(heading);
      }
      await context.clearCookies();
    }
  });

  test('a form far too large is refused in words', async ({ visitor }) => {
    await visitor.open('/forgot');
    await visitor.type({ identifier: 'a'.repeat(300_000) });
    await visitor.press('Send code');
    await expect(visitor.page.locator('main')).toContainText(/too long|couldn.t read that/);
  });
});
