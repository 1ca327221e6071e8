/**
 * The explanation of a line in plain words: which dates count and which do not, by which price, how the amount and the shares
 * came about. The page and the PDF say the same, so that a reader can compute the line again with a pocket calculator.
 */
import { addDays, dayOfMonth, type PlainDate } from '../calendar.ts'
import { centsOf, type Money, moneyOf } from '../money.ts'
import { exact, format as plain, plus, zero } from '../settlement/exact.ts'
import type { Counted, LineExplanation, ShareExplanation } from '../settlement/explain.ts'
import type { Surcharge } from '../settlement/facts.ts'
import type { RatedLine } from '../settlement/rate.ts'
import type { Language, Translate } from '../ui/texts.ts'
import {
  type AdjustmentRecordLine,
  type AgreedOn,
  agreedOn,
  type DocumentRecord,
  type MonthContext,
  type RecordLine,
  type RecordPrice,
} from './record.ts'
import { type Words as DocumentWords, latestWording, type Wording, wordsOf } from './wording.ts'

/** `asIssued`: figure for figure as papers of version 1 were issued, which always had their explanations. */
type Words = DocumentWords & { asIssued: boolean }

/** One part of an explanation: what it is about, and what there is to say. */
export type ExplanationPart = { title: string; rows: { term: string; text: string }[] }

/** What a line must say of itself to be explained; a line of a document does, and one that is only previewed. */
export type ExplainedLine = Pick<RatedLine, 'kind' | 'gross' | 'shares' | 'buyer_amount'> & {
  unit: string
  explanation: LineExplanation
  price: Pick<RecordPrice, 'decision'> | null
  /** the days of the month that a monthly share is for, where it is not the whole month */
  part?: { active: number; days: number } | null
}

/**
 * Explains a line of a document, or says why it cannot be explained; nothing where nobody asked for its explanation.
 * @param language the reader's
 * @param wording the document's
 * @param asIssued for the paper of version 1
 */
export function explainLine(
  line: RecordLine,
  language: Language,
  wording: Wording = latestWording,
  asIssued = false,
): ExplanationPart[] {
  const words = { ...wordsOf({ language, wording }), asIssued }
  if (line.kind === 'adjustment') return explainAdjustment(line, words)
  const { explanation } = line
  if (explanation === null) return withRows(notePart(line, words))
  return withRows(
    countedPart({ ...line, explanation }, explanation, words),
    notCountedPart(explanation, words),
    authorisedPart(explanation, explanation, words),
    ...explainFigures({ ...line, explanation, part: partOf(explanation) }, words),
  )
}

/** R12: by which a monthly share is multiplied; null where the month is whole, or is not counted by days. */
function partOf({ month }: Pick<MonthContext, 'month'>): { active: number; days: number } | null {
  if (month === null || month.active_days === null || month.active_days === month.days_in_month) return null
  return { active: month.active_days, days: month.days_in_month }
}

/** The issued figures hold, whatever the calculator makes of the facts today. */
function notePart({ explanation_note: note }: Pick<RecordLine, 'explanation_note'>, { t }: Words): ExplanationPart {
  const rows = note === undefined ? [] : [{ term: t('explain.note'), text: t(`explain.note.${note}`) }]
  return { title: t('explain.explanation'), rows }
}

/** R16: what was billed, what it comes to now, and the lines it is made of now. */
function explainAdjustment(line: AdjustmentRecordLine, words: Words): ExplanationPart[] {
  const { t, format } = words
  const { explanation, billed, rated, buyer_amount } = line
  const change: ExplanationPart = {
    title: t('explain.change'),
    rows: [
      ...explanation.billed_on.map(({ number, issued_on, type, amount }) => ({
        term: t(`invoice.type.${type}`),
        text: t('explain.billed_on_text', { number, date: format.date(issued_on), amount: format.money(amount) }),
      })),
      { term: t('explain.billed'), text: format.money(billed) },
      ...(explanation.agreed === undefined
        ? []
        : [{ term: t('explain.agreed'), text: agreedText(rated, explanation.agreed, words) }]),
      { term: t('explain.rated'), text: format.money(rated) },
      { term: t('explain.difference'), text: format.money(buyer_amount) },
    ],
  }
  if (explanation.dispute !== undefined) return [disputePart(explanation.dispute, words), change]
  if (line.explanation_note !== undefined) return [change, notePart(line, words)]
  const now = explanation.rated_lines.flatMap((each) => {
    if (each.explanation === undefined) return []
    const rated = { ...each, unit: line.unit, explanation: each.explanation, price: null, part: partOf(explanation) }
    const title = t('explain.rated_line', { kind: t(`invoice.kind.${each.kind}`) })
    const parts = [countedPart(rated, explanation, words), ...explainFigures(rated, words)]
    return [{ title, rows: parts.flatMap((part) => part.rows) }]
  })
  const nothing = {
    title: t('explain.rated'),
    rows: [{ term: format.month(line.service_month), text: t('explain.nothing_rated') }],
  }
  return withRows(
    change,
    ...(explanation.rated_lines.length === 0 ? [nothing] : now),
    notCountedPart(explanation, words),
  )
}

/** What the lines come to, less what was given back by agreement and is not given back by the facts as well. */
function agreedText(rated: Money, agreed: Money, { t, format }: Words): string {
  const lines = moneyOf(centsOf(rated) + centsOf(agreed))
  return t('explain.agreed_text', {
    lines: format.money(lines),
    agreed: format.money(agreed),
    rated: format.money(rated),
  })
}

/** Why something was given back outside the close. */
function disputePart({ reason, amount, agreed, given_back, by, on }: AgreedOn, words: Words): ExplanationPart {
  const { t, format } = words
  const rows = [
    { term: t('explain.dispute_reason'), text: words.named('dispute.reason', reason) },
    { term: t('explain.dispute_amount'), text: format.money(amount) },
    {
      term: t(`explain.dispute_agreed_by.${by}`),
      text: t('explain.dispute_agreed', { amount: format.money(agreed), date: format.date(on) }),
    },
  ]
  if (centsOf(given_back) > 0n)
    rows.push({
      term: t('explain.dispute_given_back'),
      text: t('explain.dispute_given_back_text', { amount: format.money(given_back) }),
    })
  return { title: t('explain.dispute'), rows }
}

/** Why a credit note was issued: later facts, or what was agreed on. */
export function creditWhy(
  record: Pick<DocumentRecord, 'lines'> & Partial<Pick<DocumentRecord, 'version'>>,
  words: Pick<DocumentWords, 't' | 'named'>,
): string {
  const agreed = agreedOn(record)
  // The file of version 1 brought the annex along, that of version 2 said so all the same; later ones give it when asked.
  const annexed = record.version === 1 || record.version === 2
  if (agreed === null) return words.t(annexed ? 'invoice.credit_why' : 'invoice.credit_why_asked')
  return words.t('invoice.credit_why_agreed', { reason: words.named('dispute.reason', agreed.reason) })
}

/** Price, minimum, amount and shares. */
function explainFigures(line: ExplainedLine, words: Words): ExplanationPart[] {
  return [minimumPart(line, words), pricePart(line, words), amountPart(line, words), sharesPart(line, words)]
}

function withRows(...parts: ExplanationPart[]): ExplanationPart[] {
  return parts.filter((part) => part.rows.length > 0)
}

// ---- what counts and what does not

function countedPart(line: ExplainedLine, { month }: Pick<MonthContext, 'month'>, words: Words): ExplanationPart {
  const { t } = words
  const groups = Map.groupBy(line.explanation.counted, ({ absence }) =>
    absence === null ? '' : [absence.kind, absence.from, absence.from_day, absence.percent].join(' '),
  )
  const rows = [...groups.values()].map((counted) => {
    const absence = counted[0]!.absence
    const days = t('explain.in_all', { days: daysText(counted, words), quantity: totalOf(counted, line.unit, words) })
    if (absence === null) return { term: t('explain.days'), text: days }
    return {
      term: t('explain.absence', { kind: words.named('absence', absence.kind) }),
      text: absenceText(counted, days, words),
    }
  })
  const places = month?.places ?? 1
  if (places > 1 && month?.active_days !== null)
    rows.push({ term: t('explain.places'), text: t('explain.places_text', { places }) })
  return { title: t('explain.counted'), rows }
}

/** R6: the days of an absence, their number in it, and the step that holds. */
function absenceText(counted: readonly Counted[], days: string, { t, format }: Words): string {
  const first = counted[0]!.absence!
  const last = counted.at(-1)!.absence!
  return t('explain.absence_text', {
    period: format.period(first.from, first.to),
    days,
    numbers: spanText(first.day, last.day, t),
    percent: format.percent(first.percent),
    step:
      first.from_day === null ? t('explain.absence_no_step') : t('explain.absence_step', { from_day: first.from_day }),
  })
}

/** `1.–5., 8.–12., 15. (pa 2)`: days of the month in runs of one quantity; one is said only beside other quantities. */
function daysText(counted: readonly { date: PlainDate; quantity: string }[], { t, format, asIssued }: Words): string {
  const ones = asIssued || counted.every(({ quantity }) => quantity === '1')
  const runs: { first: PlainDate; last: PlainDate; quantity: string }[] = []
  for (const { date, quantity } of counted) {
    const run = runs.at(-1)
    if (run !== undefined && run.quantity === quantity && addDays(run.last, 1) === date) run.last = date
    else runs.push({ first: date, last: date, quantity })
  }
  return runs
    .map(({ first, last, quantity }) => {
      const days = spanText(dayOfMonth(first), dayOfMonth(last), t)
      if (quantity === '1' && ones) return days
      return first === last
        ? `${days} (${format.quantity(quantity)})`
        : t('explain.day_quantity', { days, quantity: format.quantity(quantity) })
    })
    .join(', ')
}

/** `3.` or `3.–7.` */
function spanText(first: number, last: number, t: Translate): string {
  return [...new Set([first, last])].map((day) => t('explain.day', { day })).join('–')
}

function totalOf(counted: readonly Counted[], unit: string, { format }: Words): string {
  const sum = counted.reduce((all, { quantity }) => plus(all, exact(quantity)), zero)
  return format.quantityOf(plain(sum), countedUnit(unit))
}

/** A month is counted in days (R5). */
function countedUnit(unit: string): string {
  return unit === 'month' ? 'calendar_day' : unit
}

function notCountedPart(context: MonthContext, words: Words): ExplanationPart {
  const { t, format } = words
  const passed = (context.month?.passed_over ?? []).map(({ from, to, why, quantity }) => ({
    term: format.period(from, to),
    text: t(`explain.passed.${why}`, { quantity: quantity === null ? '' : format.quantity(quantity) }),
  }))
  const withheld = context.withheld.map(({ reason, quantity, explanation }) => ({
    term: explanation === undefined ? t('explain.days') : daysText(explanation.dates, words),
    text: t(`explain.withheld.${reason}`, { quantity: format.quantity(quantity) }),
  }))
  return { title: t('explain.not_counted'), rows: [...passed, ...withheld] }
}

/** R8 */
function authorisedPart(line: LineExplanation, { month }: MonthContext, { t, format }: Words): ExplanationPart {
  const limits = (month?.limits ?? []).map(({ limit, authorised, used_before, left_before }) => ({
    term: t(`explain.limit.${limit}`),
    text: t('explain.limit_text', {
      authorised: format.quantity(authorised),
      used: format.quantity(used_before),
      left: format.quantity(left_before),
    }),
  }))
  const left = line.counted.at(-1)?.authorised_left ?? null
  const after =
    left === null ? [] : [{ term: t('explain.left'), text: t('explain.left_text', { left: format.quantity(left) }) }]
  return { title: t('explain.authorised'), rows: [...limits, ...after] }
}

// ---- price, amount, shares

/** R3, R3a, R9 */
function pricePart(line: ExplainedLine, words: Words): ExplanationPart {
  const { t, format } = words
  const { version, tier, price, surcharges, unit_price } = line.explanation.price
  const rows = [{ term: t('explain.version'), text: format.period(version.from, version.to) }]
  if (version.class !== null)
    rows.push({ term: t('explain.class'), text: words.named('invoice.price_class', version.class) })
  if (line.price?.decision) rows.push({ term: t('explain.decision'), text: line.price.decision })
  if (tier !== null) {
    const before = format.quantity(line.explanation.counted[0]?.delivered_before ?? '0')
    const facts = { step: tier.step, above: format.quantity(tier.above), before }
    const text =
      tier.up_to === null
        ? t('explain.tier_open', facts)
        : t('explain.tier_text', { ...facts, up_to: format.quantity(tier.up_to) })
    rows.push({ term: t('explain.tier'), text })
  }
  if (surcharges.length === 0) {
    rows.push({ term: t('explain.unit_price'), text: format.pricePer(unit_price, line.unit) })
  } else {
    rows.push({ term: t('explain.base_price'), text: format.unitPrice(price) })
    for (const { name, surcharge, amount } of surcharges) {
      rows.push({
        term: t('explain.surcharge', { name: words.named('surcharge', name) }),
        text: surchargeText(surcharge, amount, words),
      })
    }
    const sum = [price, ...surcharges.map((each) => each.amount)].map((each) => format.quantity(each)).join(' + ')
    rows.push({ term: t('explain.unit_price'), text: `${sum} = ${format.pricePer(unit_price, line.unit)}` })
  }
  return { title: t('explain.price'), rows }
}

function surchargeText(surcharge: Surcharge, amount: string, { t, format }: Words): string {
  if ('per_unit' in surcharge) return format.unitPrice(amount)
  return t('explain.surcharge_percent', {
    percent: format.percent(surcharge.percent),
    amount: format.unitPrice(amount),
  })
}

/** R10 */
function minimumPart({ explanation, unit }: ExplainedLine, { t, format }: Words): ExplanationPart {
  const { minimum, amount } = explanation
  const rows =
    minimum === null
      ? []
      : [
          {
            term: t('explain.minimum_required'),
            text: t('explain.minimum_text', {
              required: format.quantityOf(minimum.required, unit),
              delivered: format.quantity(minimum.delivered),
              no_shows: format.quantity(minimum.no_shows),
              missing: format.quantity(amount.quantity),
            }),
          },
        ]
  return { title: t('explain.minimum'), rows }
}

/** R5, R11: the whole calculation, and the one rounding. */
function amountPart({ explanation }: ExplainedLine, { t, format }: Words): ExplanationPart {
  const { quantity, base_quantity, unit_price, percent, product, exact: quotient, rounded } = explanation.amount
  const factors = [
    format.quantity(quantity),
    format.quantity(unit_price),
    ...(percent === '100' ? [] : [format.percent(percent)]),
  ]
  const rows = [{ term: t('explain.product'), text: `${factors.join(' × ')} = ${format.quantity(product)}` }]
  if (base_quantity !== '1') {
    const cut = quotient.endsWith('…')
    const figure = format.quantity(quotient.replace('…', ''))
    const text = `${format.quantity(product)} ÷ ${format.quantity(base_quantity)} = ${figure}${cut ? '…' : ''}`
    rows.push({ term: t('explain.month_part'), text })
  }
  rows.push({ term: t('explain.rounded'), text: format.money(rounded) })
  return { title: t('explain.amount'), rows }
}

/** R12: every source with its rule, what it asks, what limits it, what it bears; then what is left for the buyer. */
function sharesPart(line: ExplainedLine, words: Words): ExplanationPart {
  const { t, format } = words
  const { shares } = line.explanation
  const rows = shares.map((share) => ({
    term: t('explain.share', {
      source: words.named('funding.source', share.source),
      collector: t(`invoice.collected_by.${share.collected_by}`),
    }),
    text: [...shareTexts(share, line, words), t('explain.share_amount', { amount: format.money(share.amount) })].join(
      '; ',
    ),
  }))
  if (shares.length > 0) rows.push(...buyerRows(line, words))
  return { title: t('explain.shares'), rows }
}

function shareTexts(share: ShareExplanation, line: ExplainedLine, words: Words): string[] {
  const { t, format } = words
  const { rule, asked, line_left, cap_per_month, cap_total } = share
  const texts = [ruleText(rule, asked, line, words)]
  const limited = centsOf(share.amount) < centsOf(asked)
  if (cap_per_month !== null) {
    texts.push(
      t('explain.cap_per_month', {
        cap: format.money(cap_per_month.cap),
        left: format.money(cap_per_month.left_before),
      }),
    )
  }
  if (cap_total !== null) {
    texts.push(t('explain.cap_total', { cap: format.money(cap_total.cap), left: format.money(cap_total.left_before) }))
  }
  if (limited && line_left === share.amount) texts.push(t('explain.line_left', { left: format.money(line_left) }))
  return texts
}

function ruleText(rule: ShareExplanation['rule'], asked: Money, line: ExplainedLine, words: Words): string {
  const { t, format, asIssued } = words
  const { quantity, base_quantity } = line.explanation.amount
  if ('percent' in rule) {
    return t('explain.rule.percent', {
      percent: format.percent(rule.percent),
      gross: format.money(line.gross),
      asked: format.money(asked),
    })
  }
  if ('per_month' in rule) {
    const { part = null } = line
    const amount = format.unitPrice(rule.per_month)
    const month = format.money(rule.for_this_month)
    return t('explain.rule.per_month', {
      amount,
      month: part === null || asIssued ? month : `${amount} × ${part.active} ÷ ${part.days} = ${month}`,
      asked: format.money(asked),
    })
  }
  if (line.kind === 'no_show' || line.kind === 'minimum') return t('explain.rule.no_share')
  const facts = {
    price: format.unitPrice(rule.per_unit),
    quantity: format.quantity(quantity),
    asked: format.money(asked),
  }
  if (base_quantity === '1') return t('explain.rule.per_unit', facts)
  return t('explain.rule.per_unit_part', { ...facts, base: format.quantity(base_quantity) })
}

function buyerRows(line: ExplainedLine, { t, format }: Words): { term: string; text: string }[] {
  const amounts = (collector: 'seller' | 'buyer') =>
    line.shares
      .filter((share) => share.collected_by === collector && centsOf(share.amount) !== 0n)
      .map((share) => share.amount)
  const minus = (from: Money, less: Money[], is: Money) =>
    less.length === 0
      ? format.money(is)
      : `${[from, ...less].map((each) => format.money(each)).join(' − ')} = ${format.money(is)}`
  const rows = [{ term: t('explain.buyer'), text: minus(line.gross, amounts('seller'), line.buyer_amount) }]
  const claims = amounts('buyer')
  if (claims.length > 0) {
    const burden = moneyOf(claims.reduce((left, claim) => left - centsOf(claim), centsOf(line.buyer_amount)))
    rows.push({ term: t('explain.burden'), text: minus(line.buyer_amount, claims, burden) })
  }
  return rows
}

// ---- names of codes

/** What a line is for, in a few words: `prombūtne, 2. cenas pakāpe`. */
export function lineKind(line: RecordLine, { t }: Pick<DocumentWords, 't'>): string {
  const kind = t(`invoice.kind.${line.kind}`)
  if (line.kind === 'adjustment' || line.tier_step === null) return kind
  return `${kind}, ${t('invoice.tier', { step: line.tier_step })}`
}
