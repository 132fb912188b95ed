import { BY_KEY } from '../store/collection.ts';
import { assertSchema } from '../values/json-schema-check.ts';
import { toMessage } from '../values/message.ts';
import { suggest, suggestKnown } from '../values/nearest.ts';
import { quote } from '../values/quotation.ts';
import { SAMPLE_FAILURES } from './failure-samples.ts';
import type { FailureReason } from '../wire/failure.ts';
import { listUsualOperations } from './failure-table.ts';
import type { Provider, StageName } from './provider.ts';
import {
  aCount,
  aFile,
  aFunction,
  andAlso,
  anything,
  aSwitch,
  aText,
  aWhole,
  defineValidator,
  fields,
  isObject,
  listOf,
  oneOf,
  recordOf,
  type Validator,
} from './validators.ts';

const STAGES: Readonly<Record<StageName, true>> = { limit: true, parse: true, authenticate: true, validate: true };
const MEDIA_TYPES = ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'];

const headers = recordOf(aText);
const coercion = oneOf(['text', 'everything', 'nothing']);
const failures = oneOf(['first', 'some', 'all']);
const operations = recordOf(aFunction);
const slashes = oneOf(['collapse', 'refuse']);
const host = defineValidator(
  'a host name without scheme, port or path, and not localhost',
  (value) => typeof value === 'string' && /^(?!localhost$)[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(value),
);
const basePath = defineValidator(
  'a path such as "/api/v2", without a trailing slash',
  (value) => typeof value === 'string' && /^(\/[^/]+)+$/.test(value),
);

/** A JSON Schema that compiles. */
const schema: Validator = (value, where) => {
  if (!isObject(value)) return [`${where} must be a JSON Schema.`];
  try {
    assertSchema(value);
    return [];
  } catch (error) {
    return [`${where} is not a JSON Schema: ${toMessage(error)}.`];
  }
};

const rate = fields({ limit: aWhole, window: aWhole });
interface OptionShape {
  readonly default: Validator;
  readonly more?: Readonly<Record<string, Validator>>;
  /** What it may have. */
  readonly also?: Readonly<Record<string, Validator>>;
}

/** For each kind of option, its extra fields and the type of its default. */
const OPTIONS: Readonly<Record<string, OptionShape>> = {
  boolean: { default: aSwitch },
  oneOf: { default: aText, more: { values: listOf(aText) } },
  integer: { default: aWhole, also: { minimum: aWhole } },
  duration: { default: aCount },
  rate: { default: rate },
};
/** Kinds whose default may be left to the provider. */
const WITHOUT_DEFAULT = new Set(['boolean', 'rate']);

const option: Validator = (value, where) => {
  const kind = isObject(value) ? value['kind'] : undefined;
  const known = typeof kind === 'string' && Object.hasOwn(OPTIONS, kind) ? OPTIONS[kind] : undefined;
  if (!known || typeof kind !== 'string') return oneOf(Object.keys(OPTIONS))(kind, `${where}.kind`);
  const ofDefault = { default: known.default };
  const required = { kind: anything, describe: aText, ...known.more };
  const shape = WITHOUT_DEFAULT.has(kind)
    ? fields(required, ofDefault)
    : fields({ ...required, ...ofDefault }, known.also);
  return andAlso(shape, isObject, ({ values, default: chosen }) => {
    if (!Array.isArray(values) || values.includes(chosen)) return [];
    return [
      `${where}.default must be one of its values, got ${JSON.stringify(chosen)}${suggest(String(chosen), values.map(String))}`,
    ];
  })(value, where);
};

const stages: Validator = andAlso(
  listOf(oneOf(Object.keys(STAGES))),
  Array.isArray,
  (list: readonly unknown[], where) => {
    const twice = Object.keys(STAGES).filter((name) => list.indexOf(name) < list.lastIndexOf(name));
    const lacks = ['parse', 'validate'].filter((name) => !list.includes(name));
    const isEarly = lacks.length === 0 && list.indexOf('validate') < list.indexOf('parse');
    return [
      ...twice.map((name) => `${where} has "${name}" twice.`),
      ...lacks.map((name) => `${where} leaves out "${name}".`),
      ...(isEarly ? [`${where} has "validate" before "parse".`] : []),
    ];
  },
);

const anOrder = defineValidator(
  `a function or ${quote(BY_KEY)}`,
  (value) => typeof value === 'function' || value === BY_KEY,
);

const collection = fields(
  { key: aFunction },
  {
    unique: recordOf(aFunction),
    orders: recordOf(anOrder),
    balances: listOf(fields({ field: aText, unit: aText, tenant: aFunction, account: aFunction })),
    stored: fields({ write: aFunction, read: aFunction }),
  },
);

const bodyPolicy = fields(
  { accept: listOf(oneOf(MEDIA_TYPES)), limit: aCount, depth: aCount, protoKeys: oneOf(['data', 'refuse']) },
  {
    assume: oneOf(MEDIA_TYPES),
    refuseEmptyJson: aSwitch,
    refuseJsonSuffix: aSwitch,
    ignoreOthers: aSwitch,
    lastValueWins: aSwitch,
  },
);

const variant = fields({ document: aFile, operations }, { coercion, failures, renderFailure: aFunction });

const aCountOrFunction = defineValidator(
  'a whole number of at least 0, or a function that returns such a number',
  (value) => typeof value === 'function' || (Number.isSafeInteger(value) && Number(value) >= 0),
);

const generated = fields(
  { fields: recordOf(anything), complete: aFunction },
  { needs: recordOf(aFunction), most: aCountOrFunction },
);

const PROVIDER = fields(
  {
    id: aText,
    title: aText,
    hosts: listOf(host),
    document: aFile,
    options: recordOf(option),
    env: aFunction,
    stages,
    body: bodyPolicy,
    paths: fields({ doubleSlash: slashes, trailingSlash: slashes }),
    headers,
    credential: aFunction,
    authenticate: aFunction,
    subject: aFunction,
    secrets: listOf(aText),
    collections: recordOf(collection),
    controls: recordOf(fields({ describe: aText, schema, run: aFunction })),
    fixture: fields({ schema, load: aFunction, dump: aFunction }, { generate: recordOf(generated) }),
    operations,
    renderFailure: aFunction,
  },
  {
    seed: aFile,
    recordVersion: aCount,
    clientsDropPaths: aSwitch,
    basePaths: listOf(basePath),
    cors: fields({ preflight: headers, actual: headers }, { origins: listOf(aText), echoHeaders: aSwitch }),
    coercion,
    failures,
    limit: fields({ rate: aFunction, key: aFunction, headers: aFunction, retryAfter: aFunction }),
    variants: fields({ option: aText, byValue: recordOf(variant) }),
    admit: aFunction,
    faultOf: aFunction,
    nameOf: aFunction,
    identify: aFunction,
    codes: recordOf(anything),
    streams: fields({ topics: aFunction, heartbeat: aFunction, patience: aCount }),
    webhooks: fields({
      isAwaited: aFunction,
      events: aFunction,
      render: aFunction,
      retries: listOf(aCount),
      patience: aCount,
    }),
    due: recordOf(aFunction),
    parameters: oneOf(['merged']),
  },
);

/**
 * Lists errors of a provider from outside, for authors without a compiler. `findOperationMistakes` compares it with its
 * document.
 */
export function findProviderMistakes(value: unknown): readonly string[] {
  const id = isObject(value) && typeof value['id'] === 'string' && value['id'] !== '' ? value['id'] : 'A provider';
  const wrong = PROVIDER(value, id);
  return wrong.length === 0 && isProvider(value) ? findMisfits(value) : wrong;
}

/** Whether a value is a provider. */
export function isProvider(value: unknown): value is Provider {
  return PROVIDER(value, '').length === 0;
}

/** Lists parts that contradict each other. */
function findMisfits(provider: Provider): readonly string[] {
  const { id, stages: order, limit, basePaths = [], variants, options } = provider;
  const mistakes: string[] = [];
  if (order.includes('limit') !== (limit !== undefined)) {
    mistakes.push(
      limit ? `${id}.stages leaves out "limit".` : `${id}.limit is missing, and "limit" is one of its stages.`,
    );
  }
  for (const path of basePaths) {
    const longer = basePaths.find((other) => other !== path && other.startsWith(`${path}/`));
    if (longer !== undefined) mistakes.push(`${id}.basePaths: "${longer}" begins with "${path}".`);
  }
  if (variants) {
    const chooser = Object.hasOwn(options, variants.option) ? options[variants.option] : undefined;
    const values = chooser?.kind === 'oneOf' ? chooser.values : undefined;
    if (!values) {
      const known = Object.keys(options).filter((name) => options[name]?.kind === 'oneOf');
      mistakes.push(
        `${id}.variants.option: there is no option "${variants.option}" of kind oneOf${suggest(variants.option, known)}`,
      );
    }
    for (const name of Object.keys(variants.byValue)) {
      if (values?.includes(name) !== false) continue;
      mistakes.push(`${id}.variants.byValue.${name} is not a value of the option${suggest(name, values)}`);
    }
  }
  const renderers = [['', provider] as const, ...Object.entries(variants?.byValue ?? {})];
  for (const [name, { renderFailure = provider.renderFailure }] of renderers) {
    const where = name === '' ? id : `${id}.variants.byValue.${name}`;
    mistakes.push(...findUnrendered(renderFailure, where), ...findUnknownCodes(provider, renderFailure, where));
  }
  return mistakes;
}

/** Lists codes that faults may ask for but `renderFailure` does not know. */
function findUnknownCodes(
  { id, codes = {} }: Provider,
  renderFailure: Provider['renderFailure'],
  where: string,
): readonly string[] {
  return Object.keys(codes)
    .filter((code) => !isRendered(renderFailure, { kind: 'refused', code: code as never }))
    .map((code) => `${id}.codes.${code} is not a code of ${where}.renderFailure.`);
}

/** Lists kinds of failure without a reply. */
function findUnrendered(renderFailure: Provider['renderFailure'], where: string): readonly string[] {
  const missing = SAMPLE_FAILURES.filter((failure) => !isRendered(renderFailure, failure));
  return [...new Set(missing.map(({ kind }) => kind))].map(
    (kind) => `${where}.renderFailure has no reply for "${kind}".`,
  );
}

function isRendered(renderFailure: Provider['renderFailure'], failure: FailureReason<never>): boolean {
  const request = { method: 'GET', url: '/', headers: {}, operationId: undefined, basePath: undefined };
  try {
    const reply: unknown = renderFailure(failure, request);
    return isObject(reply) && Number.isInteger(reply['status']);
  } catch {
    return false;
  }
}

/** The operation names of a document. */
interface Documented {
  readonly operationId?: unknown;
  readonly 'x-emulator-alias'?: unknown;
}

/**
 * Lists differences between a provider's operations and its document.
 *
 * @param document with its references resolved
 */
export function findOperationMistakes(provider: Provider, document: object): readonly string[] {
  const { id, operations: written } = provider;
  const documented = listDocumented(document);
  const ids = documented.map(({ operationId }) => String(operationId));
  const aliases = documented.flatMap(({ 'x-emulator-alias': alias }) => (typeof alias === 'string' ? [alias] : []));
  const twice = ids.filter((one, index) => ids.indexOf(one) < index);
  const twins = new Set(
    documented.filter((one) => one['x-emulator-alias'] !== undefined).map(({ operationId }) => operationId),
  );
  return [
    ...[...new Set(twice)].map((one) => `${id}.document has the operationId "${one}" twice.`),
    ...aliases
      .filter((alias) => !ids.includes(alias))
      .map(
        (alias) => `${id}.document has x-emulator-alias "${alias}", which is not an operationId${suggest(alias, ids)}`,
      ),
    ...Object.keys(written).flatMap((name) => {
      if (twins.has(name))
        return [`${id}.operations.${name} is an alias in the document: the operation that it repeats answers it.`];
      return ids.includes(name) ? [] : [`${id}.operations.${name} is not in the document${suggestKnown(name, ids)}`];
    }),
    ...findUnusual(provider, ids),
  ];
}

/** Lists operations in the failure table's `usual` that are not in the document. */
function findUnusual(
  { id, variants, variant: chosen, renderFailure }: Provider,
  ids: readonly string[],
): readonly string[] {
  const others = Object.values(variants?.byValue ?? {});
  const isVariant = chosen !== undefined && Object.hasOwn(variants?.byValue ?? {}, chosen);
  // The table may name operations of the default variant, which is checked by itself.
  if (isVariant) return [];
  const known = [...ids, ...others.flatMap(({ operations: more }) => Object.keys(more))];
  return listUsualOperations(renderFailure)
    .filter((name) => !known.includes(name))
    .map((name) => `${id}.renderFailure: usual.${name} is not in the document${suggestKnown(name, ids)}`);
}

function listDocumented(document: object): readonly Documented[] {
  const paths = isObject(document) ? document['paths'] : undefined;
  return Object.values(isObject(paths) ? paths : {})
    .flatMap((item) => Object.values(isObject(item) ? item : {}))
    .filter((operation): operation is Documented => isObject(operation) && 'operationId' in operation);
}
