import { defineConfig } from 'vitest/config';

/** What takes longer: property tests at full length, a thousand of each fault and the packed tarball. */
export default defineConfig({
  test: {
    include: ['test/full/**/*.test.ts', 'test/**/*.property.test.ts', 'test/faults/leaks.test.ts'],
    globalSetup: ['test/support/build.ts'],
    setupFiles: ['test/support/setup.ts'],
    env: { PROPERTY_RUNS: '1000', FUZZ_COMMANDS: '10000', LEAK_VISITS: '1000' },
    deps: { interopDefault: false },
    testTimeout: 600_000,
    hookTimeout: 600_000,
    fileParallelism: false,
  },
});
