import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { run } from './run.ts';

const source = fileURLToPath(new URL('run.ts', import.meta.url));

test('a command that is not there fails at once, and keeps nobody waiting for its time to be over', async () => {
  await expect(run('no-such-program', [])).rejects.toThrow('no-such-program cannot be run');
  const caller = `import { run } from ${JSON.stringify(source)}; await run('no-such-program', []).catch(() => undefined);`;
  const child = spawn(process.execPath, ['--input-type=module', '--no-warnings', '--eval', caller], {
    stdio: 'ignore',
    env: { ...process.env, NODE_OPTIONS: '' },
    timeout: 30_000,
  });
  const ended = await new Promise((resolve) => {
    child.on('close', (status, signal) => resolve(signal ?? status));
  });
  expect(ended).toBe(0);
});

test('one that takes longer than it may is ended', async () => {
  await expect(run('sleep', ['60'], { milliseconds: 100 })).rejects.toThrow('was ended by SIGTERM');
});
