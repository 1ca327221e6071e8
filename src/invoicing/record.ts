/**
 * The frozen record of a document: everything that is printed, shown or sent, as it was on the day of issue. Pages, the PDF
 * and the API read this and never the organisation or the offer again, so a document stays what it was whatever changes.
 */
import { addDays, type Month, type PlainDate } from '../calendar.ts'
import { centsOf, type Money, moneyOf } from '../money.ts'
import type { Document, DocumentLine, PlacementMonth, ServiceLine, VatRate } from '../settlement/documents.ts'
import type { LineExplanation, MonthExplanation } from '../settlement/explain.ts'
import type { Collector } from '../settlement/facts.ts'
import type { RatedLine, RatedMonth, Withheld } from '../settlement/rate.ts'
import { formatFor } from '../ui/format.ts'
import type { Language, Translate } from '../ui/texts.ts'
import type { DocumentWishes } from './wish.ts'
import { latestWording, wordsOf } from './wording.ts'

export type DocumentRecord = {
  /**
   * 2 since documents carry references, wishes and a look; what an older one lacks is left out of all its faces.
   * 3 since their files on paper are drawn by our own hand (`quick-pen.ts`); it says the same as 2.
   */
  version: 1 | 2 | 3
  type: 'invoice' | 'credit_note'
  number: string
  issued_on: PlainDate
  due_on: PlainDate
  close_month: Month
  language: Language
  /** which words its faces are written in (`wording.ts`); they never change once a document bears the number */
  wording?: 1
  currency: 'EUR'
  seller: Party
  buyer: Party
  /** R16, credit notes only: the invoice that this one gives back from */
  corrects: { number: string; issued_on: PlainDate } | null
  /** what the payer writes into the payment: the number of the document */
  payment_reference: string
  /** what the buyer's bookkeeping looks for */
  references?: References
  /** how the buyer wants the e-invoice */
  wishes?: { lines: 'cases' | 'totals'; pdf_in_xml: boolean }
  /** how the seller's documents look */
  look?: Look
  /** by service and case, differences in earlier months last; numbered from 1 */
  lines: RecordLine[]
  /** R15: net and VAT for each rate, and why nothing is charged where the rate is exempt */
  vat_rates: RecordVatRate[]
  net: Money
  vat: Money
  total: Money
}

/** One side of a document, as it was called and reached on the day of issue. Never a natural person. */
export type Party = {
  name: string
  registration_number: string | null
  vat_number: string | null
  address: string | null
  locality: string | null
  postal_code: string | null
  country: string
  iban: string | null
  bank_name: string | null
  email: string | null
  phone: string | null
  einvoice_scheme: string | null
  einvoice_id: string | null
  /** from version 2 on: the service that acts, parish and municipality of the address, the bank's code */
  trading_name?: string | null
  district?: string | null
  bic?: string | null
}

/** E: exempt; S: a rate; O: outside the scope of VAT, which is never mixed with others. */
export type VatCategory = 'E' | 'S' | 'O'

export type References = {
  /** BT-10; null: the buyer's registration number */
  institution_code: string | null
  /** BT-12 */
  agreement_number: string | null
  /** BT-13 */
  order_number: string | null
  /** BT-19 */
  budget_code: string | null
}

export type Look = {
  /** `#0f5b4c`; null: Vieta's own */
  accent: string | null
  logo: Logo | null
}

/** @property content base64; there where a document is read whole, and never stored with it: the hash names it */
export type Logo = { hash: string; type: 'image/png' | 'image/jpeg'; width: number; height: number; content?: string }

export type RecordVatRate = {
  category: VatCategory
  rate: string
  net: Money
  vat: Money
  exemption: { code: string; reason: string } | null
}

export type RecordLine = ServiceRecordLine | AdjustmentRecordLine

/** What every line says: which case of which service, in which month. */
type LineSubject = {
  line_no: number
  placement_id: string
  /** the resident's token; null for reserved places without a resident */
  case_token: string | null
  offer_id: string
  offer_title: string
  kind_code: string
  kind_name_lv: string
  kind_name_en: string
  provider_name: string | null
  unit: string
  service_month: Month
  buyer_amount: Money
  vat_category: VatCategory
  vat_rate: string
  /**
   * There where the kept facts, rated again, come to other figures than the issued ones: the line cannot be explained by
   * today's calculator, and the issued figures hold.
   */
  explanation_note?: 'other_calculation'
}

/** R11, R12: one line of the closed month. */
export type ServiceRecordLine = LineSubject & {
  kind: 'standard' | 'absence' | 'no_show' | 'minimum'
  quantity: string
  base_quantity: string
  unit_price: string
  percent: string
  tier_step: number | null
  price: RecordPrice | null
  gross: Money
  shares: { source: string; collected_by: Collector; amount: Money }[]
  /** null where nobody asked for it when the month was rated, or where `explanation_note` says why */
  explanation: ServiceExplanation | null
}

/** R16: the difference of an earlier month. On a credit note it is what is given back, as a positive amount. */
export type AdjustmentRecordLine = LineSubject & {
  kind: 'adjustment'
  billed: Money
  rated: Money
  explanation: AdjustmentExplanation
}

/** How a line came about (`settlement/explain.ts`), with what holds for its whole month beside it. */
export type ServiceExplanation = LineExplanation & MonthContext

/** Dates that do not count, limits, and what was withheld from the placement in the month (R1, R3, R8). */
export type MonthContext = { month: MonthExplanation | null; withheld: Withheld[] }

/** R16: what the month was billed with before, and the lines it comes to now, each explained. */
export type AdjustmentExplanation = MonthContext & {
  /** oldest first; a credit note's amount is what it gave back */
  billed_on: BilledOn[]
  rated_lines: RatedLine[]
  /** what was given back by agreement and stands beside the lines: they come to so much more than `rated` */
  agreed?: Money
  /** a credit outside the close: what was agreed on, and why. Then no lines are rated. */
  dispute?: AgreedOn
}

/** Why a credit note was issued outside the close. */
export type AgreedOn = {
  id: string
  reason: string
  /** what was in doubt, what was agreed, and what of that the facts had given back meanwhile */
  amount: Money
  agreed: Money
  given_back: Money
  by: 'seller' | 'region'
  on: PlainDate
}

/** What a credit note outside the close was agreed on; null for the close's own documents. */
export function agreedOn(record: Pick<DocumentRecord, 'lines'>): AgreedOn | null {
  const [line] = record.lines
  return line?.kind === 'adjustment' ? (line.explanation.dispute ?? null) : null
}

export type BilledOn = { number: string; issued_on: PlainDate; type: Document['type']; amount: Money }

export type RecordPrice = {
  id: string
  valid_from: PlainDate
  valid_to: PlainDate | null
  price_class: string | null
  /** the council's decision by which the price was set */
  decision: string | null
}

/** An organisation as documents name it, with what its own documents need besides. */
export type Issuer = Party & {
  id: string
  invoice_prefix: string
  payment_days: number
  invoice_language: Language
  outside_vat: boolean
  look: Look
}

/** What is read from master data, once, on the day of issue. */
export type IssueFacts = {
  seller: Party & { payment_days: number; invoice_language: Language; outside_vat?: boolean; look?: Look }
  parties: ReadonlyMap<string, Party>
  /** by buyer: what it wishes of this seller's documents, and the number of their agreement */
  terms?: ReadonlyMap<string, DocumentWishes>
  placements: ReadonlyMap<string, PlacementSubject>
  prices: ReadonlyMap<string, RecordPrice>
  /** the rated months the documents were made from, for their explanations; by `monthKey` */
  months: ReadonlyMap<string, PlacementMonth>
  /** what earlier documents asked for a placement and month, oldest first; by `monthKey` */
  billed_on: ReadonlyMap<string, (BilledOn & { buyer_id: string })[]>
}
export type PlacementSubject = Pick<
  LineSubject,
  'case_token' | 'offer_id' | 'offer_title' | 'kind_code' | 'kind_name_lv' | 'kind_name_en' | 'provider_name' | 'unit'
>

export function monthKey(placement: string, service_month: string): string {
  return `${placement} ${service_month}`
}

/** R18: `DGV-2026-00012`, from the seller's prefix, the year of issue and the number in it. */
export function documentNumber(prefix: string, year: number, sequence: number): string {
  return `${prefix}-${year}-${String(sequence).padStart(5, '0')}`
}

/**
 * Freezes a document on the day of issue.
 * @param document what the close made of the month (R14 to R16); its figures are taken as they are
 * @param corrected for a credit note: the invoice it corrects
 */
export function freezeDocument(
  document: Document,
  numbered: { number: string; issued_on: PlainDate },
  corrected: { number: string; issued_on: PlainDate } | null,
  facts: IssueFacts,
): DocumentRecord {
  const { payment_days, invoice_language: language, outside_vat = false, look } = facts.seller
  const buyer = facts.parties.get(document.buyer)
  if (buyer === undefined) throw new Error(`the buyer ${document.buyer} must be known`)
  if ((document.type === 'credit_note') !== (corrected !== null)) throw new Error('only a credit note corrects')
  const wording = latestWording
  const { t } = wordsOf({ language, wording })
  const terms = facts.terms?.get(document.buyer)
  return {
    version: 3,
    type: document.type,
    number: numbered.number,
    issued_on: numbered.issued_on,
    due_on: addDays(numbered.issued_on, payment_days),
    close_month: document.close,
    language,
    wording,
    currency: 'EUR',
    seller: partyOf(facts.seller),
    buyer: partyOf(terms === undefined ? buyer : { ...buyer, ...reachedBy(terms) }),
    corrects: corrected,
    payment_reference: numbered.number,
    references: {
      institution_code: terms?.institution_code ?? null,
      agreement_number: terms?.agreement_number ?? null,
      order_number: terms?.order_number ?? null,
      budget_code: terms?.budget_code ?? null,
    },
    wishes: { lines: terms?.lines ?? 'cases', pdf_in_xml: terms?.pdf_in_xml ?? false },
    look: look ?? { accent: null, logo: null },
    lines: inOrder(document.lines, facts).map((line, index) => freezeLine(line, index + 1, document, facts)),
    vat_rates: document.vat_rates.map(({ category, rate, net, vat }) => ({
      category: vatCategory(category, outside_vat),
      rate,
      net,
      vat,
      exemption: exemptionOf(vatCategory(category, outside_vat), t),
    })),
    net: document.net,
    vat: document.vat,
    total: document.total,
  }
}

/** What is outside the scope of VAT is not exempt from it: the seller charges none because it is no taxable person. */
function vatCategory(category: VatRate['category'], outside_vat: boolean): VatCategory {
  return outside_vat && category === 'E' ? 'O' : category
}

function exemptionOf(category: VatCategory, t: Translate): RecordVatRate['exemption'] {
  if (category === 'E') return { code: 'VATEX-EU-132-1G', reason: t('invoice.exemption') }
  return category === 'O' ? { code: 'VATEX-EU-O', reason: t('invoice.outside_vat') } : null
}

/** A party and nothing that its organisation has besides. */
function partyOf(it: Party): Party {
  return {
    name: it.name,
    trading_name: it.trading_name ?? null,
    registration_number: it.registration_number,
    vat_number: it.vat_number,
    address: it.address,
    locality: it.locality,
    district: it.district ?? null,
    postal_code: it.postal_code,
    country: it.country,
    iban: it.iban,
    bank_name: it.bank_name,
    bic: it.bic ?? null,
    email: it.email,
    phone: it.phone,
    einvoice_scheme: it.einvoice_scheme,
    einvoice_id: it.einvoice_id,
  }
}

function reachedBy({ einvoice_scheme, einvoice_id }: DocumentWishes): Partial<Party> {
  return einvoice_scheme === null ? {} : { einvoice_scheme, einvoice_id }
}

/** By service, case and month; lines of one case stay in line order (R12), differences in earlier months come last. */
function inOrder(lines: readonly DocumentLine[], facts: IssueFacts): DocumentLine[] {
  const { compare } = formatFor('lv')
  const ranks = offerRanks(facts.placements)
  const keyed = lines.map((line, index) => {
    const placement = placementOf(line, facts)
    return { line, index, token: placement.case_token ?? '', offer: ranks.get(placement.offer_id)! }
  })
  keyed.sort(
    (a, b) =>
      Number(a.line.kind === 'adjustment') - Number(b.line.kind === 'adjustment') ||
      a.offer - b.offer ||
      (a.token === b.token ? 0 : compare(a.token, b.token)) ||
      compareText(a.line.placement, b.line.placement) ||
      compareText(a.line.service_month, b.line.service_month) ||
      a.index - b.index,
  )
  return keyed.map(({ line }) => line)
}

const ranksOf = new WeakMap<IssueFacts['placements'], Map<string, number>>()

/** The place of each offer by its title: comparing titles is slow, so it is done once for all documents of a close. */
function offerRanks(placements: IssueFacts['placements']): Map<string, number> {
  const known = ranksOf.get(placements)
  if (known !== undefined) return known
  const { compare } = formatFor('lv')
  const titles = new Map(Array.from(placements.values(), ({ offer_id, offer_title }) => [offer_id, offer_title]))
  const sorted = [...titles].sort(([a, first], [b, second]) => compare(first, second) || compareText(a, b))
  const ranks = new Map(sorted.map(([offer], rank) => [offer, rank]))
  ranksOf.set(placements, ranks)
  return ranks
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function placementOf(line: DocumentLine, facts: IssueFacts): PlacementSubject {
  const placement = facts.placements.get(line.placement)
  if (placement === undefined) throw new Error(`the placement ${line.placement} must be known`)
  return placement
}

function freezeLine(line: DocumentLine, line_no: number, document: Document, facts: IssueFacts): RecordLine {
  const placement = placementOf(line, facts)
  const vat_category = vatCategory(line.vat_rate.category, facts.seller.outside_vat ?? false)
  if (line.kind !== 'adjustment') return freezeService(line, line_no, { placement, vat_category, document, facts })
  const before = facts.billed_on.get(monthKey(line.placement, line.service_month)) ?? []
  const billed_on = before
    .filter((each) => each.buyer_id === document.buyer)
    .map(({ number, issued_on, type, amount }) => ({ number, issued_on, type, amount }))
  const rated = ratedFor(line, document, facts)
  const agreed = line.agreed === undefined ? {} : { agreed: line.agreed }
  return {
    line_no,
    placement_id: line.placement,
    ...placement,
    service_month: line.service_month,
    buyer_amount: line.buyer_amount,
    vat_category,
    vat_rate: line.vat_rate.rate,
    kind: line.kind,
    billed: line.billed,
    rated: line.rated,
    explanation: { ...contextOf(rated), billed_on, rated_lines: rated?.lines ?? [], ...agreed },
  }
}

/** Written out: there are many lines, and an object put together from others costs several times as much. */
function freezeService(
  line: ServiceLine,
  line_no: number,
  of: { placement: PlacementSubject; vat_category: VatCategory; document: Document; facts: IssueFacts },
): ServiceRecordLine {
  const { placement, document, facts } = of
  const { explanation } = line
  return {
    line_no,
    placement_id: line.placement,
    case_token: placement.case_token,
    offer_id: placement.offer_id,
    offer_title: placement.offer_title,
    kind_code: placement.kind_code,
    kind_name_lv: placement.kind_name_lv,
    kind_name_en: placement.kind_name_en,
    provider_name: placement.provider_name,
    unit: placement.unit,
    service_month: line.service_month,
    buyer_amount: line.buyer_amount,
    vat_category: of.vat_category,
    vat_rate: line.vat_rate.rate,
    kind: line.kind,
    quantity: line.quantity,
    base_quantity: line.base_quantity,
    unit_price: line.unit_price,
    percent: line.percent,
    tier_step: line.tier,
    price: facts.prices.get(line.price_version) ?? null,
    gross: line.gross,
    shares: line.shares,
    explanation: explanation === undefined ? null : { ...explanation, ...contextOf(ratedFor(line, document, facts)) },
  }
}

/** The rated month of a line. What is now another buyer's says nothing about what the former one gets back (R16). */
function ratedFor(line: DocumentLine, document: Document, facts: IssueFacts): RatedMonth | null {
  const now = facts.months.get(monthKey(line.placement, line.service_month))?.now
  return now !== undefined && now !== null && now.buyer === document.buyer ? now.rated : null
}

function contextOf(rated: RatedMonth | null): MonthContext {
  return { month: rated?.explanation ?? null, withheld: rated?.withheld ?? [] }
}

/** One service of a document, all its cases together. */
export type ServiceSum = {
  offer_id: string
  offer_title: string
  kind_name_lv: string
  kind_name_en: string
  cases: number
  /** what the service costs; null where a line is only a difference (R16) */
  gross: Money
  /** what the seller collects elsewhere */
  collected: Money
  buyer_amount: Money
  adjustment: boolean
}

/** The lines of a document added up by service, in their order; differences in earlier months by themselves. */
export function sumsByService(record: DocumentRecord): ServiceSum[] {
  const groups = Map.groupBy(record.lines, (line) => `${line.kind === 'adjustment'} ${line.offer_id}`)
  return [...groups.values()].map((lines) => {
    const { offer_id, offer_title, kind_name_lv, kind_name_en, kind } = lines[0]!
    const gross = sum(lines, (line) => (line.kind === 'adjustment' ? line.buyer_amount : line.gross))
    const buyer_amount = sum(lines, (line) => line.buyer_amount)
    return {
      offer_id,
      offer_title,
      kind_name_lv,
      kind_name_en,
      cases: new Set(lines.map((line) => line.placement_id)).size,
      gross: moneyOf(gross),
      collected: moneyOf(gross - buyer_amount),
      buyer_amount: moneyOf(buyer_amount),
      adjustment: kind === 'adjustment',
    }
  })
}

/** One funding source of a document: what it bears in all, and who collects it. Sources that bear nothing are left out. */
export type SourceSum = { source: string; collected_by: Collector; amount: Money }

export function sumsBySource(record: DocumentRecord): SourceSum[] {
  const shares = record.lines.flatMap((line) => (line.kind === 'adjustment' ? [] : line.shares))
  const groups = Map.groupBy(shares, (share) => `${share.collected_by} ${share.source}`)
  return [...groups.values()]
    .map((same) => {
      const { source, collected_by } = same[0]!
      return { source, collected_by, amount: moneyOf(sum(same, (share) => share.amount)) }
    })
    .filter((each) => centsOf(each.amount) !== 0n)
}

function sum<T>(items: readonly T[], amount: (item: T) => string): bigint {
  return items.reduce((all, item) => all + centsOf(amount(item)), 0n)
}
