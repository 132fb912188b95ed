import { connect, EmulatorError, type ProviderDescription } from '../client.ts';
import { findSecret } from './curl.ts';

/** The documents of all services and of the control API, to be read and tried. */

/** The viewer, as far as it is used here. */
interface Viewer extends HTMLElement {
  loadSpec(document: object): Promise<void>;
  setApiKey(scheme: string, value: string): void;
}

const OURS = 'emulator';
const BASE = location.href.replace(/\/_emulator\/.*$/s, '');
const sandbox = new URLSearchParams(location.search).get('sandbox') ?? connect(BASE).sandbox().name;
const list = document.querySelector('#services');
const place = document.querySelector('#document');

let token: string | undefined;
let providers: readonly ProviderDescription[] = [];
/** The shared port in the sandbox, by which services are asked: a page may ask its own origin anything. */
let shared = BASE;

async function start(): Promise<void> {
  try {
    const emulator = connect(BASE, { token, sandbox });
    ({ providers } = await emulator.providers.list());
    shared = (await emulator.sandbox().env())['CREDITS_EMULATOR_URL'] ?? BASE;
  } catch (error) {
    if (error instanceof EmulatorError && error.status === 401) askForToken();
    else say(error instanceof Error ? error.message : String(error));
    return;
  }
  const links = [...providers, { id: OURS, title: 'Control API' }].map(({ id, title }) => {
    const link = document.createElement('a');
    link.href = `${location.search}#${encodeURIComponent(id)}`;
    link.dataset['id'] = id;
    link.textContent = title;
    // What failed may be tried again, of which the fragment, being the same, tells nothing.
    link.addEventListener('click', () => link.hash === location.hash && void open());
    return link;
  });
  list?.replaceChildren(...links);
  await open();
}

function toChosen(): string {
  const [id = ''] = location.hash.slice(1).split('/');
  const known = [...providers.map((provider) => provider.id), OURS];
  // Not decoded: somebody may have typed what cannot be.
  return known.find((one) => encodeURIComponent(one) === id) ?? known[0] ?? OURS;
}

let shown: string | undefined;
/** Which choice is the last one: the same document may have been chosen twice. */
let turn = 0;

async function open(): Promise<void> {
  const id = toChosen();
  for (const link of document.querySelectorAll<HTMLElement>('#services a')) {
    if (link.dataset['id'] === id) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  if (id === shown) return;
  shown = id;
  turn += 1;
  const mine = turn;
  try {
    const content = await connect(BASE, { token, sandbox }).providers.document(id);
    await loadViewer();
    if (turn === mine) await show(id, content);
  } catch (error) {
    if (turn !== mine) return;
    shown = undefined;
    say(error instanceof Error ? error.message : String(error));
  }
}

async function show(id: string, content: object): Promise<void> {
  const provider = providers.find((one) => one.id === id);
  const url = provider ? `${shared}/${id}${toRoot(content)}` : `${shared}/_emulator`;
  const viewer = document.createElement('rapi-doc') as Viewer;
  const theme = isDark() ? 'dark' : 'light';
  const colors = theme === 'dark' ? DARK : LIGHT;
  for (const [name, value] of Object.entries({ ...ATTRIBUTES, ...colors, theme })) viewer.setAttribute(name, value);
  viewer.setAttribute('server-url', url);
  viewer.setAttribute('default-api-server', url);
  viewer.addEventListener('spec-loaded', () => {
    const secret = provider ? findSecret(provider.env) : undefined;
    const value = provider ? provider.env[secret ?? ''] : token;
    const [scheme] = Object.keys(toSchemes(content));
    if (value !== undefined && scheme !== undefined) viewer.setApiKey(scheme, value);
  });
  place?.replaceChildren(viewer);
  await viewer.loadSpec({ ...content, paths: toSendable(content), servers: [{ url }] });
}

/** No browser sends a GET with a body, which some services take all the same: what is tried goes without. */
function toSendable(content: object): object {
  const { paths = {} } = content as { readonly paths?: Readonly<Record<string, Readonly<Record<string, object>>>> };
  return Object.fromEntries(
    Object.entries(paths).map(([path, { get, ...others }]) => {
      const { requestBody: _body, ...operation } = (get ?? {}) as { readonly requestBody?: object };
      return [path, { ...others, ...(get && { get: operation }) }];
    }),
  );
}

/** What stands in front of the paths of a document. */
function toRoot(content: object): string {
  const { servers } = content as { readonly servers?: readonly { readonly url: string }[] };
  return new URL(servers?.[0]?.url ?? '', BASE).pathname.replace(/\/$/, '');
}

function toSchemes(content: object): object {
  const { components } = content as { readonly components?: { readonly securitySchemes?: object } };
  return components?.securitySchemes ?? {};
}

/** Attributes of the viewer: nothing from elsewhere, and nothing that is kept. */
const ATTRIBUTES = {
  'render-style': 'view',
  'show-header': 'false',
  'load-fonts': 'false',
  'allow-spec-url-load': 'false',
  'allow-spec-file-load': 'false',
  'allow-server-selection': 'false',
  'allow-authentication': 'true',
  'persist-auth': 'false',
  'allow-try': 'true',
  'schema-style': 'table',
  'update-route': 'false',
  'regular-font': 'system-ui, sans-serif',
  'mono-font': 'ui-monospace, monospace',
};
const LIGHT = { 'bg-color': '#fbfbfa', 'text-color': '#1c1c1a', 'primary-color': '#2f55c8' };
const DARK = { 'bg-color': '#141413', 'text-color': '#ededea', 'primary-color': '#8fa8f5' };

function isDark(): boolean {
  const { theme } = document.documentElement.dataset;
  return theme === undefined ? matchMedia('(prefers-color-scheme: dark)').matches : theme === 'dark';
}

let loading: Promise<void> | undefined;

/** Not before there is something to show: it is larger than all the rest. */
function loadViewer(): Promise<void> {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = 'page/viewer.js';
    script.addEventListener('load', () => resolve());
    script.addEventListener('error', () => {
      loading = undefined;
      reject(new Error('The viewer could not be loaded.'));
    });
    document.head.append(script);
  });
  return loading;
}

function say(text: string): void {
  const paragraph = document.createElement('p');
  paragraph.setAttribute('role', 'alert');
  paragraph.textContent = text;
  showInstead(paragraph);
}

function askForToken(): void {
  const form = document.createElement('form');
  const label = document.createElement('label');
  const field = document.createElement('input');
  const button = document.createElement('button');
  label.className = 'field';
  label.append('Control token', field);
  Object.assign(field, { type: 'password', required: true, autocomplete: 'off' });
  button.textContent = 'Use token';
  button.className = 'primary';
  form.append(label, button);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    token = field.value;
    place?.replaceChildren();
    void start();
  });
  showInstead(form);
  field.focus();
}

/** The viewer is the main part of the page; without it, this is. */
function showInstead(content: HTMLElement): void {
  const main = document.createElement('main');
  main.append(content);
  place?.replaceChildren(main);
}

addEventListener('hashchange', () => void open());
void start();
