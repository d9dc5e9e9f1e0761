/** `npm run bench -- attacks`: the confusion matrix of labelled attacks, for a seed or several. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from '../system/project.ts';

const help = `npm run bench -- attacks [--seed N]... [--honest N] [--packs N]

  --seed    of the made-up world (default 1, which the weights may be tuned on; 2 and 3 judge them)
  --honest  honest packs (default 5000)
  --packs   packs of each kind of attack (default 50)
`;

/** @returns the exit status: 0 when every kind is found and honest packs are left alone as often as they must be */
export async function judgeAttacks(words: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...words],
    options: {
      seed: { type: 'string', multiple: true, default: ['1'] },
      honest: { type: 'string', default: '5000' },
      packs: { type: 'string', default: '50' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const program = join(projectRoot, 'node_modules/jest/bin/jest.js');
  const child = spawn(process.execPath, [program, '--selectProjects', 'attacks', '--silent=false'], {
    cwd: projectRoot,
    stdio: 'inherit',
    env: {
      ...process.env,
      NODE_OPTIONS: '--experimental-vm-modules --no-warnings',
      ATTACK_SEEDS: values.seed.join(','),
      ATTACK_HONEST: values.honest,
      ATTACK_PACKS: values.packs,
    },
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve(status ?? 1));
  });
}
