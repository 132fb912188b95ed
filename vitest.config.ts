import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Of the properties only those of what holds money; `npm run test:full` has all of them, at full length.
    exclude: [
      'test/full/**',
      'test/*.property.test.ts',
      'test/!(core|providers)/**/*.property.test.ts',
      'test/core/!(store)/**/*.property.test.ts',
      'test/core/store/disk/**/*.property.test.ts',
      'node_modules/**',
    ],
    globalSetup: ['test/support/build.ts'],
    setupFiles: ['test/support/setup.ts'],
    // CommonJS libraries look as they do to Node itself.
    deps: { interopDefault: false },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Of a second, which is not enough where others use the processors.
    expect: { poll: { timeout: 20_000 } },
    // Each worker loads and compiles everything once more: with a third one two cores needed a tenth longer.
    maxWorkers: 2,
    // No module of ours keeps anything between tests but what is the same for all of them.
    isolate: false,
    // Small worlds come and go by the thousand: with more room for what is young a twentieth less time is spent on memory.
    execArgv: ['--min-semi-space-size=32', '--max-semi-space-size=64'],
    coverage: {
      include: ['src/**/*.ts'],
      // Generated types, and what runs in child processes only.
      exclude: ['src/generated/**', 'src/cli/**'],
      reporter: ['text-summary', 'html'],
      thresholds: { lines: 90, branches: 85 },
    },
  },
});
