import { useSignalEffect } from '@preact/signals';
import { Component, type ComponentChildren, type JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { ClockBar } from './clock-bar.tsx';
import { hasLetters, isCommand } from './keys.ts';
import { tell, Toast } from './parts.tsx';
import { go, route, VIEWS } from './route.ts';
import { SandboxMenu } from './sandbox-menu.tsx';
import { audit, goneSince, link, readRows, reconnect, sandboxName, useToken, version } from './store.ts';
import { AccountView } from './views/account.tsx';
import { FaultsView } from './views/faults.tsx';
import { FindingsView } from './views/findings.tsx';
import { Overview } from './views/overview.tsx';
import { StreamsView } from './views/streams.tsx';
import { TrafficView } from './views/traffic.tsx';

const TITLES = {
  overview: 'Overview',
  traffic: 'Traffic',
  faults: 'Faults',
  streams: 'Streams',
  findings: 'Findings',
} as const;

export function Shell(): JSX.Element {
  const [view = 'overview'] = route.value.path;
  const [isHelp, setHelp] = useState(false);
  useKeys(() => setHelp(true));
  useFocusOnView(view);
  return (
    <>
      <a class="skip" href="#main" onClick={toMain}>
        To the content
      </a>
      <header class="top">
        <SandboxMenu />
        <ClockBar />
        <span class={`link ${link.value}`} role="status">
          <span class="words">{LINKS[link.value]}</span>
        </span>
        <span class="grow" />
        <Splits />
        <ThemeButton />
        <button class="small" aria-label="Help" onClick={() => setHelp(true)}>
          ?
        </button>
      </header>
      <nav class="views" aria-label="Views">
        {VIEWS.map((name) => (
          <a key={name} href={`#/${name}`} aria-current={view === name ? 'page' : undefined}>
            {TITLES[name]}{' '}
            {name === 'findings' && audit.value.findings.length > 0 && (
              <span class="count">{audit.value.findings.length}</span>
            )}
          </a>
        ))}
        <a href={`docs${location.search}`}>Docs</a>
      </nav>
      {link.value === 'gone' && <Gone />}
      <main id="main" tabIndex={-1}>
        {link.value === 'token' ? (
          <TokenForm />
        ) : (
          <Boundary key={`${view} ${sandboxName.value}`}>
            <View name={view} />
          </Boundary>
        )}
      </main>
      <Announcer />
      <Toast />
      {isHelp && <Help onClose={() => setHelp(false)} />}
    </>
  );
}

const LINKS = { opening: 'Connecting', live: 'Live', gone: 'No answer', token: 'Token needed' } as const;

function toMain(event: Event): void {
  event.preventDefault();
  document.querySelector<HTMLElement>('#main')?.focus();
}

function View({ name }: { readonly name: string }): JSX.Element {
  if (name === 'overview') return <Overview />;
  if (name === 'traffic') return <TrafficView />;
  if (name === 'faults') return <FaultsView />;
  if (name === 'streams') return <StreamsView />;
  if (name === 'findings') return <FindingsView />;
  if (name === 'accounts') return <AccountView />;
  return (
    <section>
      <h1>Nothing there</h1>
      <p>
        There is no view of that name. <a href="#/overview">To the overview</a>
      </p>
    </section>
  );
}

/** What a client saw and what the store did differ so often. */
function Splits(): JSX.Element | null {
  const { splits } = readRows();
  if (splits === 0) return null;
  return (
    <a class="verdict splits" href="#/traffic?split=1">
      ≠ {splits} <span class="words">client and store differ</span>
    </a>
  );
}

function Gone(): JSX.Element {
  return (
    <div class="gone" role="alert">
      No answer from the emulator since {goneSince.value} your time. What is shown is what there was.{' '}
      <button class="small" onClick={reconnect}>
        Try now
      </button>
    </div>
  );
}

function TokenForm(): JSX.Element {
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    const { elements } = event.currentTarget as HTMLFormElement;
    const field = elements.namedItem('token');
    if (field instanceof HTMLInputElement) useToken(field.value);
  };
  return (
    <section class="narrow">
      <h1>Token</h1>
      <p>This emulator was started with --control-token. The token is kept until this page is left or loaded again.</p>
      <form onSubmit={onSubmit}>
        <label class="field">
          <span>Control token</span>
          <input name="token" type="password" autocomplete="off" required autofocus />
        </label>
        <button class="primary">Use token</button>
      </form>
    </section>
  );
}

class Boundary extends Component<{ readonly children: ComponentChildren }, { readonly error: Error | undefined }> {
  override state = { error: undefined };

  static override getDerivedStateFromError(error: Error): { error: Error } {
    return { error };
  }

  override render(): ComponentChildren {
    const error = this.state.error as Error | undefined;
    if (!error) return this.props.children;
    return (
      <section>
        <h1>This view broke</h1>
        <p role="alert">{error.message}</p>
        <button onClick={() => this.setState({ error: undefined })}>Show it again</button>
      </section>
    );
  }
}

/** One sentence in five seconds at most, for who listens instead of looking. */
function Announcer(): JSX.Element {
  const [text, setText] = useState('');
  const seen = useRef({ rows: 0, splits: 0, timer: undefined as ReturnType<typeof setTimeout> | undefined });
  useSignalEffect(() => {
    const rows = readRows();
    const { current } = seen;
    current.timer ??= setTimeout(() => {
      current.timer = undefined;
      const { all, splits } = rows;
      const last = all.at(-1)?.number ?? 0;
      const [fresh, split] = [last - current.rows, splits - current.splits];
      const isKnown = current.rows > 0;
      Object.assign(current, { rows: last, splits });
      if (isKnown && fresh > 0) setText(`${fresh} new${split > 0 ? `, ${split} split` : ''}`);
    }, 5000);
  });
  return (
    <div class="unseen" aria-live="polite">
      {text}
    </div>
  );
}

const THEMES = ['system', 'light', 'dark'] as const;

function ThemeButton(): JSX.Element {
  const [theme, setTheme] = useState<string>(document.documentElement.dataset['theme'] ?? 'system');
  const onClick = (): void => {
    const next = THEMES[(THEMES.indexOf(theme as (typeof THEMES)[number]) + 1) % THEMES.length] ?? 'system';
    setTheme(next);
    if (next === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = next;
    try {
      if (next === 'system') localStorage.removeItem('theme');
      else localStorage.setItem('theme', next);
    } catch {
      tell('This browser keeps nothing; the theme holds until the page is left.');
    }
  };
  return (
    <button class="small" onClick={onClick} aria-label={`Theme: ${theme}`}>
      {theme === 'dark' ? '☾' : theme === 'light' ? '☀' : '◐'}
    </button>
  );
}

/** A new view is read from its heading on; the first one is left to the browser. */
function useFocusOnView(view: string): void {
  const before = useRef(view);
  useLayoutEffect(() => {
    if (before.current === view) return;
    before.current = view;
    const heading = document.querySelector<HTMLElement>('main h1');
    heading?.setAttribute('tabindex', '-1');
    heading?.focus();
    document.title = `${heading?.textContent ?? ''} \u00b7 credits-emulator`;
  }, [view]);
}

function useKeys(onHelp: () => void): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const { key } = event;
      if (!isCommand(event)) return;
      const view = VIEWS[Number(key) - 1];
      if (view !== undefined) go([view]);
      else if (key === '?') onHelp();
      else if (key === 's') document.querySelector<HTMLElement>('#sandbox')?.focus();
      else if (key === '/') document.querySelector<HTMLElement>('[type=search]')?.focus();
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, []);
}

const KEYS = [
  ['1 to 5', 'a view'],
  ['/', 'the filter or search'],
  ['s', 'the sandbox'],
  ['arrows, j, k', 'a row of the list that has the focus'],
  ['Enter, Esc', 'open the exchange; back to its row'],
  ['n', 'the next one where client and store differ'],
  ['p', 'pause, and go on'],
  ['c, x', 'copy as curl; fail the next one like this'],
] as const;

function Help({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-labelledby="help-title" onClose={onClose}>
      <h2 id="help-title">Keys</h2>
      <dl class="keys">
        {KEYS.map(([key, what]) => (
          <div key={key}>
            <dt>{key}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <label class="check">
        <input
          type="checkbox"
          checked={hasLetters.value}
          onChange={({ currentTarget }) => (hasLetters.value = currentTarget.checked)}
        />
        Letters do something
      </label>
      <p class="soft">credits-emulator {version.value}</p>
      <form method="dialog">
        <button>Close</button>
      </form>
    </dialog>
  );
}
