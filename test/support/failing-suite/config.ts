import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vitest/config';

const BUILT = fileURLToPath(new URL('../../../dist/vitest.js', import.meta.url));

export default defineConfig({
  test: {
    include: ['test/support/failing-suite/suite.ts'],
    // What is built, as those have it who use it; to transform all sources once more takes four times as long.
    alias: [{ find: /^.*\/src\/vitest\.ts$/, replacement: BUILT }],
    server: { deps: { external: [/\/dist\//] } },
    // As in the project's own.
    deps: { interopDefault: false },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
