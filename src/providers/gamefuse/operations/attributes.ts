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

// FIDELITY: takes a pair, a list of pairs, or both; an existing key gets the new value (REST docs, v2).
export const addAttributes: GameFuseOperation<'addAttributes'> = ({ params, state, principal, ids }) => {
  const { key, value, attributes } = params;
  // ASSUMED: if both are null or empty, they are not a pair. With a key, an empty text is a value.
  const single = isGiven(key) || isGiven(value) ? [toPair({ key, value }, 'BAD_ATTRIBUTES')] : [];
  const pairs = [...single, ...toPairs(attributes)];
  assert(pairs.length > 0, 'BAD_ATTRIBUTES');
  for (const pair of pairs) {
    const id = state.attributes.findBy('key', principal.id, pair.key)?.id ?? ids.next('attribute');
    state.attributes.put({ id, userId: principal.id, ...pair });
  }
  return { status: 200, body: presentAttributes(state, principal) };
};

/** ASSUMED: a text is the JSON of a list, because forms cannot have lists of objects. */
function toPairs(attributes: unknown): readonly Pair[] {
  if (!isGiven(attributes)) return [];
  const list = typeof attributes === 'string' ? parseJsonText(attributes) : attributes;
  assert(Array.isArray(list), 'BAD_ATTRIBUTES');
  return list.map((item: unknown) => {
    assert(isRecord(item), 'BAD_ATTRIBUTES');
    return toPair(item, 'INCOMPLETE_ATTRIBUTE');
  });
}

/** ASSUMED: values are stored as text; an empty text is a valid value, but not a valid key. */
function toPair(
  { key, value }: Readonly<Record<string, unknown>>,
  missing: 'BAD_ATTRIBUTES' | 'INCOMPLETE_ATTRIBUTE',
): Pair {
  assert(isGiven(key) && value !== undefined && value !== null, missing);
  assert(isScalar(key) && isScalar(value), 'BAD_ATTRIBUTES');
  return { key: String(key), value: String(value) };
}

// FIDELITY: a GET that changes data, with two paths and two names of its parameter; v3 takes several keys
// (JavaScript, C# and C++ clients; REST docs, v3). ASSUMED: if one key is unknown, none is removed.
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
