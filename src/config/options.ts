import type { Provider } from '../core/provider/provider.ts';

export const DURABILITIES = ['fsync', 'os', 'none'] as const;
export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const;
export const LOG_FORMATS = ['pretty', 'json'] as const;

export type Durability = (typeof DURABILITIES)[number];
export type LogLevel = (typeof LOG_LEVELS)[number];
export type LogFormat = (typeof LOG_FORMATS)[number];

/** A fixture as a value: a key per provider, and `extends`, `clock`, `randomSeed` and `faults`. */
export type FixtureValue = Readonly<Record<string, unknown>>;

/** What `createEmulator` takes. Instants are RFC 3339. */
export interface EmulatorOptions {
  readonly port?: number;
  readonly host?: string;
  readonly providerPorts?: boolean;
  /** Where the shared port is reached, instead of the URL that is asked. */
  readonly publicUrl?: string;
  /** Whether X-Forwarded-Proto, -Host, -Port and -Prefix say what was asked. */
  readonly trustProxy?: boolean;
  /** Whether every port takes HTTPS too, with a certificate of an authority of its own. */
  readonly https?: boolean;
  /** Where that is kept. */
  readonly httpsFolder?: string;
  /** Ids of bundled providers, or providers of one's own. */
  readonly providers?: readonly (string | Provider)[];
  /** Files that export a provider each; those providers are known beside the bundled ones. */
  readonly provider?: readonly string[];
  /**
   * Worlds by name, files, and values of the same form, such as a state; later ones add to and override earlier ones,
   * record by record. `['default']` if left out.
   */
  readonly fixtures?: readonly (string | FixtureValue)[];
  /** Whether files of fixtures are loaded again when they change; sandboxes are put back to them then. */
  readonly watch?: boolean;
  /** A folder, in which all state is kept on disk. */
  readonly data?: string;
  readonly durability?: Durability;
  /** Begins anew, whatever the folder holds. */
  readonly resetData?: boolean;
  readonly randomSeed?: number;
  readonly clock?: string;
  /** `provider.option=value` each. */
  readonly set?: readonly string[];
  /** Whether all that happens in a sandbox is kept from the start, so that a bundle of it can be saved. */
  readonly record?: boolean;
  /** Files with rules that are armed in every new sandbox. */
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
  /** Addresses, ranges and hosts that webhooks may be sent to, beside loopback and private addresses. */
  readonly allowTarget?: readonly string[];
  readonly journalSize?: number;
  readonly bodyLimit?: number;
  /** Of the journals and ledgers of all sandboxes together. */
  readonly historyBytes?: number;
  readonly maxSandboxes?: number;
  /** The first and the last of the ports that sandboxes may have of their own, such as `4700-4799`. */
  readonly listenPorts?: string;
  /** ISO 8601, or milliseconds; a sandbox without a request for so long goes. */
  readonly sandboxIdle?: string | number;
  /** Silent if left out. */
  readonly logLevel?: LogLevel;
  readonly logFormat?: LogFormat;
}
