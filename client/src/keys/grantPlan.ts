/**
 * Which keys a consent hands over. The seed of a category opens everything in it, past and to come in the epoch, so it is
 * given only where the consent covers just that; everything narrower gets data keys of the records (DESIGN §5).
 */
import {
  keyPairsAtRegistration,
  permittedConfidentialities,
  recordCategories,
  type Confidentiality,
  type ConsentRule,
  type RecordCategory,
} from '@chain-of-care/chaincode/model';

export interface KeyGrant {
  readonly category: RecordCategory;
  readonly confidentiality: Confidentiality;
  /** `seed`: the category's private seed. `dataKeys`: one seal a record that the consent covers. */
  readonly kind: 'seed' | 'dataKeys';
}

type PlannedConsent = Pick<
  ConsentRule,
  'decision' | 'categories' | 'confidentialities' | 'recordIds' | 'period' | 'exceptions' | 'maxAccesses'
>;

/**
 * @param consent about to be granted
 * @param denies in force that could concern the same grantee
 * @returns a row a key pair of the patient that the consent reaches; none for a deny
 */
export function planGrants(consent: PlannedConsent, denies: readonly ConsentRule[]): readonly KeyGrant[] {
  if (consent.decision === 'deny') return [];
  const reached = permittedConfidentialities(consent);
  const { recordIds, period, maxAccesses } = consent;
  const isNarrowed = recordIds !== undefined || period !== undefined || maxAccesses !== undefined;
  return keyPairsAtRegistration
    .filter(
      ({ category, confidentiality }) =>
        reached.includes(confidentiality) && reaches(consent, category, confidentiality),
    )
    .map(({ category, confidentiality }) => {
      const scopes = [...(consent.exceptions ?? []), ...denies.filter((rule) => rule.decision === 'deny')];
      const isExcluded = scopes.some(
        (scope) =>
          reaches(scope, category, confidentiality) && (scope.confidentialities?.includes(confidentiality) ?? true),
      );
      const isWhole = coversWhole(consent, category, confidentiality);
      return { category, confidentiality, kind: isNarrowed || isExcluded || !isWhole ? 'dataKeys' : 'seed' };
    });
}

/** The pairs of `other` at R and V hold records of every category: any category reaches them. */
function reaches(
  { categories }: Pick<ConsentRule, 'categories'>,
  category: RecordCategory,
  confidentiality: Confidentiality,
): boolean {
  return categories === undefined || confidentiality !== 'N' || categories.includes(category);
}

/** Whether the consent covers everything that can lie under a pair. */
function coversWhole(
  { categories }: PlannedConsent,
  category: RecordCategory,
  confidentiality: Confidentiality,
): boolean {
  if (categories === undefined) return true;
  return confidentiality === 'N'
    ? categories.includes(category)
    : recordCategories.every((each) => categories.includes(each));
}
