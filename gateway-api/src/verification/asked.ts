/** From a request to what is verified: a pack, a container, or a lot alone. */
import { gtinOfNdc, normaliseGtin, parseNdc, parseScan } from '@chain-of-care/chaincode/model';
import type { VerificationRequest } from '@chain-of-care/chaincode/rules';
import type { Caller } from '../auth/caller.ts';
import { readAt } from '../http/input.ts';
import { Problem } from '../http/problem.ts';
import type { NewVerification } from './dto.ts';

export type Asked = { readonly request: VerificationRequest } & (
  | { readonly scope: 'pack'; readonly gtin: string; readonly serial: string; readonly isScanned: boolean }
  | { readonly scope: 'container'; readonly sscc: string }
  | { readonly scope: 'lot'; readonly gtin: string }
);

/** Scans of the public are kept to about ten kilometres. */
const placeStepE6 = 100_000;

/** @throws Refusal invalid_identifier; Problem validation_failed when nothing is named that can be verified */
export function readAsked(body: NewVerification, caller: Caller | undefined, timeMs: number): Asked {
  const { scan } = body;
  const scanned = scan === undefined ? undefined : readAt('/scan', () => parseScan(scan));
  const gtin = scanned?.gtin ?? gtinOf(body);
  const sscc = scanned?.sscc ?? body.sscc;
  const { lot = body.lot, expiry = body.expiry, serial = body.serial } = scanned ?? {};
  const { context = 'consumer', country, latitude, longitude } = body;
  const foundIn = body.foundIn ?? (gtin === undefined ? undefined : sscc);
  const request: VerificationRequest = {
    context,
    timeMs,
    ...(lot === undefined ? {} : { lot }),
    ...(expiry === undefined ? {} : { expiry }),
    ...(caller?.gln === undefined ? {} : { gln: caller.gln }),
    ...(country === undefined ? {} : { country }),
    ...(foundIn === undefined ? {} : { foundIn }),
    ...(latitude === undefined || longitude === undefined
      ? {}
      : { place: { latitudeE6: coarse(latitude), longitudeE6: coarse(longitude) } }),
  };
  if (gtin !== undefined && serial !== undefined)
    return { scope: 'pack', gtin, serial, isScanned: scanned !== undefined, request };
  if (gtin !== undefined) return { scope: 'lot', gtin, request };
  if (sscc !== undefined) return { scope: 'container', sscc, request };
  throw new Problem('validation_failed', {
    errors: [{ pointer: '/gtin', code: 'validation_failed', detail: 'a scan, GTIN, NDC or SSCC is needed' }],
  });
}

function gtinOf({ gtin, ndc }: NewVerification): string | undefined {
  if (gtin !== undefined) return readAt('/gtin', () => normaliseGtin(gtin));
  return ndc === undefined ? undefined : readAt('/ndc', () => gtinOfNdc(parseNdc(ndc)));
}

function coarse(degrees: number): number {
  return Math.round((degrees * 1_000_000) / placeStepE6) * placeStepE6;
}
