import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { attempt, Choice, Confirm, Dialog, Field, useOnce, type Question } from './parts.tsx';
import { chooseSandbox, connection, link, refreshSandboxes, sandbox, sandboxes, sandboxName } from './store.ts';

/** Which sandbox everything is about, and what can be done with it. */
export function SandboxMenu(): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const names = [...new Set([...sandboxes.value.map(({ name }) => name), sandboxName.value])].sort();
  return (
    <div class="sandbox">
      <label class="inline">
        <span>Sandbox</span>
        <select
          id="sandbox"
          value={sandboxName.value}
          onChange={({ currentTarget }) => chooseSandbox(currentTarget.value)}
        >
          {names.map((name) => (
            <option key={name} value={name} selected={name === sandboxName.value}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <button class="small" disabled={link.value !== 'live'} onClick={() => setOpen(true)}>
        Manage
      </button>
      {isOpen && <Managing onClose={() => setOpen(false)} />}
    </div>
  );
}

function Managing({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const name = sandboxName.value;
  const here = sandbox.value;
  const [question, setQuestion] = useState<Question>();
  // Others make and delete some, too, and no event tells of it.
  useEffect(() => void attempt(refreshSandboxes), []);
  const snapshots = sandboxes.value.find((one) => one.name === name)?.snapshots ?? [];
  const keep = (snapshot: string): Promise<unknown> => here.snapshots.take(snapshot);
  if (question) return <Confirm question={question} onClose={onClose} />;
  return (
    <Dialog title={`Sandbox ${name}`} onClose={onClose}>
      <MakeForm from={name} onMade={onClose} />
      <SnapshotForm />
      {snapshots.length > 0 && (
        <ul class="plain">
          {snapshots.map((snapshot) => (
            <li key={snapshot} class="line">
              <bdi>{snapshot}</bdi>
              <span class="grow" />
              <button
                class="small"
                aria-label={`Restore ${snapshot}`}
                onClick={() =>
                  setQuestion({
                    title: `Restore "${snapshot}"?`,
                    text: `The state of "${name}" becomes what it was when the snapshot was taken. What happened since is lost; the journal stays.`,
                    act: 'Restore',
                    run: () => here.snapshots.restore(snapshot),
                    done: `"${snapshot}" was restored.`,
                    keep,
                  })
                }
              >
                Restore
              </button>
              <button
                class="small"
                aria-label={`Delete snapshot ${snapshot}`}
                onClick={() => void attempt(() => here.snapshots.delete(snapshot)).then(refreshSandboxes)}
              >
                Delete
              </button>
            </li>
          ))}
        </ul>
      )}
      <div class="acts">
        <button
          class="danger"
          onClick={() =>
            setQuestion({
              title: `Reset "${name}"?`,
              text: `"${name}" goes back to its seed: balances, ledger, journal, faults and clock. This cannot be taken back.`,
              act: 'Reset',
              run: () => here.reset(),
              done: `"${name}" was reset.`,
              keep,
            })
          }
        >
          Reset
        </button>
        <button
          class="danger"
          onClick={() =>
            setQuestion({
              title: `Delete "${name}"?`,
              text: `"${name}" goes with all it holds, its snapshots too, and its streams end. This cannot be taken back.`,
              act: 'Delete',
              run: async () => {
                await connection.value.sandboxes.delete(name);
                if (sandboxName.value === name) chooseSandbox('default');
              },
              done: `"${name}" was deleted.`,
            })
          }
        >
          Delete
        </button>
      </div>
    </Dialog>
  );
}

function MakeForm({ from, onMade }: { readonly from: string; readonly onMade: () => void }): JSX.Element {
  const [name, setName] = useState('');
  const [how, setHow] = useState('fork');
  const [isBusy, once] = useOnce();
  const make = async (): Promise<void> => {
    await refreshSandboxes();
    if (sandboxes.value.some((one) => one.name === name)) throw new Error(`There is a sandbox "${name}" already.`);
    await connection.value.sandboxes.create(name, how === 'fork' ? { from } : {});
    chooseSandbox(name);
  };
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    void once(async () => {
      if (await attempt(make, `"${name}" was made.`)) onMade();
    });
  };
  return (
    <form class="fields" onSubmit={onSubmit}>
      <Field label="New sandbox">
        <input
          required
          pattern="[A-Za-z0-9][A-Za-z0-9._\-]*"
          value={name}
          onInput={({ currentTarget }) => setName(currentTarget.value)}
        />
      </Field>
      <Choice
        label="Begins as"
        value={how}
        options={[
          ['fork', `a fork of ${from}`],
          ['seed', 'the seed'],
        ]}
        onChange={setHow}
      />
      <button class="primary" aria-disabled={isBusy}>
        Make
      </button>
    </form>
  );
}

function SnapshotForm(): JSX.Element {
  const [name, setName] = useState('');
  const [isBusy, once] = useOnce();
  const take = async (): Promise<void> => {
    await sandbox.value.snapshots.take(name);
    await refreshSandboxes();
    setName('');
  };
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    void once(() => attempt(take, `The snapshot "${name}" was taken.`));
  };
  return (
    <form class="fields" onSubmit={onSubmit}>
      <Field label="Snapshot">
        <input required value={name} onInput={({ currentTarget }) => setName(currentTarget.value)} />
      </Field>
      <button aria-disabled={isBusy}>Take</button>
    </form>
  );
}
