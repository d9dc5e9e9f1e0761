/** Recomputes a patient's chain from the read model, compares it with the ledger, and hashes every ciphertext. */
import { limits, type RecordFact } from '@chain-of-care/chaincode/model';
import { brokenLinks } from '@chain-of-care/chaincode/rules';
import { merkleLeaf, merkleRoot } from '@chain-of-care/client';
import { patientOf, type KnownPatient } from '../custody/patients.ts';
import { Problem } from '../http/problem.ts';
import { recordsInChainOrder } from '../readmodel/queries/care.ts';
import type { Services } from '../services.ts';
import { CiphertextStoreError } from '../vault/store/index.ts';
import type { BrokenLinkView, CheckedRecord, IntegrityFindings, RecordPlace } from './dto.ts';

interface LedgerRecords {
  readonly head: { readonly length: number; readonly hash: string };
  readonly records: readonly RecordFact[];
}

/** What is to be checked beside the chain itself. */
export interface Extent {
  /** Hash ciphertexts too. */
  readonly content: boolean;
  /** Only of these versions; of all when absent. */
  readonly records?: readonly { readonly id: string; readonly version: number }[];
}

/** @throws Problem patient_not_found, record_not_found, 503 */
export async function checkIntegrity(
  services: Services,
  patientId: string,
  { content, records: named }: Extent,
): Promise<IntegrityFindings> {
  const patient = await patientOf(services, patientId);
  const chain = await recordsInChainOrder(services.readModel.db, patientId);
  const records = named === undefined ? chain : named.map((reference, index) => namedOf(chain, reference, index));
  const { head, differing } = await compareWithLedger(services, patient, records);
  const checked = content ? await hashContent(services, records) : new Map<RecordFact, ContentState>();
  const broken: BrokenLinkView[] = [...brokenLinks(chain, head), ...differing];
  const healed: RecordPlace[] = [];
  for (const [{ sequence, recordId, version }, state] of checked) {
    if (state === 'altered' || state === 'missing')
      broken.push({ sequence, recordId, version, reason: `content_${state}` });
    if (state === 'healed') healed.push({ sequence, recordId, version });
  }
  return {
    valid: broken.length === 0,
    brokenLinks: broken,
    healed,
    totalRecords: head.length,
    checkedCiphertexts: checked.size,
    head: head.hash,
    merkleRoot: Buffer.from(merkleRoot(chain.map(({ hash }) => merkleLeaf(Buffer.from(hash, 'hex'))))).toString('hex'),
    checkedAt: new Date(services.clock()).toISOString(),
    ...(named === undefined ? {} : { records: records.map((record) => checkedRecord(record, broken, checked)) }),
  };
}

function namedOf(
  chain: readonly RecordFact[],
  { id, version }: { readonly id: string; readonly version: number },
  index: number,
): RecordFact {
  const found = chain.find((fact) => fact.recordId === id && fact.version === version);
  if (found !== undefined) return found;
  const item = { pointer: `/records/${index}`, code: 'record_not_found', detail: 'no such record of the patient' };
  throw new Problem('record_not_found', { errors: [item] });
}

const chainReasons: ReadonlySet<string> = new Set(['hash', 'previous_hash', 'ledger_mismatch']);

function checkedRecord(
  record: RecordFact,
  broken: readonly BrokenLinkView[],
  checked: ReadonlyMap<RecordFact, ContentState>,
): CheckedRecord {
  const { recordId, version } = record;
  const isBroken = broken.some(
    (link) => link.recordId === recordId && link.version === version && chainReasons.has(link.reason),
  );
  const state = checked.get(record);
  return {
    id: recordId,
    version,
    blockchainHashVerified: !isBroken,
    ...(state === undefined ? {} : { integrityVerified: state === 'whole' || state === 'healed' }),
  };
}

/** The facts of the read model must be those of the ledger, not only fit together. */
async function compareWithLedger(
  services: Pick<Services, 'ledger' | 'serviceIdentity'>,
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

type ContentState = 'whole' | 'healed' | 'altered' | 'missing';

async function hashContent(
  { store }: Pick<Services, 'store'>,
  records: readonly RecordFact[],
): Promise<ReadonlyMap<RecordFact, ContentState>> {
  const states = new Map<RecordFact, ContentState>();
  for (const record of records) {
    const state = await store.verify(record.cid).then(
      ({ sha256, healed }): ContentState =>
        sha256 !== record.sha256 ? 'altered' : healed === true ? 'healed' : 'whole',
      (error: unknown): ContentState => {
        if (!(error instanceof CiphertextStoreError)) throw error;
        return error.code === 'not_found' ? 'missing' : 'altered';
      },
    );
    states.set(record, state);
  }
  return states;
}
