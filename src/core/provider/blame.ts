import { Failure } from '../wire/failure.ts';
import { Stream } from '../wire/reply.ts';
import { FixtureMistake } from './fixture.ts';
import type { AnyOperation } from './call.ts';
import type { Control, Provider } from './provider.ts';

/** Whose code threw an error, and where: `giftcard.operations.chargeCard`. */
const blamed = new WeakMap<object, string>();

/** The part of a provider that threw it, if one did, such as `giftcard.operations.chargeCard`. */
export function findBlamed(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null ? blamed.get(error) : undefined;
}

/** Ends what a log says of an error: `: a bug in giftcard.subject`, or nothing where no provider is to blame. */
export function toBlame(error: unknown): string {
  const place = findBlamed(error);
  return place === undefined ? '' : `: a bug in ${place}`;
}

type AnyFunction = { call(...given: never[]): unknown }['call'];

/** Calls on with the same arguments; what is thrown is remembered as thrown at this place, and goes on as it is. */
function watch<F extends AnyFunction>(place: string, run: F): F {
  // None takes more than three; a list of them would be made for each call.
  const watched = function (this: unknown, first: never, second: never, third: never): unknown {
    try {
      return run.call(this, first, second, third);
    } catch (error) {
      throw blame(place, error);
    }
  };
  // What a function carries, such as the operations that a table of failures names, it carries on.
  return Object.assign(watched, run);
}

/** Failures and mistakes in fixtures are answers and no accidents. The innermost place is the one to look at. */
export function blame(place: string, error: unknown): unknown {
  if (error instanceof Failure || error instanceof FixtureMistake) return error;
  // Nothing else can be remembered of what is no object.
  const known = typeof error === 'object' && error !== null ? error : new Error(String(error));
  if (!blamed.has(known)) blamed.set(known, place);
  return known;
}

function watchEach<F extends AnyFunction>(place: string, functions: Readonly<Record<string, F>>): Record<string, F> {
  return Object.fromEntries(Object.entries(functions).map(([name, run]) => [name, watch(`${place}.${name}`, run)]));
}

/** What a stream shows is the operation's doing, too, and happens later. */
function watchOperation(place: string, run: AnyOperation): AnyOperation {
  return watch(place, (call) => {
    const reply = run(call);
    if (!('body' in reply) || !(reply.body instanceof Stream)) return reply;
    const { topic, read, view: snapshot } = reply.body;
    // What others show, too, is watched where it is shown.
    return snapshot ? reply : { ...reply, body: new Stream(topic, watch(place, read)) };
  });
}

/** The provider with every piece of its code watched, so that the log can tell its bugs from the emulator's. */
export function toWatched(provider: Provider): Provider {
  const { id, fixture, limit, streams, webhooks, admit, faultOf, nameOf, identify, due } = provider;
  const at = (name: string): string => `${id}.${name}`;
  return {
    ...provider,
    env: watch(at('env'), provider.env),
    credential: watch(at('credential'), provider.credential),
    authenticate: watch(at('authenticate'), provider.authenticate),
    ...(admit && { admit: watch(at('admit'), admit) }),
    subject: watch(at('subject'), provider.subject),
    ...(faultOf && { faultOf: watch(at('faultOf'), faultOf) }),
    ...(nameOf && { nameOf: watch(at('nameOf'), nameOf) }),
    ...(identify && { identify: watch(at('identify'), identify) }),
    renderFailure: watch(at('renderFailure'), provider.renderFailure),
    ...(limit && { limit: { ...limit, ...watchEach(at('limit'), { ...limit }) } }),
    ...(streams && {
      streams: {
        ...streams,
        // What is made one by one is made here, where it is watched.
        topics: watch(at('streams.topics'), (changes) => [...streams.topics(changes)]),
        heartbeat: watch(at('streams.heartbeat'), (options) => streams.heartbeat(options)),
      },
    }),
    ...(webhooks && {
      webhooks: {
        ...webhooks,
        isAwaited: watch(at('webhooks.isAwaited'), (state) => webhooks.isAwaited(state)),
        events: watch(at('webhooks.events'), (changes, context) => [...webhooks.events(changes, context)]),
        render: watch(at('webhooks.render'), (content, retries) => webhooks.render(content, retries)),
      },
    }),
    ...(due && { due: watchEach(at('due'), due) }),
    controls: Object.fromEntries(
      Object.entries(provider.controls).map(([name, control]): [string, Control<never>] => [
        name,
        { ...control, run: watch(at(`controls.${name}`), (call) => control.run(call)) },
      ]),
    ),
    fixture: {
      ...fixture,
      load: watch(at('fixture.load'), (section, state, context) => {
        fixture.load(section, state, context);
      }),
      dump: watch(at('fixture.dump'), (state) => fixture.dump(state)),
    },
    operations: Object.fromEntries(
      Object.entries(provider.operations).map(([name, run]) => [name, watchOperation(at(`operations.${name}`), run)]),
    ),
  };
}
