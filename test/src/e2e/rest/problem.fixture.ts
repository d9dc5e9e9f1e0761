import { expect } from '@jest/globals';
import type { Answer } from '../../system/rest.ts';

/** Every error is an RFC 9457 document with a stable code. */
export function expectProblem(answer: Answer, status: number, code: string): void {
  expect([answer.status, answer.body['code']]).toEqual([status, code]);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(answer.body).toMatchObject({ status, title: expect.any(String), type: expect.any(String) });
}
