import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import type { Finding } from '../../client.ts';
import { Choice, Confirm, Data } from '../parts.tsx';
import { route, setFilter, toFragment, toTrafficLink } from '../route.ts';
import { accounts, audit, isPast, link, refreshAudit, sandbox } from '../store.ts';

const SEVERITIES = ['error', 'warning', 'info'] as const;
const CHIPS = { error: 'bad', warning: 'warn', info: '' } as const;

/** What is wrong with the clients, by which exchanges, and what to do about it. */
export function FindingsView(): JSX.Element {
  const { findings, waived, from } = audit.value;
  const { filters } = route.value;
  const [rule, severity] = [filters.get('rule') ?? '', filters.get('severity') ?? ''];
  const shown = findings.filter(
    (one) => (rule === '' || one.rule === rule) && (severity === '' || one.severity === severity),
  );
  const [isForgetting, setForgetting] = useState(false);
  const isOff = link.value !== 'live';
  return (
    <>
      <div class="line">
        <h1>Findings</h1>
        <Severities findings={findings} />
        <span class="grow" />
        {findings.length > 0 && (
          <button class="small danger" disabled={isOff} onClick={() => setForgetting(true)}>
            Forget all
          </button>
        )}
      </div>
      {findings.length > 0 && (
        <div class="filters" role="search">
          <Choice
            label="Rule"
            value={rule}
            options={[['', 'any'] as const, ...new Set(findings.map((one) => one.rule))]}
            onChange={(value) => setFilter('rule', value)}
          />
          <Choice
            label="Severity"
            value={severity}
            options={[['', 'any'] as const, ...SEVERITIES]}
            onChange={(value) => setFilter('severity', value)}
          />
          <span class="soft number">
            {shown.length} of {findings.length}
          </span>
        </div>
      )}
      {waived > 0 && (
        <p class="soft">{waived === 1 ? '1 more was' : `${waived} more were`} allowed by requests themselves.</p>
      )}
      {from !== undefined && <p class="soft">Judged from {from} on: what came before is no longer kept.</p>}
      {shown.length === 0 ? (
        <Nothing isEmpty={findings.length === 0} />
      ) : (
        <ul class="plain">
          {shown.map((finding) => (
            <li key={finding.id} class="panel">
              <FindingPanel finding={finding} />
            </li>
          ))}
        </ul>
      )}
      {isForgetting && (
        <Confirm
          question={{
            title: 'Forget all findings?',
            text: `All that was found in "${sandbox.value.name}" goes; only what clients do from now on is judged. This cannot be taken back.`,
            act: 'Forget',
            run: async () => {
              await sandbox.value.audit.clear();
              await refreshAudit();
            },
            done: 'All findings were forgotten.',
          }}
          onClose={() => setForgetting(false)}
        />
      )}
    </>
  );
}

/** How many there are of each severity; nothing where there are none. */
export function Severities({ findings }: { readonly findings: readonly Finding[] }): JSX.Element {
  return (
    <>
      {SEVERITIES.map((severity) => {
        const { length } = findings.filter((one) => one.severity === severity);
        return length === 0 ? null : (
          <a
            key={severity}
            class={`chip ${CHIPS[severity]}`}
            href={toFragment(['findings'], new URLSearchParams({ severity }))}
          >
            {length} {severity}
          </a>
        );
      })}
    </>
  );
}

function Nothing({ isEmpty }: { readonly isEmpty: boolean }): JSX.Element {
  if (!isEmpty) return <p class="empty">No finding fits the filters.</p>;
  if (link.value !== 'live') return <p class="empty">Nothing is known yet.</p>;
  return (
    <p class="empty">
      Nothing is wrong with what clients of "{sandbox.value.name}" have done so far. Have an answer be lost, by a rule
      under <a href="#/faults">Faults</a>, and see whether they can stand it.
    </p>
  );
}

function FindingPanel({ finding }: { readonly finding: Finding }): JSX.Element {
  const { rule, certainty, severity, client, provider, requests, entries, what, advice } = finding;
  const isOver = isPast(finding);
  return (
    <article aria-label={`${rule}: ${what}`}>
      <p class="line">
        <span class={`chip ${CHIPS[severity]}`}>{severity}</span>
        <strong>{rule}</strong>
        <span class="soft">{certainty}</span>
        <Subject finding={finding} /> of {provider}
        <span class="grow" />
        {isOver && <span class="soft">before the last reset</span>}
      </p>
      <p>
        <Data text={what} />
      </p>
      <p class="soft">
        <Data text={advice} />
      </p>
      <p class="line">
        {requests.map((id) =>
          isOver ? (
            <span key={id}>{id}</span>
          ) : (
            <a key={id} href={toTrafficLink(id)}>
              {id}
            </a>
          ),
        )}
        {entries.length > 0 && (
          <span class="soft">
            {entries.length === 1 ? 'ledger entry' : 'ledger entries'} {entries.join(', ')}
          </span>
        )}
        <span class="grow" />
        <span class="soft">
          <Data text={client} />
        </span>
      </p>
    </article>
  );
}

/** Whom it is about, and where that is an account, the way there. */
function Subject({ finding }: { readonly finding: Finding }): JSX.Element | null {
  const { subject, provider } = finding;
  if (subject === null) return null;
  const account = [...accounts.value.values()].find((one) => one.provider === provider && one.account === subject);
  if (!account) return <Data text={subject} />;
  return (
    <a href={toFragment(['accounts', provider, account.tenant, subject])}>
      <Data text={subject} />
    </a>
  );
}

/** In a few words, where something else is looked at. */
export function FindingMark({ finding }: { readonly finding: Finding | undefined }): JSX.Element | null {
  if (!finding) return null;
  return <span class={`chip ${CHIPS[finding.severity]}`}>{finding.rule}</span>;
}

/** The gravest ones, for who does not look for them. */
export function FindingsPanel(): JSX.Element | null {
  const { findings } = audit.value;
  if (findings.length === 0) return null;
  return (
    <section aria-labelledby="findings-title">
      <div class="line">
        <h2 id="findings-title">Findings</h2>
        <Severities findings={findings} />
      </div>
      <ul class="plain">
        {findings.slice(0, SHOWN).map((finding) => (
          <li key={finding.id} class="line">
            <FindingMark finding={finding} /> <Data text={finding.what} />
          </li>
        ))}
      </ul>
      {findings.length > SHOWN && <a href="#/findings">All {findings.length} findings</a>}
    </section>
  );
}

/** Findings that stand on the overview. */
const SHOWN = 3;
