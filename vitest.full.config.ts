import { defineConfig } from 'vitest/config';

/** What takes longer: property tests at full length and the packed tarball. */
export default defineConfig({
  test: {
    include: ['test/full/**/*.test.ts', 'test/**/*.property.test.ts'],
    globalSetup: ['test/support/build.ts'],
    setupFiles: ['test/support/setup.ts'],
    env: { PROPERTY_RUNS: '1000', FUZZ_COMMANDS: '10000' },
    deps: { interopDefault: false },
    testTimeout: 600_000,
    hookTimeout: 600_000,
    fileParallelism: false,
  },
});
