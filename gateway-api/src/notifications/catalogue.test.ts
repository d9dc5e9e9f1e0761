import { describe, expect, test } from '@jest/globals';
import { noticeCatalogue, noticeKinds, noticeLanguages, textOf } from './catalogue.ts';
import { isPrivate } from './channels.ts';

const gtin = '00300021200107';
const lot = 'L';

describe('texts', () => {
  test('every kind has a title and a text in every language, whose placeholders are the same', () => {
    const placeholders = (parts: readonly string[]) => [...parts.join(' ').matchAll(/\{\w+\}/g)].map(String).toSorted();
    for (const kind of noticeKinds)
      for (const language of noticeLanguages)
        expect([kind, placeholders(noticeCatalogue[kind][language])]).toEqual([
          kind,
          placeholders(noticeCatalogue[kind].en),
        ]);
  });

  test('name the goods and the type in the language', () => {
    expect(textOf('alertOpened', { type: 'stolen', gtin, lot }, 'de')).toEqual({
      title: 'Warnung: gestohlen',
      text: `Eine Warnung wurde zu GTIN ${gtin}, Charge ${lot} eröffnet.`,
    });
  });
});

test.each([
  ['127.0.0.1', true],
  ['10.1.2.3', true],
  ['169.254.169.254', true],
  ['[::1]', true],
  ['::ffff:192.168.0.1', true],
  ['fd00::1', true],
  ['localhost', true],
  ['93.184.216.34', false],
  ['2606:2800:220:1::1', false],
  ['hooks.example', false],
])('%s as an address of webhooks: private is %s', (host, expected) => {
  expect(isPrivate(host)).toBe(expected);
});
