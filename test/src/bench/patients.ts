/** Made-up patients for the benchmark: FHIR R4 transaction bundles of any size, the same for the same seed. */
import {
  conditions,
  families,
  givenNames,
  laboratoryTests,
  medicines,
  streets,
  towns,
  vaccines,
  vitalSigns,
  type Measure,
} from './patientWords.ts';
import { seededRandom, type SeededRandom } from './seededRandom.ts';

interface Resource {
  readonly resourceType: string;
  readonly id: string;
  readonly [element: string]: unknown;
}

interface Reference {
  readonly reference: string;
}

interface CodeableConcept {
  readonly coding: readonly { readonly system: string; readonly code: string; readonly display: string }[];
  readonly text: string;
}

interface BundleEntry {
  readonly fullUrl: string;
  readonly resource: Resource;
  readonly request: { readonly method: 'POST'; readonly url: string };
}

/** A FHIR R4 transaction bundle, as far as it is made here. */
export interface TransactionBundle {
  readonly resourceType: 'Bundle';
  readonly type: 'transaction';
  readonly entry: readonly BundleEntry[];
}

export interface SyntheticPatient {
  /** A transaction bundle: the Patient, its hospital, its clinician, then the resources. */
  readonly bundle: TransactionBundle;
  /** Resources that become records. */
  readonly records: number;
}

/**
 * @param seed which patient; the same seed gives the same bundle
 * @param records resources beside Patient, Organization and Practitioner, at least 1
 */
export function syntheticPatient(seed: number, records: number): SyntheticPatient {
  const random = seededRandom(seed);
  const patient = patientOf(random);
  const hospital: Resource = {
    resourceType: 'Organization',
    id: random.uuid(),
    active: true,
    name: `${random.of(towns)} General`,
  };
  const clinician: Resource = {
    resourceType: 'Practitioner',
    id: random.uuid(),
    name: [{ family: random.of(families), given: [random.of(givenNames)], prefix: ['Dr.'] }],
  };
  const subject = referenceTo(patient);
  const resources: Resource[] = [];
  while (resources.length < records) {
    resources.push(...visit(random, subject, referenceTo(hospital), referenceTo(clinician)));
  }
  const all = [patient, hospital, clinician, ...resources.slice(0, records)];
  return { bundle: { resourceType: 'Bundle', type: 'transaction', entry: all.map(entryOf) }, records };
}

/** As many different patients as asked for, made one after the other. */
export function* syntheticPatients(count: number, records: number, firstSeed = 1): Generator<SyntheticPatient> {
  for (let index = 0; index < count; index += 1) yield syntheticPatient(firstSeed + index, records);
}

function entryOf(resource: Resource): BundleEntry {
  return {
    fullUrl: `urn:uuid:${resource.id}`,
    resource,
    request: { method: 'POST', url: resource.resourceType },
  };
}

function referenceTo(resource: Resource): Reference {
  return { reference: `urn:uuid:${resource.id}` };
}

function patientOf(random: SeededRandom): Resource {
  const gender = random.of(['female', 'male', 'other'] as const);
  return {
    resourceType: 'Patient',
    id: random.uuid(),
    identifier: [
      { system: 'https://chain-of-care.example/mrn', value: `MRN-${random.below(1e9).toString().padStart(9, '0')}` },
    ],
    name: [{ use: 'official', family: random.of(families), given: [random.of(givenNames)] }],
    gender,
    birthDate: `${1930 + random.below(90)}-${twoDigits(1 + random.below(12))}-${twoDigits(1 + random.below(28))}`,
    address: [{ line: [`${random.of(streets)} ${1 + random.below(200)}`], city: random.of(towns) }],
    telecom: [{ system: 'phone', value: `+00 555 ${random.below(1e6).toString().padStart(6, '0')}`, use: 'home' }],
  };
}

/** One encounter and what came of it. */
function visit(random: SeededRandom, subject: Reference, hospital: Reference, clinician: Reference): Resource[] {
  const day = `${2005 + random.below(20)}-${twoDigits(1 + random.below(12))}-${twoDigits(1 + random.below(28))}`;
  const hour = 7 + random.below(11);
  const at = `${day}T${twoDigits(hour)}:${twoDigits(random.below(60))}:00+01:00`;
  const encounterResource: Resource = {
    resourceType: 'Encounter',
    id: random.uuid(),
    status: 'finished',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
    type: [snomed('185349003', 'Encounter for check up')],
    subject,
    period: { start: at, end: `${day}T${twoDigits(hour + 1)}:00:00+01:00` },
    serviceProvider: hospital,
    participant: [{ individual: clinician }],
  };
  const context = { subject, encounter: referenceTo(encounterResource), at, clinician };
  const measured = [
    ...vitalSigns.map((row) => observation(random, context, 'vital-signs', row)),
    ...laboratoryTests
      .filter(() => random.below(2) === 0)
      .map((row) => observation(random, context, 'laboratory', row)),
  ];
  const rest = [condition, prescription, immunization].filter(() => random.below(3) > 0);
  return [encounterResource, ...measured, ...rest.map((make) => make(random, context))];
}

interface VisitContext {
  readonly subject: Reference;
  readonly encounter: Reference;
  readonly at: string;
  readonly clinician: Reference;
}

function observation(random: SeededRandom, context: VisitContext, category: string, measure: Measure): Resource {
  const [code, display, unit, low, high] = measure;
  return {
    resourceType: 'Observation',
    id: random.uuid(),
    status: 'final',
    category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: category }] }],
    code: { coding: [{ system: 'http://loinc.org', code, display }], text: display },
    subject: context.subject,
    encounter: context.encounter,
    effectiveDateTime: context.at,
    issued: context.at,
    valueQuantity: {
      value: (low * 10 + random.below((high - low) * 10 + 1)) / 10,
      unit,
      system: 'http://unitsofmeasure.org',
      code: unit,
    },
  };
}

function condition(random: SeededRandom, { subject, encounter, at }: VisitContext): Resource {
  const status = 'http://terminology.hl7.org/CodeSystem/condition-clinical';
  return {
    resourceType: 'Condition',
    id: random.uuid(),
    clinicalStatus: { coding: [{ system: status, code: random.of(['active', 'resolved']) }] },
    code: snomed(...random.of(conditions)),
    subject,
    encounter,
    onsetDateTime: at,
    recordedDate: at,
  };
}

function prescription(random: SeededRandom, { subject, encounter, at, clinician }: VisitContext): Resource {
  const [code, display] = random.of(medicines);
  return {
    resourceType: 'MedicationRequest',
    id: random.uuid(),
    status: 'active',
    intent: 'order',
    medicationCodeableConcept: {
      coding: [{ system: 'http://www.nlm.nih.gov/research/umls/rxnorm', code, display }],
      text: display,
    },
    subject,
    encounter,
    authoredOn: at,
    requester: clinician,
    dosageInstruction: [{ text: `${1 + random.below(3)} times a day`, asNeededBoolean: false }],
  };
}

function immunization(random: SeededRandom, { subject, encounter, at }: VisitContext): Resource {
  const [code, display] = random.of(vaccines);
  return {
    resourceType: 'Immunization',
    id: random.uuid(),
    status: 'completed',
    vaccineCode: { coding: [{ system: 'http://hl7.org/fhir/sid/cvx', code, display }], text: display },
    patient: subject,
    encounter,
    occurrenceDateTime: at,
    primarySource: true,
  };
}

function snomed(code: string, display: string): CodeableConcept {
  return { coding: [{ system: 'http://snomed.info/sct', code, display }], text: display };
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
