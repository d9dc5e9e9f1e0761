import { productNotificationType, tracingRequestType } from '@chain-of-care/chaincode/model';
import { projector } from '../projection/projector.ts';

/** What the law wants told. */
export const regulatoryProjectors = [
  projector(productNotificationType, (notification) => [
    {
      table: 'product_notifications',
      row: {
        notification_id: notification.notificationId,
        status: notification.status,
        gtin: notification.gtin,
        lots: notification.lots,
        msp_id: notification.mspId,
        gln: notification.gln ?? null,
        alert_id: notification.alertId ?? null,
        determined_at: notification.determinedAt,
        due_at: notification.dueAt,
        is_in_time: notification.isInTime,
        steps: notification.steps,
      },
    },
  ]),
  projector(tracingRequestType, (request) => [
    {
      table: 'tracing_requests',
      row: {
        request_id: request.requestId,
        status: request.status,
        gtin: request.gtin,
        lot: request.lot,
        purpose: request.purpose,
        alert_id: request.alertId ?? null,
        msp_id: request.mspId,
        gln: request.gln ?? null,
        recipient: request.recipient,
        recipient_msp_id: request.recipientMspId,
        requested_at: request.requestedAt,
        due_at: request.dueAt,
        answer: request.answer ?? null,
        answered_at: request.answeredAt ?? null,
        is_in_time: request.isInTime ?? null,
        event_id: request.eventId,
      },
    },
  ]),
];
