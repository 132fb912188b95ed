import { describe, expect, it } from 'vitest';

import { gamefuse, klaim } from './cast.ts';
import { SETTINGS, type Setting } from './settings.ts';
import { as, by, skip, slowDown, spoil, Stage, withHeaders, type Script, type Step } from './stage.ts';

/** Bytes per second that make a read take about a second, if not 300. */
const SLOW: Readonly<Record<string, number>> = { gamefuse: 50, inveterate: 2000 };
const LIKELY = ['stale-write likely warning 3'];

const stage = new Stage();

describe.each(SETTINGS)('stale-write at $provider', (setting: Setting) => {
  const { provider, set, change, changeBeside, changeElsewhere } = setting;
  const read = setting.read();
  const shop = (...steps: readonly Step[]): Script => by(provider, ...steps);
  const other = (...steps: readonly Step[]): Script => as('other', provider, ...steps);
  const changed: Script = (scene) => change(scene);
  /** A write based on a read. @param between what happens in between */
  const between = (...steps: readonly Step[]): Script => shop(read, ...steps, set(77));

  it('reports a write based on a read if the value changed in between', async () => {
    await stage.finds(LIKELY, { 'at once': between(changed), 'nine seconds later': between(changed, skip(9000)) });
  });

  it('is at most a warning for clients without a name', async () => {
    const [one, two] = [{ 'User-Agent': 'one/1' }, { 'User-Agent': 'two/2' }];
    await stage.finds(LIKELY, {
      nameless: as(
        ...([null, provider] as const),
        ...[withHeaders(read, one), withHeaders(read, two), withHeaders(set(76), one), withHeaders(set(77), two)],
      ),
    });
  });

  it('is an error if two writes are based on the same state', async () => {
    await stage.finds(['stale-write likely error 3'], { both: shop(read, other(read), set(76), other(set(77))) });
  });

  it('leaves alone writes that are not based on an old value', async () => {
    await stage.finds([], {
      'another field': between(changeBeside),
      'the same field of another subject': between(changeElsewhere),
      'a value that was put back': shop(
        set(70),
        between(
          (scene) => change(scene, 71),
          (scene) => change(scene, 70),
        ),
      ),
      'a read that failed': shop(spoil(provider, { status: 503 }), between(changed)),
      'the read of another client': shop(other(read), changed, set(77)),
      'a write without a read': shop(changed, set(77)),
      'a read more than 10 s before': between(changed, skip(11_000)),
      'another write of the same client in between': between(set(76), changed),
      'a read after the change': shop(changed, read, set(77)),
      'a value that is there already': between(other(set(77))),
      'a read that had not ended': async (scene) => {
        const taken = await slowDown(scene, provider, SLOW[provider] ?? 300);
        const reading = scene.actor(provider).send(read);
        await taken();
        await shop(changed, set(77))(scene);
        return reading;
      },
    });
  });
});

it('stale-write leaves alone lists, reads of something else, and amounts that are added', async () => {
  const [credits, name] = SETTINGS;
  if (!credits || !name) throw new Error('GameFuse or Klaim has no setting.');
  const attributes: Script = async (scene) => {
    const path = '/api/v2/users/1/game_user_attributes';
    expect(await scene.actor('gamefuse').send({ ...gamefuse.read(), path })).toMatchObject({ status: 200 });
  };
  const users = { ...klaim.read(), path: '/users' };
  const spent = as('other', 'klaim', klaim.add(-700));
  await stage.finds([], {
    'a read of something else': by('gamefuse', attributes, (scene) => credits.change(scene), credits.set(77)),
    'an amount that equals the resulting balance': by('klaim', klaim.read(), spent, klaim.add(5)),
    'a list of all users': by('klaim', users, (scene) => name.change(scene), name.set(77)),
  });
});
