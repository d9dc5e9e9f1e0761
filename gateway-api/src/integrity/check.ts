/** Recomputes a patient's chain from the read model, compares it with the ledger, and hashes every ciphertext. */
import { limits, type RecordFact } from '@chain-of-care/chaincode/model';
import { brokenLinks } from '@chain-of-care/chaincode/rules';
import { patientOf, type KnownPatient } from '../custody/patients.ts';
import { recordsInChainOrder } from '../readmodel/queries/care.ts';
import type { Services } from '../services.ts';
import { CiphertextStoreError } from '../vault/store/index.ts';
import type { BrokenLinkView, IntegrityCheck } from './dto.ts';

interface LedgerRecords {
  readonly head: { readonly length: number; readonly hash: string };
  readonly records: readonly RecordFact[];
}

/**
 * @param withContent whether to hash the ciphertexts too
 * @throws Problem patient_not_found, 503
 */
export async function checkIntegrity(
  services: Services,
  patientId: string,
  withContent: boolean,
): Promise<IntegrityCheck> {
  const patient = await patientOf(services, patientId);
  const records = await recordsInChainOrder(services.readModel.db, patientId);
  const { head, differing } = await compareWithLedger(services, patient, records);
  const altered = withContent ? await alteredContent(services, records) : [];
  const broken: BrokenLinkView[] = [...brokenLinks(records, head), ...differing, ...altered];
  return {
    valid: broken.length === 0,
    brokenLinks: broken,
    totalRecords: head.length,
    checkedCiphertexts: withContent ? records.length : 0,
    head: head.hash,
    checkedAt: new Date(services.clock()).toISOString(),
  };
}

/** The facts of the read model must be those of the ledger, not only fit together. */
async function compareWithLedger(
  services: Services,
  { patientId, home, handle }: KnownPatient,
  records: readonly RecordFact[],
): Promise<{ head: LedgerRecords['head']; differing: readonly BrokenLinkView[] }> {
  const differing: BrokenLinkView[] = [];
  let head: LedgerRecords['head'] | undefined;
  for (let start = 0; head === undefined || start < records.length; start += limits.recordsPerAccess) {
    const part = records.slice(start, start + limits.recordsPerAccess);
    const answer = await services.ledger.query<LedgerRecords>(services.serviceIdentity, {
      type: 'care.readRecords',
      handle,
      body: { patientId, home, records: part.map(({ recordId, version }) => ({ recordId, version })) },
    });
    head = answer.head;
    for (const [index, { sequence, recordId, version, hash }] of part.entries())
      if (answer.records[index]?.hash !== hash)
        differing.push({ sequence, recordId, version, reason: 'ledger_mismatch' });
  }
  return { head, differing };
}

async function alteredContent({ store }: Services, records: readonly RecordFact[]): Promise<BrokenLinkView[]> {
  const altered: BrokenLinkView[] = [];
  for (const { cid, sha256, sequence, recordId, version } of records) {
    const reason = await store.verify(cid).then(
      (stored) => (stored.sha256 === sha256 ? undefined : ('content_altered' as const)),
      (error: unknown) => {
        if (!(error instanceof CiphertextStoreError)) throw error;
        return error.code === 'not_found' ? ('content_missing' as const) : ('content_altered' as const);
      },
    );
    if (reason !== undefined) altered.push({ sequence, recordId, version, reason });
  }
  return altered;
}
