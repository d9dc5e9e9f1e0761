/** Events of the audit as people see them: the patient with reason and origin, an organisation without. */
import { openAsAny, patientReaders } from '../custody/notes.ts';
import type { AuditEventFact } from '../readmodel/queries/audit.ts';
import type { Services } from '../services.ts';
import type { AuditEventView } from './dto.ts';
import type { Origin } from './origins.ts';

/** As the ledger and the gateway have it, nothing opened. */
export function openView(fact: AuditEventFact): AuditEventView {
  const { sealedReason: _sealedReason, patientId, basis, records, categories, subjects, ...open } = fact;
  return {
    ...open,
    ...(patientId === '' ? {} : { patientId }),
    ...(basis === undefined ? {} : { basis: [...basis] }),
    ...(records === undefined ? {} : { records: records.map(({ recordId, version }) => ({ id: recordId, version })) }),
    ...(categories === undefined ? {} : { categories: [...categories] }),
    ...(subjects === undefined ? {} : { subjects: [...subjects] }),
  };
}

/** For the patient: with the reason, and from where. */
export async function patientViews(
  services: Services,
  patientId: string,
  facts: readonly AuditEventFact[],
): Promise<AuditEventView[]> {
  const origins = await services.origins.of(facts.map(referenceOf));
  const reasonOf = await reasonsFor(services, patientId, facts);
  return Promise.all(
    facts.map(async (fact) => {
      const reason = await reasonOf(fact);
      const origin: Origin | undefined = origins.get(referenceOf(fact));
      return {
        ...openView(fact),
        ...(reason === undefined ? {} : { reason }),
        ...(origin === undefined ? {} : { origin }),
      };
    }),
  );
}

/** Under what an event's origin is kept. */
export const referenceOf = ({ transactionId, id }: AuditEventFact): string => transactionId ?? id;

/** @returns (the function) undefined where no reason was given, or it is not sealed to the patient */
async function reasonsFor(
  services: Services,
  patientId: string,
  facts: readonly AuditEventFact[],
): Promise<(fact: AuditEventFact) => Promise<string | undefined>> {
  if (facts.every(({ sealedReason }) => sealedReason === undefined)) return async () => undefined;
  const readers = await patientReaders(services, patientId);
  return async ({ id, sealedReason }) =>
    sealedReason === undefined ? undefined : openAsAny(readers, { kind: 'access', patientId, id }, sealedReason);
}
