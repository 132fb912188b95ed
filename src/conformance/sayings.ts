import type { ContractOperation } from '../core/contract/contract.ts';
import { SAMPLE_FAILURES } from '../core/provider/failure-samples.ts';
import type { Provider } from '../core/provider/provider.ts';

const LEVELS: readonly string[] = ['documented', 'observed', 'assumed'];

/** Parts of a journal entry that are one text with many values. */
const WHOLE: readonly string[] = ['url', 'body'];

/** Finds operations without evidence in the document, a sentence for each. */
export function findUnevidenced(operations: readonly ContractOperation[]): readonly string[] {
  return operations.flatMap(({ operationId, evidence: { level, source } }) => {
    const where = `The operation ${operationId} of the document`;
    const example = `write x-evidence: { level: documented, source: 'its place there' }`;
    if (source === 'nothing said') return [`${where} has no x-evidence: ${example}.`];
    return LEVELS.includes(level) ? [] : [`${where} has the evidence "${level}"; it is one of ${LEVELS.join(', ')}.`];
  });
}

/** Finds differences between the document's operations, those that are written and the samples, a sentence for each. */
export function findUnmatched(
  documented: ReadonlySet<string>,
  written: readonly string[],
  sampled: readonly string[],
): readonly string[] {
  return [
    ...[...documented].filter((id) => !sampled.includes(id)).map((id) => `The operation ${id} has no sample.`),
    ...sampled.filter((id) => !documented.has(id)).map((id) => `The sample of ${id} has no operation in the document.`),
    ...written
      .filter((id) => !documented.has(id))
      .map((id) => `The operation ${id} is written, and is not in the document.`),
  ];
}

/** Finds errors in the rendering of each kind of failure, a sentence for each. */
export function findBadlyRendered({ id, renderFailure }: Provider): readonly string[] {
  return SAMPLE_FAILURES.flatMap((failure) => {
    const { kind } = failure;
    const where = `${id}.renderFailure`;
    const request = { method: 'GET', url: '/x', headers: {}, operationId: undefined, basePath: undefined };
    const { status, body, headers } = renderFailure(failure, request);
    const least = kind === 'injected' ? failure.status : 299;
    return [
      ...(status < least ? [`${where} gives "${kind}" the status ${status}, which is less than ${least}.`] : []),
      ...(body === undefined ? [`${where} gives "${kind}" no body.`] : []),
      ...(JSON.stringify({ body, headers }).includes('secret')
        ? [`${where} shows the message of the error in "${kind}", which may hold a secret.`]
        : []),
    ];
  });
}

/**
 * Finds credentials that the journal shows, a sentence for each header.
 *
 * @param requests the journal's entries
 * @param headers that were sent with every request
 */
export function findShown(
  requests: readonly { readonly operation: string }[],
  headers: Readonly<Record<string, string>>,
): readonly string[] {
  return Object.entries(headers).flatMap(([name, secret]) => {
    if (secret === '') return [];
    for (const entry of requests) {
      const place = findPlace(entry, secret);
      if (place === undefined) continue;
      const [, field] = /\.([^.[\]]+)(?:\[\d+\])*$/.exec(place) ?? [];
      // A URL or a body contains it under a name that only the author knows.
      const named = field === undefined || WHOLE.includes(field) ? '' : `, such as secrets: ['${field}']`;
      return [
        `The journal shows what was sent as ${name}, in ${place.slice(1)} of ${entry.operation}: name it in secrets${named}.`,
      ];
    }
    return [];
  });
}

/** Finds the path of a text in a value: `.changes[0].after.key`. */
function findPlace(value: unknown, text: string): string | undefined {
  if (typeof value === 'string') return value.includes(text) ? '' : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, part] of Object.entries(value)) {
    const step = Array.isArray(value) ? `[${name}]` : `.${name}`;
    if (name.includes(text)) return step;
    const rest = findPlace(part, text);
    if (rest !== undefined) return `${step}${rest}`;
  }
  return undefined;
}
