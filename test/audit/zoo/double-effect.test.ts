import { describe, expect, it } from 'vitest';

import { EVENTS, inveterate, klaim, openmonetize, PARTS, type Ask } from './cast.ts';
import { SETTINGS } from './settings.ts';
import { advance, arm, as, by, keyed, leave, lose, refuse, skip, spoil, Stage, toGist, withHeaders } from './stage.ts';
import { times, type Script, type Step } from './stage.ts';

const stage = new Stage();
/** Milliseconds, more than any test takes. */
const LONG = 2_000_000_000;
const LOST = { effect: { connection: 'reset' }, phase: 'after', times: 1 } as const;
const TWICE = ['double-effect likely error 2'];
const CERTAIN = ['double-effect certain error 2'];

const withKey = (ask: Ask, key = 'order-1'): Ask => withHeaders(ask, { 'Idempotency-Key': key });
const reset: Script = ({ sandbox }) => sandbox.reset();
const toNumber = (text: string): number => Number(text.replaceAll(',', ''));

describe.each(PARTS)('double-effect at $provider', (part) => {
  const { provider, adding: operation, addElsewhere } = part;
  const [add, read, lost] = [part.add(100), part.read(), lose(part)];
  const shop = (...steps: readonly Step[]): Script => by(provider, ...steps);
  const other = (ask: Ask): Script => as('other', provider, ask);
  /** A write that is lost and then sent again. @param between what happens in between */
  const twice = (...between: readonly Step[]): Script => shop(lost, add, ...between, add, read);

  it('reports a write that took effect and was sent again after its response was lost', async () => {
    const findings = await stage.judge(shop(lost, add, add));
    expect(findings.map(toGist)).toEqual(TWICE);
    expect(findings[0]).toMatchObject({
      ...{ provider, client: 'shop', entries: [expect.any(String), expect.any(String)] },
      what: expect.stringMatching(/took effect twice: balance .*; the first was reset without an answer\.$/) as unknown,
    });
  });

  it('is a warning if clients are distinguished by their credential only', async () => {
    await stage.finds(['double-effect likely warning 2'], { nameless: as(null, provider, lost, add, add) });
  });

  it('is certain if both attempts have one key and the service ignores it', async () => {
    await stage.finds(CERTAIN, {
      'another client': shop(withKey(add), other(withKey(add))),
      'after a lost response': shop(lost, withKey(add), withKey(add)),
    });
  });

  it('leaves alone writes that are no repeat of a lost one', async () => {
    await stage.finds([], {
      'a first attempt that was told': shop(add, add),
      'an attempt without effect': shop(refuse(part), keyed(add), keyed(add)),
      'a client that reads the state first': shop(lost, add, read, keyed(add, 'another')),
      'another client': shop(lost, add, other(add), read),
      'another amount': shop(lost, add, part.add(101), read),
      'an equal write more than a minute later': twice(skip(61_000)),
      'an equal write after a reset': shop(lost, add, read, reset, add),
      'attempts that overlap': async (scene) => {
        const hold = { until: 2, timeout: LONG };
        await scene.sandbox.faults.add({ provider, operation, effect: { hold }, times: 1 });
        await lost(scene);
        await Promise.all([1, 2].map(() => scene.actor(provider).send(add)));
        return shop(read)(scene);
      },
      'other tenants': shop(withKey(add), ...(addElsewhere ? [withKey(addElsewhere(100))] : [])),
    });
  });

  it('reports an attempt within a minute whatever else happens in between', async () => {
    await stage.finds(TWICE, {
      'an attempt after 58 seconds': twice(skip(58_000)),
      'a read by another client': twice(other(read)),
      'a read of another account': twice(part.readOther()),
      'a read that was refused': twice(spoil(provider, { status: 503 }), read),
      'a read whose response was truncated': twice(spoil(provider, { body: 'truncate' }), read),
      'two attempts and a new write after a told one': shop(lost, add, add, add),
    });
    await stage.finds(['double-effect likely error 3'], {
      'three attempts as one finding': shop(lost, lost, add, add, add),
    });
  });

  it('lists balances in order if the second attempt takes effect before the first', async () => {
    const findings = await stage.judge(async (scene) => {
      await shop(read)(scene);
      const goOn = await leave(scene, part);
      await shop(part.add(1))(scene);
      await goOn();
    });
    expect(findings.map(toGist)).toEqual(TWICE);
    const [, ...balances] = /balance (\S+), (\S+), (\S+);/.exec(findings[0]?.what ?? '') ?? [];
    expect(balances.toSorted((one, other) => toNumber(one) - toNumber(other))).toEqual(balances);
  });
});

const GROUP: Ask = {
  ...{ method: 'POST', path: '/api/v3/groups', headers: { 'authentication-token': 'gamefuse-test-ada' } },
  body: { name: 'Lanterns', group_type: 'clan', max_group_size: 5, can_auto_join: true },
};
const WALLET = { address: '0x9999999999999999999999999999999999999999' };

/** Requests that create a record. Some services create another one for the same request. */
const CREATING: readonly (readonly [provider: string, creating: string, ask: Ask, found: readonly string[]])[] = [
  ['gamefuse', 'createGroup', GROUP, TWICE],
  ['klaim', 'createUser', { ...klaim.write(), method: 'POST', path: '/users', body: { email: 'eva@x.example' } }, []],
  ['decentraland', 'registerUser', { method: 'POST', path: '/users', body: WALLET }, []],
  [
    'inveterate',
    'StorefrontCreditsController_redeem',
    { ...inveterate.add(1), path: `/v2.0/storefront/members/${inveterate.subject}/credits/redemption` },
    TWICE,
  ],
  [
    'openmonetize',
    'createBurnTable',
    { ...openmonetize.add(1), path: '/v1/burn-tables', body: { name: 'By token', rules: {} } },
    TWICE,
  ],
];

it('reports records that were created twice, if the service allows it', async () => {
  for (const [provider, operation, ask, found] of CREATING) {
    await stage.finds(found, { [operation]: by(provider, arm({ provider, operation, ...LOST }), ask, ask) });
  }
});

it('leaves alone repeated writes that set a value, with and without a key', async () => {
  for (const { provider, setting: operation, set, change, read } of SETTINGS) {
    const key = withKey(set(77), 'profile-1');
    await stage.finds([], {
      [`${provider} with a key`]: by(provider, key, (scene) => change(scene, 78), key),
      [provider]: by(
        provider,
        arm({ provider, operation, ...LOST }),
        set(77),
        (scene) => change(scene),
        set(77),
        read(),
      ),
    });
  }
});

it('leaves alone items of batches, because the record does not say which took effect', async () => {
  const keys = ['', 'a', 'b', 'c'];
  const batch = (...numbers: readonly number[]): Ask =>
    EVENTS.ingest(...numbers.map((number) => EVENTS.item(number, { idempotency_key: keys[number] })));
  await stage.finds([], {
    'one item in two batches': by('openmonetize', batch(1, 2), advance('PT1M'), batch(1, 3), advance('PT1M')),
  });
});

it('leaves alone a replay by the key of the contract', async () => {
  const grant = keyed(openmonetize.add(100), 'order-1');
  await stage.finds([], { replay: by('openmonetize', lose(openmonetize), ...times(2, grant)) });
});
