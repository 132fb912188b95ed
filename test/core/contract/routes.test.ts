import { beforeEach, describe, expect, it } from 'vitest';

import type { FailureReason } from '../../../src/core/wire/failure.ts';
import { Routes } from '../../../src/core/contract/routes.ts';

let routes: Routes<string>;

beforeEach(() => {
  routes = new Routes();
  for (const path of ['/', '/users', '/users/{id}', '/users/me', '/users/{user}/credits', '/users/me/{rest}']) {
    routes.add('GET', path, path);
  }
  routes.add('PUT', '/users/{id}', 'put');
});

function reasonOf(method: string, path: string): FailureReason | undefined {
  const found = routes.find(method, path);
  return 'kind' in found ? found : undefined;
}

describe(Routes, () => {
  it.each([
    ['/', '/', {}],
    ['/users', '/users', {}],
    ['/users/7', '/users/{id}', { id: '7' }],
    ['/users/me', '/users/me', {}],
    ['/users/me/credits', '/users/me/{rest}', { rest: 'credits' }],
    ['/users/7/credits', '/users/{user}/credits', { user: '7' }],
    ['/users/a%2Fb', '/users/{id}', { id: 'a/b' }],
    ['/users/%C3%A4', '/users/{id}', { id: 'ä' }],
    ['/%75sers', '/users', {}],
    ['/users/__proto__', '/users/{id}', { id: '__proto__' }],
  ])('finds %s at %s', (path, value, params) => {
    expect(routes.find('GET', path)).toEqual({ value, params });
  });

  it('goes back from a literal that leads nowhere to a parameter that fits', () => {
    routes.add('GET', '/a/b/c', 'literal');
    routes.add('GET', '/a/{x}/d', 'parameter');
    expect(routes.find('GET', '/a/b/d')).toEqual({ value: 'parameter', params: { x: 'b' } });
  });

  it('names each parameter as the template of the method does', () => {
    routes.add('POST', '/users/{other}', 'post');
    expect(routes.find('POST', '/users/7')).toEqual({ value: 'post', params: { other: '7' } });
  });

  it.each(['/user', '/users/', '/users//credits', '//users', '/users/7/credits/1', '/USERS'])(
    'does not find %s',
    (path) => {
      expect(reasonOf('GET', path)).toEqual({ kind: 'notFound' });
    },
  );

  it('takes a parameter for a literal that lacks the method', () => {
    expect(routes.find('PUT', '/users/me')).toEqual({ value: 'put', params: { id: 'me' } });
    expect(reasonOf('DELETE', '/users/me')).toEqual({ kind: 'methodNotAllowed', allow: ['GET', 'PUT'] });
  });

  it('tells which methods a path has', () => {
    expect(reasonOf('DELETE', '/users/7')).toEqual({ kind: 'methodNotAllowed', allow: ['GET', 'PUT'] });
  });

  it.each(['/users/%', '/users/%ff', '/%zz'])('refuses to read %s', (path) => {
    expect(reasonOf('GET', path)).toEqual({ kind: 'badPath' });
  });
});
