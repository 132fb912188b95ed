export { createApp, type EmulatorApp } from './emulator.ts';
