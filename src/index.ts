export { createEmulator, type Emulator } from './emulator.ts';
export { ConfigError, type EmulatorOptions } from './config.ts';
export { defineProvider, type Provider, type ProviderDefinition, type ProviderTypes } from './core/provider.ts';
