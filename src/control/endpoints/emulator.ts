import { readFile } from 'node:fs/promises';

import { readBundled } from '../../core/values/bundled-file.ts';
import { suggest } from '../../core/values/nearest.ts';
import type { Approach } from '../../core/wire/request.ts';
import { quote } from '../../core/values/quotation.ts';
import type { Endpoint, Installation } from '../endpoint.ts';
import { toFailure } from '../problems.ts';
import type { components } from '../../generated/emulator.ts';

type Schemas = components['schemas'];

export const getHealth: Endpoint<'getHealth'> = (call) => {
  const body = describeHealth(call);
  return { status: body.status === 'ok' ? 200 : 503, body };
};

export const getReady: Endpoint<'getReady'> = (call) => ({ status: 200, body: describeHealth(call) });

export const listProviders: Endpoint<'listProviders'> = (call) => ({
  status: 200,
  body: { providers: [...call.installation.providers.keys()].map((id) => describeProvider(call, id)) },
});

export const getProvider: Endpoint<'getProvider'> = (call) => ({
  status: 200,
  body: describeProvider(call, call.path.id),
});

export const getEnv: Endpoint<'getEnv'> = ({ installation, approach }) => ({
  status: 200,
  body: { ...installation.environment(approach) },
});

export const getCa: Endpoint<'getCa'> = ({ installation: { ca } }) => {
  if (ca === undefined) throw toFailure('NO_CA', 'This emulator answers over HTTP only.');
  return { status: 200, headers: { 'Content-Type': 'application/x-pem-file' }, body: ca };
};

export const getMetrics: Endpoint<'getMetrics'> = async ({ installation: { metrics } }) => ({
  status: 200,
  headers: { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' },
  body: await metrics.render(),
});

const FILE = /^(.+)\.(yaml|json)$/;

export const getDocument: Endpoint<'getDocument'> = async ({ installation, path: { file } }) => {
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

/** The emulator, and how the request reached it. */
interface Question {
  readonly installation: Installation;
  readonly approach: Approach | undefined;
}

function describeHealth({ installation, approach }: Question): Schemas['Health'] {
  const places = installation.addresses.seenFrom(approach);
  const hints = places.hints();
  const disk = installation.disk?.();
  return {
    status: disk?.status ?? 'ok',
    version: installation.version,
    uptime: Math.round(installation.uptime()),
    providers: { ...places.byProvider() },
    ...(Object.keys(hints).length > 0 && { hints: { ...hints } }),
    ...(disk && { disk }),
  };
}

function describeProvider({ installation, approach }: Question, id: string): Schemas['Provider'] {
  const provider = installation.providers.get(id);
  const service = installation.services.get(id);
  if (!provider || !service) {
    throw toFailure(
      'NO_SUCH_PROVIDER',
      `There is no provider ${quote(id)}${suggest(id, installation.providers.keys())}`,
    );
  }
  const places = installation.addresses.seenFrom(approach);
  const hint = places.hintFor(id);
  return {
    id,
    title: provider.title,
    url: places.of(id),
    ...(hint !== undefined && { hint }),
    variant: provider.variant ?? 'default',
    options: { ...installation.options[id] },
    env: { ...installation.environmentOf(id, approach) },
    codes: Object.keys(provider.codes ?? {}),
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
