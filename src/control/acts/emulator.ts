import { readFile } from 'node:fs/promises';

import { readBundled } from '../../core/values/bundled-file.ts';
import { suggest } from '../../core/values/nearest.ts';
import { quote } from '../../core/values/quotation.ts';
import type { Act, Installation } from '../act.ts';
import { toFailure } from '../problems.ts';
import type { components } from '../types.ts';

type Schemas = components['schemas'];

export const getHealth: Act<'getHealth'> = ({ installation }) => {
  const body = describeHealth(installation);
  return { status: body.status === 'ok' ? 200 : 503, body };
};

export const getReady: Act<'getReady'> = ({ installation }) => ({ status: 200, body: describeHealth(installation) });

export const listProviders: Act<'listProviders'> = ({ installation }) => ({
  status: 200,
  body: { providers: [...installation.providers.keys()].map((id) => describeProvider(installation, id)) },
});

export const getProvider: Act<'getProvider'> = ({ installation, path: { id } }) => ({
  status: 200,
  body: describeProvider(installation, id),
});

const FILE = /^(.+)\.(yaml|json)$/;

export const getDocument: Act<'getDocument'> = async ({ installation, path: { file } }) => {
  const [, id = '', format] = FILE.exec(file) ?? [];
  const document = installation.documents.get(id);
  if (!document) {
    const known = [...installation.documents.keys()].flatMap((name) => [`${name}.yaml`, `${name}.json`]);
    throw toFailure('NO_SUCH_DOCUMENT', `There is no document ${quote(file)}${suggest(file, known)}`);
  }
  if (format === 'json') return { status: 200, body: toObject(await readBundled(document)) };
  return {
    status: 200,
    headers: { 'Content-Type': 'application/yaml; charset=utf-8' },
    body: await readFile(document, 'utf8'),
  };
};

function describeHealth(installation: Installation): Schemas['Health'] {
  const { version, addresses } = installation;
  const disk = installation.disk?.();
  return {
    status: disk?.status ?? 'ok',
    version,
    uptime: Math.round(installation.uptime()),
    providers: { ...addresses.providers() },
    ...(disk && { disk }),
  };
}

function describeProvider(installation: Installation, id: string): Schemas['Provider'] {
  const provider = installation.providers.get(id);
  const service = installation.services.get(id);
  if (!provider || !service) {
    throw toFailure(
      'NO_SUCH_PROVIDER',
      `There is no provider ${quote(id)}${suggest(id, installation.providers.keys())}`,
    );
  }
  return {
    id,
    title: provider.title,
    url: installation.addresses.of(id),
    variant: provider.variant ?? 'default',
    options: { ...installation.options[id] },
    env: { ...installation.environmentOf(id) },
    operations: service.contract.operations.map(({ operationId, method, path, evidence }) => ({
      operationId,
      method,
      path: `${provider.basePaths?.[0] ?? ''}${path}`,
      written: Object.hasOwn(provider.operations, operationId),
      evidence: { ...evidence },
    })),
  };
}

function toObject(value: unknown): Record<string, unknown> {
  return { ...(typeof value === 'object' ? value : undefined) };
}
