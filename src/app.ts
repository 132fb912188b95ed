export { createApp } from './emulator.ts';
