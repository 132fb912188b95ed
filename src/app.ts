export { createApp, type EmulatorApp } from './compose/emulator.ts';
