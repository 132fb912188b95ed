import { text, toObjectSchema } from '../../core/values/json-schema.ts';
import type { Control } from '../../core/provider/provider.ts';
import { assert } from './errors.ts';
import type { Klaim } from './operation.ts';
import { presentUser } from './present.ts';
import { addUser } from './users.ts';

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
  schema: toObjectSchema(['app_id', 'email'], {
    app_id: { type: 'string' },
    email: text,
    user_id: text,
    name: { type: 'string' },
    acquisition_source: { enum: ['promotion', 'member_manual'], default: 'member_manual' },
  }),
  run: (context) => {
    const { app_id, user_id: userId, email, name, acquisition_source = 'member_manual' } = context.args;
    const app = context.state.apps.find(app_id);
    assert(app, 'NO_SUCH_APP');
    const { appId } = app;
    return presentUser(addUser(context, { appId, userId, email, name, acquisitionSource: acquisition_source }));
  },
};
