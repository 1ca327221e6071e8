/** A settled seller as rows: what a close writes, whether by COPY or by ordinary inserts. Pure but for the ids it gives. */

import { type Month, type PlainDate, yearOf } from '../calendar.ts'
import type { BulkTable, Row } from '../db/bulk.ts'
import { newId } from '../ids.ts'
import {
  documentNumber,
  freezeDocument,
  type IssueFacts,
  type Issuer,
  monthKey,
  type RecordLine,
} from '../invoicing/record.ts'
import { type ClosedOffer, chargeRow, documentRow, type NewDocument, sharesText } from '../invoicing/rows.ts'
import { type DocumentTerms, termsFor } from '../invoicing/wish.ts'
import type { SumOfKind } from '../ledger/postings.ts'
import { type Cents, centsOf, moneyOf } from '../money.ts'
import { type SellerMonth, settleSeller } from './close.ts'
import type { Billed, Document, PlacementMonth } from './documents.ts'
import { packEvidence } from './evidence.ts'
import { type Finding, impossible, vatWithoutNumber } from './findings.ts'
import { numberDocuments } from './numbering.ts'

export const settledMonthTable: BulkTable = {
  name: 'settled_month',
  columns: [
    ['seller_id', 'uuid'],
    ['placement_id', 'uuid'],
    ['service_month', 'text'],
    ['buyer_id', 'uuid'],
    ['buyer_amount', 'numeric'],
    ['gross', 'numeric'],
    ['shares', 'json'],
    ['vat', 'json'],
    ['invoiced_in', 'text'],
    ['carry', 'json'],
    ['settled_at', 'timestamptz'],
  ],
}

/** What a later close puts in the place of an earlier memory (R16). */
export const settledAgain = `on conflict (seller_id, placement_id, service_month) do update set
  buyer_id = excluded.buyer_id, buyer_amount = excluded.buyer_amount, gross = excluded.gross, shares = excluded.shares,
  vat = excluded.vat, invoiced_in = excluded.invoiced_in, carry = excluded.carry, settled_at = excluded.settled_at`

export const withheldTable: BulkTable = {
  name: 'withheld',
  columns: [
    ['seller_id', 'uuid'],
    ['close_month', 'text'],
    ['placement_id', 'uuid'],
    ['reason', 'text'],
    ['buyer_id', 'uuid'],
    ['quantity', 'numeric'],
  ],
}

export const fundingTable: BulkTable = {
  name: 'funding_sum',
  columns: [
    ['seller_id', 'uuid'],
    ['close_month', 'text'],
    ['buyer_id', 'uuid'],
    ['source', 'text'],
    ['collected_by', 'text'],
    ['amount', 'numeric'],
  ],
}

export const evidenceTable: BulkTable = {
  name: 'rating_evidence',
  columns: [
    ['seller_id', 'uuid'],
    ['close_month', 'text'],
    ['buyer_id', 'uuid'],
    ['facts', 'text'],
  ],
}

export const closedOfferTable: BulkTable = {
  name: 'closed_offer',
  columns: [
    ['seller_id', 'uuid'],
    ['close_month', 'text'],
    ['offer_id', 'uuid'],
    ['facts', 'text'],
  ],
}

export const monthCloseTable: BulkTable = {
  name: 'month_close',
  columns: [
    ['seller_id', 'uuid'],
    ['month', 'text'],
    ['closed_at', 'timestamptz'],
    ['closed_by', 'uuid'],
    ['withheld', 'int'],
    ['own_use', 'numeric'],
  ],
}

/** Who closes, when, and what the documents take from outside the facts. */
export type Closing = {
  month: Month
  closed_at: string
  closed_by: string | null
  issued_on: PlainDate
  parties: ReadonlyMap<string, Issuer>
  /** what buyers wish of their documents, and the numbers of agreements */
  terms: DocumentTerms
  /** by `<seller> <buyer>`: days to pay where an agreement says so; the seller's usual ones hold elsewhere */
  agreed_days: ReadonlyMap<string, number>
  /** R18: the last number of each seller in the year of issue, counted on here */
  numbers: Map<string, number>
  /** how many lines its documents have so far, counted on here: the proof at the end finds as many */
  lines: { onDocuments: number }
  /** what those lines come to by kind of service, for the books of both parties */
  kinds: SumOfKind[]
}

/** A seller's closed month: its rows by table, and what is said of it. */
export type ClosedSeller = {
  seller_id: string
  /** made as they are taken: they are most of what a close writes */
  charges: Iterable<Row>
  documents: Row[]
  settled: Row[]
  /** memories of earlier months, which are there already */
  settled_again: Row[]
  withheld: Row[]
  funding: Row[]
  evidence: Row[]
  offers: Row[]
  month_close: Row
  issued: NewDocument[]
  own_use: string
  /** what makes the close impossible; then nothing may be written */
  blocks: Finding[]
}

/** Settles a seller's month by the calculator and writes it down as rows. */
export function closeSellerMonth(loaded: SellerMonth, closing: Closing): ClosedSeller {
  const { month, closed_at } = closing
  const seller_id = loaded.facts.seller
  const { closing: settled, months } = settleSeller(loaded.facts, month)
  const blocks = [...impossible(settled), ...vatWithoutNumber(settled, closing.parties)]
  if (blocks.length > 0) return { ...blockedSeller(seller_id), blocks }
  const issued = issueNumbered(loaded, settled.documents, months, closing)
  const ownUse = months.filter((each) => each.service_month === month && each.now?.buyer === seller_id)
  const buyerOf = new Map(loaded.facts.placements.map((placement) => [placement.id, placement.buyer]))
  const now = settled.billed.filter((row) => row.service_month === month)
  const before = now.length === settled.billed.length ? [] : settled.billed.filter((row) => row.service_month !== month)
  return {
    seller_id,
    charges: chargesOf(loaded, issued, ownUse, month),
    documents: issued.map((document) => documentRow(seller_id, closed_at, document)),
    settled: now.map((row) => settledRow(seller_id, row, closed_at)),
    settled_again: before.map((row) => settledRow(seller_id, row, closed_at)),
    withheld: settled.withheld.map(({ placement, reason, quantity }) => [
      seller_id,
      month,
      placement,
      reason,
      buyerOf.get(placement)!,
      quantity,
    ]),
    funding: settled.funding.map(({ buyer, source, collected_by, amount }) => [
      seller_id,
      month,
      buyer,
      source,
      collected_by,
      amount,
    ]),
    ...evidenceRows(loaded, month, months),
    month_close: [seller_id, month, closed_at, closing.closed_by, settled.withheld.length, settled.own_use],
    issued,
    own_use: settled.own_use,
    blocks,
  }
}

function blockedSeller(seller_id: string): Omit<ClosedSeller, 'blocks'> {
  const none: Row[] = []
  return {
    seller_id,
    charges: none,
    documents: none,
    settled: none,
    settled_again: none,
    withheld: none,
    funding: none,
    evidence: none,
    offers: none,
    month_close: [],
    issued: [],
    own_use: '0.00',
  }
}

/** Freezes the documents and numbers them in the order given (R18). */
function issueNumbered(
  loaded: SellerMonth,
  drafts: readonly Document[],
  months: readonly PlacementMonth[],
  closing: Closing,
): NewDocument[] {
  const seller_id = loaded.facts.seller
  const { invoice_prefix, ...seller } = closing.parties.get(seller_id)!
  const buyers = [...new Set(drafts.map(({ buyer }) => buyer))].map((buyer) => closing.parties.get(buyer)!)
  const facts: IssueFacts = {
    seller,
    parties: new Map(buyers.map((buyer) => [buyer.id, buyer])),
    terms: termsFor(seller_id, buyers, closing.terms),
    placements: loaded.subjects,
    prices: loaded.prices,
    months: new Map(
      months.flatMap((each) =>
        each.service_month === closing.month ? [] : [[monthKey(each.placement, each.service_month), each] as const],
      ),
    ),
    billed_on: Map.groupBy(loaded.billed_on, (row) => monthKey(row.placement_id, row.service_month)),
  }
  const invoices = new Map(loaded.invoices.map((invoice) => [`${invoice.buyer_id} ${invoice.close_month}`, invoice]))
  const year = yearOf(closing.issued_on)
  const { numbered: inSequence, last } = numberDocuments(drafts, closing.numbers.get(seller_id) ?? 0)
  closing.numbers.set(seller_id, last)
  return inSequence.map(({ document: draft, number: sequence }) => {
    const corrects = draft.corrects === null ? null : invoices.get(`${draft.buyer} ${draft.corrects}`)
    if (corrects === undefined) throw new Error(`the invoice of ${draft.corrects} to ${draft.buyer} must exist`)
    const numbered = { number: documentNumber(invoice_prefix, year, sequence), issued_on: closing.issued_on }
    const corrected = corrects === null ? null : { number: corrects.number, issued_on: corrects.issued_on }
    const payment_days = closing.agreed_days.get(`${seller_id} ${draft.buyer}`) ?? seller.payment_days
    const agreed = { ...facts, seller: { ...seller, payment_days } }
    const record = freezeDocument(draft, numbered, corrected, agreed)
    const id = newId()
    closing.lines.onDocuments += record.lines.length
    closing.kinds.push(...sumsOfKinds(id, record.lines))
    return { id, buyer_id: draft.buyer, year, sequence, corrects_id: corrects?.id ?? null, record }
  })
}

/** What the lines of a document come to by kind of service; what is collected elsewhere is known of the month's own lines. */
function sumsOfKinds(document_id: string, lines: readonly RecordLine[]): SumOfKind[] {
  const sums: { kind_code: string; amount: Cents; collected: Cents | null }[] = []
  for (const line of lines) {
    const { kind_code } = line
    const sum = sums.find((each) => each.kind_code === kind_code) ?? { kind_code, amount: 0n, collected: null }
    if (sum.collected === null && sum.amount === 0n && !sums.includes(sum)) sums.push(sum)
    const amount = centsOf(line.buyer_amount)
    sum.amount += amount
    if (line.kind !== 'adjustment') sum.collected = (sum.collected ?? 0n) + centsOf(line.gross) - amount
  }
  return sums.map(({ kind_code, amount, collected }) => ({
    document_id,
    kind_code,
    amount: moneyOf(amount),
    collected: collected === null ? null : moneyOf(collected),
  }))
}

function* chargesOf(
  loaded: SellerMonth,
  issued: readonly NewDocument[],
  own: readonly PlacementMonth[],
  close_month: Month,
): Generator<Row> {
  const seller_id = loaded.facts.seller
  for (const { id, buyer_id, record } of issued) {
    const of = { seller_id, close_month, document_id: id, buyer_id }
    for (const line of record.lines) yield chargeRow(of, newId(), line)
  }
  const of = { seller_id, close_month, document_id: null, buyer_id: seller_id }
  for (const line of ownUseLines(loaded, own)) yield chargeRow(of, newId(), line)
}

/** R13: the lines of own use, kept like others but on no document. */
function ownUseLines(loaded: SellerMonth, own: readonly PlacementMonth[]): RecordLine[] {
  const lines = own.flatMap(({ placement, service_month, now }) =>
    now!.rated.lines.map((line) => {
      const { kind, quantity, base_quantity, unit_price, percent, gross, shares, buyer_amount, tier } = line
      const figures = { kind, quantity, base_quantity, unit_price, percent, gross, shares, buyer_amount }
      const price = loaded.prices.get(line.price_version) ?? null
      const vat =
        now!.vat?.category === 'S'
          ? { vat_category: 'S' as const, vat_rate: now!.vat.rate }
          : { vat_category: 'E' as const, vat_rate: '0' }
      const subject = { ...loaded.subjects.get(placement)!, placement_id: placement, service_month }
      return { ...subject, ...figures, tier_step: tier, price, ...vat, explanation: null }
    }),
  )
  return lines.map((line, index) => ({ ...line, line_no: index + 1 }))
}

function settledRow(seller_id: string, row: Billed, settled_at: string): Row {
  const { placement, service_month, buyer, buyer_amount, gross, shares, vat, invoiced_in, carry } = row
  const rate = `{"category":"${vat.category}","rate":"${vat.rate}"}`
  const kept = carry === null ? null : JSON.stringify(carry)
  const amounts = sharesText(shares)
  return [seller_id, placement, service_month, buyer, buyer_amount, gross, amounts, rate, invoiced_in, kept, settled_at]
}

/** One row for each buyer with a line or something withheld: its placements' facts, as they were rated; and their offers. */
function evidenceRows(
  loaded: SellerMonth,
  month: Month,
  months: readonly PlacementMonth[],
): Pick<ClosedSeller, 'evidence' | 'offers'> {
  const { seller, placements, offers } = loaded.facts
  const rated = new Set<string>()
  for (const { placement, now, billed } of months) {
    if (billed !== null || (now !== null && isCharged(now.rated))) rated.add(placement)
  }
  const shown = placements.filter((placement) => rated.has(placement.id))
  const byBuyer = Map.groupBy(shown, (placement) => placement.buyer)
  return {
    evidence: Array.from(byBuyer, ([buyer, same]) => [seller, month, buyer, packEvidence(same, month)]),
    offers: Array.from(new Set(shown.map((placement) => placement.offer)), (offer) => {
      const terms = offers.get(offer)!
      const prices = terms.prices.flatMap(({ id }) => loaded.prices.get(id!) ?? [])
      const kept: ClosedOffer = { names: loaded.names.get(offer)!, prices, terms }
      return [seller, month, offer, JSON.stringify(kept)]
    }),
  }
}

function isCharged({ lines, withheld }: { lines: readonly unknown[]; withheld: readonly unknown[] }): boolean {
  return lines.length > 0 || withheld.length > 0
}
