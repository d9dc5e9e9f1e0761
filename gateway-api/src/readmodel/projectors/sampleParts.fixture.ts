/** What samples of stored values share. */
import type { Stored, StoredType } from '@chain-of-care/chaincode/model';

export const at = '2026-01-02T03:04:05Z';
export const patientId = 'p1';
export const of = { gtin: '00300021200107', lot: 'L1' };
export const gln = '4012345000009';
export const mspId = 'PharmaMSP';
export const hash = 'ab'.repeat(32);

type FieldsOf<Type> = Type extends StoredType<infer Fields> ? Fields : never;
export type Sample<Type> = Stored & FieldsOf<Type>;

export const stored = { v: 1, salt: 'c2FsdA' };
export const goods = { state: 'active', holder: gln, mspId, eventId: 'e1', eventTime: at } as const;
