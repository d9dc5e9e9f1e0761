/** Who a patient is, as FHIR's Patient says it. It never reaches the ledger, a log or a URL. */
export interface Identifier {
  /** URI of the naming system. */
  readonly system: string;
  readonly value: string;
}

export interface Demographics {
  readonly name: { readonly family?: string; readonly given: readonly string[] };
  /** ISO date, possibly partial. */
  readonly birthDate?: string;
  /** FHIR administrative gender. */
  readonly gender?: string;
  readonly identifiers: readonly Identifier[];
  /** What else the source said (address, telecom, language, …), as FHIR JSON. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The identifier names another patient already: the same person twice, to be linked by a registrar. */
export class IdentifierTaken extends Error {
  override readonly name = 'IdentifierTaken';
  readonly patientId: string;

  constructor(patientId: string) {
    super('an identifier belongs to another patient');
    this.patientId = patientId;
  }
}

/** What lies in the vault was not sealed with this key for this patient, or was changed. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken';
}
