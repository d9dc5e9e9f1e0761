import { createHash } from 'node:crypto';
import { Migrator, sql, type Kysely, type Migration } from 'kysely';
import * as ledger from './migrations/0001-ledger.ts';
import * as registry from './migrations/0002-registry.ts';
import * as gateway from './migrations/0003-gateway.ts';
import * as care from './migrations/0004-care.ts';
import * as directory from './migrations/0006-directory.ts';
import * as kept from './migrations/0008-kept.ts';
import * as supply from './migrations/0005-supply.ts';
import * as custody from './migrations/0011-custody.ts';
import * as verification from './migrations/0010-verification.ts';
import * as alerts from './migrations/0012-alerts.ts';
import * as grants from './migrations/0019-grants.ts';
import * as verificationFacts from './migrations/0013-verification-facts.ts';
import * as records from './migrations/0016-records.ts';
import * as integrity from './migrations/0017-integrity.ts';
import * as audit from './migrations/0022-audit.ts';
import * as accessRequests from './migrations/0020-access-requests.ts';
import * as sharingTokens from './migrations/0021-sharing-tokens.ts';
import * as takenBack from './migrations/0030-taken-back.ts';
import * as packedQuantities from './migrations/0031-packed-quantities.ts';
import * as operationStates from './migrations/0032-operation-states.ts';
import * as queuedOperations from './migrations/0033-queued-operations.ts';
import * as inStep from './migrations/0034-in-step.ts';
import * as auditEvents from './migrations/0037-audit-events.ts';
import * as segmentSerials from './migrations/0038-segment-serials.ts';
import * as people from './migrations/0018-people.ts';
import * as representatives from './migrations/0023-representatives.ts';
import * as accessReviews from './migrations/0027-access-reviews.ts';
import * as consentEnds from './migrations/0025-consent-ends.ts';
import * as standingRules from './migrations/0026-standing-rules.ts';
import * as careTeam from './migrations/0024-care-team.ts';
import type { Database } from './schema.ts';

/** Statements by migration, in the order of their names. A published migration is never changed, only followed. */
const migrations: Readonly<Record<string, { readonly statements: readonly string[] }>> = {
  '0001-ledger': ledger,
  '0002-registry': registry,
  '0003-gateway': gateway,
  '0004-care': care,
  '0005-supply': supply,
  '0006-directory': directory,
  '0010-verification': verification,
  '0008-kept': kept,
  '0011-custody': custody,
  '0012-alerts': alerts,
  '0019-grants': grants,
  '0013-verification-facts': verificationFacts,
  '0016-records': records,
  '0017-integrity': integrity,
  '0022-audit': audit,
  '0023-representatives': representatives,
  '0024-care-team': careTeam,
  '0025-consent-ends': consentEnds,
  '0026-standing-rules': standingRules,
  '0020-access-requests': accessRequests,
  '0021-sharing-tokens': sharingTokens,
  '0018-people': people,
  '0027-access-reviews': accessReviews,
  '0030-taken-back': takenBack,
  '0031-packed-quantities': packedQuantities,
  '0032-operation-states': operationStates,
  '0033-queued-operations': queuedOperations,
  '0034-in-step': inStep,
  '0037-audit-events': auditEvents,
  '0038-segment-serials': segmentSerials,
};

/**
 * Applies the migrations that the database lacks, in one transaction. Safe when two processes start at once.
 *
 * @throws Error of the first migration that fails; nothing of this run is kept then
 */
export async function migrate(db: Kysely<Database>): Promise<void> {
  const migrator = new Migrator({
    db,
    // Numbers are given out before the work is done: a lower one may come later.
    allowUnorderedMigrations: true,
    provider: {
      getMigrations: async () =>
        Object.fromEntries(Object.entries(migrations).map(([name, { statements }]) => [name, migration(statements)])),
    },
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error instanceof Error ? error : new Error('a migration failed', { cause: error });
}

/** @returns SHA-256 of all migrations, lower-case hexadecimal */
export function migrationsDigest(): string {
  const statements = Object.entries(migrations).map(([name, migration]) => [name, migration.statements]);
  return createHash('sha256').update(JSON.stringify(statements)).digest('hex');
}

function migration(statements: readonly string[]): Migration {
  return {
    up: async (db) => {
      for (const statement of statements) await sql.raw(statement).execute(db);
    },
  };
}
