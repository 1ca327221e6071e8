/** Claims to funders as they are entered, shown and written into files. No database. */
import { z } from '@hono/zod-openapi'
import { choice, date, decimal, id, inOrder, money, month, optionalText, text, whole } from '../http/fields.ts'
import { type RegisterColumn, registerCsv, registerXlsx } from '../invoicing/register.ts'
import { centsOf, Decimal, type Money, moneyOf, roundToCents } from '../money.ts'

/**
 * `drafted` is one's own; `claimed`: sent to the funder; `approved` or `cut`: it answered; `paid`: the money came. A draft that is
 * put aside is `withdrawn`, and what it held can be claimed again.
 */
export const claimStatuses = ['drafted', 'claimed', 'approved', 'cut', 'paid', 'withdrawn'] as const
export type ClaimStatus = (typeof claimStatuses)[number]

/** What residents and their families pay themselves is a share of the price as well (R12), but nobody to hand a claim to. */
export const personalSources: readonly string[] = ['client', 'pension', 'relatives']

const source = () =>
  text(60)
    .refine((named) => !personalSources.includes(named.toLowerCase()), 'validation.personal_source')
    .openapi({
      description: 'the funder, as placements name it: `esf`, `state` …; never what residents pay themselves',
    })

/** What was agreed with a funder: the agreed amount as the paper prints it. */
export const ProgrammeInput = z
  .strictObject({
    source: source(),
    name: text(200),
    number: optionalText(60),
    total: decimal({ whole: 12, decimals: 2, positive: true }),
    rate: decimal({ whole: 3, decimals: 4, positive: true }).refine(
      (rate) => Number(rate) <= 100,
      'validation.too_large|maximum=100',
    ),
    agreed: decimal({ whole: 12, decimals: 2, positive: true }),
    valid_from: date(),
    valid_to: date().nullable().optional().default(null),
  })
  .refine(...inOrder<{ valid_from: string; valid_to: string | null }>('valid_from', 'valid_to'))
  .openapi('FunderProgrammeInput')
export type ProgrammeInput = z.infer<typeof ProgrammeInput>

export const Programme = z
  .object({
    source: z.string(),
    name: z.string(),
    number: z.string().nullable(),
    total: z.string(),
    rate: z.string(),
    agreed: z.string().openapi({ description: 'as the paper says' }),
    by_rate: z.string().openapi({ description: 'the rate of the total, rounded once' }),
    difference: z.string().openapi({ description: 'agreed less by_rate: reported, never repaired' }),
    valid_from: z.string(),
    valid_to: z.string().nullable(),
    claimed: z.string().openapi({ description: 'what all claims that were sent come to, less what was cut' }),
    left: z.string().openapi({ description: 'agreed less claimed' }),
  })
  .openapi('FunderProgramme')
export type Programme = z.infer<typeof Programme>

/** What the rate of the total comes to, and how far the printed amount is from it. */
export function byRate({ total, rate, agreed }: Pick<ProgrammeInput, 'total' | 'rate' | 'agreed'>): {
  by_rate: Money
  difference: Money
} {
  const by_rate = roundToCents(new Decimal(total).times(rate).dividedBy(100))
  return { by_rate, difference: moneyOf(centsOf(agreed) - centsOf(by_rate)) }
}

export const ClaimInput = z
  .strictObject({
    source: source(),
    until_month: month().openapi({ description: 'all that is in no claim yet, up to and with this service month' }),
  })
  .openapi('FunderClaimInput')
export type ClaimInput = z.infer<typeof ClaimInput>

export const ClaimSent = z.strictObject({ claimed_on: date() }).openapi('FunderClaimSent')
export type ClaimSent = z.infer<typeof ClaimSent>

const Cut = z.strictObject({
  line_no: whole(1, 1_000_000),
  amount: money(),
  reason: text(300),
})
/** The funder's answer: no cuts is yes to all of it. */
export const ClaimAnswer = z
  .strictObject({
    answered_on: date(),
    cuts: z.array(Cut).max(10_000, 'validation.too_many|maximum=10000').default([]),
  })
  .refine(({ cuts }) => new Set(cuts.map((cut) => cut.line_no)).size === cuts.length, {
    path: ['cuts'],
    message: 'validation.invalid',
  })
  .openapi('FunderClaimAnswer')
export type ClaimAnswer = z.infer<typeof ClaimAnswer>

export const ClaimPaid = z.strictObject({ paid_on: date(), payment_note: optionalText(200) }).openapi('FunderClaimPaid')
export type ClaimPaid = z.infer<typeof ClaimPaid>

const figures = {
  lines: z.int(),
  gross: z.string(),
  amount: z.string().openapi({ description: 'what is asked for' }),
  cut: z.string(),
  granted: z.string().openapi({ description: 'amount less cut' }),
}
export const ClaimHead = z
  .object({
    id: id(),
    organisation_id: id(),
    organisation_name: z.string(),
    source: z.string(),
    number: z.int(),
    status: choice(claimStatuses),
    from_month: z.string().openapi({ description: 'the earliest service month in it' }),
    until_month: z.string().openapi({ description: 'the latest service month in it' }),
    drafted_at: z.string(),
    claimed_on: z.string().nullable(),
    answered_on: z.string().nullable(),
    paid_on: z.string().nullable(),
    payment_note: z.string().nullable(),
    ...figures,
  })
  .openapi('FunderClaimHead')
export type ClaimHead = z.infer<typeof ClaimHead>

export const ClaimLine = z.object({
  line_no: z.int(),
  token: z.string().nullable().openapi({ description: 'the case; null for places of nobody in particular' }),
  service: z.string(),
  seller_id: z.string(),
  seller_name: z.string(),
  buyer_id: z.string(),
  buyer_name: z.string(),
  placement_id: z.string(),
  service_month: z.string(),
  unit: z.string(),
  quantity: z.string().nullable().openapi({ description: 'null for a difference' }),
  gross: z.string(),
  amount: z.string(),
  difference: z.boolean().openapi({ description: 'the month was in an earlier claim; this is what changed since' }),
  cut: z.string(),
  cut_reason: z.string().nullable(),
})
export type ClaimLine = z.infer<typeof ClaimLine>

export const Claim = ClaimHead.extend({
  programme: z.string().nullable(),
  items: z.array(ClaimLine),
}).openapi('FunderClaim')
export type Claim = z.infer<typeof Claim>

/** What could be claimed now of one source. */
export const Waiting = z
  .object({
    source: z.string(),
    lines: z.int(),
    from_month: z.string(),
    until_month: z.string(),
    amount: z.string(),
    differences: z.int().openapi({ description: 'how many of the lines change months that were claimed' }),
  })
  .openapi('FunderClaimWaiting')
export type Waiting = z.infer<typeof Waiting>

/**
 * - `claimed_twice`: the claims of a placement and month come to something else than its share did
 * - `asked_of_buyer`: what the seller collects is in the buyer's amount all the same
 */
export const claimFindings = ['claimed_twice', 'asked_of_buyer'] as const
export const ClaimCheck = z
  .object({
    clean: z.boolean(),
    looked_at: z.int().openapi({ description: 'months of placements that others bear a part of' }),
    findings: z.array(
      z.object({
        kind: z.enum(claimFindings),
        placement_id: z.string(),
        service_month: z.string(),
        expected: z.string(),
        found: z.string(),
      }),
    ),
  })
  .openapi('FunderClaimCheck')
export type ClaimCheck = z.infer<typeof ClaimCheck>

/** `ESF-3`: the source and which of its claims. */
export function claimName({ source: of, number }: Pick<ClaimHead, 'source' | 'number'>): string {
  return `${of.toUpperCase()}-${number}`
}

/** What the funder grants of a line. */
export function grantedOf({ amount, cut }: Pick<ClaimLine, 'amount' | 'cut'>): bigint {
  return centsOf(amount) - centsOf(cut)
}

export const fileFormats = ['csv', 'xlsx', 'json'] as const
export type FileFormat = (typeof fileFormats)[number]
export const fileColumns = ['token', 'service', 'service_month', 'quantity', 'gross', 'amount', 'programme'] as const

/** The words of a claim file: a title for each column, units and sums. */
export type FileWords = Record<(typeof fileColumns)[number] | 'total' | 'difference', string> & {
  unit: (unit: string, quantity: string) => string
}

/** The claim as a file: lines and their total. The same claim gives the same text. */
export async function claimFile(claim: Claim, format: FileFormat, words: FileWords): Promise<Uint8Array> {
  const programme = claim.programme ?? claim.source
  if (format === 'json') return new TextEncoder().encode(`${JSON.stringify(jsonOf(claim, programme), null, 2)}\n`)
  type Row = Record<(typeof fileColumns)[number], string | null>
  const rows: Row[] = claim.items.map((line) => ({
    token: line.token,
    service: line.service,
    service_month: line.service_month,
    quantity: line.quantity === null ? words.difference : words.unit(line.unit, line.quantity),
    gross: line.gross,
    amount: line.amount,
    programme,
  }))
  const nothing = { token: null, service: null, service_month: null, quantity: null, programme: null }
  rows.push({ ...nothing, token: words.total, gross: claim.gross, amount: claim.amount })
  const columns = fileColumns.map(
    (name): RegisterColumn<Row> => ({
      title: words[name],
      kind: name === 'gross' || name === 'amount' ? 'money' : 'text',
      value: (row) => row[name],
    }),
  )
  if (format === 'csv') return new TextEncoder().encode(registerCsv(columns, rows, 'comma'))
  const book = await registerXlsx(columns, rows, claimName(claim).slice(0, 31))
  return new Uint8Array(await book.arrayBuffer())
}

function jsonOf(
  { source: of, number, from_month, until_month, claimed_on, items, gross, amount }: Claim,
  programme: string,
) {
  return {
    source: of,
    number,
    programme,
    from_month,
    until_month,
    claimed_on,
    lines: items.map((line) => ({
      token: line.token,
      service: line.service,
      month: line.service_month,
      quantity: line.quantity,
      unit: line.unit,
      gross: line.gross,
      share: line.amount,
      difference: line.difference,
      programme,
    })),
    totals: { lines: items.length, gross, share: amount },
  }
}
