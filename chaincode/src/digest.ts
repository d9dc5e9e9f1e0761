/** The digest that binds a chaincode package to the code and the list of members that its servers run. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const packageRoot = join(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * SHA-256 over the built chaincode (`dist/**.js`), its declared dependencies and the list of members, each file by its
 * relative name and content, in the order of the names.
 *
 * @param membersFile path of members.json
 * @param root the chaincode's package folder, with `package.json` and `dist`
 * @returns 64 hex digits
 * @throws Error when the chaincode is not built or the list of members is missing
 */
export async function chaincodeDigest(membersFile: string, root: string = packageRoot): Promise<string> {
  const built = join(root, 'dist');
  const files = (await readdir(built, { recursive: true }))
    .filter((file) => file.endsWith('.js'))
    .map((file) => join(built, file));
  if (files.length === 0) throw new Error('the chaincode is not built');
  const named = [...files, join(root, 'package.json')]
    .map((file) => ({ name: relative(root, file).split(sep).join('/'), file }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const digest = createHash('sha256');
  for (const { name, file } of [...named, { name: 'members.json', file: membersFile }]) {
    const content = await readFile(file);
    digest.update(`${name}\n${content.length}\n`).update(content);
  }
  return digest.digest('hex');
}
