/** Writes answers: the one place where replies and errors become HTTP. */
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import { Refusal } from '@chain-of-care/chaincode/model';
import { EnvelopeError, KeyError } from '@chain-of-care/client';
import { SealBroken } from '../keystore/sealedFile.ts';
import type { Log } from '../log.ts';
import { isDatabaseGone } from '../readmodel/database/databaseError.ts';
import { StoreUnavailable } from '../vault/store/index.ts';
import { Problem, problemOf } from './problem.ts';
import type { Reply } from './route.ts';

/** @throws what the reply's stream throws before its first byte; later failures cut the connection */
export async function sendReply(response: Response, reply: Reply): Promise<void> {
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  response.status(reply.status);
  if (reply.stream !== undefined) {
    await sendStream(response, reply);
    return;
  }
  if (reply.body === undefined) {
    response.end();
    return;
  }
  if (!response.hasHeader('content-type')) response.setHeader('content-type', 'application/json; charset=utf-8');
  response.end(JSON.stringify(reply.body, jsonValue));
}

async function sendStream(response: Response, { stream }: Reply): Promise<void> {
  try {
    await pipeline(stream!, response);
  } catch (error) {
    if (response.headersSent) response.destroy();
    else throw error;
  }
}

/** Block numbers are bigint; JSON has numbers. */
function jsonValue(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}

/** What any error is to the caller. Only problems and refusals say something; the rest is a bare 500. */
export function problemFrom(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof Refusal) return problemOf(error);
  const { type, status } = (typeof error === 'object' && error !== null ? error : {}) as {
    type?: unknown;
    status?: unknown;
  };
  if (isStorageFailure(error))
    return new Problem('storage_unavailable', { cause: error, headers: { 'retry-after': '30' } });
  if (isDatabaseGone(error))
    return new Problem('database_unavailable', { cause: error, headers: { 'retry-after': '5' } });
  if (isWrongKey(error)) return new Problem('wrong_key', { cause: error });
  if (error instanceof EnvelopeError) return new Problem('integrity_violation', { cause: error });
  const known = parserProblems[String(type)];
  if (known !== undefined) return new Problem(known, { cause: error });
  if (status === 400 || error instanceof URIError) return new Problem('malformed_request', { cause: error });
  if (status === 413) return new Problem('payload_too_large', { cause: error });
  if (status === 415) return new Problem('unsupported_media_type', { cause: error });
  return new Problem('internal_error', { cause: error });
}

/** Disk full, worn out, read-only or gone (errno(3)): the operator's to mend, then the same request succeeds. */
const storageFailures: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'ENOTDIR', 'EACCES']);

function isStorageFailure(error: unknown): boolean {
  if (error instanceof StoreUnavailable) return true;
  return error instanceof Error && storageFailures.has((error as NodeJS.ErrnoException).code);
}

/** Keys, not content: of an envelope, that its header was sealed with another one. */
function isWrongKey(error: unknown): boolean {
  if (error instanceof KeyError || error instanceof SealBroken) return true;
  return error instanceof EnvelopeError && error.code === 'envelope_wrong_key';
}

/** Types of body-parser's errors. */
const parserProblems: Readonly<
  Record<string, 'malformed_json' | 'payload_too_large' | 'unsupported_media_type' | 'malformed_request'>
> = {
  'entity.parse.failed': 'malformed_json',
  'entity.too.large': 'payload_too_large',
  'encoding.unsupported': 'unsupported_media_type',
  'charset.unsupported': 'unsupported_media_type',
  'request.size.invalid': 'malformed_request',
  'request.aborted': 'malformed_request',
  'stream.encoding.set': 'malformed_request',
};

/** Answers with a problem document, unless the answer has begun; an error of our own is logged. */
export function sendProblem(response: Response, error: unknown, log?: Log): void {
  const problem = problemFrom(error);
  const isOurs = problem.code !== 'unavailable' && problem.code !== 'draining';
  if (problem.status >= 500 && isOurs)
    log?.error({ err: problem.cause ?? error, code: problem.code }, 'request failed');
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  for (const [name, value] of Object.entries(problem.headers)) response.setHeader(name, value);
  challengeWithMetadata(response);
  const requestId = response.getHeader('x-request-id');
  response.removeHeader('etag');
  response.status(problem.status).setHeader('content-type', 'application/problem+json; charset=utf-8');
  response.end(
    JSON.stringify(problem.document(`urn:uuid:${String(requestId ?? '00000000-0000-0000-0000-000000000000')}`)),
  );
}

/** A challenge says where the client finds whose tokens are taken (RFC 9728 §5.1). */
function challengeWithMetadata(response: Response): void {
  const challenge = response.getHeader('www-authenticate');
  const metadata = response.app.locals['resourceMetadata'] as string | undefined;
  if (challenge === undefined || metadata === undefined) return;
  response.setHeader('www-authenticate', `${String(challenge)}, resource_metadata="${metadata}"`);
}
