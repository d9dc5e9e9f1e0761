/**
 * The closed catalogue of refusals: every code with its HTTP status and a sentence that holds for every instance.
 * A code says what is wrong, `detail` and `pointer` (RFC 6901) where. Codes are API: they are never reused or renamed.
 */
export const errorCatalogue = {
  // 400: the request cannot be understood
  malformed_request: [400, 'The request is not well-formed.'],
  validation_failed: [400, 'A field is missing, unknown or has a wrong value.'],
  unknown_command: [400, 'There is no command or query of this type.'],
  clock_skew: [400, "The transaction's time is more than 60 seconds from the endorser's clock."],
  invalid_identifier: [400, 'An identifier has a wrong form or check digit.'],
  actor_in_payload: [400, 'The actor is the submitter; another one was named.'],
  // 401: nobody known
  invalid_signature: [401, 'The signature does not fit what was signed.'],
  unknown_identity: [401, "The submitter's certificate belongs to no active device key."],
  // 403: known, but not allowed
  role_not_allowed: [403, "The submitter's role does not include this act."],
  organization_not_allowed: [403, 'An organisation of this kind cannot do this, or not for another.'],
  licence_required: [403, 'The act needs a licence that is valid now.'],
  licence_suspended: [403, 'The licence is suspended.'],
  licence_expired: [403, 'The licence has expired.'],
  premises_not_licensed: [403, 'The premises hold no valid licence for this act.'],
  wrong_premises: [403, "The submitter's premises are not those the act needs."],
  staff_suspended: [403, 'The submitter is suspended.'],
  not_custodian: [403, 'The submitter does not have custody.'],
  wrong_recipient: [403, 'Somebody else is the named recipient.'],
  not_responsible: [403, 'Somebody else is responsible for the alert.'],
  recipient_not_licensed: [403, 'The recipient holds no valid licence.'],
  consent_missing: [403, 'No consent permits this.'],
  consent_denied: [403, 'A consent denies this.'],
  delegation_not_allowed: [403, 'The consent may not be passed on, or not this often.'],
  access_expired: [403, 'The access has ended.'],
  access_not_permitted: [403, 'The access does not cover this.'],
  not_own_patient: [403, 'Only the patient or a representative may do this.'],
  handle_mismatch: [403, 'The handle does not belong to the patient.'],
  // 404
  patient_not_found: [404, 'There is no such patient.'],
  record_not_found: [404, 'There is no such record.'],
  consent_not_found: [404, 'There is no such consent.'],
  access_not_found: [404, 'There is no such access.'],
  representative_not_found: [404, 'There is no such representative.'],
  request_not_found: [404, 'There is no such request for access.'],
  token_not_found: [404, 'There is no such sharing token.'],
  staff_not_found: [404, 'There is no such member of staff.'],
  organization_not_found: [404, 'There is no such organisation.'],
  premises_not_found: [404, 'There are no such premises.'],
  licence_not_found: [404, 'There is no such licence.'],
  category_key_not_found: [404, 'The patient has no key for this category, confidentiality and epoch.'],
  product_not_found: [404, 'There is no such product.'],
  event_not_found: [404, 'There is no such event.'],
  lot_not_found: [404, 'There is no such lot.'],
  pack_not_found: [404, 'There is no such pack.'],
  container_not_found: [404, 'There is no such container.'],
  commissioning_job_not_found: [404, 'There is no such commissioning job.'],
  shipment_not_found: [404, 'There is no such shipment.'],
  alert_not_found: [404, 'There is no such alert.'],
  content_not_found: [404, 'There is no such content in this store.'],
  not_found: [404, 'There is no such resource.'],
  // 409: right request, wrong moment
  already_exists: [409, 'Something with this identifier exists already.'],
  idempotency_in_progress: [409, 'The first request with this idempotency key is still running.'],
  conflict: [409, 'The state changed meanwhile; read it again and repeat.'],
  version_conflict: [409, 'The version named is not the current one.'],
  epoch_not_current: [409, 'The key epoch named is not the current one.'],
  chain_head_moved: [409, "The patient's chain has a newer head."],
  counted_basis: [409, 'Only a counted consent permits this; it needs the home hospital and the regulator.'],
  patient_deceased: [409, 'The patient is recorded as deceased.'],
  wrong_state: [409, 'The state does not allow this event.'],
  already_supplied_here: [409, 'The same premises already supplied this pack.'],
  already_held: [409, 'The lot is quarantined already.'],
  not_overdue: [409, 'The shipment is not overdue.'],
  already_recalled: [409, 'The lot is recalled already.'],
  already_supplied: [409, 'The pack was already supplied.'],
  lot_quantity_exceeded: [409, 'More units than the declared quantity of the lot.'],
  lot_serialised: [409, 'A serialised lot is never moved by quantity alone.'],
  lot_not_serialised: [409, 'A lot without serials has none to commission.'],
  quantity_insufficient: [409, 'The premises hold fewer units of the lot.'],
  content_exceeded: [409, 'The pack contains fewer units.'],
  pack_opened: [409, 'An opened pack does not become saleable again.'],
  owner_not_allowed: [409, 'These premises may possess the goods, but not own them.'],
  quality_decision_required: [409, 'Returned goods are released by a decision of quality assurance.'],
  already_transformed: [409, 'New packs were made of these already.'],
  queued_too_long: [409, 'The event is older than the days for which queued events are accepted.'],
  serial_duplicate: [409, 'The serial exists already in this product.'],
  has_parent: [409, 'The pack or container is inside another container.'],
  not_in_container: [409, 'It is not directly in this container.'],
  not_in_shipment: [409, 'It is not part of this shipment.'],
  event_out_of_order: [409, 'The event time lies before the last event.'],
  event_in_future: [409, 'The event time lies in the future.'],
  container_cycle: [409, 'A container cannot be inside itself.'],
  locked: [409, 'The pack is locked.'],
  dispute_open: [409, 'The receipt of the shipment is disputed already.'],
  undo_too_late: [409, 'More than 10 days have passed.'],
  grantee_suspended: [409, 'The person named is suspended.'],
  representation_ended: [409, 'The representation has ended already.'],
  consent_already_ended: [409, 'The consent is already revoked or expired.'],
  request_already_answered: [409, 'The request was answered or withdrawn already.'],
  // 410: it was there
  token_ended: [410, 'The sharing token was used, was revoked or has expired.'],
  request_lapsed: [410, 'The request lapsed before it was answered.'],
  entered_in_error: [410, 'The record was marked as entered in error.'],
  erased: [410, 'The content was erased.'],
  lot_recalled: [410, 'The lot is recalled or withdrawn.'],
  lot_expired: [410, 'The lot has expired.'],
  // 422: well-formed, but against a limit or a rule
  idempotency_key_reused: [422, 'The idempotency key was used with another body.'],
  too_many_commands: [422, 'The batch has more commands than one transaction carries.'],
  too_much_evidence: [422, 'The alert has as many pieces of evidence as it may.'],
  delegation_too_wide: [422, 'A delegated consent must lie within the one that it comes from.'],
  bucket_full: [422, 'There are more consent rules for this grantee than a bucket holds.'],
  too_many_lots: [422, 'A container holds more lots than it may.'],
  too_many_goods: [422, 'The command names more packs than one command moves.'],
  content_mismatch: [422, 'The content does not have the hash or size that was stated.'],
  // 429
  rate_limited: [429, 'Too many requests.'],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type ErrorCode = keyof typeof errorCatalogue;

/** What a refusal says, on the wire and in an outcome. */
export interface RefusalBody {
  readonly code: ErrorCode;
  readonly detail?: string;
  /** RFC 6901 pointer into the command's body. */
  readonly pointer?: string;
}

export function statusOf(code: ErrorCode): number {
  return errorCatalogue[code][0];
}

export function titleOf(code: ErrorCode): string {
  return errorCatalogue[code][1];
}

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(errorCatalogue, value);
}

/**
 * A rule said no. Thrown where the rule is; becomes an outcome of its command, or the error of a query.
 * `detail` must carry no health information, key or secret.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: ErrorCode;
  readonly pointer?: string;
  readonly detail?: string;

  constructor(code: ErrorCode, detail?: string, pointer?: string) {
    super(detail === undefined ? code : `${code}: ${detail}`);
    this.code = code;
    if (detail !== undefined) this.detail = detail;
    if (pointer !== undefined) this.pointer = pointer;
  }

  get status(): number {
    return statusOf(this.code);
  }

  toJSON(): RefusalBody {
    return {
      code: this.code,
      ...(this.detail === undefined ? {} : { detail: this.detail }),
      ...(this.pointer === undefined ? {} : { pointer: this.pointer }),
    };
  }
}
