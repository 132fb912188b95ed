import { expect, it } from 'vitest';

import { bundled } from '../src/providers/index.ts';

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
      ...Object.fromEntries(bundled.map(({ provider }) => [provider.id, provider.fixture.schema])),
    },
  };
  await expect(`${JSON.stringify(schema, undefined, 2)}\n`).toMatchFileSnapshot('../fixtures/schema.json');
});
