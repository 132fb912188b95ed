import type { JSX } from 'preact';

import { toTime } from '../instant.ts';
import { Data, Text } from '../parts.tsx';
import { streams, type OpenStream } from '../store.ts';
import { toTrafficLink } from './traffic.tsx';

/** Who listens, and what each was sent. */
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
    </>
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
