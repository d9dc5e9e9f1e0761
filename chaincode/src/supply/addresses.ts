/** Keys of the supply chain's public state. */
import { openAddress, publicAddress, type Address } from '../ledger/index.ts';
import { collectionName } from '../model/index.ts';

/** Sorts as numbers do, and Fabric's composite keys as text. */
const padded = (segment: number): string => String(segment).padStart(8, '0');

export const productAddress = (gtin: string): Address => publicAddress('product', gtin);
export const lotAddress = (gtin: string, lot: string): Address => publicAddress('lot', gtin, lot);
export const lotCommissioningAddress = (gtin: string, lot: string): Address =>
  publicAddress('lot-commissioning', gtin, lot);
export const commissioningJobAddress = (gtin: string, lot: string, jobId: string): Address =>
  publicAddress('commissioning-job', gtin, lot, jobId);
export const segmentAddress = (gtin: string, lot: string, segment: number): Address =>
  publicAddress('segment', gtin, lot, padded(segment));
export const placementAddress = (gtin: string, lot: string, segment: number): Address =>
  publicAddress('placement', gtin, lot, padded(segment));
export const packAddress = (gtin: string, serial: string): Address => publicAddress('pack', gtin, serial);
export const containerAddress = (sscc: string): Address => publicAddress('container', sscc);
export const shipmentAddress = (shipmentId: string): Address => publicAddress('shipment', shipmentId);
export const eventAddress = (eventId: string): Address => publicAddress('event', eventId);
export const alertAddress = (alertId: string): Address => publicAddress('alert', alertId);
export const recallAddress = (gtin: string, lot: string): Address => publicAddress('recall', gtin, lot);
export const verificationAnchorAddress = (mspId: string, sequence: number): Address =>
  publicAddress('verification-anchor', mspId, padded(sequence));
export const supplyAttemptsAddress = (gtin: string, serial: string): Address =>
  publicAddress('supply-attempts', gtin, serial);
export const lotHoldAddress = (gtin: string, lot: string): Address => publicAddress('hold', gtin, lot);
export const classBalanceAddress = (gtin: string, lot: string, gln: string): Address =>
  publicAddress('class-balance', gtin, lot, gln);
export const transformationAddress = (eventId: string): Address => publicAddress('transformation', eventId);
export const takenBackAddress = (eventId: string): Address => publicAddress('taken-back', eventId);
export const errorDeclarationAddress = (eventId: string): Address => publicAddress('error-declaration', eventId);
/** Shipper's and recipient's copy of a shipment's commerce. */
export const tradeAddress = (mspId: string, shipmentId: string): Address =>
  openAddress(collectionName.trade(mspId), 'trade', shipmentId);
export const productNotificationAddress = (id: string): Address => publicAddress('product-notification', id);
export const tracingRequestAddress = (requestId: string): Address => publicAddress('tracing-request', requestId);
