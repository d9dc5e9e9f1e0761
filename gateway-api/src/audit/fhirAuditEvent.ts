/**
 * Events as FHIR R4 AuditEvent. What succeeded and has a pattern of IHE BALP 1.1 names its profile; the others (refusals,
 * grants, key acts) are plain AuditEvents: BALP's patterns are of successful operations only.
 */
import type { AuditEventView } from './dto.ts';

interface Pattern {
  /** Of BALP: this where no patient is named, `Patient…` where one is. */
  readonly profile: string;
  /** restful-interaction */
  readonly subtype: string;
  /** AuditEvent.action: create, read, update, delete, execute. */
  readonly action: string;
  /** Data flows to the client when it reads; its query and what it writes flow to the server (DICOM PS3.15). */
  readonly clientIsDestination: boolean;
  /** v3-ParticipationType of the user. */
  readonly user: string;
}

const read: Pattern = {
  profile: 'Read',
  subtype: 'read',
  action: 'R',
  clientIsDestination: true,
  user: 'IRCP',
};
const create: Pattern = {
  profile: 'Create',
  subtype: 'create',
  action: 'C',
  clientIsDestination: false,
  user: 'AUT',
};
const update: Pattern = {
  profile: 'Update',
  subtype: 'update',
  action: 'U',
  clientIsDestination: false,
  user: 'AUT',
};
const query: Pattern = {
  profile: 'Query',
  subtype: 'search',
  action: 'E',
  clientIsDestination: false,
  user: 'IRCP',
};

/** By `type/interaction`. */
const patterns: Readonly<Record<string, Pattern>> = {
  'access/read': read,
  'demographics/read': read,
  'export/audit': read,
  'demographics/search': query,
  'record/create': create,
  'patient/register': create,
  'consent/grant': create,
  'consent/deny': create,
  'record/amend': update,
  'patient/update': update,
  'consent/revoke': update,
};

const other: Pattern = { ...update, profile: '', subtype: 'operation', action: 'E' };

const dicom = 'http://dicom.nema.org/resources/ontology/DCM';
const hl7 = 'http://terminology.hl7.org/CodeSystem';
const own = 'urn:chain-of-care';

export function fhirAuditEvent(event: AuditEventView, gateway: string): object {
  const pattern = patterns[`${event.type}/${event.interaction}`] ?? other;
  const isRefused = event.decision === 'deny' && event.type === 'access';
  const hasProfile = pattern.profile !== '' && !isRefused;
  const profile = `${event.patientId === undefined ? '' : 'Patient'}${pattern.profile}`;
  return {
    resourceType: 'AuditEvent',
    id: event.id,
    ...(hasProfile
      ? {
          meta: {
            profile: [`https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.${profile}`],
          },
        }
      : {}),
    type: { system: `${hl7}/audit-event-type`, code: 'rest', display: 'Restful Operation' },
    subtype: [
      { system: 'http://hl7.org/fhir/restful-interaction', code: pattern.subtype },
      { system: `${own}:audit`, code: `${event.type}-${event.interaction}` },
    ],
    action: pattern.action,
    recorded: event.recordTime,
    // A refusal is like an HTTP 4xx: a minor failure (audit-event-outcome).
    outcome: isRefused ? '4' : '0',
    ...(event.code === undefined ? {} : { outcomeDesc: event.code }),
    ...(event.purposeOfUse === undefined ? {} : { purposeOfEvent: [purpose(event.purposeOfUse)] }),
    agent: agentsOf(event, pattern, gateway),
    source: {
      observer: { identifier: { system: `${own}:organization`, value: event.accessorOrg } },
      type: [{ system: `${hl7}/security-source-type`, code: '4', display: 'Application Server' }],
    },
    entity: entitiesOf(event, pattern),
  };
}

function agentsOf(event: AuditEventView, { clientIsDestination, user }: Pattern, gateway: string): object[] {
  const destination = { coding: [{ system: dicom, code: '110152', display: 'Destination Role ID' }] };
  const source = { coding: [{ system: dicom, code: '110153', display: 'Source Role ID' }] };
  const { accessorId, accessorOrg, accessorRole, accessorGroup, purposeOfUse, origin } = event;
  // An address that this gateway does not keep, or does not show, is not made up.
  const address = origin === undefined ? unknownAddress : { address: origin.address, type: '2' };
  return [
    {
      type: clientIsDestination ? destination : source,
      who: { identifier: { system: `${own}:organization`, value: accessorOrg } },
      requestor: false,
      network: address,
    },
    {
      type: clientIsDestination ? source : destination,
      who: { identifier: { system: `${own}:gateway`, value: gateway } },
      requestor: false,
      network: { address: gateway, type: '5' },
    },
    {
      type: { coding: [{ system: `${hl7}/v3-ParticipationType`, code: user }] },
      role: [{ coding: [{ system: `${own}:role`, code: accessorRole }] }],
      who: { identifier: { system: `${own}:person`, value: accessorId } },
      ...(accessorGroup === undefined ? {} : { location: { display: accessorGroup } }),
      requestor: true,
      ...(purposeOfUse === undefined ? {} : { purposeOfUse: [purpose(purposeOfUse)] }),
    },
  ];
}

const unknownAddress = {
  _address: {
    extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'masked' }],
  },
  type: '2',
};

function entitiesOf(event: AuditEventView, { profile }: Pattern): object[] {
  const { patientId, transactionId, reason, id } = event;
  return [
    ...(patientId === undefined
      ? []
      : [
          {
            what: { reference: `Patient/${patientId}` },
            type: { system: `${hl7}/audit-entity-type`, code: '1', display: 'Person' },
            role: { system: `${hl7}/object-role`, code: '1', display: 'Patient' },
          },
        ]),
    profile === 'Query' ? searched : dataOf(event),
    {
      what: { identifier: { value: transactionId ?? id } },
      type: { system: 'https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType', code: 'XrequestId' },
      ...(reason === undefined ? {} : { description: reason }),
    },
  ];
}

const systemObject = (role: string) => ({
  type: { system: `${hl7}/audit-entity-type`, code: '2', display: 'System Object' },
  role: { system: `${hl7}/object-role`, code: role },
});

/** What was sought is the patient's and no part of the audit. */
const searched = { ...systemObject('24'), query: Buffer.from('identifier=').toString('base64') };

/** The one object that BALP has in an event; of several the event is the object, and its details name them. */
function dataOf({ id, type, patientId, records = [], categories = [], subjects = [] }: AuditEventView): object {
  const data = systemObject('4');
  const named = [
    ...records.map(({ id: recordId, version }) => `DocumentReference/${recordId}/_history/${version}`),
    ...(records.length === 0 ? categories.map((category) => `${own}:category|${category}`) : []),
    ...subjects.map((subject) => `${own}:${type}|${subject}`),
  ];
  const [only, ...others] = named;
  if (only === undefined)
    return { ...data, what: patientId === undefined ? eventItself(id) : whatOf(`Patient/${patientId}`) };
  if (others.length === 0) return { ...data, what: whatOf(only) };
  const detail = named.map((valueString) => ({ type: 'object', valueString }));
  return { ...data, what: eventItself(id), detail };
}

const eventItself = (id: string): object => ({ identifier: { system: `${own}:audit`, value: id } });

/** @param name a literal reference, or `system|value` */
function whatOf(name: string): object {
  const [system, value] = name.split('|');
  return value === undefined ? { reference: name } : { identifier: { system, value } };
}

function purpose(code: string): object {
  return { coding: [{ system: `${hl7}/v3-ActReason`, code }] };
}
