import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { toDayAndTime, toIso, toMillis } from './instant.ts';
import { attempt, Confirm, Dialog, Field, type Question } from './parts.tsx';
import { clock, link, sandbox } from './store.ts';

const STEPS = [
  ['PT1M', '+1 min'],
  ['PT1H', '+1 h'],
  ['P1D', '+1 day'],
] as const;

/** The time of the sandbox, and what sets it. */
export function ClockBar(): JSX.Element {
  const { frozen } = clock.value;
  const now = useNow();
  const [isSetting, setSetting] = useState(false);
  const isOff = link.value !== 'live';
  return (
    <div class="clock" role="group" aria-label="Clock">
      <time class="number">{now === '' ? '' : toDayAndTime(now)}</time>
      <span class="soft">{frozen ? 'frozen' : 'running'}</span>
      {frozen ? (
        <button class="small" disabled={isOff} onClick={() => void attempt(() => sandbox.value.clock.run())}>
          Run
        </button>
      ) : (
        <button class="small" disabled={isOff} onClick={() => void attempt(() => sandbox.value.clock.freeze())}>
          Freeze
        </button>
      )}
      {STEPS.map(([by, text]) => (
        <button
          key={by}
          class="small"
          disabled={isOff}
          onClick={() => void attempt(() => sandbox.value.clock.advance(by))}
        >
          {text}
        </button>
      ))}
      <button class="small" disabled={isOff} onClick={() => setSetting(true)}>
        Set
      </button>
      {isSetting && <Setting now={now} onClose={() => setSetting(false)} />}
    </div>
  );
}

function Setting({ now, onClose }: { readonly now: string; readonly onClose: () => void }): JSX.Element {
  const [value, setValue] = useState(now);
  const [question, setQuestion] = useState<Question>();
  const [mistake, setMistake] = useState('');
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    const here = sandbox.value;
    const wanted = toMillis(value.trim());
    if (Number.isNaN(wanted)) {
      setMistake('That is no instant. Write one such as 2026-01-31T09:00:00Z.');
      return;
    }
    const set = (): Promise<unknown> => here.clock.set(value.trim());
    if (wanted >= toMillis(now)) {
      void attempt(set).then(onClose);
      return;
    }
    setQuestion({
      title: 'Put the clock back?',
      text: `The clock of "${here.name}" goes back to ${value.trim()}. What has happened since stays as it is, with later times.`,
      act: 'Put back',
      run: set,
      done: 'The clock was put back.',
    });
  };
  if (question) return <Confirm question={question} onClose={onClose} />;
  return (
    <Dialog title="Set the clock" onClose={onClose}>
      <form onSubmit={onSubmit} noValidate>
        <Field label="Instant (RFC 3339)">
          <input
            value={value}
            aria-invalid={mistake !== ''}
            aria-describedby="instant-mistake"
            onInput={({ currentTarget }) => setValue(currentTarget.value)}
          />
        </Field>
        <p id="instant-mistake" class="mistake" role="alert">
          {mistake}
        </p>
        <div class="acts">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button class="primary">Set</button>
        </div>
      </form>
    </Dialog>
  );
}

/** Goes on between two readings, where the clock does. */
function useNow(): string {
  const { now, frozen, read } = clock.value;
  const [, tick] = useState(0);
  useEffect(() => {
    if (frozen) return undefined;
    const timer = setInterval(() => tick((count) => count + 1), 1000);
    return () => clearInterval(timer);
  }, [frozen]);
  if (now === 0) return '';
  return toIso(frozen ? now : now + (performance.now() - read));
}
