import { fromBase64Url, type Bytes } from '../encoding/index.ts';
import { KeyError, type KeyErrorCode } from './errors.ts';

/**
 * A seal or wrap as the ledger carries it: base64url.
 *
 * @param code of the refusal when it is none
 * @throws KeyError
 */
export function sealedBytes(text: string, code: KeyErrorCode = 'seal_refused'): Bytes {
  try {
    return fromBase64Url(text);
  } catch (cause) {
    throw new KeyError(code, { cause });
  }
}
