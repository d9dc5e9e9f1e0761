/** Dates as printed: YYMMDD (General Specifications 3.4, 7.12). */
import { Refusal } from '../core/errors.ts';

/**
 * The year of two digits: the one within 49 years before and 50 years after the current year (7.12).
 */
export function yearOfTwoDigits(yy: number, currentYear: number): number {
  const century = currentYear - (currentYear % 100);
  const difference = yy - (currentYear % 100);
  if (difference >= 51) return century - 100 + yy;
  if (difference <= -50) return century + 100 + yy;
  return century + yy;
}

export interface PrintedDate {
  /** ISO day; of day 00 the last day of the month. */
  readonly day: string;
  /** Printed with day 00: read, but no longer conformant for regulated healthcare products. */
  readonly dayZero: boolean;
}

/**
 * @param yymmdd six digits
 * @param currentYear four digits
 * @throws Refusal invalid_identifier when it is no date
 */
export function parsePrintedDate(yymmdd: string, currentYear: number): PrintedDate {
  if (!/^\d{6}$/.test(yymmdd)) throw new Refusal('invalid_identifier', 'a printed date is YYMMDD');
  const year = yearOfTwoDigits(Number(yymmdd.slice(0, 2)), currentYear);
  const month = Number(yymmdd.slice(2, 4));
  const printed = Number(yymmdd.slice(4));
  if (month < 1 || month > 12) throw new Refusal('invalid_identifier', 'the month is 01 to 12');
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (printed > last) throw new Refusal('invalid_identifier', 'the month has no such day');
  const day = String(printed === 0 ? last : printed).padStart(2, '0');
  return { day: `${year}-${yymmdd.slice(2, 4)}-${day}`, dayZero: printed === 0 };
}

/** Whether YYMMDD is a date in some year; 29 February of any year counts. */
export function isPrintedDate(yymmdd: string): boolean {
  const [month, day] = [Number(yymmdd.slice(2, 4)), Number(yymmdd.slice(4, 6))];
  return /^\d{6}$/.test(yymmdd) && month >= 1 && month <= 12 && day <= new Date(Date.UTC(2000, month, 0)).getUTCDate();
}

/** First instant at which a pack with this last day is expired: it is good until the printed day ends, UTC. */
export function expiryInstantMs(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) + 24 * 3600 * 1000;
}
