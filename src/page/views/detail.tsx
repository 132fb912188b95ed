import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import type { Fault, JournalEntry } from '../../client.ts';
import { toSigned, toShown, toShownUnit } from '../amount.ts';
import { toCurl } from '../curl.ts';
import { Diff } from '../diff.tsx';
import { isCommand } from '../keys.ts';
import { toDayAndTime } from '../instant.ts';
import { attempt, Choice, Copy, Data, Dialog, Status, tell, Text, toWords, useOnce, VerdictMark } from '../parts.tsx';
import { go, toFragment } from '../route.ts';
import { findPrefix, type ApiDocument } from '../snippet.ts';
import { toSentence } from '../rule-sentence.ts';
import type { Row } from '../rows.ts';
import { chooseSandbox, connection, findingsOf, link, rules, sandbox, urls } from '../store.ts';
import { FindingMark } from './findings.tsx';
import { describeDoing, describeVerdict, isSplit, toVerdict } from '../verdict.ts';

export interface DetailProps {
  readonly id: string;
  /** What its line says, also where the journal has forgotten the rest. */
  readonly row: Row | undefined;
  readonly onClose: () => void;
}

/** One exchange: what the client saw beside what the store did, and everything else. */
export function Detail({ id, row, onClose }: DetailProps): JSX.Element {
  const [entry, setEntry] = useState<JournalEntry>();
  const [mistake, setMistake] = useState('');
  const [isFailing, setFailing] = useState(false);
  const [isRewinding, onceRewound] = useOnce();
  const heading = useRef<HTMLHeadingElement>(null);
  const isLive = link.value === 'live';
  useEffect(() => {
    if (!isLive) return undefined;
    let isLeft = false;
    sandbox.value.requests.get(id).then(
      (found) => {
        if (isLeft) return;
        setEntry(found);
        setMistake('');
      },
      (error: unknown) => {
        if (!isLeft) setMistake(toWords(error));
      },
    );
    return () => (isLeft = true);
    // A row that is amended, as streams are, is looked at anew.
  }, [id, row, isLive]);
  useLayoutEffect(() => heading.current?.focus(), []);
  // A webhook was no call of a client's.
  const isCall = entry !== undefined && entry.webhook === undefined;
  const copyText = (): Promise<string> => toCommand(entry);
  useLayoutEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (!isCommand(event)) return;
      if (event.key === 'x') setFailing(true);
      else if (event.key === 'c') {
        void attempt(async () => navigator.clipboard.writeText(await copyText()), 'Copied as curl.');
      }
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  });
  return (
    <section class="detail" aria-labelledby="detail-title">
      <div class="line">
        <h2 id="detail-title" ref={heading} tabIndex={-1}>
          {id}
        </h2>
        <span class="grow" />
        {isCall && <Copy text={copyText} label="Copy as curl" />}
        <button class="small" onClick={() => setFailing(true)} disabled={!isCall}>
          Fail the next one like this
        </button>
        <button
          class="small"
          aria-label={`Rewind to before ${id}`}
          onClick={() => void onceRewound(() => attempt(() => rewind(id)))}
          aria-disabled={isRewinding}
          disabled={!isCall || !isLive}
        >
          Rewind
        </button>
        <button class="small" onClick={onClose}>
          Close
        </button>
      </div>
      {!entry && !isLive && <p class="empty">Nothing is known yet.</p>}
      {mistake !== '' && <p role="alert">{mistake}</p>}
      {entry && <Body entry={entry} />}
      {isFailing && isCall && <FailForm entry={entry} onClose={() => setFailing(false)} />}
    </section>
  );
}

/** Shows another sandbox, as this one stood before the exchange. This one stays as it is. */
async function rewind(id: string): Promise<void> {
  const name = await sandbox.value.rewind(id);
  chooseSandbox(name);
  go(['overview']);
  tell(`"${name}" is as it was before ${id}.`);
}

async function toCommand(entry: JournalEntry | undefined): Promise<string> {
  if (!entry || entry.webhook) throw new Error('There is no call of a client here.');
  const { providers } = connection.value;
  const url = urls.value[entry.provider] ?? '';
  const { env } = await providers.get(entry.provider);
  const document: ApiDocument = await providers.document(entry.provider);
  return toCurl(entry, { url, env, prefix: findPrefix(document) });
}

function Body({ entry }: { readonly entry: JournalEntry }): JSX.Element {
  const { answer, request, changes, ledger, reasons, violations, fault, leftOut } = entry;
  const rule = rules.value.find(({ id }) => id === fault?.id);
  const verdict = toVerdict(entry);
  const told = describeVerdict(verdict, answer.status);
  const findings = findingsOf.value.get(entry.id) ?? [];
  return (
    <>
      <p>
        <strong>{entry.operation ?? 'No operation'}</strong> of {entry.provider}
        {entry.subject !== null && (
          <>
            {' about '}
            <Data text={entry.subject} />
          </>
        )}
        <span class="soft">
          {' '}
          at {toDayAndTime(entry.at)}, {entry.duration} ms
        </span>
      </p>
      {told !== '' && (
        <p class={isSplit(verdict) ? 'told split' : 'told'}>
          <VerdictMark verdict={verdict} /> {told}
        </p>
      )}
      <div class="sides">
        <section aria-label="What the client saw">
          <h3>Client saw</h3>
          <p>
            <Status status={answer.status} ended={answer.ended} />
            {answer.ended !== undefined && <span> connection ended: {answer.ended}</span>}
          </p>
          <Text text={answer.body ?? ''} label="Body of the answer" />
        </section>
        <section aria-label="What the store did">
          <h3>Store did</h3>
          <p>{describeDoing(entry)}</p>
          {changes.map((change) => (
            <div key={`${change.collection} ${change.key}`}>
              <h4>
                <Data text={`${change.collection}/${change.key}`} />
              </h4>
              <Diff before={change.before} after={change.after} />
            </div>
          ))}
          {(leftOut?.changes ?? 0) > 0 && <p class="soft">{leftOut?.changes} more changes are not shown.</p>}
        </section>
      </div>
      {fault && (
        <Part title="Fault" count={1}>
          <p>
            <span class="chip fault">{fault.id}</span> {fault.phase}
            {rule && ` \u2013 ${toSentence(rule)}`}
          </p>
        </Part>
      )}
      <Part title="Findings" count={findings.length}>
        <ul class="plain">
          {findings.map((finding) => (
            <li key={finding.id}>
              <FindingMark finding={finding} />{' '}
              <a href={toFragment(['findings'], new URLSearchParams({ rule: finding.rule }))}>
                <Data text={finding.what} />
              </a>
              <p class="soft">
                <Data text={finding.advice} />
              </p>
            </li>
          ))}
        </ul>
      </Part>
      <Part title="Reasons" count={reasons.length}>
        <ul>
          {reasons.map(({ where, field, problem, nearest }) => (
            <li key={`${where} ${field ?? ''} ${problem}`}>
              {where}
              {field !== null && (
                <>
                  {' '}
                  <code>
                    <Data text={field} />
                  </code>
                </>
              )}
              : <Data text={problem} />
              {nearest !== null && (
                <>
                  {'; did you mean '}
                  <code>
                    <Data text={nearest} />
                  </code>
                  ?
                </>
              )}
            </li>
          ))}
        </ul>
      </Part>
      <Part title="Violations" count={violations.length}>
        <ul>
          {violations.map((violation) => (
            <li key={violation}>
              <Data text={violation} />
            </li>
          ))}
        </ul>
      </Part>
      <Part title="Ledger" count={ledger.length}>
        <ul class="plain">
          {ledger.map(({ id, provider, tenant, account, unit, delta, before, after }) => (
            <li key={id}>
              <a href={toFragment(['accounts', provider, tenant, account], new URLSearchParams({ unit }))}>
                <Data text={account} />
              </a>{' '}
              <span class="number">
                {toSigned(delta, unit)} {toShownUnit(unit)}, {toShown(before, unit)} → {toShown(after, unit)}
              </span>
            </li>
          ))}
        </ul>
      </Part>
      <h3>Request</h3>
      <p class="data">
        <code>
          <Data text={`${entry.method} ${entry.url}`} />
        </code>
      </p>
      <Headers headers={request.headers} label="Headers of the request" />
      {request.body === null ? (
        <p class="soft">The body was too long to be kept.</p>
      ) : (
        <Text text={request.body ?? ''} label="Body of the request" />
      )}
      <h3>Answer</h3>
      <Headers headers={answer.headers} label="Headers of the answer" />
      {answer.events?.map(({ at, event }) => (
        <Text key={at + event} text={event} label={`Event at ${at}`} />
      ))}
    </>
  );
}

function Part({
  title,
  count,
  children,
}: {
  readonly title: string;
  readonly count: number;
  readonly children: ComponentChildren;
}): JSX.Element | null {
  if (count === 0) return null;
  return (
    <section aria-label={title}>
      <h3>
        {title} {count > 1 && <span class="soft">{count}</span>}
      </h3>
      {children}
    </section>
  );
}

function Headers({ headers, label }: { readonly headers: object; readonly label: string }): JSX.Element {
  return (
    <details>
      <summary>{label}</summary>
      <dl class="headers">
        {Object.entries(headers).map(([name, value]) => (
          <div key={name}>
            <dt>
              <Data text={name} />
            </dt>
            <dd>
              <Data text={String(value)} />
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

const FAILURES = {
  lost: { phase: 'after', effect: { status: 500 } },
  refused: { phase: 'before', effect: { status: 503 } },
  reset: { phase: 'after', effect: { connection: 'reset' } },
  slow: { phase: 'before', effect: { delay: 2000 } },
} as const satisfies Record<string, Pick<Fault, 'phase' | 'effect'>>;

const HOW = [
  ['lost', 'it lands, and the client gets 500'],
  ['refused', 'it does nothing, and the client gets 503'],
  ['reset', 'it lands, and the connection is reset'],
  ['slow', 'it takes two seconds'],
] as const;

function FailForm({ entry, onClose }: { readonly entry: JournalEntry; readonly onClose: () => void }): JSX.Element {
  const [how, setHow] = useState<keyof typeof FAILURES>('lost');
  const [isBusy, once] = useOnce();
  const { provider, operation, subject } = entry;
  const rule = {
    provider,
    ...(operation !== null && { operation }),
    ...(subject !== null && { match: { subject } }),
    ...FAILURES[how],
    times: 1,
  } as Fault;
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    const { faults } = sandbox.value;
    const arm = async (): Promise<void> => {
      const { id } = await faults.add(rule);
      tell(`Armed: ${toSentence(rule)}`, () => void attempt(() => faults.delete(id)));
    };
    void once(() => attempt(arm).then(onClose));
  };
  return (
    <Dialog title="Fail the next one like this" onClose={onClose}>
      <form onSubmit={onSubmit}>
        <Choice label="How" value={how} options={HOW} onChange={(value) => setHow(value as keyof typeof FAILURES)} />
        <p>{toSentence(rule)}</p>
        <div class="acts">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button class="primary" aria-disabled={isBusy}>
            Arm
          </button>
        </div>
      </form>
    </Dialog>
  );
}
