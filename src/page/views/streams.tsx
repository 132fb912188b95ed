import type { JSX } from 'preact';

import type { Webhook } from '../../client.ts';
import { toTime } from '../instant.ts';
import { attempt, Data, Status, Text } from '../parts.tsx';
import { toTrafficLink } from '../route.ts';
import { link, sandbox, streams, webhooks, type OpenStream } from '../store.ts';

/** Who listens, and what each was sent; and what was sent to those who subscribed. */
export function StreamsView(): JSX.Element {
  return (
    <>
      <h1>Streams</h1>
      {streams.value.length === 0 ? (
        <p class="empty">No client listens to a stream now. What ended ones were sent stands in Traffic.</p>
      ) : (
        <ul class="plain">
          {streams.value.map((stream) => (
            <li key={stream.request} class="panel">
              <StreamPanel stream={stream} />
            </li>
          ))}
        </ul>
      )}
      <section aria-labelledby="webhooks-title">
        <h2 id="webhooks-title">Webhooks</h2>
        {webhooks.value.size === 0 ? (
          <p class="empty">Nothing was sent, nor is to be: nobody has subscribed, or nothing has happened.</p>
        ) : (
          <ul class="plain">
            {[...webhooks.value.values()].reverse().map((webhook) => (
              <li key={webhook.id} class="panel">
                <WebhookPanel webhook={webhook} />
              </li>
            ))}
          </ul>
        )}
      </section>
    </>
  );
}

const STATES = { waiting: '', held: 'warn', delivered: 'ok', dropped: 'bad', failed: 'bad' } as const;

function WebhookPanel({ webhook }: { readonly webhook: Webhook }): JSX.Element {
  const { id, provider, topic, subject, url, state, at, dueAt, request, fault, tries, body } = webhook;
  const send = (): void => {
    void attempt(() => sandbox.value.webhooks.send(id), `${id} was sent.`);
  };
  return (
    <article aria-label={`Webhook ${id}`}>
      <p class="line">
        <span class={`chip ${STATES[state]}`}>{state}</span>
        <strong>
          <Data text={topic} />
        </strong>
        of {provider}
        {subject !== null && <Data text={subject} />}
        {fault !== null && <span class="chip fault">{fault}</span>}
        <span class="grow" />
        <span class="soft number">
          {toTime(at)}
          {dueAt !== null && `, due ${toTime(dueAt)}`}
        </span>
        {request !== null && <a href={toTrafficLink(request)}>{request}</a>}
        <button class="small" aria-label={`Send ${id} now`} disabled={link.value !== 'live'} onClick={send}>
          Send
        </button>
      </p>
      <p>
        <code>
          <Data text={url} />
        </code>
      </p>
      <details>
        <summary>Body, and {tries.length === 1 ? '1 try' : `${tries.length} tries`}</summary>
        <Text text={body ?? 'Not told here.'} label={`Body of ${id}`} />
        <ul class="plain">
          {tries.map((one, place) => (
            <li key={place}>
              <span class="soft number">{toTime(one.at)}</span> <Status status={one.status} />{' '}
              <Data text={one.error ?? one.body} />
            </li>
          ))}
        </ul>
      </details>
    </article>
  );
}

function StreamPanel({ stream }: { readonly stream: OpenStream }): JSX.Element {
  const { request, at, provider, operation, subject, sent, events, keptBack } = stream;
  return (
    <article aria-label={`Stream ${request}`}>
      <p class="line">
        <strong>{operation ?? 'stream'}</strong> of {provider}
        {subject !== null && <Data text={subject} />}
        <span class="chip ok">open</span>
        <span class="number">
          {sent} sent{keptBack.length > 0 ? `, ${keptBack.length} kept back` : ''}
        </span>
        {keptBack.length > 0 && <span class="verdict">≠</span>}
        <span class="grow" />
        <span class="soft number">since {toTime(at)}</span>
        <a href={toTrafficLink(request)}>{request}</a>
      </p>
      <details>
        <summary>Events</summary>
        {events.map((event) => (
          <div key={event.at + event.event}>
            <p class="soft number">{toTime(event.at)}</p>
            <Text text={event.event} label={`Event at ${event.at}`} />
          </div>
        ))}
        {keptBack.map((event) => (
          <div key={event.at + event.event} class="split">
            <p class="number">{toTime(event.at)} kept back</p>
            <Text text={event.event} label={`Event kept back at ${event.at}`} />
          </div>
        ))}
      </details>
    </article>
  );
}
