/** A request that gets as far as the door: well-formed address, nothing that could be carried out behind it. */
import type { OpenApi } from '../../../faults/malformed.fixture.ts';
import type { Caller } from './callers.fixture.ts';

export interface Operation {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly mediaType?: string;
}

interface DescribedOperation {
  readonly operationId: string;
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
}

export function operationsOf({ paths }: OpenApi): readonly Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => {
      const { operationId, requestBody } = described as unknown as DescribedOperation;
      const [mediaType] = Object.keys(requestBody?.content ?? {});
      return { operationId, method: method.toUpperCase(), path, ...(mediaType === undefined ? {} : { mediaType }) };
    }),
  );
}

/** Identifiers of nothing, of the form that the parameter of this name takes. */
const nothing: Readonly<Record<string, string>> = {
  gtin: '09506000000000',
  gln: '9506000000000',
  sscc: '095060000000000008',
  mspId: 'NobodyMSP',
  lot: 'NONE',
  serial: 'NONE',
};
const noUuid = '00000000-0000-4000-8000-000000000000';

/** What the door said: `through`, or the code with which the caller was turned away. */
export async function knock({ base, token }: Caller, operation: Operation): Promise<string> {
  const { method, path, mediaType } = operation;
  const address = path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => nothing[name] ?? noUuid);
  const hasBody = mediaType !== undefined;
  const abort = new AbortController();
  const response = await fetch(`${base}${address}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(hasBody ? { 'content-type': mediaType } : {}),
    },
    ...(hasBody ? { body: '{}' } : {}),
    signal: abort.signal,
    redirect: 'manual',
  });
  if (response.status !== 401 && response.status !== 403) {
    // A stream of events would never end.
    abort.abort();
    return response.status < 500 || response.status === 503 ? 'through' : `status ${response.status}`;
  }
  const { code } = (await response.json()) as { code: string };
  return doorCodes.has(code) ? code : 'through';
}

/** Codes about who calls; other refusals are about what is asked for, and come from behind the door. */
const doorCodes = new Set(['token_required', 'invalid_token', 'unknown_person', 'staff_suspended', 'role_not_allowed']);
