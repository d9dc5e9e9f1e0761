/** `docs/architecture.svg`: a column a member, from its people down to its orderer, and where the state lies between. */
import { Consortium, type Collection, type Member, type MemberRole } from '@chain-of-care/chaincode/model';
import { arrow, card, dot, picture, rectangle, words, type Box, type Colours } from './svg.ts';

/** Hospitals beside the regulator, so that a collection's members are neighbours. */
const order: readonly MemberRole[] = ['hospital', 'regulator', 'pharma', 'operator'];

const people: Readonly<Record<MemberRole, readonly string[]>> = {
  hospital: ['patients, clinicians,', 'pharmacists, laboratories'],
  regulator: ['inspectors'],
  pharma: ['makers, distributors,', 'carriers'],
  operator: [],
};

const colours = {
  people: { fill: '#f5f7fa', stroke: '#cbd2d9' },
  gateway: { fill: '#e3f8ff', stroke: '#2bb0ed' },
  peer: { fill: '#e3f9e5', stroke: '#3ebd93' },
  orderer: { fill: '#fffbea', stroke: '#f0b429' },
  ca: { fill: '#f3ebff', stroke: '#9446ed' },
  column: { fill: '#fafbfc', stroke: '#e4e7eb' },
  state: { fill: '#ffffff', stroke: '#cbd2d9' },
} as const satisfies Record<string, Colours>;

const columnWidth = 258;
const gap = 16;
const left = 24;
const rows = { head: 30, people: 74, gateway: 170, peer: 312, state: 428, orderer: 0, ca: 0 };
const barHeight = 26;

interface StateBar {
  readonly title: string;
  readonly holds: string;
  readonly members: readonly string[];
  readonly colour: string;
}

/** What each kind of collection holds; the kind is its name up to the member's. */
const held: Readonly<Record<string, string>> = {
  registry: 'organisations, licences, premises, supply staff',
  clinical: 'care staff, device keys',
  dispensing: 'dispensable part of prescriptions',
  care: 'patients, records, consents',
  access: 'accesses, stops: life first',
  exchange: 'what crosses hospitals',
  trade: 'prices, orders, owners',
};

function privateBar({ name, members }: Collection): StateBar {
  const holds = held[name.replace(/_.*$/, '')] ?? '';
  return { title: name.replace(/MSP$/, ''), holds, members, colour: '#3ebd93' };
}

/** @param members of the development network */
export function architecturePicture(members: readonly Member[]): string {
  const sorted = members.toSorted((a, b) => order.indexOf(a.role) - order.indexOf(b.role));
  const consortium = new Consortium(sorted);
  const publicBar = { title: 'public state', holds: 'products, lots, packs, custody, alerts', colour: '#f0b429' };
  const bars: readonly StateBar[] = consortium.collections.map(privateBar).concat({
    ...publicBar,
    members: consortium.withPeers,
  });
  const stateHeight = 40 + bars.length * barHeight;
  const y = { ...rows, orderer: rows.state + stateHeight + 44, ca: rows.state + stateHeight + 120 };
  const width = left * 2 + sorted.length * columnWidth + (sorted.length - 1) * gap;
  const height = y.ca + 74;
  const columnX = (index: number): number => left + index * (columnWidth + gap);
  const centre = (index: number): number => columnX(index) + columnWidth / 2;
  const boxAt = (index: number, top: number, boxHeight: number): Box => ({
    x: columnX(index) + 14,
    y: top,
    width: columnWidth - 28,
    height: boxHeight,
  });

  const columns = sorted.map((member, index) => memberColumn(member, index));
  return picture(width, height, 'Chain of Care: one consortium, a column a member', [
    ...columns.map(({ back }) => back),
    statePanel(),
    orderingPanel(),
    ...columns.flatMap(({ front }) => front),
  ]);

  function memberColumn(member: Member, index: number): { back: string; front: readonly string[] } {
    const back = rectangle({ x: columnX(index), y: 8, width: columnWidth, height: height - 16 }, colours.column);
    const head = words(centre(index), rows.head + 4, member.name, { size: 15, weight: 700 });
    const role = words(centre(index), rows.head + 22, `${member.mspId} · ${member.role}`, {
      size: 11,
      colour: '#7b8794',
    });
    const orderer = card(boxAt(index, y.orderer, 48), colours.orderer, 'orderer', ['SmartBFT, TLS']);
    const ca = card(boxAt(index, y.ca, 48), colours.ca, 'Fabric CA', ['nodes and people enrol here']);
    if (member.role === 'operator') return { back, front: [head, role, orderer, ca] };
    return {
      back,
      front: [
        head,
        role,
        card(boxAt(index, rows.people, 62), colours.people, 'people and systems', people[member.role]),
        arrow(centre(index), rows.people + 62, rows.gateway),
        words(centre(index) + 8, rows.gateway - 11, 'REST, OAuth', { size: 11, colour: '#7b8794', anchor: 'start' }),
        card(boxAt(index, rows.gateway, 108), colours.gateway, 'gateway', [
          'REST with OpenAPI 3.1',
          'seals content; submits in batches',
          'read model (PGlite or PostgreSQL)',
          ...(member.role === 'hospital' ? ['ciphertext store, custodial keys'] : ['custodial keys']),
        ]),
        arrow(centre(index), rows.gateway + 108, rows.peer, true),
        words(centre(index) + 8, rows.peer - 12, 'gRPC, TLS', { size: 11, colour: '#7b8794', anchor: 'start' }),
        card(boxAt(index, rows.peer, 78), colours.peer, 'peer', [
          'LevelDB, endorses by own copy',
          'chaincode as a service, mutual TLS',
          'contracts registry · care · supply',
        ]),
        arrow(centre(index), rows.peer + 78, rows.state, true),
        orderer,
        ca,
      ],
    };
  }

  function statePanel(): string {
    const panel = { x: left + 6, y: rows.state, width: width - 2 * left - 12, height: stateHeight };
    return [
      rectangle(panel, colours.state),
      words(panel.x + 14, rows.state + 22, 'State on one channel: a dot where a member keeps a copy', {
        weight: 600,
        anchor: 'start',
      }),
      ...bars.map(stateBar),
    ].join('\n');
  }

  function stateBar(bar: StateBar, row: number): string {
    const at = rows.state + 46 + row * barHeight;
    const legend = columnX(consortium.withPeers.length) + 10;
    const places = sorted.flatMap(({ mspId }, index) => (bar.members.includes(mspId) ? [centre(index)] : []));
    const [first, last] = [Math.min(...places), Math.max(...places)];
    const dots = places.map((place) => dot(place, at - 4, bar.colour));
    return [
      `<line x1="${first}" y1="${at - 4}" x2="${last}" y2="${at - 4}" stroke="${bar.colour}" stroke-width="3" opacity="0.45" />`,
      ...dots,
      words(legend, at, bar.title, { size: 12, weight: 600, anchor: 'start' }),
      words(legend, at + 11, bar.holds, { size: 9, colour: '#7b8794', anchor: 'start' }),
    ].join('\n');
  }

  function orderingPanel(): string {
    const from = columnX(0) + 4;
    const to = columnX(sorted.length - 1) + columnWidth - 4;
    return [
      `<line x1="${centre(0)}" y1="${y.orderer + 24}" x2="${centre(sorted.length - 1)}" y2="${y.orderer + 24}" stroke="#f0b429" stroke-width="3" opacity="0.6" />`,
      arrow((from + to) / 2, y.orderer - 8, rows.state + stateHeight + 4),
      words((from + to) / 2 + 10, y.orderer - 18, 'blocks: ordered by consensus of the four, one may fail or lie', {
        size: 12,
        colour: '#52606d',
        anchor: 'start',
      }),
    ].join('\n');
  }
}
