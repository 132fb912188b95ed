import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect } from 'preact/hooks';

import { isCommand } from '../keys.ts';
import { List } from '../list.tsx';
import { useNarrow } from '../narrow.ts';
import { Choice, Data, Status, VerdictMark } from '../parts.tsx';
import { go, route, setFilter } from '../route.ts';
import { selectRows, toNumber, type Row, type RowFilters } from '../rows.ts';
import { toTime } from '../instant.ts';
import { findingsOf, hasOlder, link, loadOlder, providers, readRows, sandboxName, urls } from '../store.ts';
import { isSplit } from '../verdict.ts';
import { Detail } from './detail.tsx';
import { FindingMark } from './findings.tsx';

const COLUMNS = ['Time', 'Operation', 'Subject', 'Client saw', 'Store did', 'Fault', 'ms'] as const;
const NAMES = ['text', 'provider', 'operation', 'subject', 'status', 'fault', 'split'] as const;

/** The journal as it grows. */
export function TrafficView(): JSX.Element {
  const { path, filters } = route.value;
  const [, opened] = path;
  /** Rows behind this number wait until somebody wants them; `undefined` where nothing waits. */
  const held = useSignal<number | undefined>(undefined);
  const isPaused = useSignal(false);
  const active = useSignal(opened);
  useEffect(() => {
    if (opened !== undefined) active.value = opened;
  }, [opened]);
  const book = readRows();
  const wanted: RowFilters = Object.fromEntries(NAMES.map((name) => [name, filters.get(name) ?? undefined]));
  const upTo = held.value ?? Infinity;
  const rows = selectRows(book.all, wanted, upTo);
  const waiting =
    held.value === undefined ? [] : selectRows(book.all, wanted, Infinity).slice(0, -rows.length || undefined);
  const hold = (): void => {
    held.value ??= book.all.at(-1)?.number ?? 0;
  };
  const release = (): void => {
    if (!isPaused.value) held.value = undefined;
  };
  const pause = (): void => {
    isPaused.value = !isPaused.value;
    if (isPaused.value) hold();
    else held.value = undefined;
  };
  const open = (row: Row): void => go(['traffic', row.id], filters);
  const close = (): void => {
    go(['traffic'], filters);
    document.querySelector<HTMLElement>('[role=grid]')?.focus();
  };
  useCommands({
    p: pause,
    n: () => {
      const at = rows.findIndex(({ id }) => id === active.value);
      const next = rows.slice(at + 1).find(({ verdict }) => isSplit(verdict));
      if (!next) return;
      active.value = next.id;
      if (opened !== undefined) open(next);
    },
    Escape: () => opened !== undefined && close(),
  });
  const showWaiting = (): void => {
    if (isPaused.value) held.value = book.all.at(-1)?.number ?? 0;
    else held.value = undefined;
    const list = document.querySelector('[role=grid]');
    if (list) list.scrollTop = 0;
  };
  const splits = waiting.filter(({ verdict }) => isSplit(verdict)).length;
  return (
    <div class={opened === undefined ? 'traffic' : 'traffic with-detail'}>
      <div class="fill">
        <div class="line">
          <h1>Traffic</h1>
          <button class="small" aria-pressed={isPaused.value} onClick={pause}>
            {isPaused.value ? 'Paused' : 'Pause'}
          </button>
          {waiting.length > 0 && (
            <button class="small accent" onClick={showWaiting}>
              {waiting.length} new{splits > 0 ? `, ${splits} split` : ''}
            </button>
          )}
          <span class="grow" />
          <span class="soft number">{describeCount(rows.length, book.all.length, wanted)}</span>
        </div>
        <Filters filters={wanted} />
        {rows.length === 0 ? (
          <Nothing isEmpty={book.all.length === 0} />
        ) : (
          <List
            label="Exchanges, newest first"
            kind="exchanges"
            role="grid"
            columns={COLUMNS}
            rows={rows}
            keyOf={({ id }) => id}
            nameOf={toName}
            classOf={toClass}
            render={renderRow}
            active={active.value}
            onActive={(id) => (active.value = id)}
            onOpen={open}
            onEnd={() => void loadOlder()}
            onAway={(isAway) => (isAway ? hold() : release())}
          />
        )}
        {book.isCut && !hasOlder.value && <p class="soft">Older ones were left out here; the journal may hold them.</p>}
      </div>
      {opened !== undefined && <Detail key={opened} id={opened} row={book.find(toNumber(opened))} onClose={close} />}
    </div>
  );
}

function describeCount(shown: number, all: number, filters: RowFilters): string {
  return Object.values(filters).some(Boolean) ? `${shown} of ${all}` : `${all}`;
}

function useCommands(commands: Readonly<Record<string, () => unknown>>): void {
  useLayoutEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const command = commands[event.key];
      if (!command || !isCommand(event)) return;
      event.preventDefault();
      command();
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  });
}

const STATUSES = [['', 'any'] as const, '2xx', '4xx', '5xx', ['none', 'no answer'] as const];

function Filters({ filters }: { readonly filters: RowFilters }): JSX.Element {
  const { text = '', provider = '', operation = '', subject = '', status = '', fault = '', split } = filters;
  const known = providers.value.filter(({ id }) => provider === '' || id === provider);
  const operations = [...new Set(known.flatMap((one) => one.operations.map(({ operationId }) => operationId)))].sort();
  const isAny = Object.values(filters).some(Boolean);
  const set = Object.values({ ...filters, text: '' }).filter(Boolean).length;
  const isNarrow = useNarrow();
  const others = (
    <>
      <Choice
        label="Service"
        value={provider}
        options={[['', 'any'] as const, ...providers.value.map(({ id }) => id)]}
        onChange={(value) => setFilter('provider', value)}
      />
      <Choice
        label="Operation"
        value={operation}
        options={[['', 'any'] as const, ...operations]}
        onChange={(value) => setFilter('operation', value)}
      />
      <label class="field">
        <span>Subject</span>
        <input value={subject} onInput={({ currentTarget }) => setFilter('subject', currentTarget.value)} />
      </label>
      <Choice label="Status" value={status} options={STATUSES} onChange={(value) => setFilter('status', value)} />
      <label class="check">
        <input
          type="checkbox"
          checked={fault === '*'}
          onChange={({ currentTarget }) => setFilter('fault', currentTarget.checked ? '*' : '')}
        />
        Met a fault
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={Boolean(split)}
          onChange={({ currentTarget }) => setFilter('split', currentTarget.checked ? '1' : '')}
        />
        Client and store differ
      </label>
      {isAny && (
        <button class="small" onClick={() => go(['traffic'])}>
          Clear filters
        </button>
      )}
    </>
  );
  return (
    <div class="filters" role="search">
      <label class="field">
        <span>Filter</span>
        <input type="search" value={text} onInput={({ currentTarget }) => setFilter('text', currentTarget.value)} />
      </label>
      {isNarrow ? (
        <details class="whole">
          <summary>More filters{set > 0 ? `, ${set} set` : ''}</summary>
          <div class="filters">{others}</div>
        </details>
      ) : (
        others
      )}
    </div>
  );
}

function Nothing({ isEmpty }: { readonly isEmpty: boolean }): JSX.Element {
  if (!isEmpty) return <p class="empty">No exchange fits the filters.</p>;
  if (link.value !== 'live') return <p class="empty">Nothing is known yet.</p>;
  const url = Object.values(urls.value)[0] ?? '';
  const header = sandboxName.value === 'default' ? '' : ` -H 'X-Emulator-Sandbox: ${sandboxName.value}'`;
  return (
    <div class="empty">
      <p>No service of "{sandboxName.value}" has been called yet. Any call shows here, such as</p>
      <code>{`curl ${url}/${header}`}</code>
    </div>
  );
}

/** As it is read aloud. */
function toName({ id, status, verdict, operation, subject, doing, method, url }: Row): string {
  const landed = verdict === 'agree' ? doing : verdict === 'made up' ? 'nothing stored: made up' : `landed: ${verdict}`;
  const rules = (findingsOf.value.get(id) ?? []).map(({ rule }) => rule);
  return [status ?? 'no answer', landed, operation || `${method} ${url}`, subject, ...rules]
    .filter((part) => part !== '')
    .join(', ');
}

function toClass({ verdict }: Row): string {
  return isSplit(verdict) ? 'split' : '';
}

function renderRow({ at, provider, operation, subject, status, ended, verdict, ...row }: Row): JSX.Element {
  const finding = findingsOf.value.get(row.id)?.[0];
  return (
    <>
      <span role="gridcell" class="number soft">
        {toTime(at)}
      </span>
      <span role="gridcell" class="operation">
        <span class="soft">{provider}</span> {operation === '' ? <Data text={`${row.method} ${row.url}`} /> : operation}
      </span>
      <span role="gridcell">
        <Data text={subject} />
      </span>
      <span role="gridcell" class="saw">
        <Status status={status} ended={ended} />
        {isSplit(verdict) && (
          <span class="unequal" aria-hidden="true">
            ≠
          </span>
        )}
      </span>
      <span role="gridcell" class={row.doing === 'nothing changed' ? 'did soft' : 'did'}>
        <VerdictMark verdict={verdict} /> <span class="number">{row.doing}</span>
        {finding && (
          <>
            {' '}
            <FindingMark finding={finding} />
          </>
        )}
      </span>
      <span role="gridcell">{row.fault !== '' && <span class="chip fault">{row.fault}</span>}</span>
      <span role="gridcell" class="number soft right">
        {row.duration < 10 ? row.duration.toFixed(1) : Math.round(row.duration)}
      </span>
    </>
  );
}
