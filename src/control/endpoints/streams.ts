import { renderInstant } from '../../core/values/clock.ts';
import type { OpenedStream } from '../../core/sandbox/open-streams.ts';
import type { Redaction } from '../../core/wire/redaction.ts';
import type { Endpoint } from '../endpoint.ts';
import { PAGE_SIZE } from '../page.ts';
import { presentSentEvents } from '../present.ts';
import type { components } from '../../generated/emulator.ts';

type Shown = components['schemas']['OpenStream'];

export const listStreams: Endpoint<'listStreams'> = ({ sandbox, installation: { redaction } }) => {
  const streams: Shown[] = [];
  let size = 0;
  for (const stream of sandbox.streams.list()) {
    const shown = size < PAGE_SIZE ? presentStream(stream, redaction) : presentHead(stream);
    size += JSON.stringify(shown).length;
    streams.push(shown);
  }
  return { status: 200, body: { streams } };
};

function presentStream(stream: OpenedStream, redaction: Redaction): Shown {
  return {
    ...presentHead(stream),
    events: presentSentEvents(stream.sent.list(), redaction),
    keptBack: presentSentEvents(stream.sent.listKeptBack(), redaction),
  };
}

function presentHead({ request, at, provider, operation, subject, sent }: OpenedStream): Shown {
  const head = { request, at: renderInstant(at), provider, operation: operation ?? null, subject: subject ?? null };
  return { ...head, sent: sent.count, events: [], keptBack: [] };
}
