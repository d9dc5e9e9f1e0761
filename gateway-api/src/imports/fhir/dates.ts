/** FHIR date, dateTime and instant → the local date where care happened, and the exact time when there is one. */
import { formats } from '@chain-of-care/chaincode/model';
import { textsAt } from './elements.ts';

export interface CareDate {
  readonly clinicalDate: string;
  readonly exactTime?: string;
}

/**
 * The date part is taken as written, in the offset of the place of care: 23:30-05:00 stays that day.
 *
 * @param value FHIR date (year, month or day), dateTime or instant
 * @returns undefined for what is none of these
 */
export function careDateOf(value: string): CareDate | undefined {
  const clinicalDate = value.split('T', 1)[0]!;
  if (!formats['clinical-date'](clinicalDate)) return undefined;
  if (clinicalDate.length === value.length) return { clinicalDate };
  return formats['date-time-offset'](value) ? { clinicalDate, exactTime: value } : undefined;
}

/** The first date at the first of these paths that has one. */
export function firstCareDate(resource: unknown, paths: readonly string[]): CareDate | undefined {
  for (const path of paths) {
    for (const text of textsAt(resource, path)) {
      const date = careDateOf(text);
      if (date !== undefined) return date;
    }
  }
  return undefined;
}
