/**
 * Saying no. A refusal is what the rules forbid: a code from a closed list and facts for the message, no HTTP.
 * Each code has its status in `http/problem.ts` and its sentence in the language files (`refusal.<code>`).
 */
export type RefusalCode =
  // every module
  | 'not_found'
  | 'not_permitted'
  | 'not_signed_in'
  | 'invalid_input'
  | 'body_too_large'
  | 'body_not_readable'
  | 'idempotency_key_reused'
  | 'idempotency_key_in_progress'
  | 'already_carried_out'
  | 'cross_site_write'
  | 'changed_meanwhile'
  | 'records_busy'
  // identity
  | 'sign_in_failed'
  | 'too_many_attempts'
  | 'email_taken'
  | 'code_taken'
  | 'registration_number_taken'
  | 'role_not_known_here'
  | 'last_administrator'
  | 'person_elsewhere'
  | 'password_wrong'
  // catalogue
  | 'price_periods_overlap'
  | 'capacity_periods_overlap'
  | 'parts_exceed_capacity'
  | 'capacity_below_parts'
  | 'stays_above_capacity'
  | 'over_rules_overlap'
  | 'kind_not_known'
  | 'offer_not_published'
  | 'offer_has_no_price'
  | 'offer_in_use'
  | 'offer_is_draft'
  | 'surcharge_in_use'
  | 'weekdays_in_use'
  | 'kind_code_taken'
  // messages
  | 'message_too_many_files'
  | 'file_store_unreachable'
  | 'file_damaged'
  | 'too_many_saved_searches'
  | 'provider_suspended'
  // mergers
  | 'organisation_merged'
  | 'merger_party_taken'
  | 'merger_not_open'
  | 'provider_not_registered'
  | 'provider_not_suspended'
  | 'feedback_given'
  | 'feedback_answered'
  | 'stay_not_ended'
  // placements
  | 'referral_not_draft'
  | 'referral_not_submitted'
  | 'referral_already_answered'
  | 'referral_closed'
  | 'referral_not_offered'
  | 'answer_too_late'
  | 'buyer_chooses'
  | 'answers_not_collected'
  | 'counter_offer_same'
  | 'counter_offer_not_open'
  | 'reservation_not_held'
  // requests
  | 'asked_already'
  | 'request_not_open'
  | 'queued_already'
  | 'queue_entry_ended'
  | 'queue_place_not_offered'
  | 'no_place_free'
  | 'surcharge_not_offered'
  | 'weekdays_not_offered'
  | 'over_not_allowed'
  | 'over_too_long'
  | 'placement_ended'
  | 'placement_cancelled'
  | 'placement_begun'
  | 'placement_invoiced'
  | 'placement_goes_on'
  | 'end_before_start'
  | 'prolongation_not_later'
  | 'placement_has_no_end'
  | 'end_after_agreed'
  | 'resident_known'
  | 'facts_outside_placement'
  | 'stay_too_long'
  | 'stay_longer_needs_reason'
  | 'paper_of_nobody'
  | 'day_of_other_stay'
  | 'commitment_needs_approval'
  | 'payer_decides'
  | 'commitment_asked'
  | 'commitment_answered'
  | 'block_needs_calendar_unit'
  | 'move_proposed_already'
  | 'payer_of_nobody'
  | 'move_not_open'
  | 'move_of_once'
  | 'move_not_after_start'
  | 'bridge_nothing_awaited'
  | 'bridge_begins_later'
  | 'bridged_already'
  | 'offer_no_bridge'
  // deliveries
  | 'delivery_outside_placement'
  | 'delivery_in_future'
  | 'unit_not_recorded'
  | 'absences_overlap'
  | 'absence_outside_placement'
  | 'csv_not_readable'
  | 'import_not_readable'
  // settlement and invoicing
  | 'month_not_over'
  | 'month_already_closed'
  | 'month_out_of_order'
  | 'month_has_findings'
  // receiving
  | 'einvoice_refused'
  | 'received_differs'
  | 'received_has_faults'
  | 'received_not_open'
  | 'einvoice_party_unknown'
  // confirmation and disputes
  | 'confirmed_otherwise'
  | 'day_not_counted'
  | 'dispute_invoices_only'
  | 'dispute_time_barred'
  | 'dispute_more_than_line'
  | 'dispute_step_not_possible'
  | 'dispute_not_overdue'
  | 'dispute_too_late'
  | 'dispute_without_region'
  | 'dispute_too_many_files'
  // sending
  | 'channel_not_here'
  | 'channel_not_active'
  | 'sending_still_queued'
  | 'report_not_fitting'
  | 'too_many_endpoints'
  // ledger
  | 'more_than_open'
  | 'reversed_already'
  | 'interest_claimed_later'
  | 'nothing_new'
  // agreements
  | 'agreement_not_open'
  | 'agreement_not_in_force'
  | 'agreement_signed_already'
  | 'agreement_end_past'
  | 'agreement_end_too_late'
  | 'agreements_overlap'
  // netting
  | 'netting_not_agreed'
  | 'nothing_to_net'
  | 'netting_item_held'
  | 'netting_not_open'
  | 'netting_not_settled'
  | 'netting_transfer_paid'
  // balances
  | 'balance_confirmation_exists'
  | 'balance_confirmation_answered'
  | 'balance_confirmation_not_answered'
  // claims
  | 'no_interest'
  | 'not_late'
  | 'nothing_to_claim'
  | 'claim_not_open'
  // payments
  | 'statement_not_readable'
  | 'statement_of_other_account'
  | 'movement_matched'
  | 'movement_not_matched'
  | 'payment_in_use'
  | 'proposal_not_open'
  | 'proposal_changed'
  | 'nothing_to_pay'
  | 'creditor_without_account'
  | 'debtor_account_unknown'
  | 'approval_by_second_person'
  | 'bank_account_taken'

/** One field of an input that is wrong: where, and a text key with its values. */
export interface FieldError {
  /** dotted path in the input, e.g. `tiers.0.up_to` */
  path: string
  /** a text key of the language files, e.g. `invalid.required` */
  message: string
  values?: Record<string, string | number>
}

export class Refusal extends Error {
  constructor(
    readonly code: RefusalCode,
    readonly facts: Record<string, string | number> = {},
    readonly fields: FieldError[] = [],
  ) {
    super(`${code} ${JSON.stringify(facts)}${fields.map((field) => ` ${field.path}: ${field.message}`).join('')}`)
  }
}

/**
 * Refuses what was asked.
 * @param facts values for the sentence; `field` names the input the reader should look at
 * @throws Refusal always
 */
export function refuse(code: RefusalCode, facts: Record<string, string | number> = {}): never {
  throw new Refusal(code, facts)
}

/** Refuses an input for its fields, all of them at once. @throws Refusal `invalid_input` */
export function refuseFields(fields: FieldError[]): never {
  throw new Refusal('invalid_input', {}, fields)
}
