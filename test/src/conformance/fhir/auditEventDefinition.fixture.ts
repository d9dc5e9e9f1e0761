/**
 * FHIR R4 AuditEvent as its resource table has it (§6.4.3, §6.4.4): elements with cardinality and types, and the bindings
 * that are required. The data types come with the validator; the published definitions of all resources are 90 MB.
 */

/** Path below AuditEvent, cardinality, types. */
const elements: readonly (readonly [path: string, cardinality: string, ...types: string[]])[] = [
  ['id', '0..1', 'string'],
  ['meta', '0..1', 'Meta'],
  ['implicitRules', '0..1', 'uri'],
  ['language', '0..1', 'code'],
  ['text', '0..1', 'Narrative'],
  ['contained', '0..*', 'Resource'],
  ['extension', '0..*', 'Extension'],
  ['modifierExtension', '0..*', 'Extension'],
  ['type', '1..1', 'Coding'],
  ['subtype', '0..*', 'Coding'],
  ['action', '0..1', 'code'],
  ['period', '0..1', 'Period'],
  ['recorded', '1..1', 'instant'],
  ['outcome', '0..1', 'code'],
  ['outcomeDesc', '0..1', 'string'],
  ['purposeOfEvent', '0..*', 'CodeableConcept'],
  ['agent', '1..*', 'BackboneElement'],
  ['agent.type', '0..1', 'CodeableConcept'],
  ['agent.role', '0..*', 'CodeableConcept'],
  ['agent.who', '0..1', 'Reference'],
  ['agent.altId', '0..1', 'string'],
  ['agent.name', '0..1', 'string'],
  ['agent.requestor', '1..1', 'boolean'],
  ['agent.location', '0..1', 'Reference'],
  ['agent.policy', '0..*', 'uri'],
  ['agent.media', '0..1', 'Coding'],
  ['agent.network', '0..1', 'BackboneElement'],
  ['agent.network.address', '0..1', 'string'],
  ['agent.network.type', '0..1', 'code'],
  ['agent.purposeOfUse', '0..*', 'CodeableConcept'],
  ['source', '1..1', 'BackboneElement'],
  ['source.site', '0..1', 'string'],
  ['source.observer', '1..1', 'Reference'],
  ['source.type', '0..*', 'Coding'],
  ['entity', '0..*', 'BackboneElement'],
  ['entity.what', '0..1', 'Reference'],
  ['entity.type', '0..1', 'Coding'],
  ['entity.role', '0..1', 'Coding'],
  ['entity.lifecycle', '0..1', 'Coding'],
  ['entity.securityLabel', '0..*', 'Coding'],
  ['entity.name', '0..1', 'string'],
  ['entity.description', '0..1', 'string'],
  ['entity.query', '0..1', 'base64Binary'],
  ['entity.detail', '0..*', 'BackboneElement'],
  ['entity.detail.type', '1..1', 'string'],
  ['entity.detail.value[x]', '1..1', 'string', 'base64Binary'],
];

/** Codes of required bindings, by path (AuditEventAction, AuditEventOutcome, AuditEventAgentNetworkType). */
export const requiredCodes = {
  action: ['C', 'R', 'U', 'D', 'E'],
  outcome: ['0', '4', '8', '12'],
  networkType: ['1', '2', '3', '4', '5'],
} as const;

/** sev-1: an entity has a name or a query, not both. */
const nameOrQuery = {
  key: 'sev-1',
  severity: 'error',
  human: 'Either a name or a query (NOT both)',
  expression: 'name.empty() or query.empty()',
};

const definitions = 'http://hl7.org/fhir/StructureDefinition';

/** As a validator of FHIR takes it. */
export const auditEventDefinition = {
  resourceType: 'StructureDefinition',
  url: `${definitions}/AuditEvent`,
  name: 'AuditEvent',
  status: 'active',
  fhirVersion: '4.0.1',
  kind: 'resource',
  abstract: false,
  type: 'AuditEvent',
  baseDefinition: `${definitions}/DomainResource`,
  derivation: 'specialization',
  snapshot: {
    element: [
      { id: 'AuditEvent', path: 'AuditEvent', min: 0, max: '*', base: { path: 'AuditEvent', min: 0, max: '*' } },
      ...elements.map(([name, cardinality, ...types]) => {
        const path = `AuditEvent.${name}`;
        const [min, max] = cardinality.split('..') as [string, string];
        const times = { min: Number(min), max };
        const constraint = name === 'entity' ? [nameOrQuery] : [];
        return {
          id: path,
          path,
          ...times,
          base: { path, ...times },
          type: types.map((code) => ({ code })),
          constraint,
        };
      }),
    ],
  },
} as const;
