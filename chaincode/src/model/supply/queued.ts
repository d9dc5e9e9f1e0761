/**
 * Events of premises without connection: what a device signs, and how its own organisation hands it in. The statement is
 * text, so that what was signed is what is checked.
 */
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsOptional, IsString, Matches, MaxLength, ValidateNested } from 'class-validator';
import { Refusal } from '../core/errors.ts';
import { formats } from '../core/formats.ts';
import { PackSet } from './commands.ts';
import { custodyEvents, supplyLimits, type CustodyEvent } from './vocabulary.ts';

/** Signed in front of the statement, so that the signature serves for nothing else. */
export const queuedStatementPrefix = 'chain-of-care/queued-event/1\n';

/** A pack as the device knows it: segments are the ledger's own affair. */
export interface QueuedPack {
  readonly gtin: string;
  readonly serial: string;
  readonly lot?: string;
}

/** An event as a device states it. Other members are those of the event's command. */
export interface QueuedEvent {
  readonly type: CustodyEvent;
  readonly eventTime: string;
  readonly packs?: readonly QueuedPack[];
  readonly [member: string]: unknown;
}

/** By anybody of the device's organisation. `packs`: the statement's, by the segment they were commissioned in. */
export class SubmitQueued {
  @IsString() @MaxLength(262_144) statement!: string;
  /** SubjectPublicKeyInfo, DER, base64url. */
  @Matches(/^[A-Za-z0-9_-]{80,200}$/) publicKey!: string;
  /** ECDSA P-256 with SHA-256 over prefix and statement, DER, base64url. */
  @Matches(/^[A-Za-z0-9_-]{80,120}$/) signature!: string;
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(supplyLimits.packSets)
  @ValidateNested({ each: true })
  @Type(() => PackSet)
  packs?: PackSet[];
}

/**
 * Reads a statement.
 *
 * @throws Refusal validation_failed
 */
export function parseQueuedStatement(statement: string): QueuedEvent {
  const event = parsed(statement);
  const { type, eventTime, packs = [] } = event as Partial<Record<string, unknown>>;
  if (!(custodyEvents as readonly unknown[]).includes(type)) throw wrong('names no event of custody');
  if (typeof eventTime !== 'string' || !formats['date-time-offset'](eventTime)) throw wrong('has no eventTime');
  if (!Array.isArray(packs) || !packs.every(isPack)) throw wrong('names packs in another way than by GTIN and serial');
  return event as unknown as QueuedEvent;
}

function parsed(statement: string): object {
  try {
    const event: unknown = JSON.parse(statement);
    if (typeof event === 'object' && event !== null && !Array.isArray(event)) return event;
  } catch {
    // Said below.
  }
  throw wrong('is no JSON object');
}

function isPack(pack: unknown): pack is QueuedPack {
  const { gtin, serial, lot } = (pack ?? {}) as Record<string, unknown>;
  return (
    typeof gtin === 'string' &&
    formats.gtin(gtin) &&
    typeof serial === 'string' &&
    formats['gs1-text-20'](serial) &&
    (lot === undefined || (typeof lot === 'string' && formats['gs1-text-20'](lot)))
  );
}

function wrong(detail: string): Refusal {
  return new Refusal('validation_failed', detail, '/statement');
}
