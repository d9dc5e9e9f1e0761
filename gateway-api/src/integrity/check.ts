/** Recomputes a patient's chain from the read model, compares it with the ledger, and hashes every ciphertext. */
import { setTimeout as pause } from 'node:timers/promises';
import { formats, limits, type RecordFact } from '@chain-of-care/chaincode/model';
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
  /** In the order asked; null for what the ledger does not have. */
  readonly records: readonly (RecordFact | null)[];
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
  const { chain, head } = await chainWithHead(services, patient);
  const records = named === undefined ? chain : named.map((reference, index) => namedOf(chain, reference, index));
  const differing = await compareWithLedger(services, patient, records);
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

type Ledgers = Pick<Services, 'ledger' | 'serviceIdentity' | 'readModel' | 'channelReader'>;

/** Readings of a chain beside its head, before different lengths are a finding. */
const readings = 5;
const peerBehindMs = 500;

/** The chain as the read model has it and its head as the ledger has it, of the same moment: records may come meanwhile. */
async function chainWithHead(
  services: Ledgers,
  patient: KnownPatient,
): Promise<{ chain: readonly RecordFact[]; head: LedgerRecords['head'] }> {
  for (let reading = 1; ; reading += 1) {
    const chain = await recordsInChainOrder(services.readModel.db, patient.patientId);
    const { head } = await readRecords(services, patient, []);
    if (chain.length === head.length || reading === readings) return { chain, head };
    await sameBlocks(services);
  }
}

/** Lets the read model reach the peer's height, or the peer that of the read model: another one may have sent the blocks. */
async function sameBlocks({ readModel, channelReader }: Ledgers): Promise<void> {
  const height = await channelReader.height();
  if ((readModel.height ?? -1) >= height) await pause(peerBehindMs);
  else await readModel.waitForBlock(height - 1);
}

/** The facts of the read model must be those of the ledger, not only fit together. */
async function compareWithLedger(
  services: Ledgers,
  patient: KnownPatient,
  records: readonly RecordFact[],
): Promise<readonly BrokenLinkView[]> {
  const onLedger = new Map<RecordFact, string | undefined>();
  // What is no name of a record version cannot be on the ledger, and would be refused with all that is asked beside it.
  const named = records.filter(({ recordId, version }) => formats.uuid(recordId) && version >= 1);
  for (let start = 0; start < named.length; start += limits.recordsPerAccess) {
    const part = named.slice(start, start + limits.recordsPerAccess);
    const answer = await readRecords(services, patient, part);
    for (const [index, record] of part.entries()) onLedger.set(record, answer.records[index]?.hash);
  }
  return records
    .filter((record) => onLedger.get(record) !== record.hash)
    .map(({ sequence, recordId, version }) => ({ sequence, recordId, version, reason: 'ledger_mismatch' }));
}

async function readRecords(
  { ledger, serviceIdentity }: Ledgers,
  { patientId, home, handle }: KnownPatient,
  facts: readonly RecordFact[],
): Promise<LedgerRecords> {
  const records = facts.map(({ recordId, version }) => ({ recordId, version }));
  const body = { patientId, home, records };
  return ledger.query<LedgerRecords>(serviceIdentity, { type: 'care.readRecords', handle, body });
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
