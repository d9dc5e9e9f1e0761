/** What lies directly in a container, a page at a time: what a page costs does not grow with the container. */
import { positionsIn, type LotQuantity } from '@chain-of-care/chaincode/model';
import { sql, type Kysely } from 'kysely';
import { Problem } from '../../http/problem.ts';
import type { Database } from '../database/schema.ts';
import { cursorAfter, readPlace, type Page, type PageParams } from './page.ts';

type Db = Kysely<Database>;

/** A container, units of a lot without serials, or a pack. */
export type Contained =
  | { readonly sscc: string }
  | { readonly gtin: string; readonly lot: string; readonly units: number }
  | { readonly gtin: string; readonly lot: string; readonly serial: string };

type Place = readonly (string | number)[];

interface Found {
  readonly item: Contained;
  readonly place: Place;
}

interface Container {
  readonly sscc: string;
  readonly quantities: readonly LotQuantity[];
}

/** One kind of contents, in an order of its own. */
interface Kind {
  /** What a place of it is made of. */
  readonly place: readonly ('string' | 'number')[];
  /** @returns at most so many, from behind the place on */
  find(db: Db, container: Container, after: Place | undefined, limit: number): Promise<readonly Found[]>;
}

const innerContainers: Kind = {
  place: ['string'],
  async find(db, { sscc }, [last] = [], limit) {
    let query = db.selectFrom('containers').select('sscc').where('parent', '=', sscc);
    if (last !== undefined) query = query.where('sscc', '>', String(last));
    const rows = await query.orderBy('sscc').limit(limit).execute();
    return rows.map((row) => ({ item: { sscc: row.sscc }, place: [row.sscc] }));
  },
};

const looseUnits: Kind = {
  place: ['number'],
  async find(_db, { quantities }, [last = -1] = [], limit) {
    return quantities
      .map(({ gtin, lot, units }, index) => ({ item: { gtin, lot, units }, place: [index] }))
      .slice(Number(last) + 1, Number(last) + 1 + limit);
  },
};

/** Packs that acted alone before they were packed. */
const packsOnTheirOwn: Kind = {
  place: ['string', 'string'],
  async find(db, { sscc }, after, limit) {
    let query = db.selectFrom('packs').select(['gtin', 'serial', 'lot']).where('parent', '=', sscc);
    if (after !== undefined) query = query.where(sql<boolean>`(gtin, serial) > (${after[0]}, ${after[1]})`);
    const rows = await query.orderBy('gtin').orderBy('serial').limit(limit).execute();
    return rows.map((item) => ({ item, place: [item.gtin, item.serial] }));
  },
};

/** Packs that lie where their segment says: in the order of lots, segments and positions. */
const packsOfSegments: Kind = {
  place: ['string', 'string', 'number', 'number'],
  async find(db, { sscc }, after, limit) {
    const found: Found[] = [];
    let from = after;
    while (found.length < limit) {
      const placement = await placementFrom(db, sscc, from);
      if (placement === undefined) break;
      const { gtin, lot, segment, members, serials } = placement;
      const begun = from?.[0] === gtin && from[1] === lot && from[2] === segment ? Number(from[3]) : -1;
      const packs = positionsIn(members)
        .filter((position) => position > begun)
        .map((position) => ({ position, serial: serials[position]! }));
      const moved = await actedAlone(db, { gtin, lot }, packs);
      for (const { position, serial } of packs)
        if (!moved.has(serial)) found.push({ item: { gtin, lot, serial }, place: [gtin, lot, segment, position] });
      from = [gtin, lot, segment, lastPosition];
    }
    return found.slice(0, limit);
  },
};

/** Behind every position of a segment. */
const lastPosition = 2 ** 31 - 1;

/** The placement at which to go on: that of the place while it has later positions, or the one behind it. */
async function placementFrom(db: Db, sscc: string, from: Place | undefined) {
  let query = db
    .selectFrom('placements as p')
    .innerJoin('segments as s', (join) =>
      join.onRef('s.gtin', '=', 'p.gtin').onRef('s.lot', '=', 'p.lot').onRef('s.segment', '=', 'p.segment'),
    )
    .select(['p.gtin', 'p.lot', 'p.segment', 'p.members', 's.serials'])
    .where('p.sscc', '=', sscc);
  if (from !== undefined) {
    const [gtin, lot, segment, position] = from;
    const isBehind = sql`(p.gtin, p.lot, p.segment) ${sql.raw(position === lastPosition ? '>' : '>=')}`;
    query = query.where(sql<boolean>`${isBehind} (${gtin}, ${lot}, ${segment}::integer)`);
  }
  return query.orderBy('p.gtin').orderBy('p.lot').orderBy('p.segment').limit(1).executeTakeFirst();
}

/** Serials of packs that have a place of their own by now. */
async function actedAlone(
  db: Db,
  { gtin, lot }: { readonly gtin: string; readonly lot: string },
  packs: readonly { readonly serial: string }[],
): Promise<ReadonlySet<string>> {
  if (packs.length === 0) return new Set();
  const rows = await db
    .selectFrom('packs')
    .select('serial')
    .where('gtin', '=', gtin)
    .where('lot', '=', lot)
    .where(
      'serial',
      'in',
      packs.map(({ serial }) => serial),
    )
    .execute();
  return new Set(rows.map(({ serial }) => serial));
}

const kinds: readonly Kind[] = [innerContainers, looseUnits, packsOnTheirOwn, packsOfSegments];

/** @throws Problem invalid_cursor */
export async function contentsOf(
  db: Db,
  container: Container,
  { limit, cursor }: PageParams & { readonly limit: number },
): Promise<Page<Contained>> {
  const start = startOf(cursor);
  const found: { readonly item: Contained; readonly cursor: string }[] = [];
  for (let kind = start.kind; kind < kinds.length && found.length <= limit; kind += 1) {
    const after = kind === start.kind ? start.after : undefined;
    for (const { item, place } of await kinds[kind]!.find(db, container, after, limit + 1 - found.length))
      found.push({ item, cursor: cursorAfter([kind, ...place]) });
  }
  const items = found.slice(0, limit).map(({ item }) => item);
  return found.length <= limit ? { items } : { items, nextCursor: found[limit - 1]!.cursor };
}

function startOf(cursor: string | undefined): { readonly kind: number; readonly after?: Place } {
  if (cursor === undefined) return { kind: 0 };
  const [kind, ...after] = readPlace(cursor);
  const parts = kinds[Number(kind)]?.place;
  if (parts === undefined || after.length !== parts.length || !parts.every((part, index) => isA(part, after[index])))
    throw new Problem('invalid_cursor');
  return { kind: Number(kind), after: after as Place };
}

function isA(part: 'string' | 'number', value: unknown): boolean {
  if (part === 'string') return typeof value === 'string' && !value.includes('\u0000');
  return Number.isInteger(value) && Math.abs(Number(value)) <= lastPosition;
}
