import { toCanonical } from './canonical.ts';
import { RecentMap } from './recent-map.ts';
import type { AuditedExchange } from './audited-exchange.ts';

/** Keys that are remembered; older ones are forgotten. */
const KEYS = 20_000;
/** Uses of one key that are kept. */
const USES = 64;
const HEADERS = ['idempotency-key', 'x-idempotency-key'] as const;

/** An idempotency key that came with an exchange, or with one item of a batch. */
export class KeyUse {
  readonly exchange: AuditedExchange;
  readonly key: string;
  /** Whether it is in the field that the contract has for it. */
  readonly isOfContract: boolean;
  /** The index of the item that it belongs to. */
  readonly #item: number | undefined;

  constructor(exchange: AuditedExchange, key: string, isOfContract: boolean, item?: number) {
    this.exchange = exchange;
    this.key = key;
    this.isOfContract = isOfContract;
    this.#item = item;
  }

  get isOfItem(): boolean {
    return this.#item !== undefined;
  }

  /** Equal for two uses that are one key of one scope. */
  get scopedKey(): string {
    const { entry, terms, who } = this.exchange;
    // A key that the contract does not know means one thing for all operations of a tenant.
    const operation = this.isOfContract ? entry.operation : null;
    const tenant = this.isOfContract && terms?.keyScope === 'global' ? '' : who.tenant;
    return JSON.stringify([entry.provider, operation, tenant, this.key]);
  }

  /** Equal texts are one intent. */
  get intent(): string {
    const { exchange } = this;
    if (this.#item === undefined) return exchange.intent;
    const { body, terms } = exchange;
    const [list = '', ofItem = ''] = terms?.key?.split(OF_ITEMS) ?? [];
    const left = new Set([ofItem, ...(terms?.attemptFields ?? [])]);
    const items: unknown = Reflect.get(body as object, list);
    return toCanonical((items as readonly unknown[])[this.#item], (name) => left.has(name));
  }
}

/** Separates the list from the field of its items. */
const OF_ITEMS = '[].';

/** The idempotency keys of a stretch that were used more than once. */
export class Keys {
  readonly #first = new RecentMap<string, KeyUse>(KEYS);
  readonly #repeated = new Map<string, KeyUse[]>();

  take(exchange: AuditedExchange): void {
    for (const use of listKeys(exchange)) this.#take(use);
  }

  #take(use: KeyUse): void {
    const { scopedKey } = use;
    const known = this.#repeated.get(scopedKey);
    if (known) {
      if (known.length < USES) known.push(use);
      return;
    }
    const first = this.#first.get(scopedKey);
    if (first) this.#repeated.set(scopedKey, [first, use]);
    else this.#first.set(scopedKey, use);
  }

  /** All uses of each repeated key, in order of their first repeats. */
  repeated(): Iterable<readonly KeyUse[]> {
    return this.#repeated.values();
  }

  /** All uses of a key that was repeated. */
  findRepeated({ scopedKey }: KeyUse): readonly KeyUse[] {
    return this.#repeated.get(scopedKey) ?? [];
  }
}

/** The keys that an exchange came with; an empty one does not count. */
export function listKeys(exchange: AuditedExchange): readonly KeyUse[] {
  const { terms, isWrite } = exchange;
  if (!isWrite || !terms) return [];
  const inBody = terms.key === undefined ? [] : findInBody(exchange, terms.key);
  if (inBody.length > 0) return inBody;
  for (const name of HEADERS) {
    const key = exchange.header(name);
    if (key !== undefined && key !== '') return [new KeyUse(exchange, key, false)];
  }
  return [];
}

function findInBody(exchange: AuditedExchange, field: string): readonly KeyUse[] {
  const { body } = exchange;
  if (typeof body !== 'object' || body === null) return [];
  if (!field.includes(OF_ITEMS)) {
    const key: unknown = Reflect.get(body, field);
    return isKey(key) ? [new KeyUse(exchange, key, true)] : [];
  }
  const [list = '', ofItem = ''] = field.split(OF_ITEMS);
  const items: unknown = Reflect.get(body, list);
  if (!Array.isArray(items)) return [];
  return items.flatMap((item: unknown, index) => {
    const key: unknown = typeof item === 'object' && item !== null ? Reflect.get(item, ofItem) : undefined;
    return isKey(key) ? [new KeyUse(exchange, key, true, index)] : [];
  });
}

function isKey(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
