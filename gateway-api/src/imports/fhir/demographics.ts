/** The Patient resource → what a registrar finds a patient by. */
import { defined, objectsAt, textAt, textsAt, type JsonObject } from './elements.ts';
import { identifiersOf } from './identifiers.ts';
import type { Address, ContactPoint, Demographics, HumanName } from './mapped.ts';

/** @param place where the resource stands in the bundle, and its text */
export function demographicsOf(
  patient: JsonObject,
  place: Pick<Demographics, 'index' | 'sourceId' | 'content'>,
): Demographics {
  return {
    kind: 'demographics',
    resourceType: 'Patient',
    ...place,
    names: objectsAt(patient, 'name').map(humanName),
    ...defined({ birthDate: textAt(patient, 'birthDate'), gender: textAt(patient, 'gender') }),
    identifiers: identifiersOf(patient),
    linkedIdentifiers: objectsAt(patient, 'link').flatMap((link) => identifiersOf(link['other'])),
    addresses: objectsAt(patient, 'address').map(address),
    telecom: objectsAt(patient, 'telecom').flatMap(contactPoint),
    deceased: patient['deceasedBoolean'] === true || textAt(patient, 'deceasedDateTime') !== undefined,
  };
}

function humanName(name: JsonObject): HumanName {
  const parts = defined({ use: textAt(name, 'use'), text: textAt(name, 'text'), family: textAt(name, 'family') });
  return { ...parts, given: textsAt(name, 'given') };
}

function address(value: JsonObject): Address {
  const parts = defined({
    use: textAt(value, 'use'),
    city: textAt(value, 'city'),
    state: textAt(value, 'state'),
    postalCode: textAt(value, 'postalCode'),
    country: textAt(value, 'country'),
  });
  return { ...parts, lines: textsAt(value, 'line') };
}

function contactPoint(contact: JsonObject): ContactPoint[] {
  const value = textAt(contact, 'value');
  if (value === undefined) return [];
  return [{ value, ...defined({ system: textAt(contact, 'system'), use: textAt(contact, 'use') }) }];
}
