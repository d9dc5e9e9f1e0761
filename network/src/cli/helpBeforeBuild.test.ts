import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const bootstrap = fileURLToPath(new URL('../../bootstrap.mjs', import.meta.url));

test.each(['docs', 'test:ipfs', 'verify-proof'])(
  'npm run %s says what it does when asked, and does not do it',
  (command) => {
    const { status, stdout } = spawnSync(process.execPath, [bootstrap, command, '--help'], {
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    expect(status).toBe(0);
    expect(stdout.split('\n')[0]).toMatch(new RegExp(`^npm run (-s )?${command}`));
    expect(stdout.trimEnd().split('\n')).toHaveLength(2);
  },
);
