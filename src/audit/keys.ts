import { toCanonical } from './canonical.ts';
import { hashText } from '../core/values/hash.ts';
import { RecentTexts } from './recent-texts.ts';
import type { AuditedExchange } from './audited-exchange.ts';

/** Keys that are remembered; the oldest are forgotten. */
const MOST = 20_000;
const HEADERS = ['idempotency-key', 'x-idempotency-key'] as const;

/** A key that came with an exchange, or with one item of it. */
export class KeyUse {
  readonly exchange: AuditedExchange;
  readonly key: string;
  /** Whether it stands where the contract has it. */
  readonly isOfContract: boolean;
  /** That of several items whose key it is. */
  readonly #item: number | undefined;

  constructor(exchange: AuditedExchange, key: string, isOfContract: boolean, item?: number) {
    this.exchange = exchange;
    this.key = key;
    this.isOfContract = isOfContract;
    this.#item = item;
  }

  /** Whether it is that of one of several items. */
  get isOfItem(): boolean {
    return this.#item !== undefined;
  }

  /** Whether both came with the same intent. */
  hasIntentOf(other: KeyUse): boolean {
    if (!this.isOfItem && !other.isOfItem) return this.exchange.hasIntentOf(other.exchange);
    return this.#intent === other.#intent;
  }

  /** Equal texts are one intent. */
  get #intent(): string {
    const { exchange } = this;
    if (this.#item === undefined) return exchange.intent;
    const { body, terms } = exchange;
    const [list = '', ofItem = ''] = terms?.key?.split(OF_ITEMS) ?? [];
    const left = new Set([ofItem, ...(terms?.attemptFields ?? [])]);
    const items: unknown = Reflect.get(body as object, list);
    return toCanonical((items as readonly unknown[])[this.#item], (name) => left.has(name));
  }
}

/** Between the list and the field of each of its items. */
const OF_ITEMS = '[].';

/** Every use of the idempotency keys of a stretch, as far as one was used more than once. */
export class Keys {
  readonly #first = new RecentTexts<KeyUse>(MOST);
  readonly #several: KeyUse[][] = [];
  /** The same, by the numbers that their keys are found by. */
  readonly #byHash = new Map<number, KeyUse[][]>();

  take(exchange: AuditedExchange): void {
    for (const use of listKeys(exchange)) this.#take(use);
  }

  #take(use: KeyUse): void {
    const hash = toHash(use);
    const known = this.#find(hash, use);
    if (known) {
      if (known.length < USES) known.push(use);
      return;
    }
    const first = this.#first.find(hash, (other) => isSameKey(other, use));
    if (!first) {
      this.#first.add(hash, use);
      return;
    }
    const uses = [first, use];
    this.#several.push(uses);
    this.#byHash.set(hash, [...(this.#byHash.get(hash) ?? []), uses]);
  }

  #find(hash: number, use: KeyUse): KeyUse[] | undefined {
    return this.#byHash.get(hash)?.find(([first]) => first && isSameKey(first, use));
  }

  /** Those that came more than once, in the order in which they came. */
  repeated(): Iterable<readonly KeyUse[]> {
    return this.#several;
  }

  /** All uses of a key that came more than once. */
  findRepeated(use: KeyUse): readonly KeyUse[] {
    return this.#find(toHash(use), use) ?? NONE;
  }
}

/** Of one key that are kept. */
const USES = 64;

/** The keys that an exchange came with; an empty one is none. */
export function listKeys(exchange: AuditedExchange): readonly KeyUse[] {
  const { terms, isWrite } = exchange;
  if (!isWrite || !terms) return NONE;
  const inBody = terms.key === undefined ? NONE : findInBody(exchange, terms.key);
  if (inBody.length > 0) return inBody;
  for (const name of HEADERS) {
    const key = exchange.header(name);
    if (key !== undefined && key !== '') return [new KeyUse(exchange, key, false)];
  }
  return NONE;
}

const NONE: readonly KeyUse[] = [];

function findInBody(exchange: AuditedExchange, place: string): readonly KeyUse[] {
  const { glimpse } = exchange;
  if (glimpse) return glimpse.key === '' ? NONE : [new KeyUse(exchange, glimpse.key, true)];
  const { body } = exchange;
  if (typeof body !== 'object' || body === null) return NONE;
  if (!place.includes(OF_ITEMS)) {
    const key: unknown = Reflect.get(body, place);
    return isKey(key) ? [new KeyUse(exchange, key, true)] : NONE;
  }
  const [list = '', ofItem = ''] = place.split(OF_ITEMS);
  const items: unknown = Reflect.get(body, list);
  if (!Array.isArray(items)) return NONE;
  return items.flatMap((item: unknown, index) => {
    const key: unknown = typeof item === 'object' && item !== null ? Reflect.get(item, ofItem) : undefined;
    return isKey(key) ? [new KeyUse(exchange, key, true, index)] : [];
  });
}

function isKey(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** A key that the contract does not know means one thing to a tenant's client, whatever it calls. */
function toTenant({ exchange: { terms, who }, isOfContract }: KeyUse): string {
  return isOfContract && terms?.keyScope === 'global' ? '' : who.tenant;
}

/** Equal for one key of one scope. */
function toHash(use: KeyUse): number {
  const { seeds } = use.exchange;
  const scope = hashText(toTenant(use), use.isOfContract ? seeds.operation : seeds.provider);
  return hashText(use.key, scope);
}

/** Whether they are one key of one scope. */
function isSameKey(one: KeyUse, other: KeyUse): boolean {
  const [first, second] = [one.exchange.entry, other.exchange.entry];
  if (one.key !== other.key || one.isOfContract !== other.isOfContract) return false;
  if (first.provider !== second.provider || toTenant(one) !== toTenant(other)) return false;
  return !one.isOfContract || first.operation === second.operation;
}
