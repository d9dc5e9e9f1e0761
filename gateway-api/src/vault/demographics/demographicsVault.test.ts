import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openDatabase, type OpenDatabase } from '../../readmodel/database/open.ts';
import { DemographicsVault, IdentifierTaken, SealBroken, type Demographics } from './index.ts';

const system = 'urn:oid:2.16.840.1.113883.4.1';
const zoe = (value: string): Demographics => ({
  name: { family: 'Müller', given: ['Zoë Sophia'] },
  birthDate: '1980-02',
  identifiers: [{ system, value }],
});

let open: OpenDatabase;
let vault: DemographicsVault;
beforeAll(async () => {
  open = await openDatabase({});
  vault = new DemographicsVault(open.db, randomBytes(32));
}, 120_000);
afterAll(() => open.close());

describe('the demographics vault', () => {
  test('gives back what was put last, and finds by exact identifier only', async () => {
    const id = randomUUID();
    await vault.put(id, zoe('111-1'));
    await vault.put(id, zoe('111-2'));
    expect(await vault.get(id)).toEqual(zoe('111-2'));
    expect(await vault.findByIdentifier({ system, value: '111-2' })).toBe(id);
    for (const other of [
      { system, value: '111-1' },
      { system, value: '111' },
      { system: `${system}1`, value: '11-2' },
    ])
      expect(await vault.findByIdentifier(other)).toBeUndefined();
    expect(await vault.get(randomUUID())).toBeUndefined();
  });

  test('tells of what was kept, and only what replaces something is a change', async () => {
    const id = randomUUID();
    let told = 0;
    const end = vault.onChange(() => (told += 1));
    const changedBlock = async () =>
      (await open.db.selectFrom('demographics').selectAll().where('patient_id', '=', id).execute())[0]?.changed_block;
    await vault.put(id, zoe('777-changed'));
    expect([told, await changedBlock()]).toEqual([1, null]);
    await vault.put(id, zoe('777-changed'));
    expect([told, await changedBlock()]).toEqual([2, 0]);
    end();
    await expect(vault.put(randomUUID(), zoe('777-changed'))).rejects.toThrow(IdentifierTaken);
    expect(told).toBe(2);
  });

  test('an identifier belongs to one patient, and a refused put keeps nothing', async () => {
    const [first, second] = [randomUUID(), randomUUID()];
    await vault.put(first, zoe('222'));
    await expect(vault.put(second, zoe('222'))).rejects.toThrow(IdentifierTaken);
    await expect(vault.put(second, zoe('222'))).rejects.toMatchObject({ patientId: first });
    expect(await vault.get(second)).toBeUndefined();
  });

  test('lies sealed: no name, birth date or identifier is in the database', async () => {
    const id = randomUUID();
    await vault.put(id, zoe('333-secret'));
    const rows = await open.db.selectFrom('demographics').selectAll().where('patient_id', '=', id).execute();
    const indexes = await open.db.selectFrom('demographic_identifiers').selectAll().execute();
    const dump = Buffer.from(rows[0]!.sealed).toString('latin1') + JSON.stringify(indexes);
    // Each long enough not to stand in ciphertext by chance.
    for (const secret of ['333-secret', 'Sophia', 'ller', '1980-02', system]) expect(dump).not.toContain(secret);
  });

  test('a row changed, moved to another patient or sealed with another key does not open', async () => {
    const [id, other] = [randomUUID(), randomUUID()];
    await vault.put(id, zoe('444'));
    await vault.put(other, zoe('555'));
    await expect(new DemographicsVault(open.db, randomBytes(32)).get(id)).rejects.toThrow(SealBroken);
    const { sealed } = await open.db
      .selectFrom('demographics')
      .select('sealed')
      .where('patient_id', '=', id)
      .executeTakeFirstOrThrow();
    await open.db.updateTable('demographics').set({ sealed }).where('patient_id', '=', other).execute();
    await expect(vault.get(other)).rejects.toThrow(SealBroken);
    const flipped = Buffer.from(sealed);
    flipped[20]! ^= 1;
    await open.db.updateTable('demographics').set({ sealed: flipped }).where('patient_id', '=', id).execute();
    await expect(vault.get(id)).rejects.toThrow(SealBroken);
  });

  test('erases identifiers with the patient', async () => {
    const id = randomUUID();
    await vault.put(id, zoe('666'));
    expect(await vault.delete(id)).toBe(true);
    expect(await vault.delete(id)).toBe(false);
    expect(await vault.findByIdentifier({ system, value: '666' })).toBeUndefined();
  });

  test('refuses a key of another length', () => {
    expect(() => new DemographicsVault(open.db, randomBytes(16))).toThrow(RangeError);
  });
});
