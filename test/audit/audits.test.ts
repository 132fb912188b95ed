import { setImmediate } from 'node:timers/promises';

import { describe, expect, it, onTestFinished, vi } from 'vitest';

import type { AuditRule } from '../../src/audit/audit-rule.ts';
import { Audits, createAudits } from '../../src/audit/audits.ts';
import { compose } from '../../src/compose/compose.ts';
import { readConfig } from '../../src/config/imported-providers.ts';
import type { Sandbox } from '../../src/core/sandbox/sandbox.ts';
import { Redaction } from '../../src/core/wire/redaction.ts';
import { bundled } from '../../src/providers/index.ts';
import { testLogger } from '../support/log.ts';

interface World {
  readonly audits: Audits;
  readonly sandbox: (name?: string) => Sandbox;
  /** Sends requests that no operation answers, or reads in another sandbox. */
  readonly send: (times: number, sandbox?: string, body?: Buffer) => void;
}

async function open(rules?: readonly AuditRule[]): Promise<World> {
  const config = await readConfig({ port: 0, providers: ['klaim'] }, bundled);
  const composition = await compose(config, testLogger);
  onTestFinished(() => composition.close());
  const { replayEnvironment, sandboxes } = composition;
  const { services, exchanges } = replayEnvironment;
  const service = services.get('klaim');
  if (!service) throw new Error('There is no Klaim.');
  return {
    audits: rules
      ? new Audits({ audited: new Map(), rules })
      : createAudits(config.providers, services, { others: () => [], redaction: new Redaction([]) }),
    sandbox: (name = 'default') => sandboxes.get(name),
    send: (times, sandbox, body) => {
      const url = sandbox === undefined ? '/nowhere' : '/users/ada/credits';
      const headers = {
        ...{ host: 'localhost', authorization: 'Bearer klaim_test_lantern', 'content-type': 'application/json' },
      };
      const request = { method: 'GET', url, headers, body, onLeave: () => () => undefined };
      for (let count = 0; count < times; count += 1) void exchanges.handle(service, sandbox, request);
    },
  };
}

/** Makes every reading of the real time a millisecond later than the one before. */
function slowDown(): void {
  let now = performance.now();
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 1));
  onTestFinished(() => {
    vi.restoreAllMocks();
  });
}

describe('an audit', () => {
  it('lets other work run every few milliseconds', async () => {
    const { audits, sandbox, send } = await open();
    send(200);
    slowDown();
    const done = vi.fn();
    void audits.read(sandbox()).then(done);
    let turns = 0;
    for (; done.mock.calls.length === 0; turns += 1) await setImmediate();
    expect(turns).toBeGreaterThan(20);
  });

  it('reports each finding once when the record is cleared while it is judged', async () => {
    const { audits, sandbox, send } = await open();
    slowDown();
    for (let turns = 0; turns < 6; turns += 1) {
      send(50);
      const asked = audits.read(sandbox());
      for (let turn = 0; turn < turns; turn += 1) await setImmediate();
      audits.keep(sandbox());
      expect((await asked).findings.length).toBe(turns + 1);
      expect((await audits.read(sandbox())).findings.length).toBe(turns + 1);
    }
  });

  it('judges an exchange whose body cannot be read', async () => {
    const { audits, sandbox, send } = await open();
    send(1, 'default', Buffer.from('{"é'));
    expect(await audits.read(sandbox())).toMatchObject({ findings: [] });
  });

  it('drops what is cleared while it is judged', async () => {
    const { audits, sandbox, send } = await open();
    slowDown();
    send(50);
    audits.keep(sandbox());
    audits.clear(sandbox());
    expect((await audits.read(sandbox())).findings).toEqual([]);
  });

  it('judges cleared records at once while more than four wait', async () => {
    const judged: string[] = [];
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const rule: AuditRule = {
      name: 'off-contract',
      watch: () => ({
        exchange: ({ entry }) => {
          if (judged.at(-1) !== entry.sandbox) judged.push(entry.sandbox);
        },
      }),
    };
    const { audits, sandbox, send } = await open([rule]);
    for (const name of names) send(50, name);
    slowDown();
    for (const name of names) audits.keep(sandbox(name));
    await setImmediate();
    expect(judged).toEqual(['a', 'b', 'c']);
    await audits.read(sandbox());
    expect(judged).toEqual(names);
  });

  it('fails until it is cleared if a cleared record could not be judged', async () => {
    const rule: AuditRule = {
      name: 'off-contract',
      watch: () => ({
        exchange: () => {
          throw new Error('a bug of the rule');
        },
      }),
    };
    const { audits, sandbox, send } = await open([rule]);
    send(1);
    audits.keep(sandbox());
    await expect(audits.read(sandbox())).rejects.toThrow('a bug of the rule');
    await expect(audits.readEvery([])).rejects.toThrow('a bug of the rule');
    audits.clear(sandbox());
    expect(await audits.read(sandbox())).toMatchObject({ findings: [] });
  });
});
