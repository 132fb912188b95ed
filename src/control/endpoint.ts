import type { Addresses } from '../http/addresses.ts';
import type { OwnPorts } from '../http/own-ports.ts';
import type { Nameable } from '../core/faults/fault-rule.ts';
import type { Service } from '../core/exchange/exchange.ts';
import type { Tally } from '../core/exchange/tally.ts';
import type { Provider } from '../core/provider/provider.ts';
import type { CallOf, ReplyOf } from '../core/provider/call.ts';
import type { AnyOptionValue } from '../core/provider/options.ts';
import type { Approach } from '../core/wire/request.ts';
import type { Tail } from '../core/wire/reply.ts';
import type { RequestHead } from '../core/wire/request.ts';
import type { Redaction } from '../core/wire/redaction.ts';
import type { Sandbox } from '../core/sandbox/sandbox.ts';
import type { Sandboxes } from '../core/sandbox/sandboxes.ts';
import type { DiskStatus, Durability } from '../core/store/disk/commit-log.ts';
import type { Catalog, Roots } from '../core/store/roots.ts';
import type { BundledOptions } from '../bundles/bundle.ts';
import type { SeedCache } from '../fixtures/seed-cache.ts';
import type { Audits } from '../audit/audits.ts';
import type { Metrics } from './metrics.ts';
import type { operations } from '../generated/emulator.ts';

/** What the control API may see of the whole emulator. */
export interface Installation {
  readonly version: string;
  /** Milliseconds since the start. */
  uptime(): number;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly services: ReadonlyMap<string, Service>;
  readonly options: Readonly<Record<string, Readonly<Record<string, AnyOptionValue>>>>;
  readonly addresses: Addresses;
  /** The variables that `env` prints. */
  environment(approach?: Approach): Readonly<Record<string, string>>;
  /** Those of them that one provider brings. */
  environmentOf(id: string, approach?: Approach): Readonly<Record<string, string>>;
  /** The YAML document of a provider, or `emulator`. */
  readonly documents: ReadonlyMap<string, URL>;
  /** What faults may name. */
  readonly nameable: Nameable;
  readonly sandboxes: Sandboxes;
  readonly ownPorts: OwnPorts;
  /** The certificate, as PEM, of the authority of `--https`. */
  readonly ca: string | undefined;
  /** How the disk takes what is changed, where state is kept on one. */
  readonly disk: (() => KeptOnDisk) | undefined;
  readonly metrics: Metrics;
  readonly redaction: Redaction;
  readonly audits: Audits;
  /** Of all collections that there are. */
  readonly catalog: Catalog;
  /** What an emulator has to be told to answer as this one. */
  readonly written: BundledOptions;
  /** Does again in another sandbox what one did before an exchange. @throws {NotPlayable} */
  rewind(sandbox: Sandbox, id: string, name: string): Promise<Sandbox>;
  /** Of all that was answered since the start. */
  readonly tally: Tally;
  /** By their fixtures. */
  readonly seeds: SeedCache;
  /**
   * The state that a document in the format of fixtures describes.
   *
   * @throws {ConfigError} which says what is wrong where
   */
  buildState(written: object, sandbox: Sandbox): Promise<ImportedState>;
}

export type KeptOnDisk = { readonly folder: string; readonly durability: Durability } & DiskStatus;

export interface ImportedState {
  readonly roots: Roots;
  /** Whether it says nothing of rules of faults, so that those that are armed stay. */
  readonly keepsFaults: boolean;
}

/** Streams of the control API leave nothing out. */
type ReplyTo<O> = O extends { responses: { 200: { content: { 'text/event-stream': unknown } } } }
  ? { readonly status: 200; readonly body: Tail }
  : ReplyOf<O>;

export type EndpointId = keyof operations;

/** One operation of the control API. Unlike a provider's it may take time; it acts on one sandbox. */
export type Endpoint<Id extends EndpointId> = (
  call: CallOf<operations[Id]> & {
    readonly sandbox: Sandbox;
    readonly installation: Installation;
    readonly headers: RequestHead['headers'];
    /** Of the request's body. */
    readonly bytes: number;
    readonly approach: Approach | undefined;
  },
) => ReplyTo<operations[Id]> | Promise<ReplyTo<operations[Id]>>;
