/**
 * What IHE Basic Audit Log Patterns 1.1 ask of the events that the audit exports, in our words: Volume 3, §3:5.7.3, and the
 * profile of each operation there. Base FHIR is not repeated here.
 */

interface Coding {
  readonly system?: string;
  readonly code?: string;
}

interface AuditEventAgent {
  readonly type?: { readonly coding?: readonly Coding[] };
  readonly who?: object;
  readonly requestor: boolean;
  readonly media?: Coding;
  readonly network?: { readonly address?: string; readonly type?: string };
}

interface AuditEventEntity {
  readonly what?: { readonly reference?: string; readonly identifier?: { readonly value?: string } };
  readonly type?: Coding;
  readonly role?: Coding;
  readonly lifecycle?: Coding;
  readonly query?: string;
  readonly detail?: readonly object[];
}

/** As far as it is looked at here. */
export interface AuditEvent {
  readonly resourceType: string;
  readonly meta?: { readonly profile?: readonly string[] };
  readonly type: Coding;
  readonly subtype?: readonly Coding[];
  readonly action?: string;
  readonly outcome?: string;
  readonly agent: readonly AuditEventAgent[];
  readonly source: object;
  readonly entity?: readonly AuditEventEntity[];
}

interface Operation {
  /** restful-interaction, exactly one of them. */
  readonly subtypes: readonly string[];
  readonly action: string;
  /** DICOM roles: where the data goes decides who is the source. */
  readonly client: string;
  readonly server: string;
  /** v3-ParticipationType of the person. */
  readonly user: readonly string[];
  readonly object: 'data' | 'query';
}

const source = '110153';
const destination = '110152';
const sources = ['AUT', 'INF', 'CST'];

/** §3:5.7.3: profiles Create, Read, Update, Query and each with `Patient` in front. */
const operations: Readonly<Record<string, Operation>> = {
  Create: { subtypes: ['create'], action: 'C', client: source, server: destination, user: sources, object: 'data' },
  Read: {
    ...{ subtypes: ['read', 'vread'], action: 'R', client: destination, server: source },
    ...{ user: ['IRCP'], object: 'data' },
  },
  Update: {
    ...{ subtypes: ['update', 'patch'], action: 'U', client: source, server: destination },
    ...{ user: sources, object: 'data' },
  },
  Query: {
    ...{ subtypes: ['search', 'search-type', 'search-system'], action: 'E', client: source, server: destination },
    ...{ user: ['IRCP'], object: 'query' },
  },
};

const dicom = 'http://dicom.nema.org/resources/ontology/DCM';
const hl7 = 'http://terminology.hl7.org/CodeSystem';
const interactions = 'http://hl7.org/fhir/restful-interaction';
const balp = 'https://profiles.ihe.net/ITI/BALP';
const prefix = `${balp}/StructureDefinition/IHE.BasicAudit.`;

interface Rule {
  readonly where: string;
  readonly says: string;
  readonly holds: (event: AuditEvent, operation: Operation) => boolean;
}

const isCoded = (coding: Coding | undefined, system: string, codes: readonly string[]): boolean =>
  coding?.system === system && codes.includes(coding.code ?? '');
const only = <Item>(items: readonly Item[] | undefined, fits: (item: Item) => boolean): Item | undefined => {
  const found = (items ?? []).filter(fits);
  return found.length === 1 ? found[0] : undefined;
};
const agentOf = ({ agent }: AuditEvent, system: string, codes: readonly string[]): AuditEventAgent | undefined =>
  only(agent, ({ type }) => (type?.coding ?? []).some((coding) => isCoded(coding, system, codes)));
const entityOf = ({ entity }: AuditEvent, system: string, code: string): AuditEventEntity | undefined =>
  only(entity, ({ type }) => isCoded(type, system, [code]));
const isDevice = (agent: AuditEventAgent | undefined): boolean =>
  agent?.who !== undefined && agent.network !== undefined && agent.media === undefined;
const objectOf = (event: AuditEvent) => entityOf(event, `${hl7}/audit-entity-type`, '2');

/** Of every operation (profiles Create, Read, Update, Query of §3:5.7.3). */
const common: readonly Rule[] = [
  { where: 'type', says: 'rest', holds: ({ type }) => isCoded(type, `${hl7}/audit-event-type`, ['rest']) },
  {
    where: 'subtype',
    says: 'names the interaction once',
    holds: ({ subtype }, { subtypes }) => only(subtype, (each) => isCoded(each, interactions, subtypes)) !== undefined,
  },
  {
    where: 'action',
    says: 'is that of the interaction',
    holds: ({ action }, operation) => action === operation.action,
  },
  { where: 'outcome', says: 'success', holds: ({ outcome }) => outcome === '0' },
  {
    where: 'agent:client',
    says: 'once, with who and network, without media',
    holds: (event, { client }) => isDevice(agentOf(event, dicom, [client])),
  },
  {
    where: 'agent:server',
    says: 'once, with who and network, without media',
    holds: (event, { server }) => isDevice(agentOf(event, dicom, [server])),
  },
  {
    where: 'agent:user',
    says: 'at most once, with who, the requestor, no device',
    holds: (event, { user }) => {
      const person = agentOf(event, `${hl7}/v3-ParticipationType`, user);
      return (
        person?.who !== undefined && person.requestor && person.network === undefined && person.media === undefined
      );
    },
  },
  {
    where: 'entity:transaction',
    says: 'at most one, with the value of the request (§3:5.7.3.1)',
    holds: (event) =>
      entityOf(event, `${balp}/CodeSystem/BasicAuditEntityType`, 'XrequestId')?.what?.identifier?.value !== undefined,
  },
];

/** Of what is created, read and updated. */
const data: readonly Rule[] = [
  { where: 'entity:data', says: 'exactly one, with what', holds: (event) => objectOf(event)?.what !== undefined },
  {
    where: 'entity:data.role',
    says: 'domain resource, report or job',
    holds: (event) => isCoded(objectOf(event)?.role, `${hl7}/object-role`, ['4', '3', '20']),
  },
];

/** Of a search. */
const query: readonly Rule[] = [
  {
    where: 'entity:query',
    says: 'exactly one, in the role of a query',
    holds: (event) => isCoded(objectOf(event)?.role, `${hl7}/object-role`, ['24']),
  },
  {
    where: 'entity:query',
    says: 'has the query, and no what, life cycle or detail',
    holds: (event) => {
      const { query: sought, what, lifecycle, detail } = objectOf(event) ?? {};
      return sought !== undefined && what === undefined && lifecycle === undefined && detail === undefined;
    },
  },
];

/** Of the profiles with `Patient` in front. */
const patient: readonly Rule[] = [
  {
    where: 'entity:patient',
    says: 'exactly one, in the role of the patient, by a reference',
    holds: (event) => {
      const about = entityOf(event, `${hl7}/audit-entity-type`, '1');
      const isPatient = isCoded(about?.role, `${hl7}/object-role`, ['1']);
      return isPatient && (about?.what?.reference ?? '').startsWith('Patient/');
    },
  },
];

/** The operation of BALP's profile that an event claims, such as `PatientRead`; undefined when it claims none. */
export function claimedProfile({ meta }: AuditEvent): string | undefined {
  return only(meta?.profile, (profile) => profile.startsWith(prefix))?.slice(prefix.length);
}

/** @returns what the profile that the event claims asks and the event does not have */
export function breaches(event: AuditEvent): readonly string[] {
  const claimed = claimedProfile(event);
  if (claimed === undefined) return [];
  const operation = operations[claimed.replace(/^Patient/, '')];
  if (operation === undefined) return [`there is no profile ${claimed}`];
  const objects = operation.object === 'data' ? data : query;
  const rules = [...common, ...objects, ...(claimed.startsWith('Patient') ? patient : [])];
  return rules.filter(({ holds }) => !holds(event, operation)).map(({ where, says }) => `${where}: ${says}`);
}
