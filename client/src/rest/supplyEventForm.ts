/** Events in the client's own words, and as the ledger takes them. */
import { formats, parseDigitalLink, parseEpcUri, Refusal, type CustodyEvent } from '@chain-of-care/chaincode/model';
import { gtinOf } from './products.ts';
import type { NewSupplyEvent, SensorElement } from './supply.ts';

/** Events by the client's names. */
const eventNames: Readonly<Record<string, CustodyEvent>> = {
  commissioned: 'commission',
  shipped: 'ship',
  received: 'receive',
  dispensed: 'dispense',
  returned: 'return',
  packed: 'pack',
  unpacked: 'unpack',
  opened: 'open',
  sampled: 'sample',
  exported: 'export',
  locked: 'lock',
  unlocked: 'unlock',
  inspected: 'inspect',
  observed: 'observe',
  stolen: 'steal',
  destroyed: 'destroy',
};

/**
 * An event as the client writes it. Who acts is who is logged in, at the premises the registry knows: an `actor` or a
 * `location` that says something else is refused. A street address is commerce, and not part of an event.
 */
export interface ClientSupplyEvent {
  /** Hyphenated. */
  readonly productNDC: string;
  readonly batchNumber: string;
  /** shipped, received, dispensed, … or the ledger's own name. */
  readonly eventType: string;
  /** Packs of a serialised lot … */
  readonly serialNumbers?: readonly string[];
  /** … or units of one that has no serials. */
  readonly quantity?: number;
  readonly actor?: {
    /** Premises: GLN, its Digital Link or its EPC URN. */
    readonly did?: string;
    /** Of the premises. */
    readonly name?: string;
    readonly role?: string;
    /** Licence id. */
    readonly license?: string;
  };
  /** `facility`: as `actor.did`. */
  readonly location?: { readonly facility: string };
  /** RFC 3339 with offset. */
  readonly timestamp?: string;
  readonly metadata?: {
    /** Degrees Celsius. */
    readonly temperature?: number;
    /** Per cent, relative. */
    readonly humidity?: number;
    readonly shippingId?: string;
    /** As `actor.did`. */
    readonly recipientDID?: string;
  };
}

/** @returns the ledger's name of an event */
export function custodyEventOf(name: string): CustodyEvent {
  return eventNames[name] ?? (name as CustodyEvent);
}

/** @throws Refusal invalid_identifier; actor_in_payload when actor and location are two premises */
export function supplyEventOf(said: ClientSupplyEvent): NewSupplyEvent {
  const { batchNumber: lot, serialNumbers: serials, quantity: units, actor, location, timestamp, metadata } = said;
  const gtin = gtinOf({ ndc: said.productNDC });
  const glns = [actor?.did, location?.facility].flatMap((name) => (name === undefined ? [] : [glnOf(name)]));
  if (new Set(glns).size > 1) throw new Refusal('actor_in_payload', 'actor and location differ', '/location');
  const { temperature, humidity, shippingId, recipientDID } = metadata ?? {};
  const sensorReport: SensorElement['sensorReport'] = [
    ...(temperature === undefined ? [] : [{ type: 'Temperature', uom: 'CEL', value: temperature } as const]),
    ...(humidity === undefined ? [] : [{ type: 'RelativeHumidity', uom: 'P1', value: humidity } as const]),
  ];
  const event = custodyEventOf(said.eventType);
  const goods =
    event === 'commission'
      ? { gtin, lot, ...(serials === undefined ? { units } : { serials }) }
      : {
          ...(serials === undefined ? {} : { packs: [{ gtin, lot, serials }] }),
          ...(units === undefined ? {} : { quantities: [{ gtin, lot, units }] }),
        };
  return {
    event,
    ...goods,
    ...(glns[0] === undefined ? {} : { actor: glns[0] }),
    ...(timestamp === undefined ? {} : { eventTime: timestamp }),
    ...(shippingId === undefined ? {} : { shipmentId: shippingId }),
    ...(recipientDID === undefined ? {} : { recipient: glnOf(recipientDID) }),
    ...(sensorReport.length === 0 ? {} : { sensorElementList: [{ sensorReport }] }),
  };
}

/** @throws Refusal invalid_identifier */
export function glnOf(name: string): string {
  if (formats.gln(name)) return name;
  const elements = name.startsWith('urn:') ? parseEpcUri(name) : parseDigitalLink(name);
  const gln = elements.find(({ ai }) => ai === '414')?.value;
  if (gln === undefined) throw new Refusal('invalid_identifier', 'names no premises');
  return gln;
}
