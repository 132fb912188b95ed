export { createEmulator, type Emulator } from './compose/emulator.ts';
export type { EmulatorOptions, FixtureValue } from './config/options.ts';
export { ConfigError } from './core/values/config-error.ts';

// What `emulator.sandbox(name)` gives, which `credits-emulator/client` has over HTTP.
export { EmulatorError, UnreachableError, VerificationError, type Miss, type Problem } from './client/failures.ts';
export type { ArmedFault, Fault } from './client/faults.ts';
export type { ByProvider, ProviderId } from './client/names.ts';
export type { Account, Expectation, JournalEntry, LedgerEntry } from './client/record.ts';
export type { Sandbox } from './client/sandbox.ts';
export type { SandboxOptions } from './client/steering.ts';

// For providers of one's own, which `--provider FILE` and `createEmulator({ providers: [mine] })` take.

// What a provider declares.
export {
  defineProvider,
  type AccountOwner,
  type Control,
  type FailedRequest,
  type LimitPolicy,
  type Provider,
  type ProviderDefinition,
  type StageName,
  type StreamPolicy,
  type Variant,
} from './core/provider/provider.ts';
export type { OptionDefinition, OptionDefinitions, OptionValues } from './core/provider/options.ts';
export type { BodyPolicy, Coercion, CorsPolicy, Failures, MediaType, PathPolicy } from './core/wire/policies.ts';

// Its records.
export {
  BY_KEY,
  defineCollection,
  type Change,
  type Collection,
  type CollectionDefinition,
  type StateOf,
} from './core/store/collection.ts';
export { toRecordKey } from './core/store/key.ts';
export type { IdSource, SeedIds } from './core/store/ids.ts';

// Its operations, and what they get and give.
export type {
  Call,
  CallOf,
  Context,
  Credentials,
  Operation,
  ParsedRequest,
  ProviderTypes,
  RandomSource,
} from './core/provider/call.ts';
export type { WebhookEvent, WebhookPolicy } from './core/provider/webhooks.ts';
export { TopicView, Stream, type Reply, type TopicValue } from './core/wire/reply.ts';
export type { Request } from './core/wire/request.ts';
export { parseFields, parseJson } from './core/wire/body.ts';

// Its failures.
export {
  assertOr,
  Failed,
  failed,
  Failure,
  refused,
  unauthenticated,
  type FailureReason,
  type ParseCause,
  type Violation,
} from './core/wire/failure.ts';
export { defineFailures, type FailureTable, type Saying } from './core/provider/failure-table.ts';

// A provider's section of a fixture: `fields` has the kinds of fields. `schemas` has parts of the JSON Schemas of fixtures and controls.
export * as fields from './core/provider/fields.ts';
export type { EntryOf, Field, Fields, LoadedOf, RecordOf } from './core/provider/fields.ts';
export { defineFixture, defineList, type FixtureList, type ListDefinition } from './core/provider/fixture-list.ts';
export { FixtureMistake, type FixtureContext, type FixtureFormat, type FixturePath } from './core/provider/fixture.ts';
export {
  assertOnly,
  assertUnheld,
  BEYOND_NUMBERS,
  getReferred,
  listByPlace,
  loadEach,
  Loading,
  parseNumericAmount,
} from './core/provider/loading.ts';
export {
  drawHexadecimal,
  drawPerson,
  drawUuid,
  oneForEach,
  pastInstant,
  toCompany,
  type GeneratedList,
  type GenerationPlace,
  type Made,
  type Person,
} from './core/provider/generation.ts';
export * as schemas from './core/values/json-schema.ts';

// Values.
export type { Brand } from './core/values/brand.ts';
export { toMessage } from './core/values/message.ts';
export {
  Clock,
  parseInstant,
  parseRelativeInstant,
  renderInstant,
  renderInstantOrNull,
  toInstant,
  toLater,
  type Instant,
} from './core/values/clock.ts';
export {
  add,
  isNegative,
  multiply,
  negate,
  renderFixed,
  roundUp,
  subtract,
  toAmount,
  ZERO,
  type Amount,
} from './core/values/decimal.ts';
export type { Rate, Window } from './core/values/rate.ts';
