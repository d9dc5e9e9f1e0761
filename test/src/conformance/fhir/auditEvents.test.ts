/** Events of the audit as FHIR AuditEvents: valid R4, and what IHE BALP asks of the profiles that they claim. */
import { loadDataType, validateResource } from '@medplum/core';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { AuditEventView } from '../../../../gateway-api/src/audit/dto.ts';
import { fhirAuditEvent } from '../../../../gateway-api/src/audit/fhirAuditEvent.ts';
import { auditEventDefinition, requiredCodes } from './auditEventDefinition.fixture.ts';
import { breaches, claimedProfile, type AuditEvent } from './balp.fixture.ts';

type Resource = Parameters<typeof validateResource>[0];
type Definition = Parameters<typeof loadDataType>[0];

const id = (digit: number): string => `00000000-0000-4000-8000-00000000000${digit}`;
const base: AuditEventView = {
  id: id(1),
  type: 'access',
  interaction: 'read',
  patientId: id(2),
  recordTime: '2026-01-01T00:00:00.000Z',
  accessorId: id(3),
  accessorOrg: 'HospitalMSP',
  accessorRole: 'clinician',
};
const { patientId: _patientId, ...ofNobody } = base;
const records = [
  { id: id(5), version: 2 },
  { id: id(6), version: 1 },
];
const whole: Partial<AuditEventView> = {
  accessorGroup: 'cardiology',
  purposeOfUse: 'TREAT',
  decision: 'permit',
  basis: [{ kind: 'consent', consentId: id(4) }],
  reason: 'follow-up',
  origin: { address: '192.0.2.7', place: { organization: 'HospitalMSP', department: 'cardiology' } },
  transactionId: 'ab12',
  blockNumber: 7,
};

/** What is acted on, and what the event then claims to be. */
const events: readonly (readonly [what: string, event: AuditEventView, profile: string | undefined])[] = [
  ['an access to a record', { ...base, ...whole, records: records.slice(0, 1) }, 'PatientRead'],
  ['an access to several records', { ...base, ...whole, records }, 'PatientRead'],
  ['an access to several categories', { ...base, ...whole, categories: ['vitals', 'allergy'] }, 'PatientRead'],
  ['an access of which nothing more is known', base, 'PatientRead'],
  ['demographics seen', { ...base, type: 'demographics' }, 'PatientRead'],
  ['an export of a patient’s audit', { ...base, type: 'export', interaction: 'audit' }, 'PatientRead'],
  ['an export of an organisation’s audit', { ...ofNobody, type: 'export', interaction: 'audit' }, 'Read'],
  ['a search that found somebody', { ...base, type: 'demographics', interaction: 'search' }, 'PatientQuery'],
  ['a search that found nobody', { ...ofNobody, type: 'demographics', interaction: 'search' }, 'Query'],
  ['a registration', { ...base, type: 'patient', interaction: 'register' }, 'PatientCreate'],
  ['a record', { ...base, type: 'record', interaction: 'create', subjects: [id(5)] }, 'PatientCreate'],
  ['many records', { ...base, type: 'record', interaction: 'create', subjects: [id(5), id(6)] }, 'PatientCreate'],
  ['a consent', { ...base, type: 'consent', interaction: 'grant', subjects: [id(4)] }, 'PatientCreate'],
  ['a denial', { ...base, type: 'consent', interaction: 'deny', subjects: [id(4)] }, 'PatientCreate'],
  ['an amendment', { ...base, type: 'record', interaction: 'amend', records: records.slice(0, 1) }, 'PatientUpdate'],
  ['changed demographics', { ...base, type: 'patient', interaction: 'update' }, 'PatientUpdate'],
  ['a revocation', { ...base, type: 'consent', interaction: 'revoke', subjects: [id(4)] }, 'PatientUpdate'],
  ['a refusal', { ...base, ...whole, decision: 'deny', code: 'consent_missing' }, undefined],
  ['new keys', { ...base, type: 'key', interaction: 'renew', subjects: [id(7), id(8)] }, undefined],
  ['a request for access', { ...base, type: 'request', interaction: 'request', subjects: [id(7)] }, undefined],
];

const exported = (event: AuditEventView) => fhirAuditEvent(event, 'https://hospital.example') as AuditEvent;

beforeAll(() => loadDataType(auditEventDefinition as unknown as Definition));

/** What the validator leaves out: codes of required bindings. */
function strangeCodes({ action, outcome, agent }: AuditEvent): readonly unknown[] {
  const { action: actions, outcome: outcomes, networkType } = requiredCodes;
  const coded: readonly (readonly [code: unknown, of: readonly unknown[]])[] = [
    [action, actions],
    [outcome, outcomes],
    ...agent.map(({ network }) => [network?.type, [undefined, ...networkType]] as const),
  ];
  return coded.filter(([code, of]) => !of.includes(code)).map(([code]) => code);
}

describe('an event of the audit', () => {
  test.each(events)('%s: valid R4, with the profile that fits and all that it asks', (_what, event, profile) => {
    const resource = exported(event);
    expect(() => validateResource(resource as unknown as Resource)).not.toThrow();
    expect(strangeCodes(resource)).toEqual([]);
    expect(claimedProfile(resource)).toBe(profile);
    expect(breaches(resource)).toEqual([]);
  });

  test('of which something is missing or too much is found out, by FHIR and by the profile', () => {
    const resource = exported({ ...base, records });
    const { agent, entity, source: _source, ...rest } = resource;
    expect(() => validateResource({ ...rest, agent, entity } as unknown as Resource)).toThrow('source');
    const [client, ...others] = agent;
    const { network: _network, ...unplaced } = client!;
    expect(breaches({ ...resource, agent: [unplaced, ...others] })).toEqual([
      'agent:client: once, with who and network, without media',
    ]);
    const twice = entity!.filter(({ type }) => type?.code === '2');
    expect(breaches({ ...resource, entity: [...entity!, ...twice] })).toEqual([
      'entity:data: exactly one, with what',
      'entity:data.role: domain resource, report or job',
    ]);
    expect(breaches({ ...resource, action: 'E' })).toEqual(['action: is that of the interaction']);
  });
});
