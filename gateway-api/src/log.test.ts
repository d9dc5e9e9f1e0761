import { describe, expect, it } from '@jest/globals';
import { createLog, withoutIdentifiers } from './log.ts';

const patientId = '5f0f7a4e-9c1d-4b7a-8a55-0d6c3b1a2f10';
const handle = '0123456789abcdef0123456789abcdef';

function logged(fields: object): string {
  const lines: string[] = [];
  createLog('trace', { write: (line) => void lines.push(line) }).info(fields, 'x');
  return lines.join('');
}

describe('the log', () => {
  it('leaves out secrets, health information and ids, at any of three levels', () => {
    const secrets = { authorization: 'Bearer s3cret', handle, patientId, name: 'Zoe', body: { diagnosis: 'E11' } };
    for (const line of [logged(secrets), logged({ request: secrets }), logged({ a: { b: secrets } })])
      for (const hidden of ['s3cret', handle, patientId, 'Zoe', 'E11']) expect(line).not.toContain(hidden);
  });

  it('leaves identifiers, keys and tokens out of errors', () => {
    const line = logged({ err: new Error(`no ${patientId} with ${handle}`) });
    expect(line).toContain('no … with …');
    expect(line).not.toContain(patientId);
  });

  it('keeps what is no identifier', () => {
    expect(withoutIdentifiers('peer hospital-peer:7051 answered 503')).toBe('peer hospital-peer:7051 answered 503');
  });
});
