/** Limits of spending, the second person's yes, places booked as a block, and the year's budget. */

import { recordAudit } from '../audit/record.ts'
import { addMonths, firstDay, type Month } from '../calendar.ts'
import { type Context, carryOut, organisationOf, permit, personOf, transact } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { brokeConstraint } from '../db/failure.ts'
import { newId } from '../ids.ts'
import { refuse } from '../refusal.ts'
import {
  type BudgetRow,
  type Cost,
  type CostedStay,
  costOfStay,
  isCovered,
  limitPassed,
  type SpendingLimit,
  sumOf,
  type YearBudget,
} from './commitment.ts'
import {
  answerCommitmentRow,
  type CommitmentRow,
  ceilingOf,
  commitmentsOf,
  getCommitment,
  insertCommitment,
  invoicedOfYear,
  limitsOf,
  lockCommitment,
  saveCeiling,
  saveLimits,
  staysOfYear,
  termsOfOffers,
} from './commitment-store.ts'
import { lockReferral, type ReferralRow } from './store.ts'

/** What a referral would commit its buyer to. */
export async function costOfReferral(tx: Tx, referral: ReferralRow): Promise<Cost> {
  const terms = (await termsOfOffers(tx, [referral.offer_id])).get(referral.offer_id)!
  const { wanted_from: valid_from, wanted_to: valid_to } = referral
  const { seller_id, buyer_id, places, price_class, surcharges, authorised, funding } = referral
  const stay = { seller_id, buyer_id, places, price_class, surcharges, authorised, funding, valid_from, valid_to }
  return costOfStay(terms, stay)
}

/**
 * Refuses to send what costs more than the buyer's limits before a second person has said yes to that much. Called in the
 * transaction that sends a referral. Own use needs nobody's yes.
 * @throws Refusal `commitment_needs_approval` with the amount and the limit
 */
export async function refuseUnapproved(tx: Tx, referral: ReferralRow): Promise<void> {
  if (referral.seller_id === referral.buyer_id) return
  const limits = await limitsOf(tx, referral.buyer_id)
  if (limits.per_month === null && limits.in_all === null) return
  const cost = await costOfReferral(tx, referral)
  const passed = limitPassed(limits, cost)
  if (passed === null) return
  const approvals = await commitmentsOf(tx, referral)
  if (approvals.some((given) => given.status === 'approved' && isCovered(given, cost))) return
  refuse('commitment_needs_approval', { amount: passed.amount, limit: passed.limit })
}

/**
 * The same for what goes out without a draft (a request to several sellers, a place of a queue): there is nothing that a second
 * person could have approved, so what goes beyond a limit must be written as a referral first.
 * @throws Refusal `commitment_needs_approval`
 */
export async function refuseBeyondLimits(tx: Tx, stays: readonly (CostedStay & { offer_id: string })[]): Promise<void> {
  const bought = stays.filter((stay) => stay.seller_id !== stay.buyer_id)
  if (bought.length === 0) return
  const limits = await limitsOf(tx, bought[0]!.buyer_id)
  if (limits.per_month === null && limits.in_all === null) return
  const terms = await termsOfOffers(
    tx,
    bought.map((stay) => stay.offer_id),
  )
  for (const { offer_id, ...stay } of bought) {
    const passed = limitPassed(limits, costOfStay(terms.get(offer_id)!, stay))
    if (passed !== null) refuse('commitment_needs_approval', { amount: passed.amount, limit: passed.limit })
  }
}

/** What a draft would cost where that is above a limit, and what was asked and answered so far; null where nobody need be asked. */
export type Approval = { cost: Cost; given: boolean; asked: CommitmentRow | null }

export async function approvalOf(tx: Tx, referral: ReferralRow): Promise<Approval | null> {
  if (referral.status !== 'draft' || referral.seller_id === referral.buyer_id) return null
  const limits = await limitsOf(tx, referral.buyer_id)
  if (limits.per_month === null && limits.in_all === null) return null
  const cost = await costOfReferral(tx, referral)
  if (limitPassed(limits, cost) === null) return null
  const rows = await commitmentsOf(tx, referral)
  return { cost, given: rows.some((row) => row.status === 'approved' && isCovered(row, cost)), asked: rows[0] ?? null }
}

/** Asks a second person to agree to what a draft would cost. @throws Refusal `referral_not_draft`, `commitment_asked` */
export async function askCommitment(ctx: Context, referral_id: string): Promise<CommitmentRow> {
  permit(ctx.actor, 'referral.request')
  const buyer_id = organisationOf(ctx.actor)
  try {
    return await carryOut(ctx, async (tx) => {
      const referral = await lockReferral(tx, referral_id)
      if (referral.buyer_id !== buyer_id) refuse('not_permitted', { permission: 'referral.request' })
      if (referral.status !== 'draft') refuse('referral_not_draft')
      const id = newId()
      const asked = { asked_by: personOf(ctx.actor), asked_at: ctx.clock.now().toISOString() }
      const cost = await costOfReferral(tx, referral)
      await insertCommitment(tx, { buyer_id, id, seller_id: referral.seller_id, referral_id, ...cost, ...asked })
      return auditCommitment(tx, ctx, 'askCommitment', id)
    })
  } catch (error) {
    if (brokeConstraint(error, 'commitment_asked_once')) refuse('commitment_asked')
    throw error
  }
}

/**
 * The second person's yes or no to what was asked.
 * @throws Refusal `not_permitted`, `not_found`, `commitment_answered`; `approval_by_second_person` for whoever asked
 */
export async function answerCommitment(
  ctx: Context,
  id: string,
  status: 'approved' | 'declined',
  note: string,
): Promise<CommitmentRow> {
  permit(ctx.actor, 'commitment.approve')
  return carryOut(ctx, async (tx) => {
    const asked = await lockCommitment(tx, id)
    if (asked.status !== 'asked') refuse('commitment_answered')
    const answered_by = personOf(ctx.actor)
    if (answered_by === null || answered_by === asked.asked_by) refuse('approval_by_second_person')
    await answerCommitmentRow(tx, asked, { status, answered_by, answered_at: ctx.clock.now().toISOString(), note })
    return auditCommitment(tx, ctx, status === 'approved' ? 'approveCommitment' : 'declineCommitment', id)
  })
}

async function auditCommitment(tx: Tx, ctx: Context, action: string, id: string): Promise<CommitmentRow> {
  const after = await getCommitment(tx, id)
  await recordAudit(tx, ctx, { action, subject_type: 'commitment', subject_id: id, after })
  return after
}

/** Sets from what on a second person is needed. @throws Refusal `not_permitted` */
export async function setSpendingLimit(ctx: Context, input: SpendingLimit): Promise<SpendingLimit> {
  permit(ctx.actor, 'commitment.approve')
  const own = organisationOf(ctx.actor)
  return carryOut(ctx, async (tx) => {
    const before = await limitsOf(tx, own)
    await saveLimits(tx, own, { ...input, ...changed(ctx) })
    const after = await limitsOf(tx, own)
    const subject = { subject_type: 'organisation' as const, subject_id: own }
    await recordAudit(tx, ctx, { action: 'setSpendingLimit', ...subject, before, after })
    return after
  })
}

/** Sets what a year may cost in all. @throws Refusal `not_permitted` */
export async function setYearBudget(ctx: Context, year: number, { ceiling }: YearBudget): Promise<YearBudget> {
  permit(ctx.actor, 'commitment.approve')
  const own = organisationOf(ctx.actor)
  return carryOut(ctx, async (tx) => {
    const before = { ceiling: await ceilingOf(tx, own, year) }
    await saveCeiling(tx, own, year, { ceiling, ...changed(ctx) })
    const after = { ceiling: await ceilingOf(tx, own, year) }
    const subject = { subject_type: 'organisation' as const, subject_id: own }
    await recordAudit(tx, ctx, { action: 'setYearBudget', ...subject, before, after })
    return after
  })
}

function changed(ctx: Context) {
  return { changed_at: ctx.clock.now().toISOString(), changed_by: personOf(ctx.actor) }
}

export interface Budget {
  year: number
  ceiling: string | null
  rows: BudgetRow[]
  total: { invoiced: string; committed: string; forecast: string }
}

/**
 * The year as a buyer: what is invoiced, what running stays will still come to by the calculator of the close, and both
 * together. A stay's days count as invoiced up to the last month that its seller has invoiced.
 */
export async function budgetOf(ctx: Context, year: number): Promise<Budget> {
  permit(ctx.actor, 'budget.read')
  const own = organisationOf(ctx.actor)
  const read = await transact(ctx, async (tx) => {
    const stays = await staysOfYear(tx, own, year)
    return {
      stays,
      terms: await termsOfOffers(
        tx,
        stays.map((stay) => stay.offer_id),
      ),
      sellers: await invoicedOfYear(tx, own, year, ctx.clock.today()),
      ceiling: await ceilingOf(tx, own, year),
    }
  })
  const rows = read.sellers.map((seller): BudgetRow => {
    const amounts = read.stays.flatMap((stay) => {
      if (stay.seller_id !== seller.seller_id) return []
      const { invoiced_to, ...rest } = stay
      const open = invoiced_to === null ? '0000' : firstDay(addMonths(invoiced_to as Month, 1))
      const valid_from = [stay.valid_from, `${year}-01-01`, open].reduce((a, b) => (a > b ? a : b))
      const valid_to = stay.valid_to === null || stay.valid_to > `${year}-12-31` ? null : stay.valid_to
      if (valid_from > (valid_to ?? `${year}-12-31`)) return []
      return [costToYearEnd(read.terms.get(stay.offer_id)!, { ...rest, valid_from, valid_to }, year)]
    })
    const committed = sumOf(amounts)
    const forecast = sumOf([seller.invoiced, committed])
    return { ...seller, committed, forecast, placements: amounts.length }
  })
  const total = (of: 'invoiced' | 'committed' | 'forecast') => sumOf(rows.map((row) => row[of]))
  return {
    year,
    ceiling: read.ceiling,
    rows,
    total: { invoiced: total('invoiced'), committed: total('committed'), forecast: total('forecast') },
  }
}

/** An open stay is counted up to and with 31 December: to its own end where that is earlier. */
function costToYearEnd(terms: Parameters<typeof costOfStay>[0], stay: Parameters<typeof costOfStay>[1], year: number) {
  if (stay.valid_to !== null) return costOfStay(terms, stay).in_all
  // Whether the last day is charged must not depend on R1's departure day: nobody departs at the end of the year.
  const endless = { ...terms, departure_day_charged: true }
  return costOfStay(endless, { ...stay, valid_to: `${year}-12-31` }).in_all
}
