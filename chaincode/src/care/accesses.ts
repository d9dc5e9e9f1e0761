import { command, query, type Transaction } from '../ledger/index.ts';
import {
  accessCounterType,
  accessType,
  CheckAccess,
  OpenAccess,
  PermittedRecords,
  patientType,
  Refusal,
  recordFactType,
  recordWithdrawalType,
  type Access,
  type AccessBasis,
  type ErrorCode,
  type RecordFact,
  type RecordVersion,
} from '../model/index.ts';
import {
  accessIdOf,
  accessTimes,
  countedConsents,
  countersOf,
  decideCategoryAccess,
  decideRecordAccess,
  payFor,
  readRequest,
  requireAct,
  type AccessAnswer,
  type HeldRule,
  type Reader,
  type StaffActor,
} from '../rules/index.ts';
import { findStaffActor, findStaffOfKey } from '../registry/actor.ts';
import { deviceAddress } from '../registry/addresses.ts';
import {
  accessAddress,
  counterAddress,
  patientAddress,
  placeOf,
  recordAddress,
  withdrawalAddress,
  type PatientRef,
  type Place,
} from './addresses.ts';
import { isSelf, patientRefOf, representativeOf, type PatientSide } from './patientRef.ts';
import { rulesFor } from './reader.ts';
import { bearerRole, requireTokenOf } from './sharingTokens.ts';

/** Who reads: the patient, a representative or staff, with what is needed to decide and to record it. */
interface Accessor {
  readonly reader: Reader;
  readonly id: string;
  readonly mspId: string;
  readonly role: string;
  readonly group?: string;
}

/**
 * Decides an access and commits the decision, permit or deny. A basis that counts nothing is tried first; when only a
 * counted consent permits, the command is refused with `counted_basis` unless it says that it may count.
 */
export const openAccess = command<OpenAccess>({
  body: OpenAccess,
  guards: ({ home }, { submitter }) => placeOf(home, submitter.mspId).accesses,
  *reads(transaction, command) {
    const { submitter } = transaction;
    const { home, accessId, records } = command.body;
    const patient = patientRefOf(transaction, command);
    const { facts, accesses } = placeOf(home, submitter.mspId);
    yield accessAddress(accesses, patient, accessId);
    yield deviceAddress('clinical', submitter.deviceKey);
    if (submitter.mspId === home) yield patientAddress(patient);
    for (const { recordId, version } of records ?? []) {
      yield recordAddress(facts, patient, recordId, version);
      yield withdrawalAddress(facts, patient, recordId);
    }
  },
  async decide(transaction, command) {
    const { ledger, submitter, time, timeMs } = transaction;
    const { accessId, home, purposeOfUse, records, categories, sealedReason, counted } = command.body;
    if ((records === undefined) === (categories === undefined))
      throw new Refusal('validation_failed', 'exactly one of records and categories is needed', '/records');
    const patient = patientRefOf(transaction, command);
    const { deviceKey } = submitter;
    if (accessId !== accessIdOf({ commandKey: command.key, deviceKey, handle: patient.handle }))
      throw new Refusal('validation_failed', 'does not follow from the command', '/accessId');
    const place = placeOf(home, submitter.mspId);
    const accessor = await accessorOf(transaction, patient, place);
    const at = accessAddress(place.accesses, patient, accessId);
    if (await ledger.has(at)) throw new Refusal('already_exists', undefined, '/accessId');

    const request = readRequest(purposeOfUse, timeMs);
    const answers =
      records === undefined
        ? categories!.map((category) => decideCategoryAccess(accessor.reader, request, category))
        : (await factsOf(transaction, patient, place, records)).map((fact) =>
            decideRecordAccess(accessor.reader, request, fact),
          );
    const paid = await payWhereNeeded(transaction, patient, place, accessor, answers, counted === true);
    const permits = paid.filter((answer) => answer.decision === 'permit');
    const basis = distinct(permits.flatMap((answer) => answer.basis));
    const code = permits.length > 0 ? undefined : denialOf(paid);
    const access: Access = {
      accessId,
      patientId: patient.patientId,
      deviceKey,
      purposeOfUse,
      accessorId: accessor.id,
      accessorOrg: accessor.mspId,
      accessorRole: accessor.role,
      ...(accessor.group === undefined ? {} : { accessorGroup: accessor.group }),
      ...(sealedReason === undefined ? {} : { sealedReason }),
      ...(records === undefined ? { categories: categories! } : { records }),
      decision: code === undefined ? 'permit' : 'deny',
      ...(code === undefined ? {} : { code }),
      basis,
      withheld: answers.length - permits.length,
      recordTime: time,
      ...accessTimes(timeMs),
    };
    ledger.put(accessType, at, access);
    const { decision, withheld, servesUntil, notAfter } = access;
    return {
      result: { accessId, decision, basis: access.basis, withheld, servesUntil, notAfter },
      ...(code === undefined ? {} : { refusal: { code } }),
    };
  },
});

/**
 * Whether an access is permitted now, and for which of these records: asked of the own peer by whoever serves content,
 * with the same rules as when it was opened. So a revocation closes a running access, and a forged access opens nothing.
 */
export const checkAccess = query<CheckAccess>({
  body: CheckAccess,
  async answer(transaction, query) {
    const { ledger, timeMs, submitter, consortium } = transaction;
    const { home, accessId, accessorOrg, records } = query.body;
    const patient = patientRefOf(transaction, query);
    if (submitter.mspId !== home && submitter.mspId !== accessorOrg && submitter.mspId !== consortium.regulator)
      throw new Refusal('organization_not_allowed');
    const place = placeOf(home, accessorOrg);
    const access = await ledger.get(accessType, accessAddress(place.accesses, patient, accessId));
    if (access === undefined) throw new Refusal('access_not_found');
    if (access.decision !== 'permit' || access.accessorOrg !== accessorOrg) throw new Refusal('access_not_permitted');
    if (Date.parse(access.servesUntil) <= timeMs) throw new Refusal('access_expired');
    const token = access.basis.find((basis) => basis.kind === 'token');
    if (token !== undefined) {
      if (access.accessorRole !== bearerRole) await readerOf(transaction, patient, place, access);
      const shared = await requireTokenOf(transaction, patient, place, access, token.tokenId);
      const asked = records.filter((each) => shared.some((one) => isSameVersion(one, each)));
      const facts = await factsOf(transaction, patient, place, asked);
      return { access, permitted: facts.filter(({ withdrawn }) => withdrawn === undefined).map(permittedOf) };
    }
    const reader = await readerOf(transaction, patient, place, access);
    const request = readRequest(access.purposeOfUse, timeMs);
    const permitted: PermittedRecord[] = [];
    for (const fact of await factsOf(transaction, patient, place, records)) {
      const answer = decideRecordAccess(reader, request, fact);
      const isPermitted = answer.decision === 'permit' && answer.basis.some((basis) => isPaid(reader, access, basis));
      if (isPermitted && coversRecord(access, fact)) permitted.push(permittedOf(fact));
    }
    return { access, permitted };
  },
});

/** With the hashes that the ledger has, so that whoever serves can hold its database and the content against them. */
type PermittedRecord = Pick<RecordFact, 'recordId' | 'version' | 'sha256' | 'hash'>;

function permittedOf({ recordId, version, sha256, hash }: RecordFact): PermittedRecord {
  return { recordId, version, sha256, hash };
}

/** What the submitter may open now, decided as an access would be, counters included; nothing is written. */
export const permittedRecords = query<PermittedRecords>({
  body: PermittedRecords,
  async answer(transaction, query) {
    const { home, purposeOfUse, records } = query.body;
    const patient = patientRefOf(transaction, query);
    const place = placeOf(home, transaction.submitter.mspId);
    const { reader } = await accessorOf(transaction, patient, place);
    const request = readRequest(purposeOfUse, transaction.timeMs);
    const facts = await factsOf(transaction, patient, place, records);
    const answers = facts.map((fact) => decideRecordAccess(reader, request, fact));
    const used = await usedOf(transaction, patient, place, countedConsents(answers, rulesOf(reader)));
    const paid = payFor(answers, rulesOf(reader), used).answers;
    const permitted = facts.flatMap(({ recordId, version }, index) => {
      const answer = paid[index]!;
      return answer.decision === 'permit' ? [{ recordId, version, basis: answer.basis }] : [];
    });
    return { permitted };
  },
});

function coversRecord(access: Access, { recordId, version, category }: RecordFact): boolean {
  if (access.categories !== undefined) return access.categories.includes(category);
  return access.records!.some((asked) => isSameVersion(asked, { recordId, version }));
}

function isSameVersion(one: RecordVersion, other: RecordVersion): boolean {
  return one.recordId === other.recordId && one.version === other.version;
}

async function accessorOf(transaction: Transaction, patient: PatientRef, place: Place): Promise<Accessor> {
  const { submitter, ledger, timeMs } = transaction;
  const isHome = submitter.mspId === patient.home;
  const self = isHome ? await ledger.get(patientType, patientAddress(patient)) : undefined;
  if (isHome && self === undefined) throw new Refusal('patient_not_found');
  if (self !== undefined && isSelf(submitter, self))
    return patientSide({ role: 'patient', id: patient.patientId }, patient);
  const actor = await findStaffActor(transaction, ['clinical', 'registry']);
  if (actor === undefined) {
    const representative =
      self === undefined ? undefined : await representativeOf(transaction, patient, self, submitter);
    if (representative === undefined) throw new Refusal('unknown_identity');
    return patientSide(representative, patient);
  }
  requireAct(actor, 'care.openAccess', timeMs);
  const { staffId: id, mspId, role, department } = actor;
  const group = department === undefined ? {} : { group: department };
  return { reader: await staffReader(transaction, patient, place, actor), id, mspId, role, ...group };
}

function patientSide({ role, id }: PatientSide, { home }: PatientRef): Accessor {
  return { reader: { kind: 'self' }, id, mspId: home, role };
}

async function staffReader(
  transaction: Transaction,
  patient: PatientRef,
  place: Place,
  { mspId, staffId, role, department }: Pick<StaffActor, 'mspId' | 'staffId' | 'role' | 'department'>,
): Promise<Reader> {
  const requester = { mspId, staffId, role, ...(department === undefined ? {} : { department }) };
  return { kind: 'staff', requester, rules: await rulesFor(transaction, patient, place, requester) };
}

/**
 * The accessor of a committed access as the facts are now: who was suspended, lost the licence or whose device key was
 * revoked reads nothing more. The access must name the person whose key opened it.
 */
async function readerOf(transaction: Transaction, patient: PatientRef, place: Place, access: Access): Promise<Reader> {
  if (access.accessorRole === 'patient' || access.accessorRole === 'representative')
    return selfOf(transaction, patient, access);
  const { deviceKey, accessorOrg: mspId, accessorId } = access;
  const actor = await findStaffOfKey(transaction, ['clinical', 'registry'], { deviceKey, mspId });
  if (actor?.staffId !== accessorId) throw new Refusal('access_not_permitted');
  requireAct(actor, 'care.openAccess', transaction.timeMs);
  return staffReader(transaction, patient, place, actor);
}

/**
 * An access in a collection of one endorser may be forged: that the patient opened it holds only with a key of theirs, and
 * that a representative did only as long as they represent the patient.
 */
async function selfOf(transaction: Transaction, patient: PatientRef, access: Access): Promise<Reader> {
  const self = await transaction.ledger.get(patientType, patientAddress(patient));
  const { accessorRole, accessorId, accessorOrg: mspId, deviceKey } = access;
  if (self === undefined) throw new Refusal('access_not_permitted');
  const isTheirs =
    accessorRole === 'patient'
      ? isSelf({ mspId, deviceKey }, self)
      : (await representativeOf(transaction, patient, self, { mspId, deviceKey }))?.id === accessorId;
  if (!isTheirs) throw new Refusal('access_not_permitted');
  return { kind: 'self' };
}

/**
 * Each as it is to be decided on: an earlier version of a withdrawn record is withdrawn too.
 *
 * @throws Refusal record_not_found; for another hospital also a record that was never opened to it does not exist
 */
async function factsOf(
  { ledger }: Transaction,
  patient: PatientRef,
  place: Place,
  records: readonly RecordVersion[],
): Promise<readonly RecordFact[]> {
  const facts: RecordFact[] = [];
  const addresses = records.map(({ recordId, version }) => recordAddress(place.facts, patient, recordId, version));
  const withdrawals = records.map(({ recordId }) => withdrawalAddress(place.facts, patient, recordId));
  await ledger.prefetch([...addresses, ...withdrawals]);
  for (const [index, at] of addresses.entries()) {
    const fact = await ledger.get(recordFactType, at);
    if (fact === undefined) throw new Refusal('record_not_found', undefined, `/records/${index}`);
    const withdrawal = await ledger.get(recordWithdrawalType, withdrawals[index]!);
    facts.push(withdrawal === undefined ? fact : { ...fact, withdrawn: withdrawal.withdrawn });
  }
  return facts;
}

/** @throws Refusal counted_basis when counted consents are needed and the command does not say that it may count */
async function payWhereNeeded(
  transaction: Transaction,
  patient: PatientRef,
  place: Place,
  { reader }: Accessor,
  answers: readonly AccessAnswer[],
  mayCount: boolean,
): Promise<readonly AccessAnswer[]> {
  const rules = rulesOf(reader);
  const needed = countedConsents(answers, rules);
  if (needed.length > 0 && !mayCount) throw new Refusal('counted_basis');
  const used = await usedOf(transaction, patient, place, needed);
  const payment = payFor(answers, rules, used);
  for (const consentId of payment.spent)
    transaction.ledger.put(accessCounterType, counterAddress(patient, consentId, place.facts), {
      patientId: patient.patientId,
      consentId,
      used: used.get(consentId)! + 1,
    });
  return payment.answers;
}

/** Whether nothing need be counted for this basis, or the access counted it when it was opened. */
function isPaid(reader: Reader, access: Access, basis: AccessBasis): boolean {
  if (basis.kind !== 'consent' || countersOf(rulesOf(reader), basis).length === 0) return true;
  return access.basis.some((paid) => paid.kind === 'consent' && paid.consentId === basis.consentId);
}

async function usedOf(
  { ledger }: Transaction,
  patient: PatientRef,
  place: Place,
  consentIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const used = new Map<string, number>();
  for (const consentId of consentIds) {
    const counter = await ledger.get(accessCounterType, counterAddress(patient, consentId, place.facts));
    used.set(consentId, counter?.used ?? 0);
  }
  return used;
}

function rulesOf(reader: Reader): readonly HeldRule[] {
  return reader.kind === 'self' ? [] : reader.rules;
}

function denialOf(answers: readonly AccessAnswer[]): ErrorCode {
  const codes = answers.flatMap((answer) => (answer.decision === 'deny' ? [answer.code] : []));
  if (codes.every((code) => code === 'entered_in_error')) return 'entered_in_error';
  return codes.find((code) => code === 'consent_denied') ?? 'consent_missing';
}

function distinct(bases: readonly AccessBasis[]): AccessBasis[] {
  return [...new Map(bases.map((basis) => [JSON.stringify(basis), basis])).values()];
}
