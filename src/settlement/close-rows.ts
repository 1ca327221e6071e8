/** A settled seller as rows: what a close writes, whether by COPY or by ordinary inserts. Pure but for the ids it gives. */

import { auditTable } from '../audit/record.ts'
import { type Month, type PlainDate, yearOf } from '../calendar.ts'
import type { BulkTable, Row } from '../db/bulk.ts'
import { newId } from '../ids.ts'
import {
  type DocumentRecord,
  documentNumber,
  freezeDocument,
  type IssueFacts,
  type Issuer,
  monthKey,
  type RecordLine,
} from '../invoicing/record.ts'
import { type ClosedOffer, chargeRow, chargeTable, documentRow, documentTable, sharesText } from '../invoicing/rows.ts'
import { type DocumentTerms, termsFor } from '../invoicing/wish.ts'
import type { SumOfKind } from '../ledger/postings.ts'
import { type Cents, centsOf, type Money, moneyOf, zeroMoney } from '../money.ts'
import { type EarlierInvoice, type SellerFacts, type SellerMonth, settleSeller } from './close.ts'
import type { Billed, Document, PlacementMonth, SellerClose } from './documents.ts'
import { packEvidence } from './evidence.ts'
import { type Finding, impossible, vatWithoutNumber } from './findings.ts'
import type { Tariff } from './tariff.ts'

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

/** The tables that a close writes, in the order in which they are written. */
export const closeTables: readonly BulkTable[] = [
  documentTable,
  chargeTable,
  settledMonthTable,
  withheldTable,
  fundingTable,
  evidenceTable,
  closedOfferTable,
  monthCloseTable,
  auditTable,
]

/** Takes a row of a close as it is made. */
export type Put = (table: BulkTable, row: Row) => void

/** A seller's closed month, as far as it is not rows. */
export type ClosedSeller = {
  seller_id: string
  issued: IssuedDocument[]
  /** how many times something was not charged */
  withheld: number
  own_use: Money
  /** seller, placement and month of what was settled before: the rows put take the place of those that are there */
  settled_again: Row[]
  /** what makes the close impossible; then nothing that was put may be written */
  blocks: Finding[]
}

export type IssuedDocument = { id: string; buyer_id: string } & Pick<
  DocumentRecord,
  'type' | 'number' | 'close_month' | 'total'
>

/**
 * Settles a seller's month by the calculator and puts it down as rows, buyer by buyer: what is rated of one is bytes before the
 * next is rated, so little of it lives long enough to cost anything.
 */
export function closeSellerMonth(loaded: SellerMonth, closing: Closing, put: Put): ClosedSeller {
  const { month } = closing
  const seller_id = loaded.facts.seller
  const closed: ClosedSeller = {
    seller_id,
    issued: [],
    withheld: 0,
    own_use: zeroMoney,
    settled_again: [],
    blocks: [],
  }
  const tariffs = new Map<string, Tariff>()
  const issuing = new Issuing(loaded, closing, put)
  const offers = new Set<string>()
  for (const facts of buyerByBuyer(loaded.facts)) {
    const { closing: settled, months } = settleSeller(facts, month, { tariffs })
    closed.blocks.push(...impossible(settled, seller_id), ...vatWithoutNumber(settled, closing.parties))
    if (closed.blocks.length > 0) continue
    issuing.invoices(settled.documents, months)
    putOwnUse(loaded, months, month, put)
    for (const row of settled.billed) {
      put(settledMonthTable, settledRow(seller_id, row, closing.closed_at))
      if (row.service_month !== month) closed.settled_again.push([seller_id, row.placement, row.service_month])
    }
    putRest(facts, settled, month, put)
    for (const offer of putEvidence(facts, month, months, put)) offers.add(offer)
    closed.withheld += settled.withheld.length
    if (settled.own_use !== zeroMoney) closed.own_use = settled.own_use
  }
  if (closed.blocks.length > 0) return closed
  closed.issued = issuing.end()
  for (const offer of offers) put(closedOfferTable, offerRow(loaded, offer, month))
  put(monthCloseTable, [seller_id, month, closing.closed_at, closing.closed_by, closed.withheld, closed.own_use])
  return closed
}

/**
 * The facts of one seller apart by buyer, in the order of documents. Where a month was billed to another buyer than its placement
 * has now, what is given back to one is charged to the other: then all are settled at once.
 */
function buyerByBuyer(facts: SellerFacts): SellerFacts[] {
  const buyerOf = new Map(facts.placements.map((placement) => [placement.id, placement.buyer]))
  if (facts.billed.some((row) => buyerOf.get(row.placement) !== row.buyer)) return [facts]
  const billed = Map.groupBy(facts.billed, (row) => row.buyer)
  const agreed = Map.groupBy(facts.agreed ?? [], (credit) => buyerOf.get(credit.placement))
  const placements = Map.groupBy(facts.placements, (placement) => placement.buyer)
  return [...placements.keys()].sort().map((buyer) => ({
    ...facts,
    placements: placements.get(buyer)!,
    billed: billed.get(buyer) ?? [],
    agreed: agreed.get(buyer) ?? [],
  }))
}

/** Freezes and numbers the documents of one seller in the order of issue (R18): invoices as they come, credit notes at the end. */
class Issuing {
  readonly #closing: Closing
  readonly #put: Put
  readonly #facts: Omit<IssueFacts, 'months'>
  readonly #seller_id: string
  readonly #prefix: string
  readonly #corrected: ReadonlyMap<string, EarlierInvoice>
  readonly #credits: { draft: Document; months: IssueFacts['months'] }[] = []
  readonly #issued: IssuedDocument[] = []
  readonly #kinds: SumOfKind[] = []
  #lines = 0
  #last: number

  constructor(loaded: SellerMonth, closing: Closing, put: Put) {
    const seller_id = loaded.facts.seller
    const { invoice_prefix, ...seller } = closing.parties.get(seller_id)!
    const buyers = [...new Set(loaded.facts.placements.map(({ buyer }) => buyer))]
    for (const { buyer } of loaded.facts.billed) if (!buyers.includes(buyer)) buyers.push(buyer)
    const parties = buyers.map((buyer) => closing.parties.get(buyer)!)
    this.#seller_id = seller_id
    this.#closing = closing
    this.#put = put
    this.#prefix = invoice_prefix
    this.#last = closing.numbers.get(seller_id) ?? 0
    this.#corrected = new Map(loaded.invoices.map((each) => [`${each.buyer_id} ${each.close_month}`, each]))
    this.#facts = {
      seller,
      parties: new Map(parties.map((buyer) => [buyer.id, buyer])),
      terms: termsFor(seller_id, parties, closing.terms),
      placements: loaded.subjects,
      prices: loaded.prices,
      billed_on: Map.groupBy(loaded.billed_on, (row) => monthKey(row.placement_id, row.service_month)),
    }
  }

  /** @param rated the months from which the documents were made */
  invoices(drafts: readonly Document[], rated: readonly PlacementMonth[]): void {
    const earlier = rated.filter((each) => each.service_month !== this.#closing.month)
    const months = new Map(earlier.map((each) => [monthKey(each.placement, each.service_month), each]))
    for (const draft of drafts) {
      if (draft.type === 'invoice') this.#issue(draft, months)
      else this.#credits.push({ draft, months })
    }
  }

  /** The rest, and what was counted for the run. @returns all documents, in the order of issue */
  end(): IssuedDocument[] {
    for (const { draft, months } of this.#credits) this.#issue(draft, months)
    const { numbers, lines, kinds } = this.#closing
    numbers.set(this.#seller_id, this.#last)
    lines.onDocuments += this.#lines
    for (const sum of this.#kinds) kinds.push(sum)
    return this.#issued
  }

  #issue(draft: Document, months: IssueFacts['months']): void {
    const { issued_on, closed_at, agreed_days } = this.#closing
    const seller_id = this.#seller_id
    const buyer_id = draft.buyer
    const corrects = draft.corrects === null ? null : this.#corrected.get(`${buyer_id} ${draft.corrects}`)
    if (corrects === undefined) throw new Error(`the invoice of ${draft.corrects} to ${buyer_id} must exist`)
    this.#last += 1
    const sequence = this.#last
    const year = yearOf(issued_on)
    const numbered = { number: documentNumber(this.#prefix, year, sequence), issued_on }
    const corrected = corrects === null ? null : { number: corrects.number, issued_on: corrects.issued_on }
    const { seller } = this.#facts
    const payment_days = agreed_days.get(`${seller_id} ${buyer_id}`) ?? seller.payment_days
    const record = freezeDocument(draft, numbered, corrected, {
      ...this.#facts,
      months,
      seller: { ...seller, payment_days },
    })
    const id = newId()
    this.#put(
      documentTable,
      documentRow(seller_id, closed_at, { id, buyer_id, year, sequence, corrects_id: corrects?.id ?? null, record }),
    )
    const of = { seller_id, close_month: draft.close, document_id: id, buyer_id }
    for (const line of record.lines) this.#put(chargeTable, chargeRow(of, newId(), line))
    this.#lines += record.lines.length
    this.#kinds.push(...sumsOfKinds(id, record.lines))
    const { type, number, close_month, total } = record
    this.#issued.push({ id, buyer_id, type, number, close_month, total })
  }
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

/** R13: the lines of own use, kept like others but on no document. */
function putOwnUse(loaded: SellerMonth, months: readonly PlacementMonth[], close_month: Month, put: Put): void {
  const seller_id = loaded.facts.seller
  const of = { seller_id, close_month, document_id: null, buyer_id: seller_id }
  let line_no = 0
  for (const { placement, service_month, now } of months) {
    if (service_month !== close_month || now?.buyer !== seller_id) continue
    const vat =
      now.vat?.category === 'S'
        ? { vat_category: 'S' as const, vat_rate: now.vat.rate }
        : { vat_category: 'E' as const, vat_rate: '0' }
    const subject = { ...loaded.subjects.get(placement)!, placement_id: placement, service_month, ...vat }
    for (const line of now.rated.lines) {
      const { kind, quantity, base_quantity, unit_price, percent, gross, shares, buyer_amount, tier } = line
      const figures = { kind, quantity, base_quantity, unit_price, percent, gross, shares, buyer_amount }
      const price = loaded.prices.get(line.price_version) ?? null
      line_no += 1
      const record: RecordLine = { ...subject, ...figures, line_no, tier_step: tier, price, explanation: null }
      put(chargeTable, chargeRow(of, newId(), record))
    }
  }
}

/** What was withheld, and what others bear. */
function putRest({ seller, placements }: SellerFacts, settled: SellerClose, month: Month, put: Put): void {
  if (settled.withheld.length > 0) {
    const buyerOf = new Map(placements.map((placement) => [placement.id, placement.buyer]))
    for (const { placement, reason, quantity } of settled.withheld)
      put(withheldTable, [seller, month, placement, reason, buyerOf.get(placement)!, quantity])
  }
  for (const { buyer, source, collected_by, amount } of settled.funding)
    put(fundingTable, [seller, month, buyer, source, collected_by, amount])
}

function settledRow(seller_id: string, row: Billed, settled_at: string): Row {
  const { placement, service_month, buyer, buyer_amount, gross, shares, vat, invoiced_in, carry } = row
  const rate = `{"category":"${vat.category}","rate":"${vat.rate}"}`
  const kept = carry === null ? null : JSON.stringify(carry)
  const amounts = sharesText(shares)
  return [seller_id, placement, service_month, buyer, buyer_amount, gross, amounts, rate, invoiced_in, kept, settled_at]
}

/**
 * One row for each buyer with a line or something withheld: its placements' facts, as they were rated.
 * @returns their offers
 */
function putEvidence(
  { seller, placements }: SellerFacts,
  month: Month,
  months: readonly PlacementMonth[],
  put: Put,
): string[] {
  const rated = new Set<string>()
  for (const { placement, now, billed } of months) {
    if (billed !== null || (now !== null && isCharged(now.rated))) rated.add(placement)
  }
  const shown = placements.filter((placement) => rated.has(placement.id))
  for (const [buyer, same] of Map.groupBy(shown, (placement) => placement.buyer))
    put(evidenceTable, [seller, month, buyer, packEvidence(same, month)])
  return shown.map((placement) => placement.offer)
}

function offerRow(loaded: SellerMonth, offer: string, month: Month): Row {
  const { seller, offers } = loaded.facts
  const terms = offers.get(offer)!
  const prices = terms.prices.flatMap(({ id }) => loaded.prices.get(id!) ?? [])
  const kept: ClosedOffer = { names: loaded.names.get(offer)!, prices, terms }
  return [seller, month, offer, JSON.stringify(kept)]
}

function isCharged({ lines, withheld }: { lines: readonly unknown[]; withheld: readonly unknown[] }): boolean {
  return lines.length > 0 || withheld.length > 0
}
