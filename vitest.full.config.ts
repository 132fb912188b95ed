import { defineConfig } from 'vitest/config';

/**
 * What takes longer: property tests at full length, a thousand of each fault, the commands of the docs and the tarball. One
 * file at a time, but for properties: what starts processes or a browser is disturbed by others.
 */
export default defineConfig({
  test: {
    include: ['test/full/**/*.test.ts', 'test/**/*.property.test.ts'],
    globalSetup: ['test/support/build.ts'],
    setupFiles: ['test/support/setup.ts'],
    env: { PROPERTY_RUNS: '300', FUZZ_COMMANDS: '10000' },
    deps: { interopDefault: false },
    // What hangs is ended by who runs it; properties at full length take minutes on a slow machine.
    testTimeout: 1_800_000,
    expect: { poll: { timeout: 20_000 } },
    hookTimeout: 600_000,
    fileParallelism: false,
  },
});
