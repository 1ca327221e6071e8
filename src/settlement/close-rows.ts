/** A settled seller as rows: what a close writes, whether by COPY or by ordinary inserts. Pure but for the ids it gives. */
import { type Month, type PlainDate, yearOf } from '../calendar.ts'
import type { BulkTable, Row } from '../db/bulk.ts'
import { newId } from '../ids.ts'
import { documentNumber, freezeDocument, type IssueFacts, monthKey, type Party } from '../invoicing/record.ts'
import { chargeRow, documentRow, type NewDocument } from '../invoicing/rows.ts'
import type { Language } from '../ui/texts.ts'
import { type PlacementToRate, type SellerMonth, settleSeller } from './close.ts'
import type { Billed, Document, PlacementMonth } from './documents.ts'
import { packEvidence } from './evidence.ts'

export const settledMonthTable: BulkTable = {
  name: 'settled_month',
  columns: [
    ['seller_id', 'uuid'],
    ['placement_id', 'uuid'],
    ['service_month', 'text'],
import { type Finding, impossible } from './findings.ts'
    ['buyer_id', 'uuid'],
    ['buyer_amount', 'numeric'],
    ['gross', 'numeric'],
    ['shares', 'jsonb'],
    ['vat', 'jsonb'],
    ['invoiced_in', 'text'],
    ['carry', 'jsonb'],
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

/** A party with what its documents need of it besides. */
export type Issuer = Party & { id: string; invoice_prefix: string; payment_days: number; invoice_language: Language }

/** Who closes, when, and what the documents take from outside the facts. */
export type Closing = {
  month: Month
  closed_at: string
  closed_by: string | null
  issued_on: PlainDate
  parties: ReadonlyMap<string, Issuer>
  /** R18: the last number of each seller in the year of issue, counted on here */
  numbers: Map<string, number>
}

/** A seller's closed month: its rows by table, and what is said of it. */
export type ClosedSeller = {
  seller_id: string
  charges: Row[]
  documents: Row[]
  settled: Row[]
  /** memories of earlier months, which are there already */
  settled_again: Row[]
  withheld: Row[]
  funding: Row[]
  evidence: Row[]
  month_close: Row
  issued: NewDocument[]
  own_use: string
}

/** Settles a seller's month by the calculator and writes it down as rows. */
export function closeSellerMonth(loaded: SellerMonth, closing: Closing): ClosedSeller {
  const { month, closed_at } = closing
  const seller_id = loaded.facts.seller
  const { closing: settled, months } = settleSeller(loaded.facts, month)
  const issued = issueNumbered(loaded, settled.documents, months, closing)
  const ownUse = months.filter((each) => each.service_month === month && each.now?.buyer === seller_id)
  const buyerOf = new Map(loaded.facts.placements.map((placement) => [placement.id, placement.buyer]))
  const [now, before] = [settled.billed, []] as [Billed[], Billed[]]
  if (now.some((row) => row.service_month !== month)) {
    now.splice(0, now.length, ...now.filter((row) => row.service_month === month || !before.push(row)))
  }
  return {
    seller_id,
    charges: [
      ...issued.flatMap((document) => chargesOf(seller_id, document)),
      ...ownUseRows(loaded, seller_id, month, ownUse),
  /** what makes the close impossible; then nothing may be written */
  blocks: Finding[]
    ],
    documents: issued.map((document) => documentRow(seller_id, closed_at, document)),
    settled: now.map((row) => settledRow(seller_id, row, closed_at)),
    settled_again: before.map((row) => settledRow(seller_id, row, closed_at)),
    withheld: settled.withheld.map(({ placement, reason, quantity }) => [
      seller_id,
      month,
  const blocks = impossible(settled)
  if (blocks.length > 0) return { ...blockedSeller(seller_id), blocks }
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
    evidence: evidenceRows(loaded, month, months),
    month_close: [seller_id, month, closed_at, closing.closed_by, settled.withheld.length, settled.own_use],
    issued,
    own_use: settled.own_use,
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
  const { invoice_prefix, ...seller } = withoutId(closing.parties.get(seller_id)!)
  const facts: IssueFacts = {
    seller,
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
    parties: new Map(drafts.map(({ buyer }) => [buyer, partyOf(closing.parties.get(buyer)!)])),
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
  return drafts.map((draft) => {
    const sequence = (closing.numbers.get(seller_id) ?? 0) + 1
    closing.numbers.set(seller_id, sequence)
    const corrects = draft.corrects === null ? null : invoices.get(`${draft.buyer} ${draft.corrects}`)
    if (corrects === undefined) throw new Error(`the invoice of ${draft.corrects} to ${draft.buyer} must exist`)
    const numbered = { number: documentNumber(invoice_prefix, year, sequence), issued_on: closing.issued_on }
    const corrected = corrects === null ? null : { number: corrects.number, issued_on: corrects.issued_on }
    const record = freezeDocument(draft, numbered, corrected, facts)
    return { id: newId(), buyer_id: draft.buyer, year, sequence, corrects_id: corrects?.id ?? null, record }
  })
}

function withoutId({ id: _, ...issuer }: Issuer): Omit<Issuer, 'id'> {
  return issuer
}

function partyOf(issuer: Issuer): Party {
  const { id: _, invoice_prefix: _prefix, payment_days: _days, invoice_language: _language, ...party } = issuer
  return party
}

function chargesOf(seller_id: string, { id, buyer_id, record }: NewDocument): Row[] {
  const of = { seller_id, close_month: record.close_month, document_id: id, buyer_id }
  return record.lines.map((line) => chargeRow(of, newId(), line, true))
}

/** R13: the lines of own use, kept like others but on no document. */
function ownUseRows(loaded: SellerMonth, seller_id: string, month: Month, own: readonly PlacementMonth[]): Row[] {
  const of = { seller_id, close_month: month, document_id: null, buyer_id: seller_id }
  let line_no = 0
  return own.flatMap(({ placement, service_month, now }) =>
    now!.rated.lines.map((line) => {
      line_no += 1
      const { kind, quantity, base_quantity, unit_price, percent, gross, shares, buyer_amount, tier } = line
      const figures = { kind, quantity, base_quantity, unit_price, percent, gross, shares, buyer_amount }
      const price = loaded.prices.get(line.price_version) ?? null
      const [vat_category, vat_rate] =
        now!.vat?.category === 'S' ? (['S', now!.vat.rate] as const) : (['E', '0'] as const)
      const subject = { ...loaded.subjects.get(placement)!, placement_id: placement, line_no, service_month }
      const whole = { ...subject, ...figures, tier_step: tier, price, vat_category, vat_rate, explanation: null }
      return chargeRow(of, newId(), whole, true)
    }),
  )
}

function settledRow(seller_id: string, row: Billed, settled_at: string): Row {
  const { placement, service_month, buyer, buyer_amount, gross, shares, vat, invoiced_in, carry } = row
  const json = [JSON.stringify(shares), JSON.stringify(vat), invoiced_in, carry === null ? null : JSON.stringify(carry)]
  return [seller_id, placement, service_month, buyer, buyer_amount, gross, ...json, settled_at]
}

/** One row for each buyer with a line or something withheld: its placements' facts, as they were rated. */
function evidenceRows(loaded: SellerMonth, month: Month, months: readonly PlacementMonth[]): Row[] {
  const { seller, placements, offers } = loaded.facts
  const rated = new Set<string>()
  for (const { placement, now } of months) if (now !== null && isCharged(now.rated)) rated.add(placement)
  for (const { placement, billed } of months) if (billed !== null) rated.add(placement)
  const terms = new Map<string, string>()
  const termsOf = (offer: string) => {
    const known = terms.get(offer) ?? JSON.stringify(offers.get(offer))
    terms.set(offer, known)
    return known
  }
  const byBuyer = new Map<string, PlacementToRate[]>()
  for (const placement of placements) {
    if (!rated.has(placement.id)) continue
    const same = byBuyer.get(placement.buyer)
    if (same === undefined) byBuyer.set(placement.buyer, [placement])
    else same.push(placement)
  }
  return Array.from(byBuyer, ([buyer, same]) => [seller, month, buyer, packEvidence(same, termsOf)])
}

function isCharged({ lines, withheld }: { lines: readonly unknown[]; withheld: readonly unknown[] }): boolean {
  return lines.length > 0 || withheld.length > 0
}
