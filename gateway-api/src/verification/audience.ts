/** Who sees how much of a verification: the regulator all, the maker its products, a holder its own and the next hop. */
import type { Consortium } from '@chain-of-care/chaincode/model';
import type { Caller } from '../auth/caller.ts';
import { tradingRoles } from '../supply/roles.ts';
import type { Audience } from './dto.ts';
import type { BriefEvent, ProductRow } from './knownPack.ts';

const partners: ReadonlySet<string> = new Set(tradingRoles);

/** What the goods' history says of who stands near them. */
export interface Goods {
  readonly product?: Pick<ProductRow, 'msp_id' | 'contract_manufacturers'> | undefined;
  readonly holder?: string | undefined;
  readonly events: readonly BriefEvent[];
}

export function audienceOf(consortium: Consortium, caller: Caller | undefined, goods: Goods): Audience {
  if (caller === undefined) return 'public';
  const { role, gln, identity } = caller;
  if (role === 'inspector' && consortium.roleOf(identity.mspId) === 'regulator') return 'regulator';
  if (!partners.has(role)) return 'public';
  if (isMaker(caller, goods)) return 'maker';
  const isHolder =
    gln !== undefined && (gln === goods.holder || goods.events.some((event) => isOwn(event, gln) && isAct(event)));
  return isHolder ? 'holder' : 'partner';
}

/** @returns events in their order that the audience may see */
export function visibleEvents(
  audience: Audience,
  gln: string | undefined,
  events: readonly BriefEvent[],
): readonly BriefEvent[] {
  if (audience === 'regulator' || audience === 'maker') return events;
  if (audience !== 'holder' || gln === undefined) return [];
  const shipments = new Set(
    events.flatMap(({ gln: by, brief }) =>
      brief.shipmentId !== undefined && (by === gln || brief.recipient === gln) ? [brief.shipmentId] : [],
    ),
  );
  return events.filter(
    (event) => isOwn(event, gln) || (event.brief.shipmentId !== undefined && shipments.has(event.brief.shipmentId)),
  );
}

function isMaker({ role, gln, identity }: Caller, { product }: Goods): boolean {
  if (product === undefined) return false;
  if (gln !== undefined && product.contract_manufacturers.includes(gln)) return true;
  return role === 'manufacturer' && identity.mspId === product.msp_id;
}

function isOwn({ gln: by }: BriefEvent, gln: string): boolean {
  return by === gln;
}

/** Who only tried, looked or reported never held the goods. */
function isAct({ kind }: BriefEvent): boolean {
  return kind !== 'refusal' && kind !== 'observe' && kind !== 'report';
}
