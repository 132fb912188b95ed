export { createEmulator, type Emulator } from './emulator.ts';
export type { EmulatorOptions } from './config/options.ts';
export { ConfigError } from './config/config-error.ts';

// For providers of one's own, which `createEmulator({ providers: [mine] })` takes.
export { parseRelativeInstant, renderInstant, type Instant } from './core/values/clock.ts';
export { add, isNegative, subtract, toAmount, type Amount } from './core/values/decimal.ts';
export type { Reply } from './core/wire/reply.ts';
export type { Request } from './core/wire/request.ts';
export { assertOr, Failed, failed, Failure, type FailureReason, type Violation } from './core/wire/failure.ts';
export { FixtureMistake, type FixtureContext, type FixtureFormat, type FixturePath } from './core/provider/fixture.ts';
export { defineProvider, type Control, type Provider, type ProviderDefinition } from './core/provider/provider.ts';
export type { Call, Context, Operation, ProviderTypes } from './core/provider/call.ts';
export { defineCollection, type CollectionDefinition, type StateOf } from './core/store/collection.ts';
