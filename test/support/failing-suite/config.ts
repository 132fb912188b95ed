import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/support/failing-suite/suite.ts'],
    // As in the project's own.
    deps: { interopDefault: false },
  },
});
