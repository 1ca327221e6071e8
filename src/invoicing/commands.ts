/** The verbs of this module. There is one: a month close issues its documents. */
import { recordAudit } from '../audit/record.ts'
import { type PlainDate, parsePlainDate, yearOf } from '../calendar.ts'
import type { Context } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { isId, newId } from '../ids.ts'
import type { Document, PlacementMonth } from '../settlement/documents.ts'
import { type DocumentRecord, documentNumber, freezeDocument, type IssueFacts, monthKey } from './record.ts'
import type { NewDocument } from './rows.ts'
import {
  billedBefore,
  insertDocuments,
  invoicesOf,
  partiesOf,
  priceVersionsOf,
  subjectsOf,
  takeNumbers,
} from './store.ts'

/** A document that was issued, with the draft it came from. */
export type Issued = { id: string; draft: Document; record: DocumentRecord }

/**
 * Issues the documents of a close, today: freezes each one's record and numbers them without gaps in the order given (R18).
 * Call it inside the transaction of the close, which has checked the permission and is the seller's own.
 *
 * @param drafts what `closeSeller` made; their placements, offers and price versions are ids of our own
 * @param months the rated months that went into it, for the explanations of the lines
 * @returns the documents in the order of their drafts
 */
export async function issueDocuments(
  tx: Tx,
  ctx: Context,
  seller_id: string,
  drafts: readonly Document[],
  months: readonly PlacementMonth[] = [],
): Promise<Issued[]> {
  if (drafts.length === 0) return []
  const issued_on = parsePlainDate(ctx.clock.today())
  const year = yearOf(issued_on)
  const { facts, prefix } = await loadIssueFacts(tx, seller_id, drafts, months)
  const corrected = await correctedInvoices(tx, seller_id, drafts)
  const last = await takeNumbers(tx, seller_id, year, drafts.length)
  const documents = drafts.map((draft, index): NewDocument => {
    const sequence = last + index + 1
    const corrects = draft.corrects === null ? null : corrected(draft.buyer, draft.corrects)
    const numbered = { number: documentNumber(prefix, year, sequence), issued_on }
    const record = freezeDocument(draft, numbered, corrects, facts)
    return { id: newId(), buyer_id: draft.buyer, year, sequence, corrects_id: corrects?.id ?? null, record }
  })
  await insertDocuments(tx, seller_id, ctx.clock.now().toISOString(), documents)
  await auditIssue(tx, ctx, seller_id, documents)
  return documents.map(({ id, record }, index) => ({ id, draft: drafts[index]!, record }))
}

/** Everything that is read from master data, whatever the number of documents: five statements. */
async function loadIssueFacts(
  tx: Tx,
  seller_id: string,
  drafts: readonly Document[],
  months: readonly PlacementMonth[],
): Promise<{ facts: IssueFacts; prefix: string }> {
  const lines = drafts.flatMap((draft) => draft.lines)
  const adjusted = lines.filter((line) => line.kind === 'adjustment')
  const versions = lines.flatMap((line) => (line.kind === 'adjustment' ? [] : [line.price_version]))
  const parties = await partiesOf(tx, [seller_id, ...drafts.map((draft) => draft.buyer)])
  const { id: _, invoice_prefix: prefix, ...seller } = parties.get(seller_id)!
  const before = await billedBefore(
    tx,
    seller_id,
    adjusted.map((line) => ({ placement_id: line.placement, service_month: line.service_month })),
  )
  const facts: IssueFacts = {
    seller,
    parties: new Map([...parties].map(([id, party]) => [id, partyOf(party)])),
    placements: await subjectsOf(
      tx,
      seller_id,
      lines.map((line) => line.placement),
    ),
    prices: await priceVersionsOf(tx, seller_id, [...new Set(versions)].filter(isId)),
    months: new Map(months.map((month) => [monthKey(month.placement, month.service_month), month])),
    billed_on: Map.groupBy(before, (row) => monthKey(row.placement_id, row.service_month)),
  }
  return { facts, prefix }
}

function partyOf(party: Awaited<ReturnType<typeof partiesOf>> extends Map<string, infer Row> ? Row : never) {
  const { id: _, invoice_prefix: _prefix, payment_days: _days, invoice_language: _language, ...own } = party
  return own
}

/** R16: the invoice of a close and buyer, for credit notes. */
async function correctedInvoices(tx: Tx, seller_id: string, drafts: readonly Document[]) {
  const wanted = drafts.flatMap((draft) =>
    draft.corrects === null ? [] : [{ buyer_id: draft.buyer, close_month: draft.corrects }],
  )
  const invoices = await invoicesOf(tx, seller_id, wanted)
  const byClose = new Map(invoices.map((invoice) => [`${invoice.buyer_id} ${invoice.close_month}`, invoice]))
  return (buyer: string, close: string): { id: string; number: string; issued_on: PlainDate } => {
    const invoice = byClose.get(`${buyer} ${close}`)
    if (invoice === undefined) throw new Error(`the invoice of ${close} to ${buyer} must exist to be corrected`)
    return { id: invoice.id, number: invoice.number, issued_on: invoice.issued_on }
  }
}

/** One audit row takes eleven parameters, and a statement takes 65535. */
const auditAtOnce = 1000

async function auditIssue(tx: Tx, ctx: Context, seller_id: string, documents: readonly NewDocument[]): Promise<void> {
  const entries = documents.map(({ id, buyer_id, record }) => ({
    action: 'issueDocument',
    subject_type: 'document',
    subject_id: id,
    seller_id,
    buyer_id,
    after: { type: record.type, number: record.number, close_month: record.close_month, total: record.total },
  }))
  for (let from = 0; from < entries.length; from += auditAtOnce) {
    await recordAudit(tx, ctx, ...entries.slice(from, from + auditAtOnce))
  }
}
