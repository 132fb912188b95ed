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

/** What the control API sees of the whole emulator. */
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
  /** The variables of one provider. */
  environmentOf(id: string, approach?: Approach): Readonly<Record<string, string>>;
  /** The YAML document of a provider, or `emulator`. */
  readonly documents: ReadonlyMap<string, URL>;
  /** The operations and error codes of each provider, which fault rules can name. */
  readonly nameable: Nameable;
  readonly sandboxes: Sandboxes;
  readonly ownPorts: OwnPorts;
  /** The certificate, as PEM, of the authority of `--https`. */
  readonly ca: string | undefined;
  /** The state of the disk, if state is stored on one. */
  readonly disk: (() => KeptOnDisk) | undefined;
  readonly metrics: Metrics;
  readonly redaction: Redaction;
  readonly audits: Audits;
  /** The catalog of all collections. */
  readonly catalog: Catalog;
  /** The options with which another emulator answers as this one. */
  readonly written: BundledOptions;
  /** Replays in another sandbox what one did before an exchange. @throws {NotPlayable} */
  rewind(sandbox: Sandbox, id: string, name: string): Promise<Sandbox>;
  /** Counts all responses since the start. */
  readonly tally: Tally;
  /** The seeds by their fixtures. */
  readonly seeds: SeedCache;
  /**
   * Builds the state that a document in the format of fixtures describes.
   *
   * @throws {ConfigError} that says what is wrong and where
   */
  buildState(written: object, sandbox: Sandbox): Promise<ImportedState>;
}

export type KeptOnDisk = { readonly folder: string; readonly durability: Durability } & DiskStatus;

export interface ImportedState {
  readonly roots: Roots;
  /** Whether it names no fault rules, so that armed rules stay. */
  readonly keepsFaults: boolean;
}

/** Streams of the control API leave no event out. */
type ReplyTo<O> = O extends { responses: { 200: { content: { 'text/event-stream': unknown } } } }
  ? { readonly status: 200; readonly body: Tail }
  : ReplyOf<O>;

export type EndpointId = keyof operations;

/** An endpoint of the control API. It acts on one sandbox and, unlike an operation of a provider, may take time. */
export type Endpoint<Id extends EndpointId> = (
  call: CallOf<operations[Id]> & {
    readonly sandbox: Sandbox;
    readonly installation: Installation;
    readonly headers: RequestHead['headers'];
    /** Size of the request body. */
    readonly bytes: number;
    readonly approach: Approach | undefined;
  },
) => ReplyTo<operations[Id]> | Promise<ReplyTo<operations[Id]>>;
