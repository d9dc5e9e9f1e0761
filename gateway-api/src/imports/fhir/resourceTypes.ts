/**
 * The mapping, one row a FHIR R4 resource type: where it goes, and in which elements its code, date and place lie.
 * `docs/fhir-import.md` is generated from it.
 */
import type { RecordCategory } from '@chain-of-care/chaincode/model';

/** A category that depends on the codes at a path: the first match wins. */
export interface CategoryByCode {
  /** Path of a CodeableConcept. */
  readonly path: string;
  readonly of: readonly { readonly codes: readonly string[]; readonly category: RecordCategory }[];
  readonly otherwise: RecordCategory;
}

export interface RecordRow {
  readonly to: 'record';
  readonly category: RecordCategory | CategoryByCode;
  /** Paths of CodeableConcept, Coding or string, best first: title and coding. */
  readonly codes: readonly string[];
  /** Paths of date, dateTime, instant, best first. */
  readonly dates: readonly string[];
  /** Paths of texts that name the place, best first. */
  readonly facility?: readonly string[];
}

export type Row =
  RecordRow | { readonly to: 'directory'; readonly names: readonly string[] } | { readonly to: 'demographics' };

const record = (
  category: RecordCategory | CategoryByCode,
  codes: readonly string[],
  dates: readonly string[],
  facility?: readonly string[],
): RecordRow => ({ to: 'record', category, codes, dates, ...(facility === undefined ? {} : { facility }) });

const effective = ['effectiveDateTime', 'effectivePeriod.start', 'effectiveInstant', 'effectiveTiming.event', 'issued'];
const performed = ['performedDateTime', 'performedPeriod.start'];
const medication = ['medicationCodeableConcept', 'medicationReference.display'];
const bill = ['billablePeriod.start', 'item.servicedPeriod.start', 'item.servicedDate', 'created'];

/** http://terminology.hl7.org/CodeSystem/observation-category */
const observationCategory: CategoryByCode = {
  path: 'category',
  of: [
    { codes: ['vital-signs'], category: 'vitals' },
    { codes: ['laboratory'], category: 'lab_result' },
  ],
  otherwise: 'other',
};

/** http://terminology.hl7.org/CodeSystem/v2-0074, the diagnostic sections that make images. */
const diagnosticSection: CategoryByCode = {
  path: 'category',
  of: [{ codes: ['CT', 'CUS', 'NMR', 'NMS', 'OUS', 'RAD', 'RUS', 'RX', 'VUS', 'XRC'], category: 'imaging' }],
  otherwise: 'lab_result',
};

export const resourceTypes: Readonly<Record<string, Row>> = {
  Patient: { to: 'demographics' },

  Organization: { to: 'directory', names: ['name', 'alias'] },
  Practitioner: { to: 'directory', names: ['name.text', 'name.family'] },
  PractitionerRole: { to: 'directory', names: ['practitioner.display', 'code.text', 'code.coding.display'] },
  Location: { to: 'directory', names: ['name', 'alias', 'description'] },

  Observation: record(observationCategory, ['code'], effective, ['performer.display']),
  DiagnosticReport: record(diagnosticSection, ['code'], effective, ['performer.display']),
  Specimen: record(
    'lab_result',
    ['type'],
    ['collection.collectedDateTime', 'collection.collectedPeriod.start', 'receivedTime'],
  ),
  Condition: record('diagnosis', ['code'], ['onsetDateTime', 'onsetPeriod.start', 'recordedDate']),
  AllergyIntolerance: record(
    'allergy',
    ['code'],
    ['onsetDateTime', 'onsetPeriod.start', 'recordedDate', 'lastOccurrence'],
  ),
  Immunization: record(
    'immunization',
    ['vaccineCode'],
    ['occurrenceDateTime', 'recorded'],
    ['location.display', 'performer.actor.display'],
  ),
  ImmunizationRecommendation: record('immunization', ['recommendation.vaccineCode'], ['date']),
  Procedure: record('procedure', ['code'], performed, ['location.display', 'performer.onBehalfOf.display']),
  ImagingStudy: record('imaging', ['procedureCode', 'description', 'modality'], ['started'], ['location.display']),
  Encounter: record(
    'encounter',
    ['type', 'serviceType', 'class'],
    ['period.start'],
    ['serviceProvider.display', 'location.location.display'],
  ),

  MedicationRequest: record('prescription', medication, ['authoredOn'], ['requester.display']),
  MedicationStatement: record('prescription', medication, [
    'effectiveDateTime',
    'effectivePeriod.start',
    'dateAsserted',
  ]),
  MedicationDispense: record(
    'prescription',
    medication,
    ['whenHandedOver', 'whenPrepared'],
    ['location.display', 'performer.actor.display'],
  ),
  MedicationAdministration: record(
    'prescription',
    medication,
    ['effectiveDateTime', 'effectivePeriod.start'],
    ['performer.actor.display'],
  ),
  Medication: record('prescription', ['code'], []),

  DocumentReference: record(
    'document',
    ['type', 'description'],
    ['context.period.start', 'date', 'content.attachment.creation'],
    ['custodian.display', 'author.display'],
  ),
  DocumentManifest: record('document', ['type', 'description'], ['created']),
  Composition: record(
    'document',
    ['type', 'title'],
    ['event.period.start', 'date'],
    ['custodian.display', 'author.display'],
  ),
  Binary: record('document', [], []),

  CarePlan: record(
    'care_plan',
    ['title', 'category', 'activity.detail.code'],
    ['period.start', 'created'],
    ['author.display'],
  ),
  CareTeam: record('care_plan', ['name', 'category'], ['period.start'], ['managingOrganization.display']),
  Goal: record('care_plan', ['description'], ['startDate', 'statusDate', 'target.dueDate']),

  Claim: record('bill', ['item.productOrService', 'type'], bill, ['facility.display', 'provider.display']),
  ClaimResponse: record('bill', ['type'], ['created'], ['insurer.display']),
  ExplanationOfBenefit: record('bill', ['item.productOrService', 'type'], bill, [
    'facility.display',
    'provider.display',
  ]),
  Coverage: record('bill', ['type'], ['period.start'], ['payor.display']),
  Account: record('bill', ['name', 'type'], ['servicePeriod.start']),
  ChargeItem: record(
    'bill',
    ['code'],
    ['occurrenceDateTime', 'occurrencePeriod.start', 'enteredDate'],
    ['performingOrganization.display'],
  ),
  Invoice: record('bill', ['type'], ['date'], ['issuer.display']),

  MolecularSequence: record('genomics', ['type'], []),

  Provenance: record('other', ['activity'], ['occurredDateTime', 'occurredPeriod.start', 'recorded']),
};

/** Every type that has no row of its own: a record of the category `other`, so that nothing is lost. */
export const unknownType: RecordRow = record(
  'other',
  ['code', 'type', 'category', 'description', 'title', 'name'],
  [
    ...effective,
    ...performed,
    'occurrenceDateTime',
    'occurrencePeriod.start',
    'authoredOn',
    'authored',
    'period.start',
    'start',
    'sent',
    'date',
    'created',
    'recorded',
  ],
);

/** What every type may have besides its row's dates. */
export const lastResortDate = 'meta.lastUpdated';

export function rowOf(resourceType: string): Row {
  return Object.hasOwn(resourceTypes, resourceType) ? resourceTypes[resourceType]! : unknownType;
}
