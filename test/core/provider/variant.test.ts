import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import type { Provider } from '../../../src/core/provider/provider.ts';
import { toVariant } from '../../../src/core/provider/variant.ts';
import { startControl } from '../../control/api.ts';
import { tally } from '../../support/providers.ts';

const document = new URL('file:///specs/tally-loud.yaml');
const operations = { getCounter: () => ({ status: 200, body: {} }) };
const renderFailure = () => ({ status: 418 });

/** Tally with a variant that says everything of itself, and one that says little. */
const varied: Provider = {
  ...tally,
  coercion: 'everything',
  variants: {
    option: 'mood',
    byValue: { loud: { document, operations, coercion: 'nothing', renderFailure }, quiet: { document, operations } },
  },
};

describe(toVariant, () => {
  it('leaves a provider without variants as it is', () => {
    expect(toVariant(tally, { mood: 'loud' })).toBe(tally);
  });

  it('puts what a variant has in the place of what the provider has', () => {
    expect(toVariant(varied, { mood: 'loud' })).toEqual({
      ...varied,
      document,
      operations,
      coercion: 'nothing',
      renderFailure,
      variant: 'loud',
    });
  });

  it('leaves what a variant does not have', () => {
    expect(toVariant(varied, { mood: 'quiet' })).toEqual({ ...varied, document, operations, variant: 'quiet' });
  });

  it.each(['plain', 'constructor', '__proto__', 'toString'])(
    'leaves everything but the name for %s, of which no variant is known',
    (mood) => {
      expect(toVariant(varied, { mood })).toEqual({ ...varied, variant: mood });
    },
  );

  it('changes neither the provider nor its variants', () => {
    const before = { ...varied };
    toVariant(varied, { mood: 'loud' });
    expect(varied).toEqual(before);
  });
});

describe('the control API', () => {
  /** What it shows of OpenMonetize. */
  async function show(...set: readonly string[]) {
    const { agent, get } = await startControl({ providers: ['openmonetize', 'klaim'], set });
    const { body } = await get('/providers/openmonetize');
    const { variant, options, operations } = body as {
      readonly variant: string;
      readonly options: object;
      readonly operations: readonly { readonly method: string; readonly path: string; readonly written: boolean }[];
    };
    const yaml = await agent.get('/_emulator/specs/openmonetize.yaml').buffer();
    const json = await agent.get('/_emulator/specs/openmonetize.json');
    return { variant, options, operations, get, yaml: parse(yaml.text) as unknown, json: json.body as unknown };
  }

  it.each<['seed' | 'head', readonly string[], string]>([
    ['seed', [], 'GET /v1/customers/{customerId}/users/{userId}/credits'],
    ['seed', ['openmonetize.profile=seed'], 'GET /v1/customers/{customerId}/users/{userId}/credits'],
    ['head', ['openmonetize.profile=head'], 'GET /v1/users/{userId}/credits'],
  ])('shows the variant %s, its operations and its document with %j', async (variant, set, path) => {
    const shown = await show(...set);
    expect([shown.variant, shown.options]).toMatchObject([variant, { profile: variant }]);
    expect(shown.operations.map((operation) => `${operation.method} ${operation.path}`)).toContain(path);
    expect(shown.operations.filter(({ written }) => !written)).toEqual([]);
    expect(shown.json).toMatchObject({ info: { title: `OpenMonetize API, as emulated, profile ${variant}` } });
    expect(shown.yaml).toEqual(shown.json);
  });

  it('has one document for the provider, under its own name only', async () => {
    const { get } = await show('openmonetize.profile=head');
    expect(await get('/specs/openmonetize-head.yaml')).toMatchObject({ status: 404 });
  });

  it('shows of a provider without variants that it is as it always is', async () => {
    const { get } = await show('openmonetize.profile=head');
    expect(await get('/providers/klaim')).toMatchObject({ status: 200, body: { variant: 'default' } });
  });
});
