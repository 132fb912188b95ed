import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/full/**', 'node_modules/**'],
    globalSetup: ['test/support/build.ts'],
    setupFiles: ['test/support/setup.ts'],
    // CommonJS libraries look as they do to Node itself.
    deps: { interopDefault: false },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Of a second, which is not enough where others use the processors.
    expect: { poll: { timeout: 20_000 } },
    // More than there are cores: a third of their time they wait, for clocks, connections and other processes.
    maxWorkers: 3,
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
