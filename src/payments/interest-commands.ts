/** Late payment: terms, reminders by the clock, and interest that a person asks for. */
import { recordAudit } from '../audit/record.ts'
import { addDays, type PlainDate } from '../calendar.ts'
import { type Clock, type Context, carryOut, organisationOf, permit, personOf, transact } from '../context.ts'
import type { Db, Tx } from '../db/connect.ts'
import { newId } from '../ids.ts'
import { post } from '../ledger/commands.ts'
import { centsOf, moneyOf } from '../money.ts'
import { notify } from '../notices/commands.ts'
import { refuse, refuseFields } from '../refusal.ts'
import {
  type InterestClaimInput,
  type InterestPart,
  type InterestWithdrawal,
  interestOf,
  type LateTerms,
} from './interest.ts'
import * as store from './interest-store.ts'
import { writeLetters } from './letter-commands.ts'
import { keyOf, lockLetters } from './letter-store.ts'

/** Says when buyers are reminded and what late payment costs; from the next reminder and the next claim on. @throws Refusal `not_permitted` */
export async function setLateTerms(ctx: Context, input: LateTerms): Promise<LateTerms> {
  permit(ctx.actor, 'payment.settings')
  const organisation_id = organisationOf(ctx.actor)
  return carryOut(ctx, async (tx) => {
    const before = await store.lateTermsOf(tx, organisation_id)
    const changed = { changed_at: ctx.clock.now().toISOString(), changed_by: personOf(ctx.actor) }
    await store.saveLateTerms(tx, { ...input, ...changed, organisation_id })
    const after = await store.lateTermsOf(tx, organisation_id)
    const of = { subject_type: 'organisation', subject_id: organisation_id }
    await recordAudit(tx, ctx, { action: 'setLateTerms', ...of, before, after })
    return after
  })
}

export type LateWithInterest = store.LateInvoice & { from_on: string; interest: string; parts: InterestPart[] }

/** Late invoices of a seller with the interest to the day that nobody has asked for yet. In a transaction that has permitted. */
export async function lateWithInterest(tx: Tx, asked: store.LateAsked): Promise<LateWithInterest[]> {
  const terms = await store.lateTermsOf(tx, asked.seller_id)
  return (await store.lateInvoices(tx, asked, terms.interest !== 'none')).map((invoice) => {
    const from_on = addDays(invoice.claimed_until ?? invoice.due_on, 1)
    const { amount, parts } = interestOf(invoice, terms, from_on, asked.until_on as PlainDate)
    return { ...invoice, from_on, interest: amount, parts }
  })
}

/**
 * Asks for the interest of an invoice until a day: booked in both books at once. Days that were asked for are not asked for again.
 * @throws Refusal `not_permitted`, `not_found` (also for who is not its seller), `no_interest`, `invalid_input` for a day to come
 */
export async function claimInterest(
  ctx: Context,
  { document_id, until_on }: InterestClaimInput,
): Promise<store.InterestClaimRow> {
  permit(ctx.actor, 'payment.manage')
  const seller_id = organisationOf(ctx.actor)
  const today = ctx.clock.today()
  if (until_on > today) refuseFields([{ path: 'until_on', message: 'validation.in_the_future' }])
  return carryOut(ctx, async (tx) => {
    await store.lockInterest(tx, document_id)
    const known = await tx
      .selectFrom('document')
      .select('id')
      .where('seller_id', '=', seller_id)
      .where('id', '=', document_id)
      .executeTakeFirst()
    if (known === undefined) refuse('not_found')
    const [late] = await lateWithInterest(tx, { seller_id, until_on, document_id })
    if (late === undefined || centsOf(late.interest) <= 0n) return refuse('no_interest')
    const { buyer_id, from_on, interest: amount, parts, number } = late
    const days = { from_on, until_on, claimed_on: today, withdrawn_on: null, withdraw_note: null }
    const row = { seller_id, id: newId(), buyer_id, document_id, amount, parts, ...days }
    await store.insertInterestClaim(tx, {
      ...row,
      claimed_at: ctx.clock.now().toISOString(),
      claimed_by: personOf(ctx.actor),
    })
    await book(tx, ctx, row, today, 1n)
    const of = { subject_type: 'document', subject_id: document_id, seller_id, buyer_id }
    await recordAudit(tx, ctx, {
      action: 'claimInterest',
      ...of,
      after: { document: number, amount, from_on, until_on },
    })
    return row
  })
}

/**
 * Takes interest back that was asked for: both books have counter entries, and the same days can be asked for again. The latest
 * days of an invoice first, so that no days between are forgotten.
 * @throws Refusal `not_permitted`, `not_found` (also for who is not its seller), `reversed_already`, `interest_claimed_later`
 */
export async function withdrawInterest(
  ctx: Context,
  id: string,
  { note }: InterestWithdrawal,
): Promise<store.InterestClaimRow> {
  permit(ctx.actor, 'payment.manage')
  const withdrawn_on = ctx.clock.today()
  return carryOut(ctx, async (tx) => {
    const { latest, ...claim } = await store.lockInterestClaim(tx, organisationOf(ctx.actor), id)
    if (claim.withdrawn_on !== null) refuse('reversed_already')
    if (!latest) refuse('interest_claimed_later')
    await store.saveInterestWithdrawal(tx, claim, {
      withdrawn_on,
      withdrawn_by: personOf(ctx.actor),
      withdraw_note: note,
    })
    await book(tx, ctx, claim, withdrawn_on, -1n)
    const { seller_id, buyer_id, document_id, amount, from_on, until_on } = claim
    const of = { subject_type: 'document', subject_id: document_id, seller_id, buyer_id }
    await recordAudit(tx, ctx, {
      action: 'withdrawInterest',
      ...of,
      before: { amount, from_on, until_on },
      after: { withdrawn_on, note },
    })
    return { ...claim, withdrawn_on, withdraw_note: note }
  })
}

/** The seller's receivable and income, the buyer's cost and payable, as one transaction of two books. @param sign -1n: taken back */
async function book(
  tx: Tx,
  ctx: Context,
  row: store.InterestClaimRow,
  booked_on: string,
  sign: 1n | -1n,
): Promise<void> {
  const { seller_id, buyer_id, document_id, id } = row
  const transaction_id = newId()
  const amount = moneyOf(sign * centsOf(row.amount))
  const less = moneyOf(-sign * centsOf(row.amount))
  const of = { booked_on, source: 'interest', source_id: id, transaction_id }
  const line = (counterparty_id: string) => ({ counterparty_id, document_id })
  await post(tx, ctx, [
    {
      ...of,
      organisation_id: seller_id,
      lines: [
        { role: 'interest_receivable', ...line(buyer_id), amount },
        { role: 'interest_income', ...line(buyer_id), amount: less },
      ],
    },
    {
      ...of,
      organisation_id: buyer_id,
      lines: [
        { role: 'interest_cost', ...line(seller_id), amount },
        { role: 'interest_payable', ...line(seller_id), amount: less },
      ],
    },
  ])
}

/**
 * Reminds of what is late, by the terms of each seller; each step of an invoice once, however often it runs. The payer is written one
 * letter of all that is late, and its finance officers are told, on the first page and by e-mail as they wish.
 */
export async function remindLate(db: Db, clock: Clock): Promise<void> {
  const ctx: Context = { db, clock, actor: { kind: 'system' } }
  await transact(ctx, async (tx) => {
    await lockLetters(tx)
    const reminded = await store.dueReminders(tx, clock.today())
    if (reminded.length === 0) return
    const pairs = [...new Map(reminded.map((each) => [keyOf(each), each])).values()]
    const letters = new Map((await writeLetters(tx, ctx, pairs)).map((letter) => [keyOf(letter), letter.id]))
    await store.insertReminders(
      tx,
      reminded.map(({ number: _, ...each }) => ({ ...each, id: newId(), letter_id: letters.get(keyOf(each)) ?? null })),
      { reminded_on: clock.today(), recorded_at: clock.now().toISOString() },
    )
    await notify(
      tx,
      ctx,
      reminded.map(({ seller_id, buyer_id, document_id, number, step }) => ({
        organisation_id: buyer_id,
        permission: 'payment.manage',
        kind: 'payment_late',
        subject_type: 'document',
        subject_id: document_id,
        seller_id,
        buyer_id,
        values: { reference: number },
        key: `${document_id} ${step}`,
      })),
    )
  })
}
