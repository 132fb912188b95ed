/** The control API of a running emulator, typed, over HTTP. It needs only `fetch`, so it also runs in a browser. */
export { connect, type Connection, type ConnectOptions } from './client/connection.ts';
export { EmulatorError, UnreachableError, VerificationError, type Miss, type Problem } from './client/failures.ts';
export type { EventOptions, SandboxEvent } from './client/events.ts';
export type { ArmedFault, Fault } from './client/faults.ts';
export type { ByProvider, ControlName, OperationName, ProviderId, ProviderName } from './client/names.ts';
export type {
  Account,
  AccountFilters,
  ArchiveFilters,
  Audit,
  AuditOptions,
  Expectation,
  Finding,
  JournalEntry,
  LedgerEntry,
  LedgerFilters,
  RequestFilters,
  RuleName,
  Webhook,
  WebhookFilters,
} from './client/record.ts';
export type { Health, ResetOptions, Sandbox } from './client/sandbox.ts';
export type { ProviderDescription, SandboxDescription, SandboxOptions, Steering } from './client/steering.ts';
export type { ClockReading, Loading, StateDocument } from './client/world.ts';
