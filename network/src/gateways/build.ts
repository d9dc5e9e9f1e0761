/** Which build of the gateway there is, so that a start replaces gateways that run an earlier one. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../config/paths.ts';

/** Workspaces whose built code a gateway loads. */
const loaded = ['gateway-api', 'client', 'chaincode'] as const;

/** @returns SHA-256 over the names and contents of the built files, 64 hex digits */
export async function gatewayVersion(): Promise<string> {
  const digest = createHash('sha256');
  for (const workspace of loaded) {
    const folder = join(projectRoot, workspace, 'dist');
    const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.js')).sort();
    const contents = await Promise.all(files.map((file) => readFile(join(folder, file))));
    for (const [index, file] of files.entries()) digest.update(`${workspace}/${file}\n`).update(contents[index]!);
  }
  return digest.digest('hex');
}
