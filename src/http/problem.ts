/** Refusals, findings of zod and plain bugs as answers: RFC 9457 problem documents for machines, a page for people. */
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { ZodError, ZodType } from 'zod'
import { isMonth, isPlainDate } from '../calendar.ts'
import { databaseFailure } from '../db/failure.ts'
import { type FieldError, Refusal, type RefusalCode } from '../refusal.ts'
import { formatFor } from '../ui/format.ts'
import { type TextKey, translator } from '../ui/texts.ts'
import type { C } from './app.ts'
import { errorPage } from './pages.tsx'

/** The one table of refusals: it does not compile until every code has its status. */
const statusOf: Record<RefusalCode, ContentfulStatusCode> = {
  not_found: 404,
  not_permitted: 403,
  not_signed_in: 401,
  invalid_input: 422,
  body_too_large: 413,
  body_not_readable: 400,
  idempotency_key_reused: 422,
  idempotency_key_in_progress: 409,
  already_carried_out: 409,
  cross_site_write: 403,
  changed_meanwhile: 409,
  records_busy: 503,
  sign_in_failed: 401,
  too_many_attempts: 429,
  email_taken: 409,
  code_taken: 409,
  registration_number_taken: 409,
  role_not_known_here: 422,
  last_administrator: 409,
  person_elsewhere: 409,
  password_wrong: 422,
  price_periods_overlap: 409,
  capacity_periods_overlap: 409,
  kind_not_known: 422,
  offer_not_published: 409,
  offer_has_no_price: 409,
  offer_in_use: 409,
  offer_is_draft: 409,
  surcharge_in_use: 409,
  kind_code_taken: 409,
  referral_not_draft: 409,
  referral_not_submitted: 409,
  referral_already_answered: 409,
  referral_closed: 409,
  referral_not_offered: 409,
  answer_too_late: 409,
  buyer_chooses: 409,
  answers_not_collected: 409,
  counter_offer_same: 422,
  counter_offer_not_open: 409,
  reservation_not_held: 409,
  asked_already: 409,
  request_not_open: 409,
  queued_already: 409,
  queue_entry_ended: 409,
  queue_place_not_offered: 409,
  no_place_free: 409,
  surcharge_not_offered: 422,
  weekdays_not_offered: 422,
  weekdays_in_use: 409,
  parts_exceed_capacity: 409,
  capacity_below_parts: 409,
  stays_above_capacity: 409,
  over_rules_overlap: 409,
  over_not_allowed: 409,
  over_too_long: 409,
  placement_ended: 409,
  placement_cancelled: 409,
  placement_begun: 409,
  placement_invoiced: 409,
  placement_goes_on: 409,
  end_before_start: 422,
  prolongation_not_later: 422,
  placement_has_no_end: 409,
  stay_too_long: 409,
  stay_longer_needs_reason: 409,
  paper_of_nobody: 409,
  day_of_other_stay: 409,
  commitment_needs_approval: 409,
  payer_decides: 409,
  commitment_asked: 409,
  commitment_answered: 409,
  block_needs_calendar_unit: 409,
  move_proposed_already: 409,
  payer_of_nobody: 409,
  move_not_open: 409,
  move_of_once: 409,
  move_not_after_start: 409,
  bridge_nothing_awaited: 409,
  bridge_begins_later: 409,
  bridged_already: 409,
  offer_no_bridge: 409,
  end_after_agreed: 422,
  resident_known: 409,
  facts_outside_placement: 409,
  delivery_outside_placement: 422,
  delivery_in_future: 422,
  unit_not_recorded: 422,
  absences_overlap: 409,
  absence_outside_placement: 422,
  csv_not_readable: 422,
  import_not_readable: 422,
  month_not_over: 409,
  month_already_closed: 409,
  month_out_of_order: 409,
  month_has_findings: 409,
  einvoice_refused: 422,
  received_differs: 409,
  received_has_faults: 409,
  received_not_open: 409,
  more_than_open: 409,
  reversed_already: 409,
  interest_claimed_later: 409,
  nothing_new: 409,
  einvoice_party_unknown: 409,
  channel_not_here: 409,
  channel_not_active: 409,
  sending_still_queued: 409,
  report_not_fitting: 409,
  too_many_endpoints: 409,
  statement_not_readable: 422,
  statement_of_other_account: 422,
  movement_matched: 409,
  movement_not_matched: 409,
  payment_in_use: 409,
  proposal_not_open: 409,
  proposal_changed: 409,
  nothing_to_pay: 409,
  creditor_without_account: 409,
  debtor_account_unknown: 422,
  approval_by_second_person: 409,
  bank_account_taken: 409,
  confirmed_otherwise: 409,
  day_not_counted: 422,
  dispute_invoices_only: 409,
  dispute_time_barred: 409,
  dispute_more_than_line: 422,
  dispute_step_not_possible: 409,
  dispute_not_overdue: 409,
  dispute_too_late: 409,
  dispute_without_region: 409,
  dispute_too_many_files: 409,
  message_too_many_files: 409,
  file_store_unreachable: 503,
  file_damaged: 502,
  too_many_saved_searches: 409,
  provider_suspended: 409,
  organisation_merged: 409,
  merger_party_taken: 409,
  merger_not_open: 409,
  provider_not_registered: 409,
  provider_not_suspended: 409,
  feedback_given: 409,
  feedback_answered: 409,
  stay_not_ended: 409,
  agreement_not_open: 409,
  agreement_not_in_force: 409,
  agreement_signed_already: 409,
  agreement_end_past: 422,
  agreement_end_too_late: 422,
  agreements_overlap: 409,
  netting_not_agreed: 409,
  nothing_to_net: 409,
  netting_item_held: 409,
  netting_not_open: 409,
  no_interest: 409,
  not_late: 409,
  nothing_to_claim: 409,
  claim_not_open: 409,
  netting_not_settled: 409,
  netting_transfer_paid: 409,
  balance_confirmation_exists: 409,
  balance_confirmation_answered: 409,
  balance_confirmation_not_answered: 409,
}

/** What is wrong, said in the reader's language: one sentence, and one for each field. */
export function explainRefusal(
  refusal: Refusal,
  language: 'lv' | 'en',
): { title: string; errors: { path: string; message: string }[] } {
  const t = translator(language)
  const say = (field: FieldError) => ({
    path: field.path,
    message: t(field.message as TextKey, readable(field.values ?? {}, language)),
  })
  const title = t(`refusal.${refusal.code}` as TextKey, readable(refusal.facts, language))
  const errors = refusal.fields.map(say)
  if (typeof refusal.facts.field === 'string') errors.push({ path: refusal.facts.field, message: title })
  return { title, errors }
}

/** Dates and months among a sentence's values, as its reader writes them. */
export function readable(
  values: Record<string, string | number>,
  language: 'lv' | 'en',
): Record<string, string | number> {
  const format = formatFor(language)
  const say = (value: string | number) =>
    isPlainDate(value) ? format.date(value) : isMonth(value) ? format.month(value) : value
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, say(value)]))
}

export function statusOfRefusal(refusal: Refusal): ContentfulStatusCode {
  return statusOf[refusal.code]
}

/** A value no column can hold: too many digits, no such date, no such text, a letter of no alphabet (a zero byte). */
const unreadableValues = new Set(['22003', '22007', '22008', '22021', '22P02', '22P05'])

/** Turns whatever was thrown into a refusal, or null where it is a bug. */
export function refusalOf(error: unknown): Refusal | null {
  if (error instanceof Refusal) return error
  if (error instanceof HTTPException) {
    if (error.status === 413) return new Refusal('body_too_large')
    if (error.status === 400 || error.status === 415) return new Refusal('body_not_readable')
    if (error.status === 403) return new Refusal('cross_site_write')
  }
  const failure = databaseFailure(error)
  if (failure !== null && unreadableValues.has(failure.code)) return new Refusal('invalid_input')
  if (failure?.code === '42501') return new Refusal('not_permitted')
  return null
}

/** The answer to anything thrown in a request. A bug shows only the request's id; its text goes to the log. */
export function answerError(error: Error, c: C): Response | Promise<Response> {
  const refusal = refusalOf(error)
  const language = c.get('language') ?? 'lv'
  const request_id = c.get('request_id') ?? ''
  if (refusal === null)
    console.error(JSON.stringify({ request_id, path: c.req.path, error: error.stack ?? String(error) }))
  const status = refusal === null ? 500 : statusOf[refusal.code]
  const t = translator(language)
  const { title, errors } =
    refusal === null ? { title: t('refusal.bug', { request_id }), errors: [] } : explainRefusal(refusal, language)
  if (!isApi(c)) {
    if (refusal?.code === 'not_signed_in' && c.req.method === 'GET') {
      return c.redirect(`/sign-in?next=${encodeURIComponent(c.req.path + (new URL(c.req.url).search || ''))}`, 303)
    }
    return errorPage(c, status, title, errors)
  }
  const code = refusal?.code ?? 'bug'
  const body = {
    type: `urn:vieta:problem:${code}`,
    title,
    status,
    code,
    request_id,
    ...(errors.length > 0 ? { errors } : {}),
  }
  return c.body(JSON.stringify(body), status, { 'content-type': 'application/problem+json; charset=utf-8' })
}

/** True for the machine's half of the house. */
export function isApi(c: C): boolean {
  return /^\/(api\/v1|openapi|hsds)/.test(c.req.path)
}

/** What was given, as a schema wants it. @throws Refusal `invalid_input` that names every wrong field */
export function checkedBy<T>(schema: ZodType<T>, given: unknown): T {
  const parsed = schema.safeParse(given)
  if (!parsed.success) throw new Refusal('invalid_input', {}, fieldErrorsOf(parsed.error))
  return parsed.data
}

/** zod's issues as field errors, each a text key. Our own fields put the key in the message; the rest is told by code. */
export function fieldErrorsOf(error: ZodError): FieldError[] {
  return error.issues.flatMap((issue): FieldError[] => {
    const path = issue.path.map(String).join('.')
    if (issue.message.startsWith('validation.')) {
      const [message, ...rest] = issue.message.split('|')
      const values = Object.fromEntries(rest.map((pair) => [pair.split('=')[0], Number(pair.split('=')[1])]))
      return [{ path, message: message!, values }]
    }
    switch (issue.code) {
      case 'invalid_type':
        return [
          {
            path,
            message: issue.input === undefined || issue.input === null ? 'validation.required' : 'validation.invalid',
          },
        ]
      case 'too_small':
        return [
          issue.origin === 'string' || issue.origin === 'array'
            ? { path, message: 'validation.required' }
            : { path, message: 'validation.too_small', values: { minimum: String(issue.minimum) } },
        ]
      case 'too_big':
        return [
          issue.origin === 'string' || issue.origin === 'array'
            ? { path, message: 'validation.too_long', values: { maximum: String(issue.maximum) } }
            : { path, message: 'validation.too_large', values: { maximum: String(issue.maximum) } },
        ]
      case 'invalid_value':
        return [{ path, message: issue.input === undefined ? 'validation.required' : 'validation.choice' }]
      case 'unrecognized_keys':
        return issue.keys.map((key) => ({
          path: path === '' ? key : `${path}.${key}`,
          message: 'validation.unknown_field',
        }))
      default:
        return [{ path, message: 'validation.invalid' }]
    }
  })
}
