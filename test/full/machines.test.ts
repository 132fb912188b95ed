/** What containers and CI are told to do, as far as it runs without them. */
import { execFile, spawn } from 'node:child_process';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';

import { startEmulator } from '../support/emulator.ts';
import { createFolder } from '../support/folder.ts';
import { findFreePort } from '../support/ports.ts';
