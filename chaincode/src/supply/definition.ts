/** The contract `supply`: products, lots, custody, alerts. All its state is public. */
import type { ContractDefinition } from '../ledger/index.ts';
import { actOnAlert, addEvidence, assignAlert, holdLot, releaseLot } from './alertCase.ts';
import { reportAlert } from './alerts.ts';
import { reportDuplicate, reportOverdueReceipt, reportVerification } from './automaticAlerts.ts';
import { commission, openCommissioningJob } from './commissioning.ts';
import { recordCommerce } from './commerce.ts';
import { declareError } from './corrections.ts';
import { disputeReceipt, settleDispute } from './disputes.ts';
import * as events from './goodsEvents.ts';
import { certifyLot, extendExpiry } from './lots.ts';
import { pack, unpack } from './packing.ts';
import { registerLot, registerProduct } from './products.ts';
import { supplyQueries } from './queries.ts';
import { queuedCommand } from './queued.ts';
import { recall } from './recalls.ts';
import { receive } from './receiving.ts';
import { answerTracing, notifyIllegitimateProduct, requestTracing } from './regulatory.ts';
import { reportRefusal } from './refusals.ts';
import { returnGoods, ship, voidShipment } from './shipping.ts';
import { anchorVerifications, reportGuessing } from './verificationLog.ts';
import { reportPublicly, reportUnproven } from './unproven.ts';

const commands: ContractDefinition['commands'] = {
  'supply.registerProduct': registerProduct,
  'supply.registerLot': registerLot,
  'supply.certifyLot': certifyLot,
  'supply.extendExpiry': extendExpiry,
  'supply.anchorVerifications': anchorVerifications,
  'supply.reportGuessing': reportGuessing,
  'supply.openCommissioningJob': openCommissioningJob,
  'supply.commission': commission,
  'supply.pack': pack,
  'supply.unpack': unpack,
  'supply.ship': ship,
  'supply.return': returnGoods,
  'supply.receive': receive,
  'supply.voidShip': voidShipment,
  'supply.recordCommerce': recordCommerce,
  'supply.disputeReceipt': disputeReceipt,
  'supply.settleDispute': settleDispute,
  'supply.declareError': declareError,
  'supply.lock': events.lock,
  'supply.unlock': events.unlock,
  'supply.dispense': events.dispense,
  'supply.undoDispense': events.undoDispense,
  'supply.freeSample': events.freeSample,
  'supply.supplyArticle23': events.supplyArticle23,
  'supply.open': events.open,
  'supply.sample': events.sample,
  'supply.export': events.exportGoods,
  'supply.checkOut': events.checkOut,
  'supply.undo': events.undo,
  'supply.steal': events.steal,
  'supply.destroy': events.destroy,
  'supply.inspect': events.inspect,
  'supply.observe': events.observe,
  'supply.recall': recall,
  'supply.reportAlert': reportAlert,
  'supply.reportRefusal': reportRefusal,
  'supply.reportPublicly': reportPublicly,
  'supply.reportUnproven': reportUnproven,
  'supply.reportOverdueReceipt': reportOverdueReceipt,
  'supply.reportDuplicate': reportDuplicate,
  'supply.reportVerification': reportVerification,
  'supply.actOnAlert': actOnAlert,
  'supply.assignAlert': assignAlert,
  'supply.addEvidence': addEvidence,
  'supply.holdLot': holdLot,
  'supply.notifyIllegitimateProduct': notifyIllegitimateProduct,
  'supply.requestTracing': requestTracing,
  'supply.answerTracing': answerTracing,
  'supply.releaseLot': releaseLot,
};

export const supplyDefinition: ContractDefinition = {
  commands: { ...commands, 'supply.submitQueued': queuedCommand(commands) },
  queries: supplyQueries,
};
