import { createServer } from 'node:http';

import express from 'express';
import supertest from 'supertest';
import { describe, expect, it } from 'vitest';

import { createApp } from '../../src/compose/emulator.ts';
import { startApp, startEmulator } from '../support/emulator.ts';
import { testLogger } from '../support/log.ts';
import { findFreePort, occupyPort } from '../support/ports.ts';

describe('a handler that is mounted in an app', () => {
  it('includes the path under which it is mounted', async () => {
    const app = express().use('/mocks', await createApp({ providers: ['klaim'] }, testLogger));
    const port = await occupyPort(0, createServer(app));
    const agent = supertest(`http://127.0.0.1:${port}`);
    const response = await agent.get('/mocks/_sandbox/x/_emulator/env').set('Host', 'localhost:3000');
    expect(response.body).toEqual({
      CREDITS_EMULATOR_URL: 'http://localhost:3000/mocks/_sandbox/x',
      KLAIM_BASE_URL: 'http://localhost:3000/mocks/_sandbox/x/klaim',
      KLAIM_API_KEY: 'klaim_test_lantern',
    });
  });
});

describe('GET /_emulator/env', () => {
  it('returns the keys of the named sandbox, and creates none', async () => {
    const agent = await startApp({ providers: ['klaim'], maxSandboxes: 2 });
    const apps = [{ app_id: 'mine', name: 'Mine', api_key: 'my_key' }];
    await agent.put('/_sandbox/mine/_emulator/state').send({ klaim: { apps } }).expect(204);
    const keyIn = async (sandbox: string): Promise<unknown> => {
      const response = await agent.get(`/_sandbox/${sandbox}/_emulator/env`).set('Host', 'localhost');
      return response.body as unknown;
    };
    const env = (sandbox: string, key: string): object => ({
      CREDITS_EMULATOR_URL: `http://localhost/_sandbox/${sandbox}`,
      KLAIM_BASE_URL: `http://localhost/_sandbox/${sandbox}/klaim`,
      KLAIM_API_KEY: key,
    });
    expect([await keyIn('mine'), await keyIn('one-more')]).toEqual([
      env('mine', 'my_key'),
      env('one-more', 'klaim_test_lantern'),
    ]);
  });
});

describe('a started emulator with --public-url', () => {
  it('shows it in the library and at its root', async () => {
    const publicUrl = 'https://credits.example/emulator';
    const port = await findFreePort();
    const { url, urls, env } = await startEmulator({ port, providerPorts: false, providers: ['klaim'], publicUrl });
    expect({ url, urls, env }).toEqual({
      url: publicUrl,
      urls: { klaim: `${publicUrl}/klaim` },
      env: {
        CREDITS_EMULATOR_URL: publicUrl,
        KLAIM_BASE_URL: `${publicUrl}/klaim`,
        KLAIM_API_KEY: 'klaim_test_lantern',
      },
    });
    const response = await supertest(`http://127.0.0.1:${port}`).get('/');
    expect(response.body).toEqual({
      name: 'credits-emulator',
      version: '0.1.0',
      providers: [{ id: 'klaim', title: 'Klaim', url: `${publicUrl}/klaim` }],
      control: `${publicUrl}/_emulator`,
    });
  });
});
