/** The control API of a running emulator, typed, over HTTP. Needs only `fetch`, so it also runs in a browser. */
export { connect, type Connection, type ConnectOptions } from './client/connection.ts';
export { EmulatorError, UnreachableError, VerificationError, type Miss, type Problem } from './client/failures.ts';
export type { EventOptions, SandboxEvent } from './client/events.ts';
export type { Audit, AuditOptions, Finding, RuleName } from './client/audit.ts';
export type { ArmedFault, Fault } from './client/faults.ts';
export type { ClockReading } from './client/clock.ts';
export type { ByProvider, ControlName, OperationName, ProviderId, ProviderName } from './client/names.ts';
export type {
  Account,
  AccountFilters,
  ArchiveFilters,
  Expectation,
  JournalEntry,
  LedgerEntry,
  LedgerFilters,
  RequestFilters,
} from './client/record.ts';
export type { Health, ResetOptions, Sandbox } from './client/sandbox.ts';
export type { SandboxDescription, SandboxOptions } from './client/sandboxes.ts';
export type { ProviderDescription, Steering } from './client/steering.ts';
export type { Webhook, WebhookFilters } from './client/webhooks.ts';
export type { Loading, StateDocument } from './client/world.ts';
