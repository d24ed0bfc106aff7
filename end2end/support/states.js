// The states of the pages, as `states.json` lists them: a test for each journey in each language, which looks at
// exactly the states of its journey.
import { readFileSync } from 'node:fs';

import { look } from './look.js';
import { linkIn } from './mailbox.js';
import { test as base, expect } from './test.js';

/** By journey and state: the address of its page. Every page of the program has a state here; a test of the server sees to it. */
export const STATES = JSON.parse(readFileSync(new URL('../states.json', import.meta.url), 'utf8'));

/** What a test must know of the words of a language. */
export const WORDS = {
  en: {
    locale: 'en-GB', signIn: 'Sign in', send: 'Send code', next: 'Continue', again: 'Resend code', create: 'Create account',
    save: 'Save password', freeze: 'Freeze my account', endOthers: 'Sign out all other devices', make: 'Suggest one', end: /^Sign out \S+ on /,
    sooner: 'A code was requested a moment ago.', offline: "Can't connect", sendMessage: 'Send message',
  },
  ja: {
    locale: 'ja-JP', signIn: 'サインイン', send: 'コードを送信', next: '次へ', again: 'コードを再送信', create: 'アカウントを作成',
    save: 'パスワードを保存', freeze: 'アカウントの利用を停止', endOthers: 'ほかの端末からすべてサインアウト', make: '自動生成', end: /.をサインアウト$/,
    sooner: '少し前にリクエストがありました。', offline: '接続できません', sendMessage: 'メッセージを送信',
  },
};

/** Six digits that are not this code. */
export const wrongFor = (code) => (code === '111111' ? '222222' : '111111');

const test = base.extend({
  /** The language of the pages. */
  lang: ['en', { option: true }],

  words: async ({ lang }, use) => use(WORDS[lang]),

  /** Looks at the page in a state of the journey. */
  look: async ({ lang }, use, info) => {
    const [states, seen] = [STATES[info.title], []];
    await use((visitor, name) =>
      base.step(name, async () => {
        expect(new URL(visitor.page.url()).pathname, `the page of ${name}`).toBe(states[name]);
        await look(visitor, lang, name);
        seen.push(name);
      }),
    );
    if (info.status === info.expectedStatus) expect(seen.sort(), 'what was looked at').toEqual(Object.keys(states).sort());
  },

  /** Types into boxes and presses a button. */
  fill: async ({}, use) => {
    await use(async (visitor, texts, button) => {
      await visitor.type(texts);
      await visitor.press(button);
    });
  },

  signsIn: async ({ words, fill }, use) => {
    await use(async (visitor, person, password = person.password) => {
      await visitor.open('/');
      await fill(visitor, { identifier: person.email, password }, words.signIn);
      await expect(visitor.page).toHaveURL(/\/account(\/password)?$/);
      await visitor.alive();
    });
  },

  /** To the page where the password of a recovery is chosen. */
  toNewPassword: async ({ words, fill }, use) => {
    await use(async (visitor, person) => {
      await visitor.open('/forgot');
      await fill(visitor, { identifier: person.email }, words.send);
      await visitor.isAt('/recover');
      await visitor.open(linkIn(await visitor.site.mailbox.next(person.email), '/recover/link/'));
      await visitor.isAt('/recover/new');
    });
  },
});

/** The page says above its form that something did not work. */
export const told = (visitor) => expect(visitor.summary.first()).toBeVisible();

/** The same journeys in every language. */
export function inEveryLanguage(body) {
  for (const [lang, words] of Object.entries(WORDS)) {
    test.describe(lang === 'en' ? 'in English' : 'in Japanese', () => {
      // Each look takes some seconds, and a journey has up to ten.
      test.describe.configure({ timeout: 120_000 });
      test.use({ lang, locale: words.locale, contextOptions: { reducedMotion: 'reduce' } });
      body(test);
    });
  }
}
