/** Blocks of commands that our pages print, run as a stranger pastes them. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../../system/project.ts';
import type { TestNetwork } from '../../system/network.ts';

/** Blocks of a page that begin by reading `.env.demo`, with this network's file in its place. */
export async function blocksOf(page: string, network: TestNetwork): Promise<readonly string[]> {
  const text = await readFile(join(projectRoot, page), 'utf8');
  const blocks = [...text.matchAll(/^```bash\n(.*?)^```$/gms)].map(([, block]) => block!);
  return blocks
    .filter((block) => block.startsWith('source .env.demo'))
    .map((block) => block.replace('.env.demo', join(network.data, '.env.demo')));
}

/** @returns all that bash and its commands said */
export async function pasted(script: string): Promise<string> {
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

/** @throws Error unless the parts stand in what was said, in this order */
export function requireInOrder(said: string, parts: readonly string[]): void {
  let from = 0;
  for (const part of parts) {
    const at = said.indexOf(part, from);
    if (at < 0) throw new Error(`${part} does not follow in:\n${said}`);
    from = at + part.length;
  }
  if (said.includes('command not found')) throw new Error(said);
}
