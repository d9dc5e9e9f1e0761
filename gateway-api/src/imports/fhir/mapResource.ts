/** One FHIR resource → a record of the chart, an entry of the directory, or demographics. Pure. */
import type { Confidentiality, RecordCategory } from '@chain-of-care/chaincode/model';
import { confidentialityOf, stricter } from './confidentiality.ts';
import { firstCareDate } from './dates.ts';
import { demographicsOf } from './demographics.ts';
import { firstText, isObject, objectsAt, textAt, textsAt, valuesAt, defined, type JsonObject } from './elements.ts';
import { identifiersOf } from './identifiers.ts';
import { fhirJson, type Coding, type Demographics, type DirectoryEntry, type MappedRecord } from './mapped.ts';
import { lastResortDate, rowOf, type CategoryByCode, type RecordRow } from './resourceTypes.ts';

/** The sealed index of a record is small (16 KiB with everything): the content has all codings and the whole text. */
export const indexLimits = { codings: 16, text: 256 } as const;

/** Where a resource stands, and what the bundle says about all of them. */
export interface Placement {
  readonly index: number;
  readonly sourceId: string;
  readonly content: Uint8Array;
  readonly confidentialityFloor: Confidentiality;
  /** Date for a resource that names none. */
  readonly asOf: string;
}

/** @param resource a resource whose `resourceType` is a valid name */
export function mapResource(
  resourceType: string,
  resource: JsonObject,
  placement: Placement,
): MappedRecord | DirectoryEntry | Demographics {
  const row = rowOf(resourceType);
  const { index, sourceId, content } = placement;
  if (row.to === 'demographics') return demographicsOf(resource, { index, sourceId, content });
  if (row.to === 'directory') {
    const name = clipped(firstText(resource, row.names) ?? resourceType);
    return { kind: 'directory', resourceType, sourceId, index, name, identifiers: identifiersOf(resource), content };
  }
  return recordOf(resourceType, resource, row, placement);
}

function recordOf(resourceType: string, resource: JsonObject, row: RecordRow, placement: Placement): MappedRecord {
  const { index, sourceId, content, confidentialityFloor, asOf } = placement;
  const date = firstCareDate(resource, [...row.dates, lastResortDate]);
  const facility = firstText(resource, row.facility ?? []);
  return {
    kind: 'record',
    category: categoryOf(resource, row.category),
    confidentiality: stricter(confidentialityOf(resource), confidentialityFloor),
    ...(date ?? { clinicalDate: asOf, undated: true }),
    title: titleOf(resource, row) ?? resourceType,
    coding: codingOf(resource, row),
    mediaType: fhirJson,
    ...(facility === undefined ? {} : { facility: clipped(facility) }),
    content,
    resourceType,
    sourceId,
    index,
  };
}

function categoryOf(resource: JsonObject, category: RecordCategory | CategoryByCode): RecordCategory {
  if (typeof category === 'string') return category;
  const codes = textsAt(resource, `${category.path}.coding.code`);
  return (
    category.of.find((choice) => choice.codes.some((code) => codes.includes(code)))?.category ?? category.otherwise
  );
}

/** A CodeableConcept's own words, its coding's display, its code, or a plain text. */
function titleOf(resource: JsonObject, row: RecordRow): string | undefined {
  for (const path of row.codes) {
    const [value] = valuesAt(resource, path);
    if (typeof value === 'string' && value.trim() !== '') return clipped(value.trim());
    const text = firstText(value, ['text', 'coding.display', 'display', 'coding.code', 'code']);
    if (text !== undefined) return clipped(text.trim());
  }
  return undefined;
}

/** The codings of the first of the row's elements that has any. */
function codingOf(resource: JsonObject, row: RecordRow): readonly Coding[] {
  for (const path of row.codes) {
    const codings = objectsAt(resource, path)
      .flatMap((concept) => (Array.isArray(concept['coding']) ? concept['coding'].filter(isObject) : [concept]))
      .flatMap((coding) => {
        const code = textAt(coding, 'code');
        const rest = defined({ system: textAt(coding, 'system'), display: textAt(coding, 'display') });
        return code === undefined ? [] : [clippedCoding({ code, ...rest })];
      });
    if (codings.length > 0) return codings.slice(0, indexLimits.codings);
  }
  return [];
}

function clippedCoding({ code, system, display }: Coding): Coding {
  return {
    code: clipped(code),
    ...(system === undefined ? {} : { system: clipped(system) }),
    ...(display === undefined ? {} : { display: clipped(display) }),
  };
}

/** At most as many code points as the index takes; never half a surrogate pair. */
function clipped(text: string): string {
  return text.length <= indexLimits.text ? text : [...text].slice(0, indexLimits.text).join('');
}
