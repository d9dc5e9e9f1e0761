/** What a FHIR Bundle becomes on its way into a chart. */
import type { Confidentiality, RecordCategory } from '@chain-of-care/chaincode/model';

export const fhirJson = 'application/fhir+json';

/** FHIR Coding, as far as the sealed index of a record needs it. */
export interface Coding {
  readonly system?: string;
  readonly code: string;
  readonly display?: string;
}

/** A resource that goes into the patient's record chain. */
export interface MappedRecord {
  readonly kind: 'record';
  readonly category: RecordCategory;
  readonly confidentiality: Confidentiality;
  /** The local date where care happened: a day, month or year. */
  readonly clinicalDate: string;
  /** The resource itself names no date of care; `clinicalDate` is the bundle's (see `docs/fhir-import.md`). */
  readonly undated?: true;
  readonly title: string;
  readonly coding: readonly Coding[];
  readonly mediaType: typeof fhirJson;
  /** Where care happened, in the words of the resource. */
  readonly facility?: string;
  /** RFC 3339 with offset, when the resource tells a time and not only a date. */
  readonly exactTime?: string;
  /** UTF-8 text of the resource as it came, without white space between tokens: decimals keep their digits. */
  readonly content: Uint8Array;
  readonly resourceType: string;
  /** `entry.fullUrl`, otherwise `Type/id`, otherwise `entry/index`. */
  readonly sourceId: string;
  /** 0-based place in `Bundle.entry`. */
  readonly index: number;
}

/** Somebody or something of the directory: no part of the patient's chart. */
export interface DirectoryEntry {
  readonly kind: 'directory';
  readonly resourceType: string;
  readonly sourceId: string;
  readonly index: number;
  readonly name: string;
  readonly identifiers: readonly Identifier[];
  readonly content: Uint8Array;
}

export interface Identifier {
  readonly system?: string;
  readonly value: string;
}

export interface HumanName {
  readonly use?: string;
  readonly text?: string;
  readonly family?: string;
  readonly given: readonly string[];
}

export interface Address {
  readonly use?: string;
  readonly lines: readonly string[];
  readonly city?: string;
  readonly state?: string;
  readonly postalCode?: string;
  readonly country?: string;
}

export interface ContactPoint {
  readonly system?: string;
  readonly use?: string;
  readonly value: string;
}

/** The Patient resource: sealed in the home hospital's vault, never on the ledger. */
export interface Demographics {
  readonly kind: 'demographics';
  readonly resourceType: 'Patient';
  readonly sourceId: string;
  readonly index: number;
  readonly names: readonly HumanName[];
  /** FHIR date: a day, month or year. */
  readonly birthDate?: string;
  /** FHIR administrative gender. */
  readonly gender?: string;
  readonly identifiers: readonly Identifier[];
  /** Of other Patient resources about the same person (Patient.link.other). */
  readonly linkedIdentifiers: readonly Identifier[];
  readonly addresses: readonly Address[];
  readonly telecom: readonly ContactPoint[];
  readonly deceased: boolean;
  readonly content: Uint8Array;
}

/** Why an entry brings nothing into the chart. */
export const skipReasons = {
  no_resource: 'the entry has no resource (a deletion, a response, a conditional read)',
  no_resource_type: 'the resource has no valid resourceType',
  not_an_upsert: 'the entry asks for another change than to create or update (request.method)',
  search_outcome: 'the entry is a message about the search, not a match (search.mode outcome)',
} as const;
export type SkipReason = keyof typeof skipReasons;

export interface SkippedEntry {
  readonly kind: 'skipped';
  readonly index: number;
  readonly resourceType: string;
  readonly sourceId: string;
  readonly reason: SkipReason;
}

export type BundleItem = MappedRecord | DirectoryEntry | Demographics | SkippedEntry;

/** Where a resource went: the category of its record, or one of the others. */
export type Disposition = RecordCategory | 'directory' | 'demographics' | 'skipped';

export interface BundleSummary {
  /** `Bundle.type`. */
  readonly type: string;
  readonly entries: number;
  readonly records: number;
  /** The one patient it is about. */
  readonly patient: Demographics;
  /** By resource type, by disposition; `-` stands for an entry without a resource type. They add up to `entries`. */
  readonly counts: Readonly<Record<string, Readonly<Partial<Record<Disposition, number>>>>>;
  /** The first {@link skippedListed} of them; `counts` has all. */
  readonly skipped: readonly SkippedEntry[];
  /** `Bundle.meta.security` speaks about every entry: none is less confidential. */
  readonly confidentialityFloor: Confidentiality;
  /** The date for resources without one: of `Bundle.timestamp`, otherwise the latest date of care in the bundle. */
  readonly asOf?: string;
}

export const skippedListed = 1000;
