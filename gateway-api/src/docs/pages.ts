/** The pages of `docs/` that are generated from the code's own tables. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Member, MemberRole } from '@chain-of-care/chaincode/model';
import { parse } from 'yaml';
import { architecturePicture } from './architecturePicture.ts';
import { collectionsPage } from './collections.ts';
import { configurationPage } from './configuration.ts';
import { envExample } from './envExample.ts';
import { errorsPage } from './errors.ts';
import { fhirImportPage } from './fhirImport.ts';
import { rolesAndActsPage } from './rolesAndActs.ts';

export const repository = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../..');

interface ConsortiumFile {
  readonly members: Readonly<
    Record<string, { readonly mspId: string; readonly role: MemberRole; readonly name: string }>
  >;
  readonly profiles: Readonly<Record<string, readonly string[]>>;
}

/** Text of each generated page, by its path in the repository. */
export async function generatedPages(): Promise<ReadonlyMap<string, string>> {
  const profiles = await membersByProfile();
  return new Map([
    ['docs/architecture.svg', architecturePicture(profiles['default'] ?? [])],
    ['docs/fhir-import.md', fhirImportPage()],
    ['docs/roles-and-acts.md', rolesAndActsPage()],
    ['docs/errors.md', errorsPage()],
    ['docs/configuration.md', configurationPage()],
    ['docs/collections.md', collectionsPage(profiles)],
    ['.env.example', envExample()],
  ]);
}

async function membersByProfile(): Promise<Readonly<Record<string, readonly Member[]>>> {
  const text = await readFile(path.join(repository, 'network/consortium.yaml'), 'utf8');
  const { members, profiles } = parse(text) as ConsortiumFile;
  return Object.fromEntries(
    Object.entries(profiles).map(([profile, names]) => [profile, names.map((name) => members[name]!)]),
  );
}
