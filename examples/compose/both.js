// What compose.yaml does with containers: the shop, and the tests once it answers.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const PORT = process.env.SHOP_PORT ?? '3000';
const SHOP_URL = `http://127.0.0.1:${PORT}`;

const shop = spawn(process.execPath, ['shop.js'], {
  stdio: ['ignore', 'pipe', 'inherit'],
  env: { ...process.env, PORT },
});
await once(shop.stdout, 'data');
const tests = spawn(process.execPath, ['--test', ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, SHOP_URL },
});
const [code] = await once(tests, 'exit');
shop.kill();
process.exitCode = code ?? 1;
