import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AccessReviews, type AccessReview, type ReviewFilter } from '@chain-of-care/client';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { all } from '../../demo/careStory.ts';
import { network } from '../../system/networks.ts';
import type { RestSession } from '../../system/rest.ts';
import { home, newRecord, recordsOnce, World, type RegisteredPatient } from './world.fixture.ts';

const world = new World(network);
const reading = { purposeOfUse: 'TREAT', reason: 'ward round', categories: ['lab_result'] };

let laboratory: RestSession;
let ben: RestSession;
let officer: RestSession;
let benId: string;

const reviewsOf = async (user: string): Promise<AccessReviews> =>
  new AccessReviews(await world.people.client(home, user));

beforeAll(async () => {
  await network.start();
  laboratory = await world.people.as(home, 'integration');
  ben = await world.people.as(home, 'dr-ben');
  officer = await world.people.as(home, 'privacy-officer');
  benId = await world.clinician(home, 'emergency');
}, 300_000);

const toBen = () => ({ kind: 'person', mspId: home, id: benId });
const toAll = { kind: 'organization', mspId: home };

async function chartWith(records: number): Promise<RegisteredPatient> {
  const patient = await world.patient();
  await Promise.all(
    Array.from({ length: records }, async () => laboratory.create(`${patient.chart}/records`, newRecord())),
  );
  return patient;
}

/** Dr Ben opens all that this consent permits. @returns the access's id */
async function openedBy({ chart, session }: RegisteredPatient, grantee: object): Promise<string> {
  await session.create(`${chart}/consents`, { grantee, categories: ['lab_result'] });
  return (await ben.create<{ id: string }>(`${chart}/accesses`, reading)).id;
}

async function listed(user: string, filter: ReviewFilter = {}): Promise<AccessReview[]> {
  const reviews: AccessReview[] = [];
  for await (const review of (await reviewsOf(user)).list(filter)) reviews.push(review);
  return reviews;
}

/** Once the review of this access is there: it is raised with the notices of its block. */
async function reviewOf({ subject }: RegisteredPatient, accessId: string): Promise<AccessReview | undefined> {
  for (const deadline = Date.now() + 20_000; ; await delay(200)) {
    const found = (await listed(subject)).find((review) => review.accessId === accessId);
    if (found !== undefined || Date.now() > deadline) return found;
  }
}

describe('an unusual access', () => {
  test('to a patient not under the person’s care is told to patient and privacy officer, seen, answered, and audited', async () => {
    const patient = await chartWith(1);
    const access = await openedBy(patient, toAll);
    const review = (await reviewOf(patient, access))!;
    expect(review).toMatchObject({ kinds: ['not-in-care'], status: 'open', accessorId: benId, patientId: patient.id });
    expect(await listed('privacy-officer', { patient: patient.id, status: 'open' })).toEqual([review]);
    for (const session of [patient.session, officer])
      expect(await all(session, '/v1/notifications')).toContainEqual(
        expect.objectContaining({ kind: 'accessToReview', about: { reference: review.id } }),
      );

    await (await reviewsOf(patient.subject)).acknowledge(review.id);
    const officers = await reviewsOf('privacy-officer');
    const answer = { outcome: 'unjustified', explanation: 'no treatment took place' } as const;
    await officers.answer(review.id, answer);
    await expect(officers.answer(review.id, answer)).rejects.toMatchObject({ code: 'conflict' });
    expect(await listed(patient.subject)).toMatchObject([{ id: review.id, status: 'answered', ...answer }]);
    expect(await listed('privacy-officer', { patient: patient.id, status: 'open' })).toEqual([]);
    const audited = await all(patient.session, `${patient.chart}/audit-events?type=review`);
    expect(audited).toMatchObject([{ interaction: 'answer' }, { interaction: 'acknowledge' }]);
  });

  test('stays one when the clinician passes their hospital’s consent on to themselves', async () => {
    const patient = await chartWith(1);
    const given = { grantee: toAll, categories: ['lab_result'], mayDelegate: 1 };
    const { id } = await patient.session.create<{ id: string }>(`${patient.chart}/consents`, given);
    await ben.create(`/v1/consents/${id}/delegations`, { grantee: toBen() });
    const access = await ben.create<{ id: string }>(`${patient.chart}/accesses`, reading);
    expect(await reviewOf(patient, access.id)).toMatchObject({ kinds: ['not-in-care'] });
  });

  test('covers more than a hundred records at once, and a hundred are usual', async () => {
    const patient = await chartWith(100);
    const usual = await openedBy(patient, toBen());
    await laboratory.create(`${patient.chart}/records`, newRecord());
    const { id: bulk } = await ben.create<{ id: string }>(`${patient.chart}/accesses`, reading);
    expect(await reviewOf(patient, bulk)).toMatchObject({ kinds: ['bulk'] });
    expect((await listed(patient.subject)).map(({ accessId }) => accessId)).not.toContain(usual);
    expect(await listed(patient.subject, { kind: 'own-chart' })).toEqual([]);
  }, 180_000);

  test('is made of many small ones: a hundred and one records within a day are one review, not one per access', async () => {
    const patient = await chartWith(101);
    const own = (await recordsOnce(patient, 101)).map(({ id }) => ({ id }));
    await patient.session.create(`${patient.chart}/consents`, { grantee: toBen(), categories: ['lab_result'] });
    const open = async (from: number, to: number): Promise<string> => {
      const { categories: _, ...asked } = reading;
      const body = { ...asked, records: own.slice(from, to) };
      return (await ben.create<{ id: string }>(`${patient.chart}/accesses`, body)).id;
    };
    for (const from of [0, 50, 50]) await open(from, from + 50);
    const crossing = await open(100, 101);
    // Of accesses that are judged together the last one stands for them.
    expect(await reviewOf(patient, crossing)).toMatchObject({ kinds: ['bulk'] });
    await open(10, 20);
    // Its own size makes this one a review: it shows that those before were judged.
    const { id: atOnce } = await ben.create<{ id: string }>(`${patient.chart}/accesses`, reading);
    expect(await reviewOf(patient, atOnce)).toMatchObject({ kinds: ['bulk'] });
    expect((await listed(patient.subject)).map(({ accessId }) => accessId)).toEqual([atOnce, crossing]);
  }, 180_000);

  test('is also a clinician’s to her own record, once the registrar has said whose it is', async () => {
    const patient = await chartWith(1);
    const registrar = await world.people.as(home, 'registrar');
    const said = await registrar.create(`/v1/staff/${benId}/charts`, { patientId: patient.id });
    expect(said).toMatchObject({ staffId: benId, patientId: patient.id });
    const access = await openedBy(patient, toBen());
    expect(await reviewOf(patient, access)).toMatchObject({ kinds: ['own-chart'] });
  });

  test('is told to who represents the patient, seen and acknowledged by them, as long as they do', async () => {
    const { child, id: representation, personId, subject, session } = await world.represented();
    await laboratory.create(`${child.chart}/records`, newRecord());
    const review = (await reviewOf(child, await openedBy(child, toAll)))!;
    const parent = await reviewsOf(subject);
    expect(await listed(subject, { patient: child.id })).toEqual([review]);
    await expect(listed(subject)).rejects.toMatchObject({ code: 'not_own_patient' });
    expect(await all(session, '/v1/notifications')).toContainEqual(
      expect.objectContaining({
        kind: 'accessToReview',
        about: { reference: review.id, patientId: child.id },
      }),
    );
    expect(await parent.acknowledge(review.id)).toMatchObject({ status: 'acknowledged' });
    expect(await all(child.session, `${child.chart}/audit-events?type=review`)).toMatchObject([
      { interaction: 'acknowledge', accessorId: personId },
    ]);
    expect((await session.post(`/v1/access-reviews/${review.id}/answer`, { outcome: 'justified' })).status).toBe(403);

    const registrar = await world.people.as(home, 'registrar');
    await registrar.create(`${child.chart}/representatives/${representation}/ending`);
    await expect(listed(subject, { patient: child.id })).rejects.toMatchObject({ code: 'not_own_patient' });
    expect((await session.get(`/v1/access-reviews/${review.id}`)).status).toBe(404);
  });

  test('of another patient nobody reads, and who is no privacy officer answers nothing', async () => {
    const patient = await chartWith(1);
    const review = (await reviewOf(patient, await openedBy(patient, toAll)))!;
    const other = await world.patient();
    expect((await other.session.get(`/v1/access-reviews/${review.id}`)).status).toBe(404);
    await expect(listed(other.subject, { patient: patient.id })).rejects.toMatchObject({ code: 'not_own_patient' });
    const answer = { outcome: 'justified', explanation: 'mine' };
    expect((await ben.post(`/v1/access-reviews/${review.id}/answer`, answer)).status).toBe(403);
    expect((await officer.post(`/v1/access-reviews/${randomUUID()}/answer`, answer)).status).toBe(404);
  });
});
