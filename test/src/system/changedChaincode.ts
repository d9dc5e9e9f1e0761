/** A copy of the built chaincode with changes, which a start deploys instead: what an upgrade of the chaincode is. */
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TextChange } from './changedGateway.ts';
import { projectRoot } from './project.ts';

/** Variable of the folder that a start takes the chaincode from. */
const variable = 'CHAIN_OF_CARE_CHAINCODE';

export interface ChangedChaincode {
  /** From now on starts of this process deploy the changed chaincode, or again the one that is built. */
  choose(changed: boolean): void;
  /** Removes the copy; starts deploy what is built. */
  remove(): Promise<void>;
}

/**
 * @param changes of files of the built chaincode, from its `dist`
 * @throws Error when a text to be replaced is not there
 */
export async function changedChaincode(...changes: readonly TextChange[]): Promise<ChangedChaincode> {
  const source = join(projectRoot, 'chaincode');
  const folder = await mkdtemp(join(tmpdir(), 'changed-chaincode-'));
  for (const part of ['dist', 'package.json']) await cp(join(source, part), join(folder, part), { recursive: true });
  await symlink(join(source, 'node_modules'), join(folder, 'node_modules'));
  for (const { file, from, to } of changes) {
    const path = join(folder, 'dist', file);
    const code = await readFile(path, 'utf8');
    if (!code.includes(from)) throw new Error(`nothing to change in ${file}`);
    await writeFile(path, code.replace(from, to));
  }
  const choose = (changed: boolean): void => {
    if (changed) process.env[variable] = folder;
    else delete process.env[variable];
  };
  return {
    choose,
    async remove() {
      choose(false);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
