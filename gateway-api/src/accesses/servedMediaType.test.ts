import { expect, test } from '@jest/globals';
import { servedMediaType } from './routes.ts';

test.each(['text/plain', 'application/fhir+json', 'text/plain; charset=utf-8', 'image/vnd.x-y.z'])(
  '%s is served as it is',
  (mediaType) => expect(servedMediaType(mediaType)).toBe(mediaType),
);

test.each(['', 'text', 'text/plain\r\nx-evil: 1', 'text/plain\n', 'a/b;\u0000', 'text/plain; x=\u20ac', ' text/plain'])(
  '%j is served as bytes',
  (mediaType) => expect(servedMediaType(mediaType)).toBe('application/octet-stream'),
);
