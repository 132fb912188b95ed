import { gamefuse, inveterate, type Ask } from './cast.ts';
import type { Scene } from './stage.ts';

/** How a client reads and sets a value at one provider. */
export interface Setting {
  readonly provider: string;
  /** The operation of `set`. */
  readonly setting: string;
  readonly read: () => Ask;
  readonly set: (value: number) => Ask;
  /** Another client sets another value. */
  readonly change: (scene: Scene, value?: number) => Promise<unknown>;
  /** Another client changes another field of the same subject. */
  readonly changeBeside: (scene: Scene) => Promise<unknown>;
  /** Another client changes the same field of another subject. */
  readonly changeElsewhere: (scene: Scene) => Promise<unknown>;
}

const MERCHANT = { 'X-Inveterate-Api-Key': 'inveterate_test_lumen' };
const KLAIM = { Authorization: 'Bearer klaim_test_lantern' };
const MEMBER = { firstName: 'Ada', lastName: 'Okafor', phoneNumber: '+1 555 0100' };

const total = (value: number): Ask => ({
  ...{ ...gamefuse.add(0), path: '/api/v2/users/1/set_credits' },
  body: { credits: value },
});
const name = (value: number): Ask => ({
  ...{ method: 'PUT', path: '/users/ada', headers: KLAIM },
  body: { name: `Ada ${value}` },
});
const notes = (value: number): Ask => ({
  ...{ method: 'PUT', path: '/v2.0/admin/members/6100000000001', headers: MERCHANT },
  body: { ...MEMBER, notes: `note ${value}` },
});

/** One for each provider with an operation that sets what a read of the same subject shows. */
export const SETTINGS: readonly Setting[] = [
  {
    provider: 'gamefuse',
    setting: 'setCredits',
    read: gamefuse.read,
    set: total,
    change: (scene, value) =>
      scene.actor('gamefuse', 'other').send(value === undefined ? gamefuse.add(3) : total(value)),
    changeBeside: (scene) => scene.actor('gamefuse', 'other').send(gamefuse.write()),
    changeElsewhere: (scene) =>
      scene.actor('gamefuse', 'other').send({
        ...{ ...total(5), path: '/api/v2/users/2/set_credits' },
        headers: { 'authentication-token': 'gamefuse-test-benoit' },
      }),
  },
  {
    provider: 'klaim',
    setting: 'updateUser',
    read: () => ({ method: 'GET', path: '/users/ada', headers: KLAIM }),
    set: name,
    change: (scene, value = 1) => scene.actor('klaim', 'other').send(name(value)),
    changeBeside: (scene) => scene.actor('klaim', 'other').send({ ...name(0), body: { metadata: { plan: 'other' } } }),
    changeElsewhere: (scene) => scene.actor('klaim', 'other').send({ ...name(0), path: '/users/benoit' }),
  },
  {
    provider: 'inveterate',
    setting: 'MembersController_update',
    read: () => ({ method: 'GET', path: '/v2.0/admin/members/6100000000001', headers: MERCHANT }),
    set: notes,
    change: (scene, value = 1) => scene.actor('inveterate', 'other').send(notes(value)),
    changeBeside: (scene) => scene.actor('inveterate', 'other').send(inveterate.add(1)),
    changeElsewhere: (scene) =>
      scene.actor('inveterate', 'other').send({ ...notes(5), path: '/v2.0/admin/members/6100000000002' }),
  },
];
