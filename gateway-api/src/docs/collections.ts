import { Consortium, memberRoles, policyText, type Member } from '@chain-of-care/chaincode/model';
import { code, generatedFrom, page, table } from './markdown.ts';

/** `docs/collections.md` @param profiles the members of each profile */
export function collectionsPage(profiles: Readonly<Record<string, readonly Member[]>>): string {
  return page(
    '# Collections and endorsement',
    generatedFrom('`chaincode/src/model/core/consortium.ts`', '`network/consortium.yaml`'),
    `What the ledger keeps lies in private data collections and in public state. The policies follow from the members and
their roles (${memberRoles.join(', ')}); chaincode, gateways and network compute them from the same code. An operator orders
blocks and has no peer. \`memberOnlyRead\` is always on.`,
    ...Object.entries(profiles).flatMap(([name, members]) => profileSection(name, new Consortium(members))),
  );
}

function profileSection(name: string, consortium: Consortium): readonly string[] {
  return [
    `## Profile ${code(name)}`,
    `Public state, where no key has a policy of its own: ${code(policyText(consortium.chaincodePolicy))}.`,
    table(
      ['collection', 'members', 'who must endorse a write', 'others may write'],
      consortium.collections.map((collection) => [
        code(collection.name),
        collection.members.join(', '),
        code(policyText(consortium.policyOf(collection.name))),
        collection.memberOnlyWrite ? 'no' : 'yes',
      ]),
    ),
    `A pack or container without parent has the key-level policy of its holder, for example ${code('HospitalMSP')}:
${code(policyText(consortium.rootPolicy(['HospitalMSP'])))}; in transit either shipper or recipient.`,
  ];
}
