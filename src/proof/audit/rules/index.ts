import type { Rule } from '../rule.ts';
import { doubleEffect } from './double-effect.ts';

/** All of them. A new one is a file beside this one and a line here. */
export const RULES: readonly Rule[] = [doubleEffect];
