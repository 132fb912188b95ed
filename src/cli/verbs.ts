import { audit } from './audit.ts';
import { bundle } from './bundle.ts';
import { clock } from './clock.ts';
import { compare } from './compare.ts';
import { control } from './control.ts';
import { ca, env, healthcheck, providers, wait } from './emulator.ts';
import { evidence } from './evidence.ts';
import { fault } from './fault.ts';
import { fixtures } from './fixtures.ts';
import { init } from './init.ts';
import { ledger } from './ledger.ts';
import { repair } from './repair.ts';
import { requests } from './requests.ts';
import { reset, rewind, sandbox } from './sandbox.ts';
import { snapshot } from './snapshot.ts';
import { exec, start } from './start.ts';
import { state } from './state.ts';
import { matrix, race } from './trials.ts';
import { validate } from './validate.ts';
import type { Verb, VerbGroup } from './verb.ts';
import { webhook } from './webhook.ts';

/** Every verb, in the order of the help. */
export const VERBS: readonly (Verb | VerbGroup)[] = [
  ...[start, exec, env, ca, wait, providers, validate, repair],
  ...[reset, state, snapshot, sandbox, clock, fault, requests, control, ledger],
  ...[audit, matrix, race, bundle, rewind, compare, evidence],
  ...[webhook, fixtures, init, healthcheck],
];
