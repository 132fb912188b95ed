import type { Provider } from '../core/provider/provider.ts';

export const DURABILITIES = ['fsync', 'os', 'none'] as const;
export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const;
export const LOG_FORMATS = ['pretty', 'json'] as const;

export type Durability = (typeof DURABILITIES)[number];
export type LogLevel = (typeof LOG_LEVELS)[number];
export type LogFormat = (typeof LOG_FORMATS)[number];

/** A fixture as a value: a key per provider, and `extends`, `clock`, `randomSeed` and `faults`. */
export type FixtureValue = Readonly<Record<string, unknown>>;

/** The options of `createEmulator`. Instants are RFC 3339. */
export interface EmulatorOptions {
  readonly port?: number;
  readonly host?: string;
  readonly providerPorts?: boolean;
  /** URL by which clients reach the shared port, instead of the request's own. */
  readonly publicUrl?: string;
  /** Whether to trust X-Forwarded-Proto, -Host, -Port and -Prefix. */
  readonly trustProxy?: boolean;
  /** Whether every port also serves HTTPS, with a certificate of the emulator's own authority. */
  readonly https?: boolean;
  /** The folder that stores that certificate. */
  readonly httpsFolder?: string;
  /** Ids of bundled providers, or providers of your own. */
  readonly providers?: readonly (string | Provider)[];
  /** JavaScript files that export a provider each, in addition to the bundled ones. */
  readonly provider?: readonly string[];
  /**
   * Worlds by name, files, and values of the same form, such as a state document. Later ones extend and override earlier
   * ones, record by record. Default: `['default']`.
   */
  readonly fixtures?: readonly (string | FixtureValue)[];
  /** Whether fixture files are loaded again when they change; sandboxes are then reset to them. */
  readonly watch?: boolean;
  /** The folder that stores all state on disk. */
  readonly data?: string;
  readonly durability?: Durability;
  /** Erases the folder and starts from the seed. */
  readonly resetData?: boolean;
  readonly randomSeed?: number;
  readonly clock?: string;
  /** `provider.option=value` each. */
  readonly set?: readonly string[];
  /** Whether every exchange is recorded from the start, for bundles. */
  readonly record?: boolean;
  /** Files of fault rules that every new sandbox gets. */
  readonly faults?: readonly string[];
  /** Whether requests may ask for faults themselves. */
  readonly requestFaults?: boolean;
  readonly strict?: boolean;
  /** Whether the log says why requests are refused. */
  readonly explain?: boolean;
  readonly control?: 'on' | 'off' | number;
  readonly controlToken?: string;
  readonly allowOrigin?: readonly string[];
  readonly allowHost?: readonly string[];
  /** Addresses, ranges and hosts that webhooks may go to, in addition to loopback and private addresses. */
  readonly allowTarget?: readonly string[];
  readonly journalSize?: number;
  readonly bodyLimit?: number;
  /** Bytes for the journals and ledgers of all sandboxes together. */
  readonly historyBytes?: number;
  readonly maxSandboxes?: number;
  /** Range of ports for sandboxes with ports of their own, such as `4700-4799`. */
  readonly listenPorts?: string;
  /** ISO 8601 duration or milliseconds: sandboxes idle this long are deleted. */
  readonly sandboxIdle?: string | number;
  /** Default: silent. */
  readonly logLevel?: LogLevel;
  readonly logFormat?: LogFormat;
}
