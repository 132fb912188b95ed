/**
 * `npm run bench:audit` prints what an audit of a full journal costs at the default bounds: processor time in all, and in the
 * longest turn, after which other work could run; medians with quartiles, of all threads. The aims are 1 s and 20 ms.
 */
import { compose } from '../../src/compose/compose.ts';
import { readConfig } from '../../src/config/imported-providers.ts';
import { silent } from '../../src/core/values/logger.ts';
import { bundled } from '../../src/providers/index.ts';
import { klaim, PARTS, type Ask } from '../audit/zoo/cast.ts';
import { toSpread } from './statistics.ts';

const ROUNDS = 9;
/** One in this many answers is lost, and its request is sent again. */
const LOST = 20;
const FIELDS = Object.fromEntries(Array.from({ length: 600 }, (_, number) => [`field${number}`, `value ${number}`]));

/** Milliseconds of processor time of the process. */
function readProcessor(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** What the client with this number sends. */
type Traffic = (number: number) => { readonly provider: string; readonly ask: Ask };

const TRAFFIC: Readonly<Record<string, Traffic>> = {
  'adds and reads at five services': (number) => {
    const part = PARTS[number % PARTS.length] ?? klaim;
    return { provider: part.provider, ask: number % 3 === 0 ? part.read() : part.add(1 + (number % 50)) };
  },
  'bodies of 15 kB': (number) => {
    const { body, ...write } = klaim.write();
    return { provider: 'klaim', ask: { ...write, body: { ...(body as object), metadata: { ...FIELDS, number } } } };
  },
};

const config = await readConfig({ port: 0 }, bundled);

for (const [name, traffic] of Object.entries(TRAFFIC)) {
  const composition = await compose(config, silent);
  const { replayEnvironment, sandboxes, transport } = composition;
  const send = async (number: number, injected: Readonly<Record<string, string>> = {}): Promise<void> => {
    const { provider, ask } = traffic(number);
    const service = replayEnvironment.services.get(provider);
    if (!service) throw new Error(`No service "${provider}".`);
    const { method, path, body } = ask;
    const bytes = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const headers = {
      ...{ host: 'localhost', 'content-type': 'application/json', 'user-agent': `shop/1.${number % 40}` },
      ...Object.fromEntries(Object.entries(ask.headers ?? {}).map(([header, value]) => [header.toLowerCase(), value])),
      ...(number % 2 === 0 && { 'x-emulator-client': `worker-${number % 40}` }),
      ...injected,
    };
    const request = { method, url: path, headers, body: bytes, onLeave: () => () => undefined };
    await replayEnvironment.exchanges.handle(service, undefined, request);
  };
  const audit = async (): Promise<string> => {
    const answer = await transport.send({ method: 'GET', path: '/audit', sandbox: undefined });
    return answer.text();
  };
  for (let number = 0; number < config.journalSize; number += 1) {
    if (number % LOST === 0) await send(number, { 'x-emulator-inject': 'status=500; phase=after' });
    await send(number);
  }
  const { events, journal } = sandboxes.get('default');
  const kept = `${[...journal.newest()].length} exchanges among ${events.position - events.forgotten} events`;
  const findings = (JSON.parse(await audit()) as { readonly findings: readonly unknown[] }).findings.length;
  const processor: number[] = [];
  const turns: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = readProcessor();
    let [last, longest] = [began, 0];
    const watch = (): void => {
      const now = readProcessor();
      longest = Math.max(longest, now - last);
      last = now;
      next = setImmediate(watch);
    };
    let next = setImmediate(watch);
    await audit();
    clearImmediate(next);
    watch();
    clearImmediate(next);
    processor.push(last - began);
    turns.push(longest);
  }
  const describe = (values: readonly number[]): string => {
    const { q1, median, q3 } = toSpread(values);
    return `${median.toFixed(1)} ms (${q1.toFixed(1)} to ${q3.toFixed(1)})`;
  };
  process.stdout.write(
    `${name}: ${kept}, ${findings} findings; processor time ${describe(processor)}, longest turn ${describe(turns)}\n`,
  );
  await composition.close();
}
process.exit();
