/** String formats of the vocabulary, by the name they carry in JSON Schema and OpenAPI. Pure predicates. */
import { hasGs1CheckDigit } from '../gs1/checkDigit.ts';

const calendarDay = /^(\d{4})-(\d{2})-(\d{2})$/;

function isCalendarDay(value: string): boolean {
  const match = calendarDay.exec(value);
  if (match === null) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** RFC 3339 with an explicit offset; seconds 60 (leap) refused, years 1900 to 9999. */
function isDateTime(value: string): boolean {
  const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?(Z|[+-](\d{2}):(\d{2}))$/.exec(value);
  if (match === null || !isCalendarDay(match[1]!) || value < '1900') return false;
  const inRange = Number(match[2]) < 24 && Number(match[3]) < 60 && Number(match[4]) < 60;
  return inRange && Number(match[7] ?? 0) <= 14 && Number(match[8] ?? 0) < 60;
}

export const formats = {
  uuid: (value: string) => /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(value),
  'hex-128': (value: string) => /^[0-9a-f]{32}$/.test(value),
  'hex-256': (value: string) => /^[0-9a-f]{64}$/.test(value),
  base64url: (value: string) => /^[A-Za-z0-9_-]+$/.test(value),
  /** CIDv1, base32, SHA-256. */
  cid: (value: string) => /^b[a-z2-7]{58}$/.test(value),
  'msp-id': (value: string) => /^[A-Za-z][A-Za-z0-9.-]{0,63}$/.test(value),
  /** A day, a month or a year: FHIR's date, which is an interval when it is partial. */
  'clinical-date': (value: string) =>
    isCalendarDay(value) || (/^\d{4}(-\d{2})?$/.test(value) && isCalendarDay(`${value}-01-01`.slice(0, 10))),
  'calendar-day': isCalendarDay,
  'date-time-offset': isDateTime,
  gtin: (value: string) => hasGs1CheckDigit(value, 14),
  gln: (value: string) => hasGs1CheckDigit(value, 13),
  sscc: (value: string) => hasGs1CheckDigit(value, 18),
  /** A name that people read: no control characters, no lone surrogates. */
  label: (value: string) => /^[^\p{Cc}\p{Cs}]+$/u.test(value),
  /** GS1 AI encodable character set 82, as in serial (21) and lot (10): 1 to 20 characters. */
  'gs1-text-20': (value: string) => /^[!"%-?A-Z_a-z]{1,20}$/.test(value),
} as const satisfies Record<string, (value: string) => boolean>;

export type FormatName = keyof typeof formats;

/** What each format looks like, for who sent something else. */
export const formatForms: Readonly<Record<FormatName, string>> = {
  uuid: 'a UUID in lower case',
  'hex-128': '32 hexadecimal digits in lower case',
  'hex-256': '64 hexadecimal digits in lower case',
  base64url: 'base64url without padding',
  cid: 'a content identifier (CIDv1, base32, SHA-256)',
  'msp-id': 'the id of a member, such as HospitalMSP',
  'clinical-date': 'a day, a month or a year, such as 2026-03-04, 2026-03 or 2026',
  'calendar-day': 'a day, such as 2026-03-04',
  'date-time-offset': 'a time with its offset from UTC, such as 2026-03-04T12:00:00Z',
  gtin: 'a GTIN: 14 digits, the last one the check digit',
  gln: 'a GLN: 13 digits, the last one the check digit',
  sscc: 'an SSCC: 18 digits, the last one the check digit',
  label: 'text without control characters',
  'gs1-text-20': '1 to 20 letters, digits and signs of the GS1 character set, without spaces',
};
