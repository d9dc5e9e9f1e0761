import {
  acts,
  alertTransitions,
  custodyTransitions,
  licencesOfRole,
  representativeGrounds,
  type CustodyTransition,
} from '@chain-of-care/chaincode/rules';
import type { LicenceKind, MemberRole, StaffRole } from '@chain-of-care/chaincode/model';
import { code, codes, generatedFrom, page, table } from './markdown.ts';

interface Act {
  readonly roles: readonly StaffRole[];
  readonly at: readonly MemberRole[];
  readonly licence?: readonly LicenceKind[];
}

/** `docs/roles-and-acts.md` */
export function rolesAndActsPage(): string {
  return page(
    '# Who may do what',
    generatedFrom(
      '`chaincode/src/rules/acts.ts`',
      '`chaincode/src/rules/representatives.ts`',
      '`chaincode/src/rules/custodyTable.ts`',
      '`chaincode/src/rules/alertLifecycle.ts`',
    ),
    `Decided in the chaincode from the registry's facts about the submitter's key; what is not in a table is refused. A
patient's own acts (consents, revocations, requests about their own records) need the patient's device key, or that of
somebody who represents them, and no role.`,
    '## Acts of staff',
    `A role counts only at a member of the kinds named. The licence is one that is valid at the time of the transaction: the
premises', or for \`professional\` the person's own. The role \`integration\` (a service of the organisation) needs none.`,
    table(
      ['act', 'roles', 'at a', 'licence'],
      Object.entries<Act>(acts).map(([name, { roles, at, licence }]) => [
        code(name),
        roles.join(', '),
        at.join(', '),
        (licence ?? []).join(' or '),
      ]),
    ),
    '## Who may act for a patient',
    'Confirmed by a registrar of the home hospital, who saw evidence. A representation ends with the patient at the latest.',
    table(
      ['relationship', 'is', 'end', 'ended before by'],
      Object.entries(representativeGrounds).map(([relationship, { title, end, endedBy }]) => [
        code(relationship),
        title,
        end,
        endedBy.join(', '),
      ]),
    ),
    '## What may happen to packs and containers',
    `\`none\` means that it does not exist yet; where no new state is named the state stays. One of the positions is enough.
Quantities are units of a lot that has no serials.`,
    table(
      ['event', 'roles', 'position', 'from', 'to', 'guards', 'on'],
      Object.entries<CustodyTransition>(custodyTransitions).map(([event, row]) => [
        code(event),
        row.roles.join(', '),
        row.positions.join(', '),
        codes(row.from),
        row.to === undefined ? '' : code(row.to),
        codes(row.guards),
        goodsOf(row).join(', '),
      ]),
    ),
    '## How an alert moves on',
    `One of the positions is enough: the regulator's inspector, the maker of the product, or the organisation (or premises) that
the regulator made responsible.`,
    table(
      ['act', 'position', 'from', 'to', 'reasons'],
      Object.entries(alertTransitions).map(([act, row]) => [
        code(act),
        row.positions.join(', '),
        codes(row.from),
        code(row.to),
        codes(row.reasons),
      ]),
    ),
    '## Licences that make a role good for custody',
    table(
      ['role', 'one of these licences of the premises'],
      Object.entries(licencesOfRole).map(([role, licences]) => [role, licences.join(', ')]),
    ),
  );
}

function goodsOf({ packsOnly, byQuantity }: CustodyTransition): readonly string[] {
  return ['packs', ...(packsOnly === true ? [] : ['containers']), ...(byQuantity === true ? ['quantities'] : [])];
}
