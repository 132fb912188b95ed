import { Failure } from '../../core/wire/failure.ts';
import { checkSchema } from '../../core/values/json-schema-check.ts';
import { suggest } from '../../core/values/nearest.ts';
import { quote } from '../../core/values/quotation.ts';
import type { Endpoint } from '../endpoint.ts';
import { presentLedgerEntry } from '../present.ts';
import { describeViolations, toFailure } from '../problems.ts';

export const listControls: Endpoint<'listControls'> = ({ installation }) => ({
  status: 200,
  body: {
    controls: [...installation.providers.values()].flatMap(({ id, controls }) =>
      Object.entries(controls).map(([name, { describe, schema }]) => ({
        provider: id,
        name,
        description: describe,
        schema: { ...schema },
      })),
    ),
  },
});

export const runControl: Endpoint<'runControl'> = ({ sandbox, installation, path, body, bytes }) => {
  const provider = installation.providers.get(path.provider);
  if (!provider) {
    const near = suggest(path.provider, installation.providers.keys());
    throw toFailure('NO_SUCH_PROVIDER', `There is no provider ${quote(path.provider)}${near}`);
  }
  const control = Object.hasOwn(provider.controls, path.name) ? provider.controls[path.name] : undefined;
  if (!control) {
    const near = suggest(path.name, Object.keys(provider.controls));
    throw toFailure('NO_SUCH_CONTROL', `${provider.id} has no control ${quote(path.name)}${near}`);
  }
  const args: object = body ?? {};
  assertArguments(control.schema, args);
  try {
    const before = sandbox.seq;
    const cause = { kind: 'control', provider: provider.id, operation: path.name } as const;
    const { result } = sandbox.transaction(
      provider,
      cause,
      (context) => control.run(Object.assign(context, { args: args as never })),
      { at: sandbox.catchUp(), brought: bytes },
    );
    // Its changes include items that it scheduled for now.
    sandbox.catchUp();
    const entries = sandbox.feed.since(before).flatMap(({ ledger }) => ledger.map(presentLedgerEntry));
    return { status: 200, body: { result: result ?? null, entries } };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const reply = provider.renderFailure(error.reason, {
      method: 'POST',
      url: '',
      headers: {},
      operationId: path.name,
      basePath: undefined,
    });
    throw toFailure('REFUSED', typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
  }
};

function assertArguments(schema: object, args: object): void {
  const { mistakes, more } = checkSchema(schema, args);
  if (mistakes.length === 0) return;
  const violations = mistakes.map((mistake) => ({ where: 'body' as const, ...mistake }));
  throw toFailure('BAD_ARGUMENTS', `${describeViolations(violations)}${more ? '; and more' : ''}`);
}
