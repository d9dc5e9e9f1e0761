import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const source = fileURLToPath(new URL('closedPipe.ts', import.meta.url));

/** A command that writes until its reader has left, at most half a minute, and ends with status 3. */
const command = `
  import { setTimeout as delay } from 'node:timers/promises';
  import { outliveReader } from ${JSON.stringify(source)};
  const left = outliveReader();
  for (let line = 0; line < 3000 && !left.aborted; line += 1) {
    process.stdout.write('line ' + line + '\\n');
    await delay(10);
  }
  process.stderr.write(left.aborted ? 'the reader left' : 'the reader stayed');
  process.exitCode = 3;
`;

test('a command whose reader leaves goes on in silence to its own exit status', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '--no-warnings', '--eval', command], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  child.stdout.once('data', () => child.stdout.destroy());
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  const status = await new Promise((resolve) => {
    child.on('close', resolve);
  });
  expect([status, said]).toEqual([3, 'the reader left']);
}, 60_000);
