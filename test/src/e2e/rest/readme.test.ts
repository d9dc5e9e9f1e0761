/** The README's tour of the API is pasted by strangers: here it is run as it stands, on the network of the test run. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { network } from '../../system/networks.ts';
import { projectRoot } from '../../system/project.ts';

beforeAll(() => network.start(), 300_000);

/** A block of the README that begins by reading `.env.demo`, with this network's file in its place. */
async function tour(number: number): Promise<string> {
  const readme = await readFile(join(projectRoot, 'README.md'), 'utf8');
  const blocks = [...readme.matchAll(/^```bash\n(.*?)^```$/gms)].map(([, block]) => block!);
  const block = blocks.filter((text) => text.startsWith('source .env.demo'))[number];
  if (block === undefined) throw new Error(`the README has no block ${number} that begins with: source .env.demo`);
  return block.replace('.env.demo', join(network.data, '.env.demo'));
}

async function pasted(script: string): Promise<string> {
  const shell = spawn('bash', ['-s'], { cwd: projectRoot, stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  shell.stdout.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  shell.stderr.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  shell.stdin.end(script);
  await new Promise((resolve, reject) => {
    shell.on('error', reject);
    shell.on('close', resolve);
  });
  return said;
}

/** What a tour prints, in this order. */
const tours = [
  {
    about: 'a chart: import, refusal, consent, reading, revocation, audit, integrity',
    prints: [
      '"name":{"family":"Example"',
      '"status":"succeeded"',
      '"counts":{"Patient":{"demographics":1},"AllergyIntolerance":{"allergy":1},"Observation":{"lab_result":1}}',
      '"code":"consent_missing"',
      '"code":{"text":"Penicillin"}',
      '"revokedAt":',
      '"code":"access_not_permitted"',
      '"decision":"deny"',
      '"valid":true',
    ],
  },
  {
    about: 'a pack: commission, ship, receive, dispense, a second dispensing refused, its alert, verification',
    prints: [
      '"status":"applied"',
      '"shipmentStatus":"received"',
      '"status":"applied"',
      '"status":409',
      '"reason":"already_supplied_here"',
      '"isAuthentic":true',
    ],
  },
];

test.each(tours)(
  "the README's commands show what it says of $about",
  async ({ prints }) => {
    const said = await pasted(await tour(tours.findIndex((each) => each.prints === prints)));
    let from = 0;
    for (const part of prints) {
      const at = said.indexOf(part, from);
      if (at < 0) throw new Error(`${part} does not follow in:\n${said}`);
      from = at + part.length;
    }
    expect(said).not.toContain('command not found');
  },
  120_000,
);
