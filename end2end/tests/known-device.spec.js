import { expect, test, withAndWithoutScripts } from '../support/test.js';

withAndWithoutScripts(() => {
  test('guesses from elsewhere do not keep a person out of the own browser', async ({ visitor, newVisitor, person }) => {
    await visitor.signsIn(person.email, person.password);
    await visitor.press('Sign out');
    const stranger = await newVisitor();
    for (let guess = 0; guess < 6; guess += 1) {
      await stranger.open('/');
      await stranger.type({ identifier: person.email, password: 'not the password' });
      await stranger.press('Sign in');
      await stranger.isTold("Couldn't sign you in");
    }
    await stranger.type({ identifier: person.email, password: person.password });
    await stranger.press('Sign in');
    await stranger.isTold("Couldn't sign you in");
    await visitor.signsIn(person.email, person.password);
    await visitor.isAt('/account');
  });

  test('the owner is welcomed, and told of a browser that was not known', async ({ site, visitor, person }) => {
    await visitor.signsIn(person.email, person.password);
    await visitor.isAt('/account');
    await expect.poll(async () => (await site.mailbox.notices(person.email)).map(({ subject }) => subject)).toEqual([
      'Your Rekey account is ready',
      'New sign-in to your Rekey account',
    ]);
  });

  test('a sign-in leads on to the page that was asked for', async ({ visitor, person }) => {
    await visitor.open('/account/sessions');
    await visitor.isAt('/');
    await visitor.type({ identifier: person.email, password: person.password });
    await visitor.press('Sign in');
    await visitor.isAt('/account/sessions');
  });
});
