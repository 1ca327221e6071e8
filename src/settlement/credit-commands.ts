/**
 * A credit note outside the close: what the parties agreed on, or their region decided, about one line of an invoice.
 *
 * It is frozen and numbered like the close's documents (R18) and bears the close month of the invoice that it corrects, for it
 * is a part of that month's billing. It is no document of that close, though: `document.dispute_id` keeps it out of the list,
 * which stays what it was (R17), and no later close takes it up, for the month is closed already.
 */
import { recordAudit } from '../audit/record.ts'
import { type Month, type PlainDate, yearOf } from '../calendar.ts'
import { asProgram, type Context } from '../context.ts'
import { type BulkTable, insertRows } from '../db/bulk.ts'
import type { Tx } from '../db/connect.ts'
import { runIn } from '../db/statement.ts'
import { newId } from '../ids.ts'
import { type AgreedOn, documentNumber, freezeDocument, monthKey } from '../invoicing/record.ts'
import { chargeRow, chargeTable, documentRow, documentTable } from '../invoicing/rows.ts'
import { partiesOf } from '../invoicing/store.ts'
import { termsFor } from '../invoicing/wish.ts'
import { documentTermsOn } from '../invoicing/wish-store.ts'
import { queueDocuments } from '../jobs/outbox-documents.ts'
import { postDocuments } from '../ledger/commands.ts'
import { centsOf, type Money, moneyOf } from '../money.ts'
import { type AgreedCredit, askedFor } from './agreed.ts'
import { type CreditedLine, insertAgreedCredit, readCreditedLine } from './credit-store.ts'
import { documentOf } from './documents.ts'
import { lockSellers, saveNumbers, sellerStates } from './store.ts'

/** A dispute that is settled in the buyer's favour, in part or whole. */
export type SettledDispute = {
  id: string
  seller_id: string
  buyer_id: string
  /** the invoice, and the line of it */
  document_id: string
  charge_id: string
  placement_id: string
  service_month: Month
  reason: string
  /** in doubt, and agreed on: net of VAT, as the line says its amount */
  amount: Money
  agreed: Money
  /** what the placement and month had come to when it was raised */
  rated: Money
  by: AgreedOn['by']
}

/**
 * Gives back what was agreed on, less what the facts have given back since the objection was raised. In the caller's
 * transaction, which has permitted and locked the dispute; closes of the seller wait for it, and it waits for them.
 * @returns the credit note; null where nothing is left to give back
 */
export async function issueCredit(
  tx: Tx,
  ctx: Context,
  dispute: SettledDispute,
): Promise<{ id: string; number: string; net: Money } | null> {
  const own = ctx.actor.kind !== 'member' || ctx.actor.organisation_id === dispute.seller_id
  const write = () => issue(tx, ctx, dispute)
  return own ? write() : asProgram(tx, ctx, write)
}

async function issue(tx: Tx, ctx: Context, dispute: SettledDispute) {
  const { seller_id, buyer_id, placement_id, service_month, amount, agreed, rated } = dispute
  await runIn(tx, lockSellers, [[seller_id]])
  const line = await readCreditedLine(tx, dispute)
  const before = askedFor(line.agreed, buyer_id, line.rated_now)
  const credit: AgreedCredit = { buyer: buyer_id, amount: agreed, rated }
  const after = askedFor([...line.agreed, credit], buyer_id, line.rated_now)
  const given_back = moneyOf(centsOf(agreed) - (before - after))
  const agreed_at = ctx.clock.now().toISOString()
  const on: AgreedOn = {
    id: dispute.id,
    reason: dispute.reason,
    amount,
    agreed,
    given_back,
    by: dispute.by,
    on: ctx.clock.today() as PlainDate,
  }
  const issued =
    before === after ? null : await writeCreditNote(tx, ctx, dispute, line, { before, after, on, issued_at: agreed_at })
  await insertAgreedCredit(tx, {
    seller_id,
    placement_id,
    service_month,
    dispute_id: dispute.id,
    buyer_id,
    amount: agreed,
    rated,
    document_id: issued?.id ?? null,
    agreed_at,
  })
  if (issued !== null) {
    await postDocuments(tx, ctx, [issued.id])
    await queueDocuments(tx, ctx, [issued.id])
  }
  return issued
}

/** A document that settles a dispute says which. */
const creditTable: BulkTable = { ...documentTable, columns: [...documentTable.columns, ['dispute_id', 'uuid']] }

async function writeCreditNote(
  tx: Tx,
  ctx: Context,
  dispute: SettledDispute,
  line: CreditedLine,
  { before, after, on, issued_at }: { before: bigint; after: bigint; on: AgreedOn; issued_at: string },
): Promise<{ id: string; number: string; net: Money }> {
  const { seller_id, buyer_id, placement_id, service_month } = dispute
  const { invoice, subject, vat_rate } = line
  const issued_on = ctx.clock.today() as PlainDate
  const year = yearOf(issued_on)
  const parties = await partiesOf(tx)
  const [state] = await runIn<{ last_number: number }>(tx, sellerStates, [[seller_id], year, invoice.close_month])
  const draft = documentOf(
    'credit_note',
    { close: invoice.close_month, seller: seller_id, buyer: buyer_id, corrects: invoice.close_month },
    [
      {
        placement: placement_id,
        service_month,
        kind: 'adjustment',
        buyer_amount: moneyOf(before - after),
        billed: moneyOf(before),
        rated: moneyOf(after),
        vat_rate,
      },
    ],
  )
  const sequence = state!.last_number + 1
  const { invoice_prefix, ...seller } = parties.get(seller_id)!
  const buyer = parties.get(buyer_id)!
  const frozen = freezeDocument(
    draft,
    { number: documentNumber(invoice_prefix, year, sequence), issued_on },
    { number: invoice.number, issued_on: invoice.issued_on },
    {
      seller,
      parties: new Map([[buyer_id, buyer]]),
      terms: termsFor(seller_id, [buyer], await documentTermsOn(tx, issued_on)),
      placements: new Map([[placement_id, subject]]),
      prices: new Map(),
      months: new Map(),
      billed_on: new Map([[monthKey(placement_id, service_month), line.billed_on]]),
    },
  )
  const record = { ...frozen, lines: frozen.lines.map((each) => withReason(each, on)) }
  const id = newId()
  const document = { id, buyer_id, year, sequence, corrects_id: dispute.document_id, record }
  await insertRows(tx, creditTable, [[...documentRow(seller_id, issued_at, document), dispute.id]])
  const of = { seller_id, close_month: record.close_month, document_id: id, buyer_id }
  await insertRows(
    tx,
    chargeTable,
    record.lines.map((each) => chargeRow(of, newId(), each)),
  )
  await runIn(tx, saveNumbers, [JSON.stringify([{ seller_id, last_number: sequence }]), year])
  const { type, number, close_month, total, net } = record
  await recordAudit(tx, ctx, {
    action: 'issueDocument',
    subject_type: 'document',
    subject_id: id,
    seller_id,
    buyer_id,
    after: { type, number, close_month, total, dispute_id: dispute.id },
  })
  return { id, number, net }
}

function withReason<T extends { kind: string }>(line: T, dispute: AgreedOn): T {
  const { explanation } = line as unknown as { explanation: object }
  return { ...line, explanation: { ...explanation, dispute } }
}
