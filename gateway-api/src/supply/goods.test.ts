import { describe, expect, test } from '@jest/globals';
import { namedGoods } from './goods.ts';

const gtin = '00300021200107';

describe('goods as callers name them', () => {
  test('scans, GTINs of any length and lists of serials; an SSCC is a container', () => {
    const references = [
      { scan: `]d201${gtin}21S1\u001d1727033110L` },
      { gtin: '300021200107', serial: 'S2' },
      { gtin, serials: ['S3', 'S4'], lot: 'L' },
      { scan: '(00)106141412345678908' },
    ];
    expect(namedGoods(references, ['095060000000000013'])).toEqual({
      packs: [
        { gtin, serial: 'S1', lot: 'L' },
        { gtin, serial: 'S2' },
        { gtin, serial: 'S3', lot: 'L' },
        { gtin, serial: 'S4', lot: 'L' },
      ],
      containers: ['095060000000000013', '106141412345678908'],
    });
  });

  test('a reference without serial names nothing; a wrong check digit is refused', () => {
    expect(() => namedGoods([{ gtin }], [])).toThrow(expect.objectContaining({ code: 'validation_failed' }));
    expect(() => namedGoods([{ gtin: '300021200108', serial: 'S' }], [])).toThrow(
      expect.objectContaining({ code: 'invalid_identifier' }),
    );
  });
});
