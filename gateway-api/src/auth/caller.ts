/** Who calls, as the gateway knows: a person of its own directory who acts on the ledger with an own Fabric identity. */
import { staffRoles } from '@chain-of-care/chaincode/model';

export const callerRoles = ['patient', 'representative', ...staffRoles] as const;
export type CallerRole = (typeof callerRoles)[number];

/** An X.509 identity whose private key lies in the custodial key store under `keyName`. */
export interface LedgerIdentity {
  readonly mspId: string;
  /** PEM. */
  readonly certificate: string;
  /** SHA-256 of the certificate's public key (SPKI, DER), hex: the ledger's name of the submitter. */
  readonly deviceKey: string;
  /** Name of the signing key in the key store. */
  readonly keyName: string;
}

export interface Caller {
  readonly issuer: string;
  readonly subject: string;
  readonly kind: 'staff' | 'patient' | 'representative';
  /** staffId, patientId, or the id of a person who is no patient here and represents some. */
  readonly id: string;
  readonly role: CallerRole;
  readonly department?: string;
  /** Premises where a supply actor acts. */
  readonly gln?: string;
  /** Name of the person's X-Wing secret in the key store, when it is custodial. */
  readonly sealingKeyName?: string;
  readonly identity: LedgerIdentity;
  readonly scopes: readonly string[];
  /** When and how the caller logged in: `auth_time` (seconds) and `acr`, for step-up (RFC 9470). */
  readonly authTime?: number;
  readonly acr?: string;
  /** From where this request came: for the audit's vault. */
  readonly origin?: { readonly address: string };
}
