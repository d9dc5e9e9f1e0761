import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  custodyEvents,
  goodsStates,
  Refusal,
  staffRoles,
  type CustodyEvent,
  type GoodsState,
  type Licence,
  type LicenceKind,
  type StaffRole,
} from '../model/index.ts';
import { decideCustody, licencesOfRole } from './custody.ts';
import { custodyTransitions, type Position } from './custodyTable.ts';
import type { CustodyFacts, CustodyOccasion } from './custodyFacts.ts';
import { guards } from './custodyGuards.ts';
import type { StaffActor } from './acts.ts';

type State = GoodsState | 'none';
const states: readonly State[] = ['none', ...goodsStates];
const nowMs = Date.parse('2026-03-01T09:00:00Z');
const here = '9506000134352';
const elsewhere = '9506000134369';

/** The reference's table, written down a second time: event, roles, states it may start from, state after. */
const allowed: Record<CustodyEvent, { roles: string; from: string; to: State | 'same'; as: Position }> = {
  commission: { roles: 'manufacturer cmo repackager', from: 'none', to: 'active', as: 'maker' },
  pack: { roles: 'CUSTODIANS', from: 'active', to: 'same', as: 'custodian' },
  unpack: { roles: 'CUSTODIANS', from: 'active locked', to: 'same', as: 'custodian' },
  ship: { roles: 'manufacturer cmo distributor 3pl repackager', from: 'active', to: 'in_transit', as: 'custodian' },
  return: { roles: 'pharmacist distributor 3pl repackager', from: 'active locked', to: 'in_transit', as: 'custodian' },
  receive: { roles: 'CUSTODIANS', from: 'in_transit', to: 'active', as: 'recipient' },
  voidShip: { roles: 'CUSTODIANS', from: 'in_transit', to: 'active', as: 'shipper' },
  lock: { roles: 'CUSTODIANS inspector', from: 'active', to: 'locked', as: 'custodian' },
  unlock: { roles: 'CUSTODIANS inspector', from: 'locked', to: 'active', as: 'locker' },
  dispense: { roles: 'pharmacist', from: 'active', to: 'supplied', as: 'custodian' },
  open: { roles: 'pharmacist', from: 'active', to: 'supplied', as: 'custodian' },
  undoDispense: { roles: 'pharmacist manufacturer distributor', from: 'supplied', to: 'active', as: 'doer' },
  freeSample: { roles: 'manufacturer', from: 'active', to: 'supplied', as: 'custodian' },
  supplyArticle23: { roles: 'manufacturer distributor', from: 'active', to: 'supplied', as: 'custodian' },
  sample: { roles: 'inspector', from: 'active locked', to: 'sampled', as: 'regulator' },
  export: { roles: 'manufacturer distributor', from: 'active', to: 'exported', as: 'custodian' },
  checkOut: { roles: 'repackager', from: 'active', to: 'checked_out', as: 'custodian' },
  undo: {
    roles: 'CUSTODIANS inspector',
    from: 'locked sampled exported checked_out',
    to: 'active',
    as: 'doer',
  },
  steal: { roles: 'CUSTODIANS inspector', from: 'active in_transit locked', to: 'stolen', as: 'shipper' },
  destroy: { roles: 'CUSTODIANS', from: 'active locked', to: 'destroyed', as: 'custodian' },
  inspect: {
    roles: 'CUSTODIANS inspector',
    from: 'active in_transit locked supplied sampled exported checked_out',
    to: 'same',
    as: 'custodian',
  },
  observe: {
    roles: 'CUSTODIANS carrier inspector',
    from: 'active in_transit locked supplied sampled exported checked_out stolen',
    to: 'same',
    as: 'anyone',
  },
};
const rolesOf = (event: CustodyEvent) =>
  allowed[event].roles
    .replace('CUSTODIANS', 'manufacturer cmo distributor 3pl repackager pharmacist destroyer')
    .split(' ');

const licence = (kind: LicenceKind, change: Partial<Licence> = {}): Licence => ({
  licenceId: '3f0e1a44-3a0f-4d0c-8b53-6a4e2c9d1f10',
  kind,
  status: 'active',
  validFrom: '2026-01-01T00:00:00Z',
  validUntil: '2027-01-01T00:00:00Z',
  grantedAt: '2026-01-01T00:00:00Z',
  changedAt: '2026-01-01T00:00:00Z',
  ...change,
});

const actor = (role: StaffRole, change: Partial<StaffActor> = {}): StaffActor => ({
  kind: 'staff',
  staffId: '0b1e1a44-3a0f-4d0c-8b53-6a4e2c9d1f10',
  mspId: 'M',
  role,
  gln: here,
  memberRole: role === 'inspector' ? 'regulator' : 'pharma',
  licences: (licencesOfRole[role] ?? []).slice(0, 1).map((kind) => licence(kind)),
  ...change,
});

/** Goods to which the actor stands in every position at once. */
const facts = (state: State, change: Partial<CustodyFacts> = {}): CustodyFacts => ({
  state,
  holder: here,
  mspId: 'M',
  hasParent: false,
  lockedInside: 0,
  act: { event: 'lock', gln: here, mspId: 'M', recordTime: '2026-02-25T00:00:00.000Z' },
  content: { left: 20, opened: false },
  lots: [{ lot: 'L', makerMspId: 'M', makerGlns: [here], expiresOn: '2027-03-31', recalled: false }],
  lastEventTime: '2026-02-28T00:00:00Z',
  ...(state === 'in_transit'
    ? { shipment: { shipper: here, shipperMspId: 'M', recipient: here, recipientMspId: 'M' } }
    : {}),
  ...change,
});

const occasion = (event: CustodyEvent, change: Partial<CustodyOccasion> = {}): CustodyOccasion => ({
  event,
  eventTime: '2026-03-01T10:00:00+01:00',
  timeMs: nowMs,
  notHandedOver: true,
  units: 5,
  certificateHash: 'a'.repeat(64),
  suppliedTo: 'prison',
  ...change,
});

const outcome = (by: StaffActor, goods: CustodyFacts, when: CustodyOccasion): string => {
  try {
    return decideCustody(by, goods, when);
  } catch (error) {
    if (error instanceof Refusal) return `refused ${error.code}`;
    throw error;
  }
};

describe('the transition table', () => {
  const cells = custodyEvents.flatMap((event) => staffRoles.map((role) => [event, role] as const));

  test.each(cells)(
    '%s by %s: allowed exactly from the states of the reference, each refusal with its code',
    (event, role) => {
      const row = allowed[event];
      for (const state of states) {
        const expected = !rolesOf(event).includes(role)
          ? 'refused role_not_allowed'
          : row.from.split(' ').includes(state)
            ? row.to === 'same'
              ? state
              : row.to
            : state === 'supplied' && (event === 'dispense' || event === 'open')
              ? 'refused already_supplied_here'
              : state === 'locked'
                ? 'refused locked'
                : 'refused wrong_state';
        // In transit nobody is custodian: only the regulator inspects then.
        const inTransit = event === 'inspect' && state === 'in_transit' && role !== 'inspector';
        const cell = inTransit && rolesOf(event).includes(role) ? 'refused not_custodian' : expected;
        expect([state, outcome(actor(role), facts(state), occasion(event))]).toEqual([state, cell]);
      }
    },
  );

  test('custody decides: neither the same role elsewhere nor the same premises of another member', () => {
    const custodial = custodyEvents.filter((event) => allowed[event].as === 'custodian' && event !== 'inspect');
    for (const event of custodial) {
      const role = (rolesOf(event) as StaffRole[]).find((candidate) => candidate !== 'manufacturer') ?? 'manufacturer';
      const [from] = allowed[event].from.split(' ') as [State];
      const foreign = facts(from, { lots: [{ ...facts(from).lots[0]!, makerMspId: 'X', makerGlns: [] }] });
      expect(outcome(actor(role, { gln: elsewhere }), foreign, occasion(event))).toBe('refused not_custodian');
      expect(outcome(actor(role, { mspId: 'X2' }), foreign, occasion(event))).toBe('refused not_custodian');
    }
  });

  test('only the named recipient receives, only the shipper takes a shipment back', () => {
    const goods = facts('in_transit', {
      shipment: { shipper: elsewhere, shipperMspId: 'M', recipient: elsewhere, recipientMspId: 'M' },
    });
    expect(outcome(actor('distributor'), goods, occasion('receive'))).toBe('refused wrong_recipient');
    expect(outcome(actor('distributor'), goods, occasion('voidShip'))).toBe('refused not_custodian');
  });

  test('a lock is taken off by the premises that set it, or the regulator', () => {
    const goods = facts('locked', {
      act: { event: 'lock', gln: elsewhere, mspId: 'M', recordTime: '2026-02-25T00:00:00Z' },
    });
    expect(outcome(actor('distributor'), goods, occasion('unlock'))).toBe('refused not_custodian');
    expect(outcome(actor('inspector', { mspId: 'R' }), goods, occasion('unlock'))).toBe('active');
  });

  test('a supplied pack: the same premises learn that it was there, others that it was elsewhere', () => {
    expect(outcome(actor('pharmacist'), facts('supplied'), occasion('dispense'))).toBe('refused already_supplied_here');
    expect(outcome(actor('pharmacist', { gln: elsewhere }), facts('supplied'), occasion('dispense'))).toBe(
      'refused already_supplied',
    );
    expect(outcome(actor('pharmacist', { gln: elsewhere }), facts('supplied'), occasion('undoDispense'))).toBe(
      'refused wrong_premises',
    );
  });

  test('a licence that is missing, suspended or over stops the next event', () => {
    const by = (licences: Licence[]) => outcome(actor('distributor', { licences }), facts('active'), occasion('ship'));
    expect(by([])).toBe('refused licence_required');
    expect(by([licence('pharmacy')])).toBe('refused licence_required');
    expect(by([licence('distributor', { status: 'suspended' })])).toBe('refused licence_suspended');
    expect(by([licence('distributor', { validUntil: '2026-03-01T09:00:00Z' })])).toBe('refused licence_expired');
    const { gln: _, ...homeless } = actor('distributor');
    expect(outcome(homeless, facts('active'), occasion('ship'))).toBe('refused wrong_premises');
  });

  test('recalled goods are not shipped, supplied or brought back, but returned and destroyed', () => {
    const recalled = (state: State) => facts(state, { lots: [{ ...facts(state).lots[0]!, recalled: true }] });
    expect(outcome(actor('distributor'), recalled('active'), occasion('ship'))).toBe('refused lot_recalled');
    expect(outcome(actor('pharmacist'), recalled('active'), occasion('dispense'))).toBe('refused lot_recalled');
    expect(outcome(actor('pharmacist'), recalled('supplied'), occasion('undoDispense'))).toBe('refused lot_recalled');
    expect(outcome(actor('pharmacist'), recalled('active'), occasion('return'))).toBe('in_transit');
    expect(outcome(actor('pharmacist'), recalled('active'), occasion('destroy'))).toBe('destroyed');
  });

  test('a pack is good until the printed day ends, UTC', () => {
    const at = (time: string) =>
      outcome(
        actor('pharmacist', { licences: [licence('pharmacy', { validUntil: '2030-01-01T00:00:00Z' })] }),
        facts('active'),
        {
          ...occasion('dispense', { eventTime: time }),
          timeMs: Date.parse(time),
        },
      );
    expect(at('2027-03-31T23:59:59.999Z')).toBe('supplied');
    expect(at('2027-04-01T00:00:00.000Z')).toBe('refused lot_expired');
  });

  test('an undo comes within 10 days, with the attestation that nothing was handed over', () => {
    const supplied = (recordTime: string) =>
      facts('supplied', { act: { event: 'dispense', gln: here, mspId: 'M', recordTime } });
    const undo = (recordTime: string, change = {}) =>
      outcome(actor('pharmacist'), supplied(recordTime), occasion('undoDispense', change));
    expect(undo('2026-02-19T09:00:00.000Z')).toBe('active');
    expect(undo('2026-02-19T08:59:59.999Z')).toBe('refused undo_too_late');
    expect(undo('2026-02-28T00:00:00.000Z', { notHandedOver: false })).toBe('refused validation_failed');
  });

  test('a pack is opened once, then gives out what is left of it, and never becomes saleable again', () => {
    const opened = (left: number) => facts('supplied', { content: { left, opened: true } });
    const open = (goods: CustodyFacts, units: number) =>
      outcome(actor('pharmacist'), goods, occasion('open', { units }));
    expect(open(facts('active'), 20)).toBe('supplied');
    expect(open(facts('active'), 21)).toBe('refused content_exceeded');
    expect(open(opened(7), 7)).toBe('supplied');
    expect(open(opened(7), 8)).toBe('refused content_exceeded');
    expect(open(facts('supplied'), 1)).toBe('refused already_supplied_here');
    const { units: _, ...nothing } = occasion('open');
    expect(outcome(actor('pharmacist'), facts('active'), nothing)).toBe('refused validation_failed');
    const act = { event: 'open', gln: here, mspId: 'M', recordTime: '2026-02-28T00:00:00.000Z' } as const;
    expect(outcome(actor('pharmacist'), { ...opened(7), act }, occasion('undoDispense'))).toBe('refused pack_opened');
  });

  test('returned goods are saleable again only as inspected_good with a decision of quality assurance', () => {
    const act = { event: 'lock', gln: here, mspId: 'M', recordTime: '2026-02-28T00:00:00.000Z' } as const;
    const returned = facts('locked', { act: { ...act, reason: 'return_inspection' } });
    const release = (change: Partial<CustodyOccasion>, goods = returned) =>
      outcome(actor('distributor'), goods, occasion('unlock', change));
    const qualityDecisionHash = 'b'.repeat(64);
    expect(release({ reason: 'inspected_good' })).toBe('refused quality_decision_required');
    expect(release({ reason: 'false_alarm', qualityDecisionHash })).toBe('refused quality_decision_required');
    expect(release({ reason: 'inspected_good', qualityDecisionHash })).toBe('active');
    const lots = [{ ...returned.lots[0]!, recalled: true }];
    expect(release({ reason: 'inspected_good', qualityDecisionHash }, { ...returned, lots })).toBe(
      'refused lot_recalled',
    );
    expect(release({ reason: 'false_alarm' }, facts('locked', { act: { ...act, reason: 'suspect' } }))).toBe('active');
    expect(outcome(actor('distributor'), returned, occasion('undo'))).toBe('refused quality_decision_required');
  });

  test('sample, export, check-out and lock are taken back by their doer; a lock that was there before stays', () => {
    const after = (event: CustodyEvent, state: State, more = {}) =>
      facts(state, { act: { event, gln: here, mspId: 'M', recordTime: '2026-02-28T00:00:00.000Z', ...more } });
    const undo = (goods: CustodyFacts, by = actor('distributor')) => outcome(by, goods, occasion('undo'));
    expect(undo(after('sample', 'sampled'))).toBe('active');
    expect(undo(after('export', 'exported'))).toBe('active');
    expect(undo(after('checkOut', 'checked_out'))).toBe('active');
    expect(undo(after('lock', 'locked', { reason: 'suspect' }))).toBe('active');
    expect(undo(after('sample', 'sampled', { wasLocked: true }))).toBe('locked');
    expect(undo(after('sample', 'sampled'), actor('distributor', { gln: elsewhere }))).toBe('refused wrong_premises');
    expect(undo(after('export', 'exported', { recordTime: '2026-02-19T08:59:59.999Z' }))).toBe('refused undo_too_late');
    expect(undo(after('destroy', 'destroyed'))).toBe('refused wrong_state');
    expect(undo(after('steal', 'stolen'))).toBe('refused wrong_state');
  });

  test('destruction needs a certificate or a witness, supply under article 23 the kind of body', () => {
    const { certificateHash: _c, suppliedTo: _s, ...bare } = occasion('destroy');
    expect(outcome(actor('destroyer'), facts('active'), bare)).toBe('refused validation_failed');
    expect(outcome(actor('destroyer'), facts('active'), { ...bare, witnessHash: 'c'.repeat(64) })).toBe('destroyed');
    const article23 = { ...bare, event: 'supplyArticle23' } as const;
    expect(outcome(actor('distributor'), facts('active'), article23)).toBe('refused validation_failed');
  });

  test('every guard and every position of the table has a row that needs it', () => {
    const rows = Object.values(custodyTransitions);
    const needed = new Set(rows.flatMap(({ guards: names }) => names));
    expect([...needed].sort()).toEqual(Object.keys(guards).sort());
  });

  test('the claimed time lies between the last event and a minute ahead', () => {
    const at = (eventTime: string) => outcome(actor('distributor'), facts('active'), occasion('ship', { eventTime }));
    expect(at('2026-02-28T00:00:00Z')).toBe('in_transit');
    expect(at('2026-02-28T00:59:59+01:00')).toBe('refused event_out_of_order');
    expect(at('2026-03-01T09:01:00Z')).toBe('in_transit');
    expect(at('2026-03-01T09:01:01Z')).toBe('refused event_in_future');
  });

  test('what is inside a container, or has locked packs inside, is not shipped', () => {
    const ship = (change: Partial<CustodyFacts>) =>
      outcome(actor('distributor'), facts('active', change), occasion('ship'));
    expect(ship({ hasParent: true })).toBe('refused has_parent');
    expect(ship({ lockedInside: 1 })).toBe('refused locked');
  });

  test('no sequence of events leaves stolen or destroyed, and nothing but an undo leaves supplied', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...custodyEvents), fc.constantFrom(...staffRoles)), { maxLength: 60 }),
        (steps) => {
          let state: State = 'active';
          for (const [event, role] of steps) {
            const after = outcome(actor(role), facts(state), occasion(event));
            if (after.startsWith('refused')) continue;
            if (state === 'stolen' || state === 'destroyed') expect(after).toBe(state);
            if (state === 'supplied' && after !== 'supplied') expect(event).toBe('undoDispense');
            if (after === 'active' && state === 'locked') expect(['unlock', 'undo']).toContain(event);
            state = after as State;
          }
        },
      ),
    );
  });
});
