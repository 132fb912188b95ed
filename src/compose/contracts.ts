import { fileURLToPath } from 'node:url';

import { ConfigError } from '../core/values/config-error.ts';
import { Contract, type ContractTerms } from '../core/contract/contract.ts';
import { findOperationMistakes } from '../core/provider/provider-check.ts';
import type { Provider } from '../core/provider/provider.ts';
import { readOwn } from '../core/values/bundled-file.ts';
import { toMessage } from '../core/values/message.ts';
import { readFileSource } from '../fixtures/source.ts';
import { bundled } from '../providers/index.ts';

/** By document and by how it is read. Contracts hold no state, so all emulators of a process share them. */
const own = new Map<string, Contract>();
const foreign = new Map<string, Promise<Contract>>();

function toContractKey(document: URL, terms: ContractTerms): string {
  return `${document.href} ${JSON.stringify(terms)}`;
}

/** Of one of our own documents, which have been built with the package. */
export function getOwnContract(document: URL, terms: ContractTerms): Contract {
  const key = toContractKey(document, terms);
  const known = own.get(key) ?? Contract.late(() => readOwn(document) as object, terms);
  own.set(key, known);
  return known;
}

/** Of a provider from outside, whose document nobody has checked. @throws {ConfigError} */
export async function loadForeignContract(provider: Provider): Promise<Contract> {
  const { document, coercion, failures } = provider;
  const key = toContractKey(document, { coercion, failures });
  const loading = foreign.get(key) ?? readForeignContract(document, { coercion, failures });
  foreign.set(key, loading);
  // A document that cannot be read may be mended by the next time.
  loading.catch(() => foreign.delete(key));
  const contract = await loading;
  const mistakes = findOperationMistakes(provider, contract.document);
  if (mistakes.length > 0) throw new ConfigError(mistakes.join('\n'));
  return contract;
}

async function readForeignContract(document: URL, terms: ContractTerms): Promise<Contract> {
  const file = fileURLToPath(document);
  const { content } = await readFileSource(file);
  if (typeof content !== 'object' || content === null) throw new ConfigError(`${file} is no OpenAPI document.`);
  try {
    return await Contract.load(content, { check: true, ...terms });
  } catch (error) {
    throw new ConfigError(`${file}: ${toMessage(error)}`);
  }
}

/** Of the variants of a bundled provider that were not chosen. Those from outside are not read for that. */
export function listOtherContracts({ id, document, variants, coercion, failures }: Provider): readonly Contract[] {
  const known = bundled.find(({ provider }) => provider.id === id);
  const documents = [known?.provider.document, ...Object.values(variants?.byValue ?? {}).map((one) => one.document)];
  const others = documents.filter((one) => one !== undefined && one.href !== document.href);
  return others.flatMap((one) => (known && one ? [getOwnContract(one, { coercion, failures })] : []));
}
