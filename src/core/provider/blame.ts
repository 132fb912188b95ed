import { Failure } from '../wire/failure.ts';
import { Stream } from '../wire/reply.ts';
import { FixtureMistake } from './fixture.ts';
import { findSteps, setSteps } from './load-steps.ts';
import type { AnyOperation } from './call.ts';
import type { Control, Provider } from './provider.ts';

/** By error, the part of a provider that threw it: `giftcard.operations.chargeCard`. */
const blamed = new WeakMap<object, string>();

/** Finds the part of a provider that threw an error, such as `giftcard.operations.chargeCard`. */
export function findBlamed(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null ? blamed.get(error) : undefined;
}

/** The end of a log message: `: a bug in giftcard.subject`, or nothing if no provider is to blame. */
export function toBlame(error: unknown): string {
  const place = findBlamed(error);
  return place === undefined ? '' : `: a bug in ${place}`;
}

type AnyFunction = { call(...given: never[]): unknown }['call'];

/** Wraps a function: an error that it throws is recorded as thrown at this place, and rethrown unchanged. */
function watch<F extends AnyFunction>(place: string, run: F): F {
  // No function takes more than three; a rest parameter would allocate a list for each call.
  const watched = function (this: unknown, first: never, second: never, third: never): unknown {
    try {
      return run.call(this, first, second, third);
    } catch (error) {
      throw blame(place, error);
    }
  };
  // Keeps properties of the function, such as the operations that a failure table names.
  return Object.assign(watched, run);
}

/** Records where an error was thrown, innermost place first. Failures and errors in fixtures are not bugs. */
export function blame(place: string, error: unknown): unknown {
  if (error instanceof Failure || error instanceof FixtureMistake) return error;
  // Only an object can be a key.
  const known = typeof error === 'object' && error !== null ? error : new Error(String(error));
  if (!blamed.has(known)) blamed.set(known, place);
  return known;
}

function watchEach<F extends AnyFunction>(place: string, functions: Readonly<Record<string, F>>): Record<string, F> {
  return Object.fromEntries(Object.entries(functions).map(([name, run]) => [name, watch(`${place}.${name}`, run)]));
}

function watchLoad(place: string, fixture: AnyFixture): AnyFixture['load'] {
  const load = watch<AnyFixture['load']>(place, (section, state, context) => {
    fixture.load(section, state, context);
  });
  const inSteps = findSteps(fixture.load);
  if (!inSteps) return load;
  return setSteps(load, function* (section, state, context) {
    try {
      yield* inSteps(section, state, context);
    } catch (error) {
      throw blame(place, error);
    }
  });
}

type AnyFixture = Provider['fixture'];

/** Watches an operation and the stream that it may return, which runs later. */
function watchOperation(place: string, run: AnyOperation): AnyOperation {
  return watch(place, (call) => {
    const reply = run(call);
    if (!('body' in reply) || !(reply.body instanceof Stream)) return reply;
    const { topic, read, view: snapshot } = reply.body;
    // What others show, too, is watched where it is shown.
    return snapshot ? reply : { ...reply, body: new Stream(topic, watch(place, read)) };
  });
}

const watchedProviders = new WeakMap<Provider, Provider>();

/**
 * Wraps every function of a provider, so that the log distinguishes its bugs from the emulator's. Returns the same object
 * for the same provider, by which emulators of one process share seeds.
 */
export function toWatched(provider: Provider): Provider {
  const watched = watchedProviders.get(provider) ?? watchAll(provider);
  watchedProviders.set(provider, watched);
  return watched;
}

function watchAll(provider: Provider): Provider {
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
        // Consumed here, because a lazy iterator would run outside the wrapper.
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
      load: watchLoad(at('fixture.load'), fixture),
      dump: watch(at('fixture.dump'), (state) => fixture.dump(state)),
    },
    operations: Object.fromEntries(
      Object.entries(provider.operations).map(([name, run]) => [name, watchOperation(at(`operations.${name}`), run)]),
    ),
  };
}
