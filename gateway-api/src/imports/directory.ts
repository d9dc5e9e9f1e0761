import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Database } from '../readmodel/database/schema.ts';
import type { DirectoryEntry } from './fhir/index.ts';

/** Keeps an organisation, practitioner or place that a bundle brought, in place of what was known of it. */
export async function putDirectoryEntry(db: Kysely<Database>, entry: DirectoryEntry): Promise<void> {
  const { resourceType, sourceId, name, content } = entry;
  const facts = {
    name,
    content_hash: createHash('sha256').update(content).digest('hex'),
    content: Buffer.from(content).toString('utf8'),
  };
  await db
    .insertInto('directory_entries')
    .values({ resource_type: resourceType, source_id: sourceId, ...facts })
    .onConflict((conflict) => conflict.columns(['resource_type', 'source_id']).doUpdateSet(facts))
    .execute();
}
