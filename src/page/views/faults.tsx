import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import type { ArmedFault, Fault, Sandbox } from '../../client.ts';
import { attempt, Choice, Field, tell, useOnce } from '../parts.tsx';
import { toFragment } from '../route.ts';
import { toSentence } from '../rule-sentence.ts';
import { link, providers, rules, sandbox, type World } from '../store.ts';

const SWITCHES = [
  { id: 'page-slow', label: 'Everything slow', effect: { delay: 2000 } },
  { id: 'page-down', label: 'Everything down', effect: { status: 503 } },
] as const;

/** What is armed, what it has done, and how to arm more. */
export function FaultsView(): JSX.Element {
  const isOff = link.value !== 'live';
  return (
    <>
      <h1>Faults</h1>
      <div class="line switches">
        {SWITCHES.map(({ id, label, effect }) => (
          <label key={id} class="check">
            <input
              type="checkbox"
              role="switch"
              disabled={isOff}
              checked={rules.value.some((rule) => rule.id === id)}
              onChange={({ currentTarget }) => {
                const { faults } = sandbox.value;
                void attempt(() => (currentTarget.checked ? faults.put(id, { effect }) : faults.delete(id)));
              }}
            />
            {label}
          </label>
        ))}
      </div>
      <Worlds />
      <section aria-labelledby="rules-title">
        <div class="line">
          <h2 id="rules-title">Rules</h2>
          <span class="grow" />
          {rules.value.length > 1 && (
            <button class="small danger" disabled={isOff} onClick={clearAll}>
              Disarm all
            </button>
          )}
        </div>
        {rules.value.length === 0 ? (
          <p class="empty">Nothing is armed: every call is answered as the service would.</p>
        ) : (
          <ul class="plain rules">
            {rules.value.map((rule) => (
              <RuleLine key={rule.id} rule={rule} />
            ))}
          </ul>
        )}
      </section>
      <RuleForm />
    </>
  );
}

function clearAll(): void {
  const [before, here] = [rules.value, sandbox.value];
  void attempt(async () => {
    await here.faults.clear();
    tell(`${before.length} rules were disarmed.`, () => {
      void attempt(async () => {
        for (const rule of before) await armAgain(here, rule);
      }, 'They are armed again, and count anew.');
    });
  });
}

function RuleLine({ rule }: { readonly rule: ArmedFault }): JSX.Element {
  const { id, fired, remaining, enabled } = rule;
  const disarm = (): void => {
    const here = sandbox.value;
    void attempt(async () => {
      await here.faults.delete(id);
      tell(`${id} was disarmed.`, () => {
        void attempt(() => armAgain(here, rule), `${id} is armed again, as the last one, and counts anew.`);
      });
    });
  };
  const isSpent = remaining === 0;
  return (
    <li class={isSpent || !enabled ? 'panel rule spent' : 'panel rule'}>
      <span class={isSpent ? 'chip' : enabled ? 'chip ok' : 'chip warn'}>
        {isSpent ? 'spent' : enabled ? 'on' : 'off'}
      </span>
      <div class="grow">
        <bdi class="data">{toSentence(rule)}</bdi>
        <div class="soft">
          <code class="data">{id}</code> <span class="number">fired {fired}</span>
          {remaining !== null && <span class="number">, {remaining} left</span>}
          {fired > 0 && (
            <>
              {' '}
              <a href={toFragment(['traffic'], new URLSearchParams({ fault: id }))}>on what</a>
            </>
          )}
        </div>
      </div>
      <button class="small" aria-label={`Disarm ${id}`} disabled={link.value !== 'live'} onClick={disarm}>
        Disarm
      </button>
    </li>
  );
}

/** What it was as it was written, without what it has become. */
function armAgain(
  here: Sandbox,
  { id, fired: _fired, remaining: _remaining, ...rule }: ArmedFault,
): Promise<ArmedFault> {
  return here.faults.put(id, rule);
}

function Worlds(): JSX.Element | null {
  const [worlds, setWorlds] = useState<readonly World[]>([]);
  useEffect(() => {
    sandbox.value.fixtures.list().then(
      ({ fixtures }) => setWorlds(fixtures.filter(({ faults }) => faults.length > 0)),
      () => undefined,
    );
  }, [link.value]);
  if (worlds.length === 0) return null;
  const arm = ({ name, faults }: World): void => {
    const here = sandbox.value;
    void attempt(async () => {
      for (const fault of faults) {
        const { id, ...rule } = fault;
        await (id === undefined ? here.faults.add(rule) : here.faults.put(id, rule));
      }
    }, `The rules of "${name}" are armed.`);
  };
  return (
    <div class="line" role="group" aria-label="Rules of worlds">
      <span>Arm the rules of</span>
      {worlds.map((world) => (
        <button key={world.name} class="small" disabled={link.value !== 'live'} onClick={() => arm(world)}>
          {world.name}
        </button>
      ))}
    </div>
  );
}

const EFFECTS = [
  ['status', 'a status'],
  ['code', 'a failure of the service'],
  ['connection', 'a broken connection'],
  ['delay', 'a delay'],
  ['body', 'a broken body'],
] as const;

const PHASES = [
  ['before', 'before anything is stored'],
  ['after', 'after it was stored'],
] as const;

function RuleForm(): JSX.Element {
  const [{ provider, operation, subject, phase, effect, value, times }, setForm] = useState({
    provider: '',
    operation: '',
    subject: '',
    phase: 'after',
    effect: 'status',
    value: '500',
    times: '1',
  });
  const [isBusy, once] = useOnce();
  const set = (part: Record<string, string>): void => setForm((form) => ({ ...form, ...part }));
  const chosen = providers.value.find(({ id }) => id === provider);
  const values = VALUES[effect];
  const options = effect === 'code' ? (chosen?.codes ?? []) : values?.options;
  const isPhased = effect !== 'body' && effect !== 'delay';
  const rule = {
    ...(provider !== '' && { provider }),
    ...(operation !== '' && { operation }),
    ...(subject !== '' && { match: { subject } }),
    ...(isPhased && { phase }),
    effect: { [effect]: values?.isNumber ? Number(value) : value },
    ...(times !== '' && { times: Number(times) }),
  } as Fault;
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    void once(() => attempt(() => sandbox.value.faults.add(rule), `Armed: ${toSentence(rule)}`));
  };
  const setEffect = (name: string): void => {
    set({ effect: name, value: name === 'code' ? (chosen?.codes[0] ?? '') : (VALUES[name]?.first ?? '') });
  };
  return (
    <section aria-labelledby="new-title">
      <h2 id="new-title">New rule</h2>
      <form class="fields panel" onSubmit={onSubmit}>
        <Choice
          label="Service"
          value={provider}
          options={[['', 'any'] as const, ...providers.value.map(({ id }) => id)]}
          onChange={(id) =>
            set({ provider: id, operation: '', ...(effect === 'code' && { effect: 'status', value: '500' }) })
          }
        />
        <Choice
          label="Operation"
          value={operation}
          options={[['', 'any'] as const, ...(chosen?.operations.map(({ operationId }) => operationId) ?? [])]}
          onChange={(id) => set({ operation: id })}
        />
        <Field label="Subject">
          <input value={subject} onInput={({ currentTarget }) => set({ subject: currentTarget.value })} />
        </Field>
        <Choice
          label="Effect"
          value={effect}
          options={EFFECTS.filter(([name]) => name !== 'code' || (chosen?.codes.length ?? 0) > 0)}
          onChange={setEffect}
        />
        {options ? (
          <Choice label="Which" value={value} options={options} onChange={(one) => set({ value: one })} />
        ) : (
          <Field label={effect === 'delay' ? 'Milliseconds' : 'Status'}>
            <input
              type="number"
              required
              min={effect === 'delay' ? 0 : 200}
              max={effect === 'delay' ? 60_000 : 599}
              value={value}
              onInput={({ currentTarget }) => set({ value: currentTarget.value })}
            />
          </Field>
        )}
        {isPhased && <Choice label="When" value={phase} options={PHASES} onChange={(one) => set({ phase: one })} />}
        <Field label="Times (empty: always)">
          <input
            type="number"
            min={1}
            value={times}
            onInput={({ currentTarget }) => set({ times: currentTarget.value })}
          />
        </Field>
        <p class="whole">
          <bdi>{toSentence(rule)}</bdi>
        </p>
        <button class="primary" disabled={link.value !== 'live'} aria-disabled={isBusy}>
          Arm
        </button>
      </form>
    </section>
  );
}

/** What an effect may be, and what it is at first. */
const VALUES: Readonly<Record<string, { first: string; isNumber?: boolean; options?: readonly string[] }>> = {
  status: { first: '500', isNumber: true },
  delay: { first: '2000', isNumber: true },
  connection: { first: 'reset', options: ['reset', 'empty', 'hang'] },
  body: { first: 'truncate', options: ['truncate', 'garbage', 'malformed-json', 'wrong-type'] },
};
