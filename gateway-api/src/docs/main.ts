/** `npm run docs`: writes the generated pages. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { generatedPages, repository } from './pages.ts';

for (const [file, text] of await generatedPages()) {
  await writeFile(path.join(repository, file), text);
  process.stdout.write(`${file}\n`);
}
