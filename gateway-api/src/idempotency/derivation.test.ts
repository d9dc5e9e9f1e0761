import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formats } from '@chain-of-care/chaincode/model';
import { Derivation } from './derivation.ts';

const secret = new Uint8Array(32).fill(1);

describe('what a request derives from its Idempotency-Key', () => {
  it('is the same on a repeat and another for any other caller, key, gateway or name', () => {
    const at = (submitter: string, key: string, of = secret): string =>
      new Derivation(of, submitter, key).uuid('thing');
    expect(at('a', 'k')).toBe(at('a', 'k'));
    const others = [
      at('b', 'k'),
      at('a', 'l'),
      at('a', 'k', new Uint8Array(32)),
      new Derivation(secret, 'a', 'k').uuid('other'),
    ];
    expect(new Set([at('a', 'k'), ...others]).size).toBe(5);
  });

  it('has the forms that the ledger wants', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (submitter, key, name) => {
        const derivation = new Derivation(secret, submitter, key, 'digest');
        const { key: commandKey, fingerprint } = derivation.command(name);
        return (
          formats.uuid(derivation.uuid(name)) &&
          formats['hex-128'](derivation.handle(name)) &&
          formats['hex-256'](commandKey) &&
          formats['hex-256'](fingerprint ?? '')
        );
      }),
    );
  });

  it('tells another request with the same key by its fingerprint, while the key stays', () => {
    const first = new Derivation(secret, 'a', 'k', 'body 1').command('x');
    const second = new Derivation(secret, 'a', 'k', 'body 2').command('x');
    expect(second.key).toBe(first.key);
    expect(second.fingerprint).not.toBe(first.fingerprint);
  });
});
