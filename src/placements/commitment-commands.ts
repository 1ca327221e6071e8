/** Limits of spending, the second person's yes, places booked as a block, and the year's budget. */

import { recordAudit } from '../audit/record.ts'
import { addMonths, firstDay, type Month } from '../calendar.ts'
import { asProgram, type Context, carryOut, organisationOf, permit, personOf, transact } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { brokeConstraint } from '../db/failure.ts'
import { newId } from '../ids.ts'
import { sumMoney } from '../money.ts'
import { refuse } from '../refusal.ts'
import type { Terms } from '../settlement/facts.ts'
import {
  type BudgetRow,
  type Commits,
  type Cost,
  type CostedStay,
  costOfStay,
  isCovered,
  limitPassed,
  type SpendingLimit,
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
  namesInYear,
  saveCeiling,
  saveLimits,
  staysOfYear,
  termsOfOffers,
} from './commitment-store.ts'
import { type CounterOfferRow, counterOffersOf } from './referral-answer-store.ts'
import { lockReferral, type ReferralRow } from './store.ts'
import { alwaysOn } from './weekdays.ts'

/** What a referral would commit its buyer to, by its own terms or by those of a proposal that waits for the buyer. */
export function referralCommits(referral: ReferralRow, proposed?: CounterOfferRow): Commits {
  const { seller_id, buyer_id, id, places, authorised, funding, resident_token } = referral
  const { offer_id, price_class, surcharges, wanted_from: valid_from, wanted_to: valid_to } = proposed ?? referral
  const turns = alwaysOn((proposed ?? referral).weekdays)
  const stay = {
    seller_id,
    buyer_id,
    places,
    price_class,
    surcharges,
    authorised,
    funding,
    valid_from,
    valid_to,
    turns,
  }
  return { ...stay, offer_id, resident_token, of: { kind: 'referral_id', seller_id, id } }
}

/** What it costs, where that is above a limit of the buyer; null where nobody need be asked. Own use needs nobody's yes. */
async function beyondLimit(tx: Tx, stays: readonly (CostedStay & { offer_id: string })[]) {
  const bought = stays.filter((stay) => stay.seller_id !== stay.buyer_id)
  if (bought.length === 0) return null
  const limits = await limitsOf(tx, bought[0]!.buyer_id)
  if (limits.per_month === null && limits.in_all === null) return null
  const terms = await termsOfOffers(
    tx,
    bought.map((stay) => stay.offer_id),
  )
  for (const { offer_id, ...stay } of bought) {
    const cost = costOfStay(terms.get(offer_id)!, stay)
    const passed = limitPassed(limits, cost)
    if (passed !== null) return { cost, passed }
  }
  return null
}

/**
 * The one check before a municipality commits itself: refuses what costs more than its limits before a second person has said
 * yes to that much. Called in the transaction that sends a referral, agrees to a proposal, takes a place of a line, lets a stay
 * last longer or go on elsewhere, or takes over paying.
 * @throws Refusal `commitment_needs_approval` with the amount and the limit; `payer_decides` where the other party acts, which
 * learns nothing of the limits
 */
export async function refuseUnapproved(tx: Tx, ctx: Context, commits: Commits): Promise<void> {
  const passed = await asProgram(tx, ctx, async () => {
    const beyond = await beyondLimit(tx, [commits])
    if (beyond === null) return null
    const given = await commitmentsOf(tx, commits)
    return given.some((row) => row.status === 'approved' && isCovered(row, beyond.cost)) ? null : beyond.passed
  })
  if (passed === null) return
  if (organisationOf(ctx.actor) !== commits.buyer_id) refuse('payer_decides')
  refuse('commitment_needs_approval', { amount: passed.amount, limit: passed.limit })
}

/**
 * The same for a request to several sellers: there is no one record that a second person could agree to, so what goes beyond a
 * limit must be written as a referral first.
 * @throws Refusal `commitment_needs_approval`
 */
export async function refuseBeyondLimits(tx: Tx, stays: readonly (CostedStay & { offer_id: string })[]): Promise<void> {
  const beyond = await beyondLimit(tx, stays)
  if (beyond !== null) {
    refuse('commitment_needs_approval', { amount: beyond.passed.amount, limit: beyond.passed.limit })
  }
}

/** What something costs where that is above a limit, and what was asked and answered so far; null where nobody need be asked. */
export type Approval = { cost: Cost; given: boolean; asked: CommitmentRow | null }

export async function approvalOf(tx: Tx, commits: Commits): Promise<Approval | null> {
  const beyond = await beyondLimit(tx, [commits])
  if (beyond === null) return null
  const { cost } = beyond
  const rows = await commitmentsOf(tx, commits)
  return { cost, given: rows.some((row) => row.status === 'approved' && isCovered(row, cost)), asked: rows[0] ?? null }
}

/** The buyer's referral as a second person may be asked about it: a draft, or one with a proposal of the seller; null otherwise. */
export async function referralToApprove(tx: Tx, referral: ReferralRow): Promise<Commits | null> {
  if (referral.status === 'draft') return referralCommits(referral)
  if (referral.status !== 'submitted' && referral.status !== 'offered') return null
  const proposed = (await counterOffersOf(tx, [referral])).find((row) => row.status === 'open')
  return proposed === undefined ? null : referralCommits(referral, proposed)
}

/**
 * Asks a second person to agree to what a draft, or what its seller proposes instead, would cost.
 * @throws Refusal `referral_not_draft`, `commitment_asked`
 */
export async function askCommitment(ctx: Context, referral_id: string): Promise<CommitmentRow> {
  permit(ctx.actor, 'referral.request')
  const buyer_id = organisationOf(ctx.actor)
  return asking(ctx, async (tx) => {
    const referral = await lockReferral(tx, referral_id)
    if (referral.buyer_id !== buyer_id) refuse('not_permitted', { permission: 'referral.request' })
    return (await referralToApprove(tx, referral)) ?? refuse('referral_not_draft')
  })
}

/** Writes down what a second person is asked, once. The caller has permitted it. @throws Refusal `commitment_asked` */
export async function asking(ctx: Context, read: (tx: Tx) => Promise<Commits>): Promise<CommitmentRow> {
  try {
    return await carryOut(ctx, async (tx) => {
      const commits = await read(tx)
      const {
        buyer_id,
        of,
        seller_id: offer_seller_id,
        offer_id,
        resident_token,
        places,
        valid_from: wanted_from,
        valid_to: wanted_to,
      } = commits
      const id = newId()
      const cost = costOfStay((await termsOfOffers(tx, [offer_id])).get(offer_id)!, commits)
      await insertCommitment(tx, {
        ...{ buyer_id, id, seller_id: of.seller_id, [of.kind]: of.id, offer_seller_id, offer_id },
        ...{ resident_token, places, wanted_from, wanted_to, ...cost, status: 'asked' },
        ...{ asked_by: personOf(ctx.actor), asked_at: ctx.clock.now().toISOString() },
      })
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
  /** names of those that merged into the buyer until the end of the year: what they spent and their budgets are in the figures */
  predecessors: string[]
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
    const names = await namesInYear(tx, own, year)
    const ids = names.map(({ id }) => id)
    const stays = await staysOfYear(tx, ids, year)
    return {
      predecessors: names.slice(1).map(({ name }) => name),
      stays,
      terms: await termsOfOffers(
        tx,
        stays.map((stay) => stay.offer_id),
      ),
      sellers: await invoicedOfYear(tx, ids, year, ctx.clock.today()),
      ceiling: await ceilingOf(tx, own, year),
    }
  })
  const rows = read.sellers.map((seller): BudgetRow => {
    const amounts = read.stays.flatMap((stay) => {
      if (stay.row_id !== seller.seller_id) return []
      const { invoiced_to, row_id: _, ...rest } = stay
      const open = invoiced_to === null ? '0000' : firstDay(addMonths(invoiced_to as Month, 1))
      const valid_from = [stay.valid_from, `${year}-01-01`, open].reduce((a, b) => (a > b ? a : b))
      const valid_to = stay.valid_to === null || stay.valid_to > `${year}-12-31` ? null : stay.valid_to
      if (valid_from > (valid_to ?? `${year}-12-31`)) return []
      const terms = read.terms.get(stay.offer_id)!
      if (valid_from > stay.valid_from && isOver(terms, valid_from, valid_to)) return []
      return [costToYearEnd(terms, { ...rest, valid_from, valid_to }, year)]
    })
    const committed = sumMoney(amounts)
    const forecast = sumMoney([seller.invoiced, committed])
    return { ...seller, committed, forecast, placements: amounts.length }
  })
  const total = (of: 'invoiced' | 'committed' | 'forecast') => sumMoney(rows.map((row) => row[of]))
  return {
    year,
    ceiling: read.ceiling,
    predecessors: read.predecessors,
    rows,
    total: { invoiced: total('invoiced'), committed: total('committed'), forecast: total('forecast') },
  }
}

/** Nothing is left of a stay that began before a day: it is charged once (R2), or the day is that on which it departs (R1). */
function isOver(terms: Terms, from: string, valid_to: string | null): boolean {
  if (terms.unit === 'once') return true
  const byDays = terms.unit === 'calendar_day' || terms.unit === 'month'
  return byDays && !terms.departure_day_charged && valid_to === from
}

/** An open stay is counted up to and with 31 December: to its own end where that is earlier. */
function costToYearEnd(terms: Parameters<typeof costOfStay>[0], stay: Parameters<typeof costOfStay>[1], year: number) {
  if (stay.valid_to !== null) return costOfStay(terms, stay).in_all
  // Whether the last day is charged must not depend on R1's departure day: nobody departs at the end of the year.
  const endless = { ...terms, departure_day_charged: true }
  return costOfStay(endless, { ...stay, valid_to: `${year}-12-31` }).in_all
}
