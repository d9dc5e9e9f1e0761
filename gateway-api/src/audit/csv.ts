/** The audit as CSV (RFC 4180): one line an event, lists separated by spaces. */
import type { AuditEventView } from './dto.ts';

const columns: readonly (readonly [name: string, of: (event: AuditEventView) => string | number | undefined])[] = [
  ['recordTime', ({ recordTime }) => recordTime],
  ['type', ({ type }) => type],
  ['interaction', ({ interaction }) => interaction],
  ['patientId', ({ patientId }) => patientId],
  ['accessorId', ({ accessorId }) => accessorId],
  ['accessorOrg', ({ accessorOrg }) => accessorOrg],
  ['accessorRole', ({ accessorRole }) => accessorRole],
  ['accessorGroup', ({ accessorGroup }) => accessorGroup],
  ['purposeOfUse', ({ purposeOfUse }) => purposeOfUse],
  ['reason', ({ reason }) => reason],
  ['decision', ({ decision }) => decision],
  ['code', ({ code }) => code],
  [
    'basis',
    ({ basis }) =>
      basis?.map(({ kind, consentId }) => [kind, ...((consentId ?? '') ? [consentId] : [])].join(':')).join(' '),
  ],
  ['records', ({ records }) => records?.map(({ id, version }) => `${id}/${version}`).join(' ')],
  ['categories', ({ categories }) => categories?.join(' ')],
  ['subjects', ({ subjects }) => subjects?.join(' ')],
  ['withheld', ({ withheld }) => withheld],
  ['networkAddress', ({ origin }) => origin?.address],
  ['place', ({ origin }) => (origin === undefined ? undefined : placeOf(origin.place))],
  ['transactionId', ({ transactionId }) => transactionId],
  ['blockNumber', ({ blockNumber }) => blockNumber],
  ['id', ({ id }) => id],
];

export const csvHeader = `${columns.map(([name]) => name).join(',')}\r\n`;

export function csvLine(event: AuditEventView): string {
  return `${columns.map(([, of]) => cell(of(event))).join(',')}\r\n`;
}

/** A text that a spreadsheet would take for a formula is marked as text (OWASP, CSV injection). */
function cell(value: string | number | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

function placeOf({ organization, department, gln }: NonNullable<AuditEventView['origin']>['place']): string {
  return [organization, department, gln].filter((part) => part !== undefined).join(' ');
}
