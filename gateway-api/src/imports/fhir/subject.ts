/** Whose chart a resource belongs to: a bundle about one patient must not carry another's resources into the chart. */
import { isObject, type JsonObject } from './elements.ts';

/** Elements that name the patient. `subject` may name something else too; the others are patients by definition. */
const patientElements = ['subject', 'patient', 'beneficiary'] as const;

export interface PatientReference {
  readonly element: (typeof patientElements)[number];
  readonly reference: string;
}

/**
 * The references to a patient in a resource: literal ones only. A contained resource (`#id`), a logical reference
 * without address and a conditional one (`Patient?identifier=`) cannot be compared and are not here.
 */
export function patientReferences(resource: JsonObject): readonly PatientReference[] {
  return patientElements.flatMap((element) => {
    const value = resource[element];
    const reference = isObject(value) ? value['reference'] : undefined;
    if (!isObject(value) || typeof reference !== 'string' || reference.startsWith('#') || reference.includes('?'))
      return [];
    const type = value['type'] ?? typeInReference(reference) ?? 'Patient';
    return type === 'Patient' ? [{ element, reference }] : [];
  });
}

/** `Group/7`, `https://host/fhir/Group/7/_history/2` → Group; `urn:uuid:…` tells nothing. */
function typeInReference(reference: string): string | undefined {
  return literal.exec(reference)?.[1];
}

const literal = /(?:^|\/)([A-Z][A-Za-z]+)\/([A-Za-z0-9.-]{1,64})(?:\/_history\/[A-Za-z0-9.-]{1,64})?$/;

/**
 * @param fullUrl of the entry with the Patient
 * @param id of the Patient
 */
export function isSamePatient(reference: string, fullUrl: string | undefined, id: string | undefined): boolean {
  if (reference === fullUrl) return true;
  return id !== undefined && literal.exec(reference)?.[2] === id;
}
