/** For vitest: one emulator for each test file, and a sandbox for each test. */
export { useEmulator, type EmulatorInTests, type TestOptions, type TestSandbox } from './trials/test-sandboxes.ts';
