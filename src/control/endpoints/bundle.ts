import { NotRecorded } from '../../core/sandbox/recording.ts';
import { isSandboxName, TooManySandboxes } from '../../core/sandbox/sandboxes.ts';
import { quote } from '../../core/values/quotation.ts';
import { NotPlayable } from '../../bundles/player.ts';
import { toBundle } from '../../bundles/bundle.ts';
import type { Endpoint } from '../endpoint.ts';
import { toFailure } from '../problems.ts';

export const getBundle: Endpoint<'getBundle'> = ({ sandbox, installation, query }) => {
  try {
    const { redacted, options, chapters, ...bundle } = toBundle(sandbox, installation, query.redact);
    return {
      status: 200,
      body: {
        ...bundle,
        ...(redacted && { redacted: [...redacted] }),
        options: { ...options },
        chapters: chapters.map((chapter) => ({ ...chapter })),
      },
    };
  } catch (error) {
    throw toRefusal(error);
  }
};

export const rewindSandbox: Endpoint<'rewindSandbox'> = async ({ sandbox, installation, body: { request: id } }) => {
  if (!sandbox.journal.find(id)) {
    throw toFailure('NO_SUCH_REQUEST', `The journal of "${sandbox.name}" has no ${quote(id)}.`);
  }
  const name = `${sandbox.name}.before-${id}`;
  if (!isSandboxName(name)) throw toFailure('BAD_NAME', `${quote(name)} cannot name a sandbox: it is too long.`);
  try {
    await installation.rewind(sandbox, id, name);
  } catch (error) {
    throw toRefusal(error);
  }
  return { status: 201, body: { sandbox: name } };
};

function toRefusal(error: unknown): unknown {
  if (error instanceof NotRecorded || error instanceof NotPlayable) return toFailure('NOT_RECORDED', error.message);
  if (error instanceof TooManySandboxes) return toFailure('TOO_MANY_SANDBOXES', error.message);
  return error;
}
