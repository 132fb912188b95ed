import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { runCommand } from '../../src/trials/command-run.ts';
import { createFolder } from '../support/folder.ts';

const run = (script: string, more: object = {}): ReturnType<typeof runCommand> =>
  runCommand({ name: process.execPath, args: ['-e', script] }, { env: {}, ...more });

const anyNumber = expect.any(Number) as unknown;

describe(runCommand, () => {
  it('gives the exit code and what was written, with variables of its own', async () => {
    const script = 'console.log(process.env.WHO); console.error("and more"); process.exit(3)';
    const { output, ...ended } = await run(script, { env: { WHO: 'ada' } });
    expect(ended).toEqual({ code: 3, isHung: false, duration: anyNumber });
    expect(output.split('\n').sort()).toEqual(['', 'ada', 'and more']);
  });

  it('keeps the end of a long output only', async () => {
    const { output } = await run('process.stdout.write("a".repeat(5e6) + "end")');
    expect([output.length, output.slice(-4)]).toEqual([16_384, 'aend']);
  });

  it('gives it nothing to read', async () => {
    expect(await run('process.stdin.on("data", () => 0).on("end", () => process.exit(5))')).toMatchObject({ code: 5 });
  });

  it('ends one that does not, with all that it has started', async () => {
    const folder = createFolder();
    const left = join(folder, 'left');
    // Neither heeds a signal, and the inner one would write a file once the outer one is gone.
    const inner = `process.on("SIGTERM", () => 0); setInterval(() => { try { process.kill(PARENT, 0) } catch { require("fs").writeFileSync(${JSON.stringify(left)}, "") } }, 20)`;
    const outer = `process.on("SIGTERM", () => 0);
      require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(inner)}.replace("PARENT", process.pid)], { stdio: "inherit" });
      setInterval(() => 0, 1000)`;
    expect(await run(outer, { limit: 500 })).toMatchObject({ code: undefined, isHung: true });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(existsSync(left)).toBe(false);
  });

  it('does not wait for what a command leaves behind', async () => {
    const inner = 'setInterval(() => 0, 1000)';
    const outer = `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(inner)}], { stdio: "inherit" }).unref()`;
    expect(await run(outer)).toMatchObject({ code: 0, isHung: false });
  });

  it('ends one that is given up', async () => {
    const controller = new AbortController();
    const running = run('setInterval(() => 0, 1000)', { signal: controller.signal });
    controller.abort();
    expect(await running).toMatchObject({ code: undefined, isHung: false });
    await expect(async () => run('', { signal: controller.signal })).rejects.toThrow('aborted');
  });

  it('says so where there is no such command', async () => {
    await expect(runCommand({ name: 'no-such-command', args: [] }, { env: {} })).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });
});
