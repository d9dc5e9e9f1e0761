/** Runs dependency-cruiser with the project's rules on a tree. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const projectRoot = fileURLToPath(new URL('../../..', import.meta.url));

const workspaces = ['chaincode', 'client', 'gateway-api', 'network', 'portal', 'test'];

export interface Violation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

interface Report {
  readonly summary: {
    readonly totalCruised: number;
    readonly violations: readonly {
      readonly from: string;
      readonly to: string;
      readonly rule: { readonly name: string };
    }[];
  };
}

/**
 * @param root a tree laid out as the project is
 * @returns how many modules were looked at, and every import that a rule forbids
 */
export async function cruise(root: string): Promise<{ modules: number; violations: readonly Violation[] }> {
  const folders = workspaces.map((name) => join(name, 'src')).filter((folder) => existsSync(join(root, folder)));
  const command = join(projectRoot, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const config = join(projectRoot, '.dependency-cruiser.mjs');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [command, '--config', config, '--output-type', 'json', ...folders],
    { cwd: root, maxBuffer: 256 * 1024 * 1024 },
  ).catch((failed: { stdout: string; stderr: string }) => {
    // The command's exit status is the number of violations; without a report it failed itself.
    if (!failed.stdout.startsWith('{')) throw new Error(failed.stderr);
    return failed;
  });
  const { summary } = JSON.parse(stdout) as Report;
  const violations = summary.violations.map(({ from, to, rule }) => ({ rule: rule.name, from, to }));
  return { modules: summary.totalCruised, violations };
}

/**
 * Lays out a tree that looks like the project and holds only these files.
 *
 * @param files content by path from the root
 * @returns the tree's folder
 */
export async function tree(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'boundaries-'));
  await mkdir(join(root, 'node_modules/@chain-of-care'), { recursive: true });
  for (const packageName of ['fabric-shim', '@hyperledger/fabric-gateway', 'class-validator']) {
    await mkdir(join(root, 'node_modules', dirname(packageName)), { recursive: true });
    await symlink(join(projectRoot, 'node_modules', packageName), join(root, 'node_modules', packageName));
  }
  for (const name of workspaces) {
    await mkdir(join(root, name));
    if (existsSync(join(projectRoot, name, 'package.json')))
      await cp(join(projectRoot, name, 'package.json'), join(root, name, 'package.json'));
    await symlink(join(root, name), join(root, 'node_modules/@chain-of-care', name));
  }
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  return root;
}
