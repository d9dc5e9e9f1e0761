/** The care chain: a patient, a bundle, a consent, a reading, a revocation, the audit, the proof that nothing changed. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { People } from '../system/people.ts';
import type { Json, Page, RestSession } from '../system/rest.ts';
import { cameBackEqual, newPatientOf, withoutIdentifiers, type StoryBundle } from './bundle.ts';
import { refusedWith, transactionOf, type Teller } from './teller.ts';

/** Resource type → disposition → how many entries. */
export type Counts = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface CareSummary {
  readonly entries: number;
  readonly records: number;
  /** Where each entry went. */
  readonly counts: Counts;
  readonly skipped: readonly unknown[];
  readonly readBack: number;
  readonly equal: number;
}

interface Operation extends Json {
  readonly status: string;
  readonly result?: {
    readonly records: number;
    readonly transactions: number;
    readonly counts: Counts;
    readonly skipped: readonly unknown[];
  };
  readonly error?: unknown;
}

const home = 'HospitalMSP';
const hour = 3_600_000;
const contentsAtOnce = 6;

export async function tellCareStory(teller: Teller, people: People, bundle: StoryBundle): Promise<CareSummary> {
  const registrar = await people.as(home, 'registrar');
  const ada = await people.as(home, 'dr-ada');
  const ben = await people.as(home, 'dr-ben');
  const subject = `patient-${randomUUID().slice(0, 8)}`;

  teller.story('Care: a patient’s records, and who may read them');
  const patientId = await teller.step('the registrar registers a patient', async () => {
    const body = await registrar.create('/v1/patients', newPatientOf(bundle, randomUUID(), subject));
    const id = String(body['id']);
    return { value: id, outcome: `patient ${id}`, transaction: transactionOf(body) };
  });
  const patient = await people.as(home, subject);
  const chart = `/v1/patients/${patientId}`;

  const imported = await teller.step(`Dr Ada imports a bundle of ${bundle.entries} entries`, async () => {
    const result = await importBundle(ada, chart, bundle);
    const { records, transactions } = result;
    const written = `${records} records in ${transactions} transaction${transactions === 1 ? '' : 's'}`;
    const without = result.toldBefore ? ", without its Patient's identifiers: an earlier patient has them" : '';
    return { value: result, outcome: `${written}, ${result.skipped.length} skipped${without}` };
  });

  const asked = { purposeOfUse: 'TREAT', reason: 'referred for palpitations' };
  const categories = await teller.step('the patient lists their own records', async () => {
    const records = await all(patient, `${chart}/records`);
    const found = [...new Set(records.map((record) => String(record['category'])))];
    return {
      value: found,
      outcome: `${records.length} records in ${found.length} categories: ${found.join(', ')}`,
      asExpected: records.length === imported.records,
    };
  });
  await teller.step('Dr Ben, without a consent, is refused', async () =>
    refusedWith(await ben.post(`${chart}/accesses`, { ...asked, categories }), 403, 'consent_missing'),
  );

  const benId = await staffIdOf(await people.as(home, 'admin'), 'emergency');
  const consentId = await teller.step('the patient grants Dr Ben two hours', async () => {
    const body = await patient.create(`${chart}/consents`, {
      grantee: { kind: 'person', mspId: home, id: benId },
      purposes: ['TREAT'],
      expiresAt: new Date(Date.now() + 2 * hour).toISOString(),
      note: 'second opinion',
    });
    return { value: String(body['id']), outcome: `consent ${String(body['id'])}`, transaction: transactionOf(body) };
  });

  const accessId = await teller.step('Dr Ben opens an access; it is VALID before a byte is served', async () => {
    const body = await ben.create(`${chart}/accesses`, { ...asked, categories });
    const outcome = `access ${String(body['id'])}, serves until ${String(body['servesUntil'])}`;
    return { value: String(body['id']), outcome, transaction: transactionOf(body) };
  });
  const { readBack, equal } = await teller.step('Dr Ben reads; every record equals what was imported', async () => {
    const compared = await compareAll(ben, accessId, bundle);
    return {
      value: compared,
      outcome: `${compared.readBack} read, ${compared.equal} equal`,
      asExpected: compared.equal === imported.records && compared.readBack === imported.records,
    };
  });

  await teller.step('the patient revokes', async () => {
    const body = await patient.create(`/v1/consents/${consentId}/revocation`);
    return { value: undefined, outcome: `revoked at ${String(body['revokedAt'])}`, transaction: transactionOf(body) };
  });
  await teller.step('the running access shows nothing any more', async () => {
    const { status, body } = await ben.get<Page>(`/v1/accesses/${accessId}/records`);
    const shown = status === 200 ? body.items.length : 0;
    return { value: undefined, outcome: `${status}, ${shown} records`, asExpected: shown === 0 };
  });
  await teller.step('and a new one is refused', async () =>
    refusedWith(await ben.post(`${chart}/accesses`, { ...asked, categories }), 403, 'consent_missing'),
  );

  await teller.step('the patient’s audit says who, what, when and why', async () => {
    const events = await all(patient, `${chart}/audit-events?type=access`);
    const ofBen = events.filter((event) => event['accessorId'] === benId);
    const decisions = ofBen.map((event) => String(event['decision'])).toReversed();
    const asExpected =
      decisions.join() === 'deny,permit,deny' && ofBen.every((event) => event['reason'] === asked.reason);
    return {
      value: undefined,
      outcome: `Dr Ben: ${decisions.join(', ')}; why: "${String(ofBen[0]?.['reason'])}"`,
      asExpected,
    };
  });
  await teller.step('the chain and every ciphertext are recomputed', async () => {
    const body = await patient.create(`${chart}/integrity-checks`, { content: true }, { key: null });
    const { valid, totalRecords, checkedCiphertexts } = body;
    return {
      value: undefined,
      outcome: `valid: ${String(valid)}, ${String(totalRecords)} records, ${String(checkedCiphertexts)} ciphertexts`,
      asExpected: valid === true && totalRecords === imported.records,
    };
  });
  const { records, counts, skipped } = imported;
  return { entries: bundle.entries, records, counts, skipped, readBack, equal };
}

async function importBundle(author: RestSession, chart: string, bundle: StoryBundle) {
  const send = (text: string) =>
    // The patient was just registered as the one of the bundle, under an identifier of this telling.
    author.send('POST', `${chart}/imports?subject=confirmed`, text, {
      headers: { 'content-type': 'application/fhir+json' },
      timeoutMs: 600_000,
    });
  const first = await send(bundle.text);
  // Each telling has a new patient; the identifiers of a bundle belong to the first.
  const toldBefore = first.status === 409 && first.body['code'] === 'already_exists';
  const answer = toldBefore ? await send(withoutIdentifiers(bundle)) : first;
  if (answer.status !== 202) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
  for (;;) {
    const operation = await author.read<Operation>(answer.headers.get('location')!);
    if (operation.status === 'succeeded' && operation.result !== undefined) return { ...operation.result, toldBefore };
    if (operation.status === 'failed') throw new Error(JSON.stringify(operation.error));
    await delay(100);
  }
}

/** Every item of a list, page after page. */
export async function all(session: RestSession, path: string): Promise<readonly Json[]> {
  const items: Json[] = [];
  const separator = path.includes('?') ? '&' : '?';
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const page: Page = await session.read<Page>(
      `${path}${separator}limit=200${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    items.push(...page.items);
    cursor = page.nextCursor;
  }
  return items;
}

/** A clinician's staff id, by department. */
async function staffIdOf(session: RestSession, department: string): Promise<string> {
  const staff = await all(session, '/v1/staff');
  const found = staff.find((each) => each['department'] === department && each['role'] === 'clinician');
  if (found === undefined) throw new Error(`no clinician of ${department}`);
  return String(found['staffId']);
}

async function compareAll(reader: RestSession, accessId: string, bundle: StoryBundle) {
  const records = [...(await all(reader, `/v1/accesses/${accessId}/records`))];
  let [readBack, equal] = [0, 0];
  const readNext = async (): Promise<void> => {
    for (let record = records.pop(); record !== undefined; record = records.pop()) {
      const { status, bytes } = await reader.get(`/v1/accesses/${accessId}/records/${String(record['id'])}/content`);
      if (status !== 200) continue;
      readBack += 1;
      if (cameBackEqual(bundle, bytes)) equal += 1;
    }
  };
  await Promise.all(Array.from({ length: contentsAtOnce }, readNext));
  return { readBack, equal };
}
