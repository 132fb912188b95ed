import { fileURLToPath } from 'node:url';

import { ConfigError } from '../core/values/config-error.ts';
import { Contract, type ContractTerms } from '../core/contract/contract.ts';
import { findOperationMistakes } from '../core/provider/provider-check.ts';
import type { Provider } from '../core/provider/provider.ts';
import { readOwn } from '../core/values/bundled-file.ts';
import { toMessage } from '../core/values/message.ts';
import { readFileSource } from '../fixtures/source.ts';
import { bundled } from '../providers/index.ts';

/** Contracts by document and terms. They hold no state, so all emulators of a process share them. */
const own = new Map<string, Contract>();
const foreign = new Map<string, Promise<Contract>>();

function toContractKey(document: URL, terms: ContractTerms): string {
  return `${document.href} ${JSON.stringify(terms)}`;
}

/** The contract of one of the package's own documents. */
export function getOwnContract(document: URL, terms: ContractTerms): Contract {
  const key = toContractKey(document, terms);
  const known = own.get(key) ?? Contract.late(() => readOwn(document) as object, terms);
  own.set(key, known);
  return known;
}

/** Loads and checks the contract of a provider from outside. @throws {ConfigError} */
export async function loadForeignContract(provider: Provider): Promise<Contract> {
  const { document, coercion, failures } = provider;
  const key = toContractKey(document, { coercion, failures });
  const loading = foreign.get(key) ?? readForeignContract(document, { coercion, failures });
  foreign.set(key, loading);
  // Not cached if it fails: the user may mend the document.
  loading.catch(() => foreign.delete(key));
  const contract = await loading;
  const mistakes = findOperationMistakes(provider, contract.document);
  if (mistakes.length > 0) throw new ConfigError(mistakes.join('\n'));
  return contract;
}

async function readForeignContract(document: URL, terms: ContractTerms): Promise<Contract> {
  const file = fileURLToPath(document);
  const { content } = await readFileSource(file);
  if (typeof content !== 'object' || content === null) throw new ConfigError(`${file} is not an OpenAPI document.`);
  try {
    return await Contract.load(content, { check: true, ...terms });
  } catch (error) {
    throw new ConfigError(`${file}: ${toMessage(error)}`);
  }
}

/** Contracts of the variants of a bundled provider that were not chosen; none for a provider from outside. */
export function listOtherContracts({ id, document, variants, coercion, failures }: Provider): readonly Contract[] {
  const known = bundled.find(({ provider }) => provider.id === id);
  const documents = [known?.provider.document, ...Object.values(variants?.byValue ?? {}).map((one) => one.document)];
  const others = documents.filter((one) => one !== undefined && one.href !== document.href);
  return others.flatMap((one) => (known && one ? [getOwnContract(one, { coercion, failures })] : []));
}
