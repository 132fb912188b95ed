import { computed, signal } from '@preact/signals';

/** Where somebody is: the fragment's path, cut at its slashes, and the filters behind it. */
export interface Route {
  readonly path: readonly string[];
  readonly filters: URLSearchParams;
}

export const VIEWS = ['overview', 'traffic', 'faults', 'streams', 'findings'] as const;

const fragment = signal(location.hash);
addEventListener('hashchange', () => (fragment.value = location.hash));

export const route = computed<Route>(() => parseFragment(fragment.value));

export function parseFragment(text: string): Route {
  const [path = '', query = ''] = text.replace(/^#\/?/, '').split('?', 2);
  const parts = path.split('/').filter((part) => part !== '');
  return { path: (parts.length === 0 ? ['overview'] : parts).map(toDecoded), filters: new URLSearchParams(query) };
}

/** Somebody may have typed it. */
function toDecoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function toFragment(path: readonly string[], filters?: URLSearchParams): string {
  const query = filters?.toString() ?? '';
  return `#/${path.map(encodeURIComponent).join('/')}${query === '' ? '' : `?${query}`}`;
}

export function toTrafficLink(id: string): string {
  return toFragment(['traffic', id]);
}

export function go(path: readonly string[], filters?: URLSearchParams): void {
  location.hash = toFragment(path, filters);
  // The event comes later, and the next key may come before it.
  fragment.value = location.hash;
}

/** Sets a filter of the view that is shown; Back does not stop at each letter. */
export function setFilter(name: string, value: string): void {
  const { path, filters } = route.value;
  const next = new URLSearchParams(filters);
  if (value === '') next.delete(name);
  else next.set(name, value);
  history.replaceState(history.state, '', toFragment(path, next));
  fragment.value = location.hash;
}
