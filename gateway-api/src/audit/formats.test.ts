import { describe, expect, test } from '@jest/globals';
import { csvHeader, csvLine } from './csv.ts';
import type { AuditEventView } from './dto.ts';
import { fhirAuditEvent } from './fhirAuditEvent.ts';

const access: AuditEventView = {
  id: '00000000-0000-4000-8000-000000000001',
  type: 'access',
  interaction: 'read',
  patientId: '00000000-0000-4000-8000-000000000002',
  recordTime: '2026-01-01T00:00:00.000Z',
  accessorId: '00000000-0000-4000-8000-000000000003',
  accessorOrg: 'HospitalMSP',
  accessorRole: 'clinician',
  accessorGroup: 'cardiology',
  purposeOfUse: 'TREAT',
  decision: 'permit',
  basis: [{ kind: 'consent', consentId: '00000000-0000-4000-8000-000000000004' }],
  records: [{ id: '00000000-0000-4000-8000-000000000005', version: 2 }],
  reason: 'follow-up',
  origin: { address: '192.0.2.7', place: { organization: 'HospitalMSP', department: 'cardiology' } },
  transactionId: 'ab12',
  blockNumber: 7,
};
const gateway = 'https://hospital.example';

describe('CSV', () => {
  test('a line has a cell for each name of the header', () => {
    expect(csvLine(access).trimEnd().split(',')).toHaveLength(csvHeader.trimEnd().split(',').length);
    expect(csvLine(access)).toContain('consent:00000000-0000-4000-8000-000000000004');
  });

  test('quotes, commas and line breaks stay inside their cell', () => {
    expect(csvLine({ ...access, reason: 'chest pain, "acute"\nsince noon' })).toContain(
      '"chest pain, ""acute""\nsince noon"',
    );
  });

  test.each(['=HYPERLINK("http://x")', '+1', '-1', '@SUM(A1)'])('%s is no formula to a spreadsheet', (reason) => {
    expect(csvLine({ ...access, reason })).toMatch(/,"?'[=+\-@]/);
  });
});

describe('FHIR AuditEvent', () => {
  type Event = ReturnType<typeof eventOf>;
  const eventOf = (event: AuditEventView) =>
    fhirAuditEvent(event, gateway) as {
      meta?: { profile: string[] };
      outcome: string;
      action: string;
      outcomeDesc?: string;
      agent: { type: { coding: { code: string }[] }; requestor: boolean; network?: object }[];
      entity: { type: { code: string }; role?: { code: string }; what?: object }[];
    };
  const agents = ({ agent }: Event) => agent.map(({ type }) => type.coding[0]!.code);

  test('a permitted access has the slices of BALP’s PatientRead', () => {
    const event = eventOf(access);
    expect(event.meta?.profile).toEqual([
      'https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.PatientRead',
    ]);
    expect([event.action, event.outcome]).toEqual(['R', '0']);
    expect(agents(event)).toEqual(['110152', '110153', 'IRCP']);
    expect(event.agent.map(({ requestor }) => requestor)).toEqual([false, false, true]);
    expect(event.entity.map(({ type, role }) => `${type.code}/${role?.code ?? ''}`)).toEqual([
      '1/1',
      '2/4',
      'XrequestId/',
    ]);
  });

  test('a refusal claims no profile of successful operations, and says why', () => {
    const event = eventOf({ ...access, decision: 'deny', code: 'consent_missing' });
    expect(event.meta).toBeUndefined();
    expect([event.outcome, event.outcomeDesc]).toEqual(['4', 'consent_missing']);
  });

  test('what is written flows the other way, by an author', () => {
    const event = eventOf({ ...access, type: 'record', interaction: 'create' });
    expect(agents(event)).toEqual(['110153', '110152', 'AUT']);
    expect(event.meta?.profile[0]).toMatch(/PatientCreate$/);
  });

  test('a search holds a query and no data', () => {
    const { records: _records, ...search } = access;
    const event = eventOf({ ...search, type: 'demographics', interaction: 'search' });
    expect(event.entity.map(({ type, role }) => `${type.code}/${role?.code ?? ''}`)).toEqual([
      '1/1',
      '2/24',
      'XrequestId/',
    ]);
  });

  test('an address that is not shown is masked, never made up', () => {
    const { origin: _origin, ...masked } = access;
    expect(JSON.stringify(eventOf(masked).agent[0]?.network)).toContain('"valueCode":"masked"');
  });
});
