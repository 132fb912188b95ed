export { createEmulator, type Emulator } from './emulator.ts';
export { type EmulatorOptions } from './config.ts';
export { ConfigError } from './config-error.ts';

// For providers of one's own, which `createEmulator({ providers: [mine] })` takes.
export { parseRelativeInstant, renderInstant, type Instant } from './core/clock.ts';
export { add, isNegative, subtract, toAmount, type Amount } from './core/decimal.ts';
export { type Reply, type Request } from './core/exchange.ts';
export { assertOr, Failed, failed, Failure, type FailureReason, type Violation } from './core/failure.ts';
export { FixtureFault, type FixtureContext, type FixtureFormat, type FixturePath } from './core/fixture.ts';
export {
  defineProvider,
  type Call,
  type Context,
  type Control,
  type Operation,
  type Provider,
  type ProviderDefinition,
  type ProviderTypes,
} from './core/provider.ts';
export { defineCollection, type CollectionDefinition, type StateOf } from './core/collection.ts';
