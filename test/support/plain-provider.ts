/**
 * A provider in plain JavaScript that imports nothing, as files in a folder: Bell, whose GET /rings counts how
 * often it was asked, from what its seed says.
 */
export const bell: Readonly<Record<string, string>> = {
  'bell.yaml': `
openapi: 3.0.3
info: { title: Bell, version: '1' }
paths:
  /rings:
    get:
      operationId: ring
      responses:
        '200':
          description: Rung.
          content: { application/json: { schema: { type: object, properties: { rings: { type: integer } } } } }
`,
  'bell-seed.yaml': 'bell:\n  rings: 7\n',
  'bell.js': `
export default {
  id: 'bell',
  title: 'Bell',
  hosts: [],
  document: new URL('bell.yaml', import.meta.url),
  seed: new URL('bell-seed.yaml', import.meta.url),
  options: { step: { kind: 'integer', default: 1, describe: 'How far it counts.' } },
  env: (state, url) => ({ BELL_URL: url }),
  stages: ['parse', 'validate'],
  body: { accept: ['application/json'], limit: 1000, depth: 5, protoKeys: 'data' },
  paths: { doubleSlash: 'refuse', trailingSlash: 'refuse' },
  headers: {},
  credential: () => undefined,
  authenticate: () => ({}),
  subject: () => undefined,
  secrets: [],
  collections: { bells: { key: ({ name }) => name } },
  controls: {},
  fixture: {
    schema: { type: 'object', additionalProperties: false, properties: { rings: { type: 'integer' } } },
    load: ({ rings }, state) => state.bells.put({ name: 'it', rings }),
    dump: (state) => ({ rings: state.bells.find('it')?.rings ?? 0 }),
  },
  operations: {
    ring: ({ state, options }) => {
      const rings = (state.bells.find('it')?.rings ?? 0) + options.step;
      state.bells.put({ name: 'it', rings });
      return { status: 200, body: { rings } };
    },
  },
  renderFailure: (failure) => ({ status: failure.status ?? 400, body: failure.kind }),
};
`,
};
