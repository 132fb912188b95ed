import { useComputed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';

import type { Account, ProviderDescription } from '../../client.ts';
import { addDecimals, toGrouped } from '../amount.ts';
import { toAccountKey, toStepPath, type BalanceSeries } from '../balance-series.ts';
import { List } from '../list.tsx';
import { useNarrow } from '../narrow.ts';
import { Amount, attempt, Choice, Copy, Data } from '../parts.tsx';
import { route, setFilter, toFragment } from '../route.ts';
import { toClientSnippet, toCurlSnippet, type ApiDocument } from '../snippet.ts';
import { accounts, connection, courses, link, providers, sandbox, sandboxName, urls } from '../store.ts';
import { FindingsPanel } from './findings.tsx';

/** What runs where, and who has how much. */
export function Overview(): JSX.Element {
  return (
    <>
      <h1>Overview</h1>
      <FindingsPanel />
      <Services />
      <Totals />
      <Balances />
    </>
  );
}

/** Folded on a phone, where the balances would be far down. */
function Services(): JSX.Element {
  const isNarrow = useNarrow();
  const list = (
    <ul class="plain services">
      {providers.value.map((provider) => (
        <li key={provider.id}>
          <Service provider={provider} />
        </li>
      ))}
    </ul>
  );
  return (
    <section aria-labelledby="services-title">
      {isNarrow ? (
        <details>
          <summary>
            <h2 id="services-title">Services</h2> <span class="soft">{providers.value.length}</span>
          </summary>
          {list}
        </details>
      ) : (
        <>
          <h2 id="services-title">Services</h2>
          {list}
        </>
      )}
    </section>
  );
}

function Service({ provider }: { readonly provider: ProviderDescription }): JSX.Element {
  const { id, title, operations, hint } = provider;
  const [snippet, setSnippet] = useState<{ readonly kind: string; readonly text: string }>();
  // Which choice is the last one.
  const turn = useRef(0);
  const base = urls.value[id] ?? provider.url;
  // Some have a path in front of all others.
  const url = Object.values(provider.env).find((value) => value.startsWith(`${base}/`)) ?? base;
  const showCurl = (): void => {
    turn.current += 1;
    const mine = turn.current;
    const from = connection.value.providers;
    void attempt(async () => {
      const { env } = await from.get(id);
      const document: ApiDocument = await from.document(id);
      if (mine !== turn.current) return;
      setSnippet({ kind: 'curl', text: toCurlSnippet(document, { url: base, env, operations }) });
    });
  };
  const showClient = (): void => {
    turn.current += 1;
    setSnippet({ kind: 'client', text: toClientSnippet(connection.value.url, sandboxName.value, id) });
  };
  const secrets = Object.entries(provider.env).filter(([, value]) => value !== '' && value !== url && value !== base);
  return (
    <article class="panel" aria-label={title}>
      <h3>{title}</h3>
      <p class="line">
        <code class="data">
          {base}
          <wbr />
          {url.slice(base.length)}
        </code>
        <Copy text={url} label={`Copy address of ${title}`} />
      </p>
      {secrets.map(([name, value]) => (
        <p key={name} class="line">
          <code class="data soft" title={value}>
            {name}
          </code>
          <Copy text={value} label={`Copy ${name}`} />
        </p>
      ))}
      {hint !== undefined && <p class="soft">{hint}</p>}
      <p class="line">
        <button class="small" aria-label={`curl for ${title}`} onClick={showCurl} disabled={link.value !== 'live'}>
          curl
        </button>
        <button class="small" aria-label={`Client library for ${title}`} onClick={showClient}>
          client
        </button>
        <a href={`docs${location.search}#${encodeURIComponent(id)}`} aria-label={`docs of ${title}`}>
          docs
        </a>
      </p>
      {snippet && (
        <div class="snippet">
          <pre tabIndex={0} role="region" aria-label={`${snippet.kind} snippet`}>
            {snippet.text}
          </pre>
          <Copy text={snippet.text} label={`Copy ${snippet.kind} snippet`} />
        </div>
      )}
    </article>
  );
}

function Totals(): JSX.Element {
  const sums = useComputed(() => {
    const byUnit = new Map<string, { provider: string; unit: string; balances: string[] }>();
    for (const { provider, unit, balance } of accounts.value.values()) {
      const key = `${provider}\n${unit}`;
      const sum = byUnit.get(key) ?? { provider, unit, balances: [] };
      sum.balances.push(balance);
      byUnit.set(key, sum);
    }
    return [...byUnit.values()].map(({ provider, unit, balances }) => ({
      provider,
      unit,
      count: balances.length,
      total: addDecimals(balances),
    }));
  });
  return (
    <section aria-labelledby="totals-title">
      <h2 id="totals-title">Totals</h2>
      <dl class="totals">
        {sums.value.map(({ provider, unit, total, count }) => (
          <div key={`${provider} ${unit}`} class="panel">
            <dt>
              {provider} <span class="soft">{toGrouped(String(count))} accounts</span>
            </dt>
            <dd class="big">
              <Amount value={total} unit={unit} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

const SORTS = [
  ['', 'as listed'],
  ['name', 'name'],
  ['account', 'id'],
  ['high', 'highest balance'],
  ['low', 'lowest balance'],
  ['moved', 'most entries'],
] as const;

function Balances(): JSX.Element {
  const filters = useSignal({ search: '', provider: '', sort: '' });
  const { filters: given } = route.value;
  filters.value = {
    search: given.get('search') ?? '',
    provider: given.get('provider') ?? '',
    sort: given.get('sort') ?? '',
  };
  const rows = useComputed(() => selectAccounts([...accounts.value.values()], filters.value));
  const { search, provider, sort } = filters.value;
  const all = accounts.value.size;
  return (
    <section aria-labelledby="balances-title" class="fill">
      <h2 id="balances-title">Balances</h2>
      <div class="filters" role="search">
        <label class="field">
          <span>Search accounts</span>
          <input
            type="search"
            value={search}
            onInput={({ currentTarget }) => setFilter('search', currentTarget.value)}
          />
        </label>
        <Choice
          label="Service"
          value={provider}
          options={[['', 'all'] as const, ...providers.value.map(({ id }) => id)]}
          onChange={(value) => setFilter('provider', value)}
        />
        <Choice label="Sort by" value={sort} options={SORTS} onChange={(value) => setFilter('sort', value)} />
        <span class="soft number">
          {rows.value.length} of {all}
        </span>
      </div>
      {rows.value.length === 0 ? (
        <Nothing isEmpty={all === 0} />
      ) : (
        <List
          label="Balances"
          kind="balances"
          role="table"
          columns={['Service', 'Tenant', 'Account', 'Name', 'Balance', 'Course']}
          rows={rows.value}
          keyOf={toAccountKey}
          render={renderAccount}
        />
      )}
    </section>
  );
}

function Nothing({ isEmpty }: { readonly isEmpty: boolean }): JSX.Element {
  if (!isEmpty) return <p class="empty">No account fits the search.</p>;
  return (
    <p class="empty">
      {link.value === 'live' ? `"${sandbox.value.name}" holds no accounts.` : 'Nothing is known yet.'}
    </p>
  );
}

function renderAccount(row: Account): JSX.Element {
  const { provider, tenant, account, name, unit, balance } = row;
  const course = courses.value.get(toAccountKey(row));
  return (
    <>
      <span role="cell">{provider}</span>
      <span role="cell" class="soft">
        <Data text={tenant} />
      </span>
      <span role="cell">
        <a href={toFragment(['accounts', provider, tenant, account], new URLSearchParams({ unit }))}>
          <Data text={account} />
        </a>
      </span>
      <span role="cell">{name === undefined ? '' : <Data text={name} />}</span>
      <span role="cell" class="right">
        <Amount value={balance} unit={unit} />
      </span>
      <span role="cell">
        {course ? <SmallPlot course={course} balance={balance} /> : <span class="soft">no entry</span>}
      </span>
    </>
  );
}

const [WIDTH, HEIGHT] = [96, 20];

function SmallPlot({ course, balance }: { readonly course: BalanceSeries; readonly balance: string }): JSX.Element {
  const { start, points } = course;
  return (
    <svg
      class="course"
      role="img"
      aria-label={`${start} to ${balance} in ${points.length} entries`}
      viewBox={`-1 -1 ${WIDTH + 2} ${HEIGHT + 2}`}
      width={WIDTH + 2}
      height={HEIGHT + 2}
    >
      <path d={toStepPath(course, WIDTH, HEIGHT)} />
    </svg>
  );
}

export function selectAccounts(
  all: readonly Account[],
  { search, provider, sort }: { readonly search: string; readonly provider: string; readonly sort: string },
): readonly Account[] {
  const wanted = search.toLowerCase();
  const fitting = all.filter((one) => {
    if (provider !== '' && one.provider !== provider) return false;
    return [one.account, one.name ?? '', one.tenant, one.provider].some((text) => text.toLowerCase().includes(wanted));
  });
  const count = (one: Account): number => courses.value.get(toAccountKey(one))?.points.length ?? 0;
  if (sort === 'name') fitting.sort((a, b) => (a.name ?? '').localeCompare(b.name ?? ''));
  if (sort === 'account') fitting.sort((a, b) => a.account.localeCompare(b.account, undefined, { numeric: true }));
  if (sort === 'high') fitting.sort((a, b) => Number(b.balance) - Number(a.balance));
  if (sort === 'low') fitting.sort((a, b) => Number(a.balance) - Number(b.balance));
  if (sort === 'moved') fitting.sort((a, b) => count(b) - count(a));
  return fitting;
}
