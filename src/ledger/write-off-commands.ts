/** Writing off, and taking it back. What needs a second person is asked by whoever calls this. */
import { recordAudit } from '../audit/record.ts'
import { type Context, carryOut, organisationOf, permit, personOf } from '../context.ts'
import { newId } from '../ids.ts'
import { refuse, refuseFields } from '../refusal.ts'
import { reverseSettling, settleDocuments } from './commands.ts'
import { openItems } from './store.ts'
import type { WriteOff, WriteOffInput } from './write-off.ts'
import { getWriteOff, insertWriteOff } from './write-off-store.ts'

/**
 * The creditor gives up a part of what is owed: the seller of an invoice, the buyer of a credit note.
 * @throws Refusal `not_permitted`, `not_found` (also for who only owes it), `more_than_open`, `invalid_input` for a day to come
 */
export async function writeOff(ctx: Context, input: WriteOffInput): Promise<WriteOff> {
  permit(ctx.actor, 'ledger.write_off')
  if (input.booked_on > ctx.clock.today()) {
    refuseFields([{ path: 'booked_on', message: 'validation.in_the_future' }])
  }
  const organisation_id = organisationOf(ctx.actor)
  return carryOut(ctx, async (tx) => {
    const [item] = await openItems(tx, { document_ids: [input.document_id] })
    if (item === undefined) refuse('not_found')
    const { seller_id, buyer_id, type, number } = item
    if (organisation_id !== (type === 'invoice' ? seller_id : buyer_id)) refuse('not_found')
    const { document_id, amount, reason, booked_on } = input
    const id = newId()
    await settleDocuments(tx, ctx, [{ document_id, amount, way: 'write_off', source_id: id, booked_on }])
    const recorded = { recorded_at: ctx.clock.now().toISOString(), recorded_by: personOf(ctx.actor) }
    await insertWriteOff(tx, { seller_id, id, buyer_id, document_id, amount, reason, booked_on, ...recorded })
    const of = { subject_type: 'write_off', subject_id: id, seller_id, buyer_id }
    await recordAudit(tx, ctx, { action: 'writeOff', ...of, after: { document: number, amount, reason, booked_on } })
    return getWriteOff(tx, id)
  })
}

/** What was written off is owed again. @throws Refusal `not_permitted`, `not_found`, `reversed_already` */
export async function reverseWriteOff(ctx: Context, id: string): Promise<WriteOff> {
  permit(ctx.actor, 'ledger.write_off')
  const organisation_id = organisationOf(ctx.actor)
  return carryOut(ctx, async (tx) => {
    const before = await getWriteOff(tx, id)
    const { seller_id, buyer_id, document_id, document, amount } = before
    const [item] = await openItems(tx, { document_ids: [document_id] })
    if (organisation_id !== (item?.type === 'invoice' ? seller_id : buyer_id)) refuse('not_found')
    await reverseSettling(tx, ctx, { way: 'write_off', source_id: id, booked_on: ctx.clock.today() })
    const of = { subject_type: 'write_off', subject_id: id, seller_id, buyer_id }
    await recordAudit(tx, ctx, { action: 'reverseWriteOff', ...of, after: { document, amount } })
    return getWriteOff(tx, id)
  })
}
