import { assert } from '../errors.ts';
import type { GameFuseOperation } from '../operation.ts';
import { isGiven, isRecord, isScalar, parseJsonText, toText, toWhole } from '../parameters.ts';
import { presentAttributes } from '../present.ts';
import type { Attribute } from '../state.ts';
import { getUser } from '../users.ts';

type Pair = Pick<Attribute, 'key' | 'value'>;

export const listAttributes: GameFuseOperation<'listAttributes'> = ({ params, state }) => ({
  status: 200,
  body: presentAttributes(state, getUser(state, toWhole(params.id))),
});

// FIDELITY: one pair, or a list of them, or both; a key that is there gets the new value (REST docs, v2).
export const addAttributes: GameFuseOperation<'addAttributes'> = ({ params, state, principal, ids }) => {
  const { key, value, attributes } = params;
  // ASSUMED: null or an empty text for both is no pair beside a list. Beside a key, an empty text is a value.
  const single = isGiven(key) || isGiven(value) ? [toPair({ key, value }, 'BAD_ATTRIBUTES')] : [];
  const pairs = [...single, ...toPairs(attributes)];
  assert(pairs.length > 0, 'BAD_ATTRIBUTES');
  for (const pair of pairs) {
    const id = state.attributes.findBy('key', principal.id, pair.key)?.id ?? ids.next('attribute');
    state.attributes.put({ id, userId: principal.id, ...pair });
  }
  return { status: 200, body: presentAttributes(state, principal) };
};

/** ASSUMED: a text is the JSON of a list, since forms hold no lists of objects. */
function toPairs(attributes: unknown): readonly Pair[] {
  if (!isGiven(attributes)) return [];
  const list = typeof attributes === 'string' ? parseJsonText(attributes) : attributes;
  assert(Array.isArray(list), 'BAD_ATTRIBUTES');
  return list.map((item: unknown) => {
    assert(isRecord(item), 'BAD_ATTRIBUTES');
    return toPair(item, 'INCOMPLETE_ATTRIBUTE');
  });
}

/** ASSUMED: values are kept as text; an empty one is a value, an empty key is none. */
function toPair(
  { key, value }: Readonly<Record<string, unknown>>,
  missing: 'BAD_ATTRIBUTES' | 'INCOMPLETE_ATTRIBUTE',
): Pair {
  assert(isGiven(key) && value !== undefined && value !== null, missing);
  assert(isScalar(key) && isScalar(value), 'BAD_ATTRIBUTES');
  return { key: String(key), value: String(value) };
}

// FIDELITY: a GET that changes things, under two paths and names of its parameter, of which v3 takes
// several (JavaScript, C# and C++ clients; REST docs, v3). ASSUMED: one unknown key refuses all.
export const removeAttributes: GameFuseOperation<'removeAttributes'> = ({ params, state, principal }) => {
  const { game_user_attribute_key, key, game_user_attribute_keys = [] } = params;
  const one = toText(game_user_attribute_key) ?? toText(key);
  const keys = new Set([...(one === undefined ? [] : [one]), ...[game_user_attribute_keys].flat()]);
  assert(keys.size > 0, 'NO_SUCH_ATTRIBUTE');
  for (const name of keys) {
    const attribute = state.attributes.findBy('key', principal.id, name);
    assert(attribute, 'NO_SUCH_ATTRIBUTE');
    state.attributes.delete(String(attribute.id));
  }
  return { status: 200, body: presentAttributes(state, principal) };
};
