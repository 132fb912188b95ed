import { toAmount } from '../../core/values/decimal.ts';
import type { Control } from '../../core/provider/provider.ts';
import { assert } from './errors.ts';
import type { Klaim } from './operation.ts';
import { presentUser } from './present.ts';
import type { User } from './state.ts';
import { createKlaimId, saveUser } from './users.ts';

interface NewMember {
  readonly app_id: string;
  readonly email: string;
  readonly user_id?: string;
  readonly name?: string;
  readonly acquisition_source?: 'promotion' | 'member_manual';
}

/** FIDELITY: users also come from promotions, or are made by hand in the dashboard (vendor docs, acquisition_source). */
export const addMember: Control<Klaim, NewMember> = {
  describe: 'Add a user as a promotion or the dashboard does, without the API.',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['app_id', 'email'],
    properties: {
      app_id: { type: 'string' },
      email: { type: 'string', minLength: 1 },
      user_id: { type: 'string', minLength: 1 },
      name: { type: 'string' },
      acquisition_source: { enum: ['promotion', 'member_manual'], default: 'member_manual' },
    },
  },
  run: ({ state, now, random, args }) => {
    const app = state.apps.find(args.app_id);
    assert(app, 'NO_SUCH_APP');
    const klaimId = createKlaimId(state, now, random);
    const user: User = {
      klaimId,
      appId: app.appId,
      userId: args.user_id ?? klaimId,
      email: args.email,
      creditBalance: toAmount(0),
      createdAt: now,
      place: state.users.size,
      acquisitionSource: args.acquisition_source ?? 'member_manual',
      name: args.name,
    };
    saveUser(state, user);
    return presentUser(user);
  },
};
