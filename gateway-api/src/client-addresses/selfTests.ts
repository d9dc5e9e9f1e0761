/**
 * Self-tests through the whole: real transactions on a canary patient, a person of the seed in whose chart nothing but these
 * tests stands. Every step says how long it took; the first that fails ends the test with its code.
 */
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { Refusal } from '@chain-of-care/chaincode/model';
import type { NewAccess } from '../accesses/dto.ts';
import type { OpenedAccesses } from '../accesses/openedAccesses.ts';
import { ServedAccess } from '../accesses/serve.ts';
import type { Caller } from '../auth/caller.ts';
import { patientOf } from '../custody/patients.ts';
import { problemFrom } from '../http/answer.ts';
import { Problem } from '../http/problem.ts';
import { Derivation } from '../idempotency/derivation.ts';
import { checkIntegrity } from '../integrity/check.ts';
import { auditEventById } from '../readmodel/queries/audit.ts';
import { RecordAppender } from '../records/append.ts';
import type { Services } from '../services.ts';
import { openOwnAccess } from './access.ts';
import type { SelfTest, SelfTestStep, testedContracts } from './dto.ts';

/** Under this name the canary patient logs in, where there is one. */
export const canarySubject = 'patient-canary';

const text = 'self-test';
const reason = 'self-test of the system';

interface Run {
  readonly services: Services;
  readonly accesses: OpenedAccesses;
  readonly idempotency: Derivation;
  readonly canary: Caller;
}

/** @throws Problem patient_not_found where nobody seeded a canary */
async function runOf(services: Services, accesses: OpenedAccesses, caller: Caller, requestId: string): Promise<Run> {
  const person = await services.people.find(services.config.issuer, canarySubject);
  if (person === undefined) throw new Problem('patient_not_found', { detail: `there is no ${canarySubject}` });
  const idempotency = new Derivation(services.keystore.derived('self-tests'), person.id, requestId);
  const { origin } = caller;
  const canary: Caller = { ...person, scopes: [], ...(origin === undefined ? {} : { origin }) };
  return { services, accesses, idempotency, canary };
}

/** A clinician's day: write a record, open an access to it, read it back, find the access in the audit. */
export async function doctorWorkflow(
  services: Services,
  accesses: OpenedAccesses,
  caller: Caller,
  requestId: string,
): Promise<SelfTest> {
  const run = await runOf(services, accesses, caller, requestId);
  const { id } = run.canary;
  const content = Buffer.from(`${text} ${requestId}`);
  return timed([
    [
      'append',
      async (made) => {
        const appender = await RecordAppender.for(services, caller, id);
        const description = { title: text, mediaType: 'text/plain' };
        const clinicalDate = new Date(services.clock()).toISOString().slice(0, 10);
        const record = { category: 'other', confidentiality: 'N', clinicalDate, description, content } as const;
        const appended = await appender.append([record], run.idempotency, 'record');
        made.recordId = appended.records[0]!.recordId;
      },
    ],
    [
      'access',
      async (made) => {
        const wanted = { purposeOfUse: 'TREAT', reason, records: [{ id: made.recordId!, version: 1 }] } as const;
        made.accessId = await accessOf(run, caller, { ...wanted, records: [...wanted.records] });
      },
    ],
    ['content', async (made) => requireEqual(await contentOf(run, caller, made), content)],
    ['audit', async (made) => requireAudited(services, made)],
  ]);
}

/** The patient's own: open an access to everything, read the newest record, audit, chain and ciphertexts. */
export async function patientWorkflow(
  services: Services,
  accesses: OpenedAccesses,
  caller: Caller,
  requestId: string,
): Promise<SelfTest> {
  const run = await runOf(services, accesses, caller, requestId);
  const { canary } = run;
  return timed([
    [
      'access',
      async (made) => {
        made.accessId = await accessOf(run, canary, { purposeOfUse: 'PATRQT', reason, categories: ['other'] });
      },
    ],
    [
      'content',
      async (made) => {
        const served = await ServedAccess.of(accesses, canary, made.accessId!);
        const [newest] = (await served.records({ open: {}, sealed: {}, verify: true, total: false }, { limit: 1 }))
          .items;
        // A chart in which no doctor's workflow ran yet has nothing to read.
        if (newest === undefined) return;
        made.recordId = newest.fact.recordId;
        const content = await contentOf(run, canary, made);
        requireEqual(content.subarray(0, text.length), Buffer.from(text));
      },
    ],
    ['audit', async (made) => requireAudited(services, made)],
    [
      'integrity',
      async () => {
        if (!(await checkIntegrity(services, canary.id, { content: true })).valid)
          throw new Problem('integrity_violation');
      },
    ],
  ]);
}

/** A question to each contract on the own peer whose answer is known: what is there, or that nothing is. */
const questions = {
  registry: { type: 'registry.findPremises', body: { gln: '9506000000008' }, code: 'premises_not_found' },
  supply: { type: 'supply.findProduct', body: { gtin: '09506000000008' }, code: 'product_not_found' },
} as const;

export async function contractTest(services: Services, contract: (typeof testedContracts)[number]): Promise<SelfTest> {
  return timed([['query', () => (contract === 'care' ? askCare(services) : askOther(services, questions[contract]))]]);
}

async function askCare(services: Services): Promise<void> {
  const canary = await services.people.find(services.config.issuer, canarySubject);
  if (canary === undefined) throw new Problem('patient_not_found', { detail: `there is no ${canarySubject}` });
  const { home, handle } = await patientOf(services, canary.id);
  const body = { patientId: canary.id, home, records: [] };
  await services.ledger.query(services.serviceIdentity, { type: 'care.readRecords', handle, body });
}

async function askOther(
  services: Services,
  { type, body, code }: (typeof questions)[keyof typeof questions],
): Promise<void> {
  const answer = services.ledger.query(services.serviceIdentity, { type, body });
  await answer.catch((error: unknown) => {
    if (!(error instanceof Refusal) || error.code !== code) throw error;
  });
}

interface Made {
  recordId?: string;
  accessId?: string;
}

type Step = readonly [name: string, run: (made: Made) => Promise<void>];

async function timed(steps: readonly Step[]): Promise<SelfTest> {
  const made: Made = {};
  const done: SelfTestStep[] = [];
  for (const [name, run] of steps) {
    const begun = performance.now();
    const code = await run(made).then(
      () => undefined,
      (error: unknown) => problemFrom(error).code,
    );
    const milliseconds = Math.round(performance.now() - begun);
    done.push({ name, ok: code === undefined, milliseconds, ...(code === undefined ? {} : { code }) });
    if (code !== undefined) break;
  }
  return { ok: done.length === steps.length && done.every(({ ok }) => ok), steps: done };
}

function accessOf({ services, idempotency, canary }: Run, caller: Caller, wanted: NewAccess): Promise<string> {
  return openOwnAccess(services, caller, canary.id, wanted, idempotency);
}

async function contentOf({ accesses, services }: Run, caller: Caller, made: Made): Promise<Buffer> {
  await services.readModel.waitForAcknowledged();
  const served = await ServedAccess.of(accesses, caller, made.accessId!);
  return buffer(Readable.from(await served.content(await served.record(made.recordId!, 1))));
}

function requireEqual(content: Uint8Array, expected: Uint8Array): void {
  if (Buffer.compare(content, expected) !== 0) throw new Problem('integrity_violation');
}

async function requireAudited({ readModel }: Services, { accessId }: Made): Promise<void> {
  if ((await auditEventById(readModel.db, accessId!))?.decision !== 'permit') throw new Problem('access_not_found');
}
