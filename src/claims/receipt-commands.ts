/** Noting what residents and their families paid of their share, and taking a note back. */
import { recordAudit } from '../audit/record.ts'
import { type Context, carryOut, organisationOf, permit, personOf } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { newId } from '../ids.ts'
import { post } from '../ledger/commands.ts'
import { centsOf, moneyOf } from '../money.ts'
import { refuse, refuseFields } from '../refusal.ts'
import type { ShareReceipt, ShareReceiptInput, ShareReceiptWithdrawal } from './receipt.ts'
import * as store from './receipt-store.ts'
import { lockSource } from './store.ts'

/**
 * Notes that a personal share was paid: `bank` against `funder_claim`, so that the book no longer has it as to come. Where more came than
 * the months came to, it notes what went back.
 * @throws Refusal `not_permitted`; `invalid_input` for a day to come, for what nobody has to pay, or more than is left of it
 */
export async function receiveShare(ctx: Context, input: ShareReceiptInput): Promise<ShareReceipt> {
  permit(ctx.actor, 'claim.manage')
  const organisation_id = organisationOf(ctx.actor)
  const { source, counterparty_id, received_on, payment_note } = input
  if (received_on > ctx.clock.today()) refuseFields([{ path: 'received_on', message: 'validation.in_the_future' }])
  return carryOut(ctx, async (tx) => {
    await lockSource(tx, organisation_id, source)
    const shares = await store.listPersonalShares(tx, organisation_id)
    const left = shares.find((row) => row.source === source && row.counterparty_id === counterparty_id)
    if (left === undefined) return refuseFields([{ path: 'source', message: 'validation.not_known' }])
    const back = left.amount.startsWith('-')
    const most = left.amount.replace('-', '')
    if (centsOf(input.amount) > centsOf(most))
      refuseFields([{ path: 'amount', message: 'validation.too_large', values: { maximum: most } }])
    const amount = moneyOf(back ? -centsOf(input.amount) : centsOf(input.amount))
    const row = { organisation_id, id: newId(), source, counterparty_id, received_on, amount, payment_note }
    const recorded = { recorded_at: ctx.clock.now().toISOString(), recorded_by: personOf(ctx.actor) }
    await store.insertShareReceipt(tx, { ...row, ...recorded })
    await book(tx, ctx, row, received_on, 1n)
    return audited(tx, ctx, 'receiveShare', row)
  })
}

/**
 * Takes a note back that was a mistake: by counter entries of today, with the reason.
 * @throws Refusal `not_permitted`, `not_found` (also for another's), `reversed_already`
 */
export async function withdrawShareReceipt(
  ctx: Context,
  id: string,
  { note }: ShareReceiptWithdrawal,
): Promise<ShareReceipt> {
  permit(ctx.actor, 'claim.manage')
  const withdrawn_on = ctx.clock.today()
  return carryOut(ctx, async (tx) => {
    const receipt = await store.getShareReceipt(tx, organisationOf(ctx.actor), id, true)
    if (receipt.withdrawn_on !== null) refuse('reversed_already')
    const change = { withdrawn_on, withdrawn_by: personOf(ctx.actor), withdraw_note: note }
    await store.saveReceiptWithdrawal(tx, receipt, change)
    await book(tx, ctx, receipt, withdrawn_on, -1n)
    return audited(tx, ctx, 'withdrawShareReceipt', receipt)
  })
}

/** The bank is between nobody here; the share shrinks by the other party of its months, as the close booked it. @param sign -1n: taken back */
async function book(
  tx: Tx,
  ctx: Context,
  row: Pick<ShareReceipt, 'organisation_id' | 'id' | 'source' | 'counterparty_id' | 'amount'>,
  booked_on: string,
  sign: 1n | -1n,
): Promise<void> {
  const { organisation_id, id, source, counterparty_id } = row
  const cents = sign * centsOf(row.amount)
  await post(tx, ctx, [
    {
      organisation_id,
      booked_on,
      source: 'share_receipt',
      source_id: id,
      lines: [
        { role: 'bank', counterparty_id: organisation_id, amount: moneyOf(cents) },
        { role: 'funder_claim', counterparty_id, funder: source, amount: moneyOf(-cents) },
      ],
    },
  ])
}

async function audited(
  tx: Tx,
  ctx: Context,
  action: 'receiveShare' | 'withdrawShareReceipt',
  { organisation_id, id }: Pick<ShareReceipt, 'organisation_id' | 'id'>,
): Promise<ShareReceipt> {
  const after = await store.getShareReceipt(tx, organisation_id, id)
  const { source, amount, received_on, withdrawn_on, withdraw_note } = after
  const told = { source, amount, received_on, withdrawn_on, withdraw_note }
  await recordAudit(tx, ctx, { action, subject_type: 'share_receipt', subject_id: id, after: told })
  return after
}
