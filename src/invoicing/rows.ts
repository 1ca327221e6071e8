/** A document and its lines as rows: the record without what each line repeats, and a charge for each line. */
import type { BulkTable, Row } from '../db/bulk.ts'
import { centsOf, type Money } from '../money.ts'
import type { Terms } from '../settlement/facts.ts'
import type { RatedLine, RatedMonth } from '../settlement/rate.ts'
import { totalsOf } from '../settlement/rate.ts'
import {
  type AgreedOn,
  type BilledOn,
  type DocumentRecord,
  monthKey,
  type PlacementSubject,
  type RecordLine,
  type RecordPrice,
  type ServiceRecordLine,
} from './record.ts'

/** A record as it is stored: its lines are the charges, and the close keeps the services and prices they name (`closed_offer`). */
export type StoredRecord = Omit<DocumentRecord, 'lines'> & {
  /** the case's token by placement */
  cases: Record<string, string | null>
}

/** What an offer is called on a document. */
export type OfferNames = Omit<PlacementSubject, 'offer_id' | 'case_token'>

/** An offer as it was at a close: what it was called, its price versions as a document names them, and its terms. */
export type ClosedOffer = { names: OfferNames; prices: RecordPrice[]; terms: Terms }

export type NewDocument = {
  id: string
  buyer_id: string
  year: number
  sequence: number
  corrects_id: string | null
  record: DocumentRecord
}

/** A charge as a document reads it. */
export type ChargeRow = {
  line_no: number
  placement_id: string
  offer_id: string
  service_month: string
  kind: string
  price_id: string | null
  tier_step: number | null
  quantity: string | null
  base_quantity: string | null
  unit_price: string | null
  percent: string | null
  gross: string | null
  shares: unknown
  buyer_amount: string
  vat_category: string
  vat_rate: string | null
  explanation: unknown
}

export const documentTable: BulkTable = {
  name: 'document',
  columns: [
    ['seller_id', 'uuid'],
    ['id', 'uuid'],
    ['buyer_id', 'uuid'],
    ['type', 'text'],
    ['number', 'text'],
    ['year', 'int'],
    ['sequence', 'int'],
    ['close_month', 'text'],
    ['issued_on', 'date'],
    ['due_on', 'date'],
    ['corrects_id', 'uuid'],
    ['net', 'numeric'],
    ['vat', 'numeric'],
    ['total', 'numeric'],
    ['vat_summary', 'jsonb'],
    ['record', 'json'],
    ['issued_at', 'timestamptz'],
  ],
}

export function documentRow(seller_id: string, issued_at: string, document: NewDocument): Row {
  const { id, buyer_id, year, sequence, corrects_id, record } = document
  const { type, number, close_month, issued_on, due_on, net, vat, total, vat_rates } = record
  const head = [seller_id, id, buyer_id, type, number, year, sequence, close_month, issued_on, due_on, corrects_id]
  return [...head, net, vat, total, JSON.stringify(vat_rates), storedRecordText(record), issued_at]
}

/** A `StoredRecord` as JSON. Cases are written out by hand: an object of thousands of them is slow to make and to write. */
function storedRecordText({ lines, ...head }: DocumentRecord): string {
  const known = new Set<string>()
  let cases = ''
  for (const { placement_id, case_token } of lines) {
    if (known.has(placement_id)) continue
    known.add(placement_id)
    cases += `${cases === '' ? '' : ','}"${placement_id}":${JSON.stringify(case_token)}`
  }
  return `${JSON.stringify(head).slice(0, -1)},"cases":{${cases}}}`
}

export const chargeTable: BulkTable = {
  name: 'charge',
  columns: [
    ['seller_id', 'uuid'],
    ['close_month', 'text'],
    ['id', 'uuid'],
    ['line_no', 'int'],
    ['document_id', 'uuid'],
    ['buyer_id', 'uuid'],
    ['placement_id', 'uuid'],
    ['offer_id', 'uuid'],
    ['service_month', 'text'],
    ['kind', 'text'],
    ['price_id', 'uuid'],
    ['tier_step', 'int'],
    ['quantity', 'numeric'],
    ['base_quantity', 'numeric'],
    ['unit_price', 'numeric'],
    ['percent', 'numeric'],
    ['gross', 'numeric'],
    ['shares', 'json'],
    ['buyer_amount', 'numeric'],
    ['vat_category', 'text'],
    ['vat_rate', 'numeric'],
    ['explanation', 'jsonb'],
  ],
}

/** Where a charge belongs: an own use has no document (R13). */
export type ChargeOf = { seller_id: string; close_month: string; document_id: string | null; buyer_id: string }

/**
 * A line of a document as a charge. How it came about is explained from what it was rated from (`rating_evidence`); only what
 * a difference lies between is kept with it.
 */
export function chargeRow(of: ChargeOf, id: string, line: RecordLine): Row {
  if (line.kind === 'adjustment') {
    const head = [of.seller_id, of.close_month, id, line.line_no, of.document_id, of.buyer_id, line.placement_id]
    const tail = [line.buyer_amount, line.vat_category, line.vat_rate]
    const subject = [line.offer_id, line.service_month, line.kind]
    const { billed, rated, explanation } = line
    const { billed_on, agreed, dispute } = explanation
    const beside = { ...(agreed === undefined ? {} : { agreed }), ...(dispute === undefined ? {} : { dispute }) }
    const kept: KeptDifference = { billed, rated, billed_on, ...beside }
    const none = [null, null, null, null, null, null, null]
    return [...head, ...subject, ...none, '[]', ...tail, JSON.stringify(kept)]
  }
  const { price, tier_step, quantity, base_quantity, unit_price, percent, gross, shares } = line
  return [
    of.seller_id,
    of.close_month,
    id,
    line.line_no,
    of.document_id,
    of.buyer_id,
    line.placement_id,
    line.offer_id,
    line.service_month,
    line.kind,
    price?.id ?? null,
    tier_step,
    quantity,
    base_quantity,
    unit_price,
    percent,
    gross,
    sharesText(shares),
    line.buyer_amount,
    line.vat_category,
    line.vat_rate,
    null,
  ]
}

/** R16: what `charge.explanation` holds of a difference. */
type KeptDifference = { billed: Money; rated: Money; billed_on: BilledOn[]; agreed?: Money; dispute?: AgreedOn }

/** Shares as JSON. Nothing but a source's name can need quoting, and there are few of them. */
export function sharesText(shares: ServiceRecordLine['shares']): string {
  let text = ''
  for (const { source, collected_by, amount } of shares) {
    let name = quotedSources.get(source)
    if (name === undefined) {
      name = JSON.stringify(source)
      if (quotedSources.size < 1000) quotedSources.set(source, name)
    }
    text += `${text === '' ? '' : ','}{"source":${name},"collected_by":"${collected_by}","amount":"${amount}"}`
  }
  return `[${text}]`
}
const quotedSources = new Map<string, string>()

/**
 * The record again, as it was issued.
 * @param closed the offers as the close kept them
 * @param explained the months that the close rated, rated again from their evidence; by `monthKey`. An explanation that does
 *   not come to the stored figures is left out, and the line says so: the figures are what was issued.
 */
export function recordOf(
  stored: StoredRecord,
  charges: readonly ChargeRow[],
  closed: ReadonlyMap<string, ClosedOffer>,
  explained: ReadonlyMap<string, RatedMonth>,
): DocumentRecord {
  const { cases, ...head } = stored
  const prices = new Map([...closed.values()].flatMap((offer) => offer.prices.map((price) => [price.id, price])))
  const lines = charges.map((charge): RecordLine => {
    const { line_no, placement_id, offer_id, buyer_amount } = charge
    const subject = {
      line_no,
      placement_id,
      case_token: cases[placement_id] ?? null,
      offer_id,
      ...closed.get(offer_id)!.names,
      service_month: charge.service_month as RecordLine['service_month'],
      buyer_amount: buyer_amount as Money,
      vat_category: charge.vat_category as RecordLine['vat_category'],
      vat_rate: charge.vat_rate ?? '0',
    }
    const rated = explained.get(monthKey(placement_id, charge.service_month)) ?? null
    if (charge.kind === 'adjustment') return { ...subject, ...adjustmentOf(charge, rated) }
    const figures = {
      kind: charge.kind as ServiceRecordLine['kind'],
      quantity: charge.quantity!,
      base_quantity: charge.base_quantity!,
      unit_price: charge.unit_price!,
      percent: charge.percent!,
      tier_step: charge.tier_step,
      price: charge.price_id === null ? null : (prices.get(charge.price_id) ?? null),
      gross: charge.gross as Money,
      shares: charge.shares as ServiceRecordLine['shares'],
    }
    const explanation = explanationOf(charge, rated)
    return { ...subject, ...figures, explanation, ...(explanation === null && otherCalculation) }
  })
  return { ...head, lines }
}

const otherCalculation = { explanation_note: 'other_calculation' } as const

function explanationOf(charge: ChargeRow, rated: RatedMonth | null): ServiceRecordLine['explanation'] {
  const line = rated?.lines.find((each) => isSame(each, charge))
  if (rated === null || line?.explanation === undefined) return null
  return { ...line.explanation, month: rated.explanation ?? null, withheld: rated.withheld }
}

function isSame(line: RatedLine, charge: ChargeRow): boolean {
  return (
    line.kind === charge.kind &&
    line.price_version === charge.price_id &&
    line.tier === charge.tier_step &&
    line.percent === charge.percent &&
    line.quantity === charge.quantity &&
    line.unit_price === charge.unit_price &&
    line.gross === charge.gross &&
    line.buyer_amount === charge.buyer_amount &&
    sharesKey(line.shares) === sharesKey(charge.shares as RatedLine['shares'])
  )
}

function sharesKey(shares: RatedLine['shares']): string {
  return shares.map(({ source, collected_by, amount }) => `${source} ${collected_by} ${amount}`).join('\n')
}

function adjustmentOf(charge: ChargeRow, now: RatedMonth | null) {
  const { billed, rated, billed_on, agreed, dispute } = charge.explanation as KeptDifference
  const figures = { kind: 'adjustment' as const, billed, rated }
  const unrated = { month: null, withheld: [], billed_on, rated_lines: [] }
  if (dispute !== undefined) return { ...figures, explanation: { ...unrated, dispute } }
  // A month that was not rated any more comes to nothing: it is another buyer's now.
  const lines = now === null ? '0.00' : totalsOf(now.lines).buyer_amount
  const beside = agreed === undefined ? {} : { agreed }
  if (centsOf(lines) - centsOf(agreed ?? '0.00') !== centsOf(rated))
    return { ...figures, explanation: { ...unrated, ...beside }, ...otherCalculation }
  const context = { month: now?.explanation ?? null, withheld: now?.withheld ?? [] }
  return { ...figures, explanation: { ...context, billed_on, rated_lines: now?.lines ?? [], ...beside } }
}
