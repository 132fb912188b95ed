export { createEmulator, type Emulator } from './emulator.ts';
export { type EmulatorOptions } from './config/config.ts';
export { ConfigError } from './config/config-error.ts';

// For providers of one's own, which `createEmulator({ providers: [mine] })` takes.
export { parseRelativeInstant, renderInstant, type Instant } from './core/values/clock.ts';
export { add, isNegative, subtract, toAmount, type Amount } from './core/values/decimal.ts';
export { type Reply, type Request } from './core/wire/answer.ts';
export { assertOr, Failed, failed, Failure, type FailureReason, type Violation } from './core/wire/failure.ts';
export { FixtureFault, type FixtureContext, type FixtureFormat, type FixturePath } from './core/provider/fixture.ts';
export {
  defineProvider,
  type Call,
  type Context,
  type Control,
  type Operation,
  type Provider,
  type ProviderDefinition,
  type ProviderTypes,
} from './core/provider/provider.ts';
export { defineCollection, type CollectionDefinition, type StateOf } from './core/store/collection.ts';
