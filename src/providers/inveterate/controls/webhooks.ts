import { text, toObjectSchema } from '../../../core/values/json-schema.ts';
import type { Control } from '../../../core/provider/provider.ts';
import { assert } from '../errors.ts';
import type { Inveterate } from '../operation.ts';
import { TOPICS, type CustomerId, type MerchantId, type Topic } from '../state.ts';
import { customerId } from './named.ts';

interface Announced {
  readonly merchantId: string;
  readonly topic: Topic;
  readonly payload: object;
  readonly customerId?: string;
}

/** Maximum length of a payload as JSON, in characters. */
const LONGEST = 65_536;

/** ASSUMED: the payload of most topics is not documented, so only the given payload is sent. */
export const announce: Control<Inveterate, Announced> = {
  describe: 'Send this payload to the subscriptions of a topic.',
  schema: toObjectSchema(['merchantId', 'topic', 'payload'], {
    merchantId: text,
    topic: { enum: TOPICS },
    payload: { type: 'object', description: 'Sent unchanged. At most 64 KiB.' },
    customerId: { ...customerId, description: 'The subject, for fault rules and lists of the emulator.' },
  }),
  run: ({ state, ids, args }) => {
    const { topic, payload } = args;
    const merchantId = args.merchantId as MerchantId;
    assert(state.merchants.find(merchantId), 'CONTROL_WITHOUT_MERCHANT');
    assert(JSON.stringify(payload).length <= LONGEST, 'TOO_LARGE');
    const about = args.customerId === undefined ? null : (args.customerId as CustomerId);
    const number = ids.next('announcement');
    state.announcements.put({ merchantId, number, topic, customerId: about, payload });
    return null;
  },
};
