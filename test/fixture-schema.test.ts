import { expect, it } from 'vitest';

import { readBundled, toBundledUrl } from '../src/core/values/bundled-file.ts';
import { bundled } from '../src/providers/index.ts';

/** What the control API takes as a rule, for a document of another kind. */
async function readRuleSchemas(): Promise<unknown> {
  const { components } = (await readBundled(toBundledUrl('specs/emulator.yaml'))) as {
    readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
  };
  const names = new Set(['Fault']);
  // A set goes on with what is added on the way.
  for (const name of names) {
    const text = JSON.stringify(components.schemas[name]);
    for (const [, other = ''] of text.matchAll(/#\/components\/schemas\/(\w+)/g)) names.add(other);
  }
  const schemas = Object.fromEntries([...names].sort().map((name) => [name, components.schemas[name]]));
  return JSON.parse(JSON.stringify(schemas).replaceAll('#/components/schemas/', '#/definitions/'));
}

/** What editors check fixtures with. After a change: npx vitest run test/fixture-schema -u */
it('keeps fixtures/schema.json up to date with the providers', async () => {
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Fixture of credits-emulator',
    type: 'object',
    additionalProperties: false,
    properties: {
      $schema: { type: 'string' },
      extends: { type: 'string', description: 'A world or file that this one adds to and overrides.' },
      clock: { type: 'string', description: 'Where clocks are frozen: RFC 3339. Without it they run with real time.' },
      randomSeed: { type: 'integer', description: 'What all chance is made of.' },
      faults: {
        type: 'array',
        description: 'Rules that are armed in every new sandbox.',
        items: { $ref: '#/definitions/Fault' },
      },
      ...Object.fromEntries(bundled.map(({ provider }) => [provider.id, provider.fixture.schema])),
    },
    definitions: await readRuleSchemas(),
  };
  await expect(`${JSON.stringify(schema, undefined, 2)}\n`).toMatchFileSnapshot('../fixtures/schema.json');
});
