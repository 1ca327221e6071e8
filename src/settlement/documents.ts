/**
 * From rated months to documents: one seller's close of one month (R13 to R17). The closed month gives invoices; earlier
 * months that now come to another amount give adjustments and credit notes. What was billed is kept as a memory for each
 * placement and service month, so that the next close compares with it and reads no old document.
 */
import type { Month } from '../calendar.ts'
import { type Cents, centsOf, type Money, moneyOf, zeroMoney } from '../money.ts'
import { type AgreedCredit, askedFor } from './agreed.ts'
import { exact, format, percentOfCents } from './exact.ts'
import type { Collector, Vat } from './facts.ts'
import type { Share } from './funding.ts'
import { type Carry, type RatedLine, type RatedMonth, totalsOf } from './rate.ts'

/** One placement and service month of the seller, as a close sees it. */
export type PlacementMonth = {
  placement: string
  service_month: Month
  /** Who buys and what it comes to now; `null` when the placement is no longer with this seller. */
  now: {
    buyer: string
    vat: Vat | undefined
    rated: RatedMonth
    /** Whether later months count on what this one took; absent: they do. */
    carries?: boolean
  } | null
  /** What was billed so far; `null` when the month was not closed before. */
  billed: Billed | null
  /** Credits agreed outside a close: closes never give back the same a second time. */
  agreed?: readonly AgreedCredit[]
}

/** What a placement and service month has been billed by one seller so far, all documents together. */
export type Billed = {
  placement: string
  service_month: Month
  buyer: string
  buyer_amount: Money
  gross: Money
  shares: Share[]
  vat: VatRate
  /** R16: the close of the latest invoice with a line for it; with seller and buyer this names the invoice (R14). */
  invoiced_in: Month | null
  /** The carry with which the next service month is rated; `null` where none is needed, or the placement is no longer with this seller. */
  carry: Carry | null
}

/** R15: category and rate in percent, as one thing. */
export type VatRate = { category: 'E' | 'S'; rate: string }

export type Document = {
  type: 'invoice' | 'credit_note'
  close: Month
  seller: string
  buyer: string
  /** R16, credit notes only: the close of the corrected invoice of the same seller and buyer. */
  corrects: Month | null
  /** Sum of the lines' buyer's amounts; on a credit note what is given back, as a positive amount. */
  net: Money
  vat: Money
  total: Money
  /** R15: net and VAT for each rate. */
  vat_rates: (VatRate & { net: Money; vat: Money })[]
  lines: DocumentLine[]
}

export type DocumentLine = ServiceLine | AdjustmentLine
export type ServiceLine = RatedLine & { placement: string; service_month: Month; vat_rate: VatRate }

/**
 * R16: the difference of a placement and month; `billed` and `rated` are the sums it lies between: what documents have asked
 * for so far, and what is to be asked now, less `agreed`, which was given back by agreement and still stands.
 */
export type AdjustmentLine = {
  placement: string
  service_month: Month
  kind: 'adjustment'
  buyer_amount: Money
  billed: Money
  rated: Money
  agreed?: Money
  vat_rate: VatRate
}

/** R12: what one source bears for one buyer, changes in earlier months included; never zero. */
export type FundingSum = { source: string; buyer: string; collected_by: Collector; amount: Money }

export type SellerClose = {
  /** In the order of issue (R18): invoices by buyer, then credit notes by buyer and corrected invoice. */
  documents: Document[]
  withheld: { placement: string; reason: RatedMonth['withheld'][number]['reason']; quantity: string }[]
  /** R13: gross of the seller's own use, changes in earlier months included. */
  own_use: Money
  funding: FundingSum[]
  /** The new memory of every placement and month given. */
  billed: Billed[]
}

/**
 * Closes one month of one seller.
 *
 * @param months every placement of the seller in the closed month, and every placement and earlier closed month that
 *   may have changed; what is left out is taken as unchanged. Their order does not matter (R17).
 * Throws when the closed month was billed before: closing again must change nothing (R17), so it must not come here.
 */
export function closeSeller(seller: string, close: Month, months: readonly PlacementMonth[]): SellerClose {
  const changes: Change[] = []
  const billed: Billed[] = []
  const withheld: SellerClose['withheld'] = []
  for (const month of months.toSorted(byPlacementAndMonth)) {
    const totals = month.now === null ? nothing : totalsOf(month.now.rated.lines)
    addChanges(changes, month, totals, close)
    billed.push(billedAfter(month, totals, seller, close))
    addWithheld(withheld, month, close)
  }
  const charged = changes.filter((change) => change.buyer !== seller)
  const documents = [...invoices(seller, close, charged), ...creditNotes(seller, close, charged)]
  const ownUse = changes.filter((change) => change.buyer === seller)
  return {
    documents,
    withheld,
    own_use: moneyOf(ownUse.reduce((sum, change) => sum + change.gross, 0n)),
    funding: fundingSums(changes),
    billed,
  }
}

/** What a close changes for one placement, service month and buyer. */
type Change = {
  placement: string
  service_month: Month
  buyer: string
  vat_rate: VatRate
  /** The lines of the closed month; none for an earlier month, which shows only its difference. */
  lines: RatedLine[]
  /** R16: billed so far and to be asked now, agreed credits deducted; in the closed month nothing was billed. */
  billed: Cents
  rated: Cents
  /** what of the agreed credits stands beside the facts of now */
  agreed: Cents
  corrects: Month | null
  gross: Cents
  shares: { source: string; collected_by: Collector; cents: Cents }[]
}

type Totals = { buyer_amount: Money; gross: Money; shares: Share[] }
const nothing: Totals = { buyer_amount: zeroMoney, gross: zeroMoney, shares: [] }

/** One change, or two where the buyer is no longer the same: all is given back to one and charged to the other. */
function addChanges(changes: Change[], month: PlacementMonth, totals: Totals, close: Month): void {
  const { now, billed } = month
  if (month.service_month === close && billed !== null) throw new Error(`${close} of ${month.placement} is closed`)
  if (billed !== null && billed.buyer !== now?.buyer)
    changes.push(changeOf(month, close, billed.buyer, billed, nothing))
  if (now !== null) {
    const before = billed?.buyer === now.buyer ? billed : nothing
    changes.push(changeOf(month, close, now.buyer, before, totals))
  }
}

function changeOf(month: PlacementMonth, close: Month, buyer: string, before: Totals, after: Totals): Change {
  const { placement, service_month, now, billed, agreed } = month
  const rated = askedFor(agreed, buyer, after.buyer_amount)
  return {
    placement,
    service_month,
    buyer,
    vat_rate: now === null ? (billed?.vat ?? vatRateOf(undefined)) : vatRateOf(now.vat),
    lines: now !== null && service_month === close ? now.rated.lines : [],
    billed: askedFor(agreed, buyer, before.buyer_amount),
    rated,
    agreed: centsOf(after.buyer_amount) - rated,
    corrects: billed?.invoiced_in ?? null,
    gross: centsOf(after.gross) - centsOf(before.gross),
    shares: shareChanges(before.shares, after.shares),
  }
}

function shareChanges(before: readonly Share[], after: readonly Share[]): Change['shares'] {
  const changes: Change['shares'] = []
  for (const { source, collected_by, amount } of after) changes.push({ source, collected_by, cents: centsOf(amount) })
  for (const { source, collected_by, amount } of before) changes.push({ source, collected_by, cents: -centsOf(amount) })
  return changes
}

/** R14: one invoice for each buyer with a line: those of the closed month, and what earlier months come to more. */
function invoices(seller: string, close: Month, changes: readonly Change[]): Document[] {
  const documents: Document[] = []
  for (const [buyer, ofBuyer] of grouped(changes, (change) => change.buyer)) {
    const lines = ofBuyer.flatMap((change): DocumentLine[] => {
      if (change.service_month === close) return change.lines.map((line) => serviceLine(line, change))
      return change.rated > change.billed ? [adjustmentLine(change, change.rated - change.billed)] : []
    })
    if (lines.length > 0) documents.push(documentOf('invoice', { close, seller, buyer, corrects: null }, lines))
  }
  return documents
}

/** R16: one credit note for each invoice to correct, of what earlier months come to less. */
function creditNotes(seller: string, close: Month, changes: readonly Change[]): Document[] {
  const documents: Document[] = []
  const less = changes.filter((change) => change.rated < change.billed)
  for (const [buyer, ofBuyer] of grouped(less, (change) => change.buyer)) {
    for (const [corrects, corrected] of grouped(ofBuyer, correctedInvoice)) {
      const lines = corrected.map((change) => adjustmentLine(change, change.billed - change.rated))
      documents.push(documentOf('credit_note', { close, seller, buyer, corrects }, lines))
    }
  }
  return documents
}

function correctedInvoice(change: Change): Month {
  if (change.corrects === null)
    throw new Error(`an invoice must have billed ${change.placement} ${change.service_month}`)
  return change.corrects
}

function serviceLine(line: RatedLine, change: Change): ServiceLine {
  const { placement, service_month, vat_rate } = change
  return { ...line, placement, service_month, vat_rate }
}

function adjustmentLine(change: Change, difference: Cents): AdjustmentLine {
  const { placement, service_month, vat_rate } = change
  return {
    placement,
    service_month,
    kind: 'adjustment',
    buyer_amount: moneyOf(difference),
    billed: moneyOf(change.billed),
    rated: moneyOf(change.rated),
    ...(change.agreed === 0n ? {} : { agreed: moneyOf(change.agreed) }),
    vat_rate,
  }
}

/** R14, R15: net is the sum of the lines; VAT is computed once for each rate, on the sum of its lines, and rounded. */
export function documentOf(
  type: Document['type'],
  head: Pick<Document, 'close' | 'seller' | 'buyer' | 'corrects'>,
  lines: DocumentLine[],
): Document {
  let net = 0n
  let vat = 0n
  const vat_rates: Document['vat_rates'] = []
  for (const ofRate of byRate(lines)) {
    const rateNet = ofRate.reduce((sum, line) => sum + centsOf(line.buyer_amount), 0n)
    const rate = ofRate[0]!.vat_rate
    const rateVat = percentOfCents(exact(rate.rate), rateNet)
    vat_rates.push({ ...rate, net: moneyOf(rateNet), vat: moneyOf(rateVat) })
    net += rateNet
    vat += rateVat
  }
  return { type, ...head, net: moneyOf(net), vat: moneyOf(vat), total: moneyOf(net + vat), vat_rates, lines }
}

/** Nearly always all lines have one rate. */
function byRate(lines: DocumentLine[]): DocumentLine[][] {
  const first = lines[0]?.vat_rate
  if (first !== undefined && lines.every(({ vat_rate }) => vat_rate === first)) return [lines]
  return grouped(lines, ({ vat_rate }) => `${vat_rate.category} ${vat_rate.rate}`).map(([, same]) => same)
}

const exempt: VatRate = Object.freeze({ category: 'E', rate: '0' })

/** R15: exempt is 0 percent. The rate in plain digits, so that `21` and `21.0` are one rate. */
function vatRateOf(vat: Vat | undefined): VatRate {
  if (vat === undefined || vat.category === 'E') return exempt
  return { category: 'S', rate: format(exact(vat.rate)) }
}

function addWithheld(withheld: SellerClose['withheld'], month: PlacementMonth, close: Month): void {
  if (month.service_month !== close || month.now === null) return
  for (const { reason, quantity } of month.now.rated.withheld)
    withheld.push({ placement: month.placement, reason, quantity })
}

/** R12: the shares of all changes by source, buyer and collector; sums of zero are left out. */
function fundingSums(changes: readonly Change[]): FundingSum[] {
  type Sum = { source: string; buyer: string; collected_by: Collector; cents: Cents }
  const byBuyer = new Map<string, Sum[]>()
  for (const { buyer, shares } of changes) {
    const sums = byBuyer.get(buyer) ?? []
    byBuyer.set(buyer, sums)
    for (const { source, collected_by, cents } of shares) {
      const sum = sums.find((each) => each.source === source && each.collected_by === collected_by)
      if (sum === undefined) sums.push({ source, buyer, collected_by, cents })
      else sum.cents += cents
    }
  }
  const all = [...byBuyer.values()].flat().filter(({ cents }) => cents !== 0n)
  return grouped(all, (sum) => JSON.stringify([sum.source, sum.buyer, sum.collected_by])).map(([, same]) => {
    const { cents, ...of } = same[0]!
    return { ...of, amount: moneyOf(cents) }
  })
}

/** R16: what the next close compares with, and the latest invoice that billed it. */
function billedAfter(month: PlacementMonth, totals: Totals, seller: string, close: Month): Billed {
  const { placement, service_month, now, billed, agreed } = month
  if (now === null) {
    if (billed === null) throw new Error(`${placement} ${service_month} must be rated or billed`)
    return { ...billed, ...nothing, carry: null }
  }
  const before = billed?.buyer === now.buyer ? billed : null
  const onInvoice =
    service_month === close
      ? now.rated.lines.length > 0
      : askedFor(agreed, now.buyer, totals.buyer_amount) >
        askedFor(agreed, now.buyer, before?.buyer_amount ?? zeroMoney)
  return {
    placement,
    service_month,
    buyer: now.buyer,
    buyer_amount: totals.buyer_amount,
    gross: totals.gross,
    shares: totals.shares,
    vat: vatRateOf(now.vat),
    invoiced_in: onInvoice && now.buyer !== seller ? close : (before?.invoiced_in ?? null),
    carry: now.carries === false ? null : now.rated.carry,
  }
}

function byPlacementAndMonth(a: PlacementMonth, b: PlacementMonth): number {
  if (a.placement !== b.placement) return a.placement < b.placement ? -1 : 1
  return a.service_month < b.service_month ? -1 : a.service_month > b.service_month ? 1 : 0
}

/** Groups in the order of their keys, so that the result does not depend on the order of the facts (R17). */
function grouped<T, Key extends string>(items: readonly T[], key: (item: T) => Key): [Key, T[]][] {
  return [...Map.groupBy(items, key)].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}
