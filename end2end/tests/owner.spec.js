import { PASSWORD, newPerson } from '../support/people.js';
import { expect, test, withAndWithoutScripts } from '../support/test.js';

/** What `rekey owner-link` prints holds one link. */
const ownerLink = async (site) => (await site.command('owner-link')).match(/https?:\/\/\S+\/owner\/\S+/)[0];

async function registersAsOwner(visitor, email) {
  await visitor.type({ identifier: email });
  await visitor.press('Send code');
  await visitor.sees('Enter the code');
  await visitor.typesCodeSentTo(email);
  await visitor.sees('Your name and password');
  await visitor.type({ given_name: 'Ada' });
  await visitor.choosesPassword(PASSWORD);
  await visitor.press('Create account');
  await visitor.sees('Your account is ready');
}

withAndWithoutScripts(() => {
  test('the owner registers by the link that the program prints, even while registration is closed', async ({ newSite, newVisitor }) => {
    const site = await newSite({ REKEY_REGISTRATION__OPEN: 'false' });
    const link = await ownerLink(site);
    expect(new URL(link).origin).toBe(site.url);
    const visitor = await newVisitor({ at: site });
    await visitor.open(link);
    await visitor.isAt('/register/owner');
    await visitor.sees('Set up Rekey');
    const { email } = newPerson();
    await registersAsOwner(visitor, email);
    await visitor.signsIn(email, PASSWORD);
    await expect(visitor.page.getByText('Owner', { exact: true })).toBeVisible();

    const second = await newVisitor({ at: site });
    await second.open(link);
    await second.sees('This link no longer works');
  });

  test('a newer owner link puts an end to the older one', async ({ newSite, newVisitor }) => {
    const site = await newSite({ REKEY_REGISTRATION__OPEN: 'false' });
    const [older, newer] = [await ownerLink(site), await ownerLink(site)];
    const visitor = await newVisitor({ at: site });
    await visitor.open(older);
    await visitor.sees('This link no longer works');
    await visitor.open(newer);
    await visitor.sees('Set up Rekey');
  });
});

withAndWithoutScripts(() => {
  test('an owner link that is used up makes no ordinary account', async ({ newSite, newVisitor }) => {
    const site = await newSite({});
    const [first, second] = [await newVisitor({ at: site }), await newVisitor({ at: site })];
    const link = await ownerLink(site);
    for (const visitor of [first, second]) {
      await visitor.open(link);
      await visitor.sees('Set up Rekey');
    }
    await registersAsOwner(first, newPerson().email);
    await second.type({ identifier: newPerson().email });
    await second.press('Send code');
    await expect(second.page.getByText('This link no longer works')).toBeVisible();
    await second.follow('Back to sign-in');
    await second.sees('Sign in');
  });
});

test('a person who registers without the link owns nothing', async ({ visitor, person }) => {
  await visitor.signsIn(person.email, person.password);
  await expect(visitor.page.getByText('Owner', { exact: true })).toHaveCount(0);
});
