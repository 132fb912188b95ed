import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

import { findPlainFlags } from '../src/cli/start-flags.ts';
import { bundled } from '../src/providers/index.ts';

describe('deploy', () => {
  const nginx = readFileSync('deploy/nginx.conf', 'utf8');

  it('nginx.conf has the port of every provider', () => {
    const ports = bundled.map(({ place, provider: { id } }) => `${4620 + place} ${id};`);
    expect(
      ports.filter((line) => !nginx.includes(line) || !nginx.includes(`listen ${line.split(' ')[0] ?? ''};`)),
    ).toEqual([]);
  });

  interface Resource {
    readonly kind: string;
    readonly metadata: { readonly name: string };
    readonly spec?: {
      readonly replicas?: number;
      readonly selector?: unknown;
      readonly serviceName?: string;
      readonly podSelector?: { readonly matchLabels: object };
      readonly ports?: readonly { readonly port: number }[];
      readonly template?: {
        readonly metadata: { readonly labels: object };
        readonly spec: { readonly containers: readonly { readonly args?: readonly string[] }[] };
      };
    };
    readonly data?: Readonly<Record<string, string>>;
  }
  const resources = parseAllDocuments(readFileSync('deploy/kubernetes.yaml', 'utf8')).map(
    (one) => one.toJS() as Resource,
  );
  const find = (kind: string, name: string): Resource => {
    const found = resources.find((one) => one.kind === kind && one.metadata.name === name);
    if (!found) throw new Error(`kubernetes.yaml has no ${kind} ${name}.`);
    return found;
  };

  it('kubernetes.yaml starts emulators with flags that there are, and names each pod that there is', () => {
    const set = find('StatefulSet', 'credits-emulator');
    const [container] = set.spec?.template?.spec.containers ?? [];
    expect(findPlainFlags(container?.args ?? [])).toEqual({
      'provider-ports': false,
      'trust-proxy': true,
      'allow-host': 'credits-emulator.default.svc.cluster.local',
      data: '/data',
      durability: 'os',
    });
    const servers = [
      ...(find('ConfigMap', 'credits-emulator-fleet').data?.['emulators.conf'] ?? '').matchAll(/^ *server (\S+) /gm),
    ];
    const { replicas } = set.spec ?? {};
    expect(servers.map(([, name]) => name)).toEqual(
      Array.from(
        { length: replicas ?? 0 },
        (_, pod) => `credits-emulator-${pod}.${set.spec?.serviceName ?? ''}.default.svc.cluster.local:4620`,
      ),
    );
    const { ports = [] } = find('Service', 'credits-emulator').spec ?? {};
    expect(ports.map(({ port }) => `listen ${port};`)).toEqual(nginx.match(/listen \d+;/g));
  });

  it('kubernetes.yaml selects pods by labels that they have', () => {
    const labels = ['StatefulSet', 'Deployment'].map(
      (kind) => resources.find((one) => one.kind === kind)?.spec?.template?.metadata.labels,
    );
    const selected = resources.flatMap(({ kind, spec }) => {
      if (kind === 'Service') return [spec?.selector];
      return kind === 'NetworkPolicy' ? [spec?.podSelector?.matchLabels] : [];
    });
    expect(selected.filter((one) => !labels.some((own) => JSON.stringify(own) === JSON.stringify(one)))).toEqual([]);
    expect(selected).toHaveLength(4);
  });
});
