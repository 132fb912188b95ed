import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import type { Account, LedgerEntry } from '../../client.ts';
import { toShown, toShownUnit, toSigned } from '../amount.ts';
import { toAccountKey } from '../balance-series.ts';
import { Form, type FieldSchema } from '../form.tsx';
import { toMillis, toTime } from '../instant.ts';
import { List } from '../list.tsx';
import { Amount, Choice, Data, tellFailure, VerdictMark } from '../parts.tsx';
import type { Mark } from '../plot.ts';
import { route, toTrafficLink } from '../route.ts';
import { toNumber } from '../rows.ts';
import { accounts, courses, link, readRows, sandbox, type Control } from '../store.ts';
import { isSplit, type Verdict } from '../verdict.ts';

/** How one balance came to be what it is. */
export function AccountView(): JSX.Element {
  const { path, filters } = route.value;
  const [, provider = '', tenant = '', account = ''] = path;
  const all = [...accounts.value.values()].filter(
    (one) => one.provider === provider && one.tenant === tenant && one.account === account,
  );
  const found = all.find(({ unit }) => unit === filters.get('unit')) ?? all[0];
  if (!found) {
    return (
      <>
        <h1>
          <Data text={account} />
        </h1>
        <p class="empty">
          {link.value === 'live' ? 'There is no such account in this sandbox.' : 'Nothing is known yet.'}{' '}
          <a href="#/overview">To the overview</a>
        </p>
      </>
    );
  }
  return <Known key={toAccountKey(found)} account={found} />;
}

function Known({ account }: { readonly account: Account }): JSX.Element {
  const { provider, tenant, name, unit, balance } = account;
  const entries = useEntries(account);
  return (
    <>
      <p class="soft">
        <a href="#/overview">Overview</a> › {provider} › <Data text={tenant} />
      </p>
      <div class="line">
        <h1>
          <Data text={account.account} />{' '}
          {name !== undefined && (
            <span class="soft">
              <Data text={name} />
            </span>
          )}
        </h1>
        <span class="grow" />
        <span class="big">
          <Amount value={balance} unit={unit} />
        </span>
      </div>
      {entries && <BalancePlot entries={entries} />}
      <section aria-labelledby="entries-title" class="fill">
        <h2 id="entries-title">Entries</h2>
        {entries === undefined && <p class="empty">Nothing is known yet.</p>}
        {entries?.length === 0 && <p class="empty">Nothing has moved this balance since the sandbox began.</p>}
        {entries && entries.length > 0 && (
          <List
            label="Entries, newest first"
            kind="entries"
            role="table"
            columns={['Time', 'Delta', 'After', 'Cause', 'Operation', 'Exchange']}
            rows={[...entries].reverse()}
            keyOf={({ id }) => id}
            classOf={(entry) => (isSplit(toEntryVerdict(entry)) ? 'split' : '')}
            render={renderEntry}
          />
        )}
      </section>
      <Controls account={account} />
    </>
  );
}

/** Of a balance, oldest first, as they grow; `undefined` until they are known. */
function useEntries(of: Account): readonly LedgerEntry[] | undefined {
  const [entries, setEntries] = useState<readonly LedgerEntry[]>();
  const asking = useRef({ isUnderWay: false, isStale: false, isLeft: false });
  const ask = async (): Promise<void> => {
    const { current } = asking;
    current.isStale = true;
    // Under steady traffic a request that gave way to each newer one would never end.
    if (current.isUnderWay) return;
    current.isUnderWay = true;
    while (current.isStale) {
      current.isStale = false;
      try {
        const found = await listEntries(of);
        if (!current.isLeft) setEntries(found);
      } catch (error) {
        if (!current.isLeft && link.value === 'live') tellFailure(error);
      }
    }
    current.isUnderWay = false;
  };
  // After a reset ids and times may be those of before, but neither the course nor the rows are.
  useEffect(() => void ask(), [courses.value.get(toAccountKey(of)), readRows(), link.value]);
  useEffect(() => () => void (asking.current.isLeft = true), []);
  return entries;
}

async function listEntries({ provider, tenant, account, unit }: Account): Promise<readonly LedgerEntry[]> {
  const { entries } = await sandbox.value.ledger.list({ provider: provider as never, tenant, account, limit: 2000 });
  return entries.filter((entry) => entry.unit === unit).reverse();
}

/** Of the exchange that made it, where that is still known here. */
function toEntryVerdict({ requestId }: LedgerEntry): Verdict {
  return (requestId === null ? undefined : readRows().find(toNumber(requestId)))?.verdict ?? 'agree';
}

function renderEntry(entry: LedgerEntry): JSX.Element {
  const { at, unit, delta, after, cause, operation, requestId } = entry;
  return (
    <>
      <span role="cell" class="number soft">
        {toTime(at)}
      </span>
      <span role="cell" class="number right">
        {toSigned(delta, unit)}
      </span>
      <span role="cell" class="number right">
        {toShown(after, unit)}
      </span>
      <span role="cell">{cause}</span>
      <span role="cell">{operation}</span>
      <span role="cell">
        {requestId !== null && <a href={toTrafficLink(requestId)}>{requestId}</a>}{' '}
        <VerdictMark verdict={toEntryVerdict(entry)} />
      </span>
    </>
  );
}

function BalancePlot({ entries }: { readonly entries: readonly LedgerEntry[] }): JSX.Element | null {
  const coincide = entries.some(({ at }, place) => place > 0 && toMillis(at) <= toMillis(entries[place - 1]?.at ?? at));
  const [by, setBy] = useState<'time' | 'order' | undefined>(undefined);
  const target = useRef<HTMLDivElement>(null);
  const isTime = (by ?? (coincide ? 'order' : 'time')) === 'time';
  useEffect(() => {
    const { current } = target;
    if (!current || entries.length === 0) return undefined;
    let drawn: (() => void) | undefined;
    let isLeft = false;
    const sorted = isTime ? [...entries].sort((a, b) => toMillis(a.at) - toMillis(b.at)) : entries;
    const marks = sorted.map((entry, place) => ({
      x: isTime ? toMillis(entry.at) / 1000 : place + 1,
      y: Number(toShown(entry.after, entry.unit).replaceAll(',', '').replace('\u2212', '-')),
      kind: toKind(entry),
    }));
    const { before = '0', unit = '' } = sorted[0] ?? {};
    const start = Number(toShown(before, unit).replaceAll(',', '').replace('\u2212', '-'));
    void import('../plot.ts').then(({ drawPlot }) => {
      if (!isLeft) drawn = drawPlot(current, { start, marks, isTime, height: 200 });
    });
    return () => {
      isLeft = true;
      drawn?.();
    };
  }, [entries, isTime, document.documentElement.dataset['theme']]);
  const [oldest] = entries;
  const newest = entries.at(-1);
  if (!oldest || !newest) return null;
  const { unit } = oldest;
  return (
    <section aria-label="Course" class="panel">
      <div class="line">
        <span role="group" aria-label="Along" class="line">
          {(['time', 'order'] as const).map((way) => (
            <button key={way} class="small" aria-pressed={(way === 'time') === isTime} onClick={() => setBy(way)}>
              {way}
            </button>
          ))}
        </span>
        {coincide && <span class="soft">Some entries have the same instant: the clock stood still.</span>}
        <span class="grow" />
        <span class="soft legend">● entry × met a fault ◆ its client was not told</span>
      </div>
      <div
        class="plot"
        ref={target}
        role="img"
        aria-label={`${toShown(oldest.before, unit)} to ${toShown(newest.after, unit)} ${toShownUnit(unit)} in ${entries.length} entries, by ${isTime ? 'time' : 'order'}`}
      />
    </section>
  );
}

function toKind(entry: LedgerEntry): Mark['kind'] {
  if (isSplit(toEntryVerdict(entry))) return 'unseen';
  const row = entry.requestId === null ? undefined : readRows().find(toNumber(entry.requestId));
  return row !== undefined && row.fault !== '' ? 'fault' : 'entry';
}

/** What happens outside the service's API, on this account. */
function Controls({ account }: { readonly account: Account }): JSX.Element | null {
  const { provider } = account;
  const [controls, setControls] = useState<readonly Control[]>([]);
  const [chosen, setChosen] = useState('');
  useEffect(() => {
    sandbox.value.controls.list().then(
      (all) => setControls(all.controls.filter((one) => one.provider === provider)),
      () => undefined,
    );
  }, [provider, link.value]);
  const control = controls.find(({ name }) => name === chosen) ?? controls[0];
  if (!control) return null;
  const schema = control.schema as FieldSchema;
  return (
    <section aria-labelledby="act-title" class="panel">
      <h2 id="act-title">Act on it</h2>
      <Choice label="Control" value={control.name} options={controls.map(({ name }) => name)} onChange={setChosen} />
      <p class="soft">{control.description}</p>
      <Form
        key={control.name}
        schema={schema}
        first={toFirst(schema, account)}
        act={`Run ${control.name}`}
        onSend={(body) => sandbox.value.controls.run(provider as never, control.name, body)}
      />
    </section>
  );
}

const OF_ACCOUNT = /user|account|address|customer|wallet|player|member|owner/i;
const OF_TENANT = /game|tenant|merchant|\bapp\b|app_?id/i;

/** Fields that by their names are about the account that is looked at. */
function toFirst({ properties = {} }: FieldSchema, { account, tenant }: Account): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.keys(properties).flatMap((name) => {
      if (/name|type|mail|amount|balance/i.test(name)) return [];
      if (OF_ACCOUNT.test(name)) return [[name, account]];
      return OF_TENANT.test(name) ? [[name, tenant]] : [];
    }),
  );
}
