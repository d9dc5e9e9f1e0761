import { expect, test } from '@jest/globals';
import { Refusal, type ErrorCode } from '@chain-of-care/chaincode/model';
import { checkAccess } from './serve.ts';

const checked = (code: ErrorCode): Promise<unknown> =>
  checkAccess(
    { ledger: { query: () => Promise.reject(new Refusal(code)) } } as never,
    {} as never,
    { patientId: 'p', home: 'HospitalMSP', handle: 'h' } as never,
    { accessId: 'a', accessorOrg: 'HospitalMSP' } as never,
    [{ recordId: 'r', version: 9 }],
  );

test('a record of the database that the ledger does not have is an integrity violation, not a missing record', async () => {
  await expect(checked('record_not_found')).rejects.toMatchObject({ code: 'integrity_violation' });
  await expect(checked('access_expired')).rejects.toMatchObject({ code: 'access_expired' });
});
