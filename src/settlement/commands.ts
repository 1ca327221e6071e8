/** The verbs of this module: look at a month before it is closed, and close it. */
import { lastDay, type Month, parsePlainDate } from '../calendar.ts'
import { type Context, carryOut, may, organisationOf, permit, transact } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import type { Permission } from '../identity/permissions.ts'
import { partiesOf } from '../invoicing/store.ts'
import { Refusal, refuse } from '../refusal.ts'
import { nextMonth, type SellerFacts, settleSeller } from './close.ts'
import type { RunStep } from './close-run.ts'
import type { Document, SellerClose } from './documents.ts'
import { type Finding, findingCodes, findingsOf, mendedAt } from './findings.ts'
import { lookUpFindings } from './findings-store.ts'
import type { ClosedMonth, MonthPreview } from './month.ts'
import { closeWithin, type RunOutcome } from './run-commands.ts'
import {
  documentsOfClose,
  fundingOfClose,
  listCloses,
  loadSellerFacts,
  organisationNames,
  type PlacementLabel,
  placementLabels,
  turnsOfSeller,
  usualAmounts,
  withheldOfClose,
} from './store.ts'
import { explainWithheld } from './withheld-store.ts'

/**
 * What the close of a month would come to now, and what somebody should look at first. Saves nothing.
 * @throws Refusal `not_permitted`, `month_already_closed`
 */
export async function previewMonth(ctx: Context, month: Month): Promise<MonthPreview> {
  permit(ctx.actor, 'settlement.read')
  const seller_id = organisationOf(ctx.actor)
  return transact(ctx, async (tx) => {
    const facts = await loadSellerFacts(tx, seller_id, month)
    if (facts.closed.has(month)) refuse('month_already_closed', { month })
    const { closing, months } = settleSeller(facts, month)
    const labels = await placementLabels(
      tx,
      seller_id,
      facts.placements.map((placement) => placement.id),
    )
    const names = await organisationNames(
      tx,
      facts.placements.map((placement) => placement.buyer),
    )
    const found = [
      ...(await lookUpFindings(tx, seller_id, month, ctx.clock.today())),
      ...findingsOf({
        seller: seller_id,
        month,
        months,
        closing,
        today: parsePlainDate(ctx.clock.today()),
        placements: facts.placements,
        offers: facts.offers,
        usual: await usualAmounts(tx, seller_id, month),
        turns: await turnsOfSeller(tx, seller_id, month),
        parties: await partiesOf(tx),
      }),
    ]
    const expected = nextMonth(facts.closed)
    const party = (id: string) => ({ id, name: names.get(id) ?? '' })
    return {
      month,
      state:
        expected !== null && expected !== month
          ? 'not_next'
          : ctx.clock.today() < lastDay(month)
            ? 'too_early'
            : 'ready',
      expected,
      documents: closing.documents.map((document) => documentPreview(document, party(document.buyer), labels)),
      withheld: withheldWithReasons(facts, month, closing.withheld, labels),
      own_use: closing.own_use,
      funding: closing.funding.map(({ buyer, ...sum }) => ({ ...sum, buyer: party(buyer) })),
      findings: inOrder(found).map((finding) => ({
        ...finding,
        subject: subjectOf(finding, labels, names),
        mended_at: mendedAt(finding, month, (permission) => may(ctx.actor, permission as Permission)),
      })),
    }
  })
}

/** What would be withheld, each with why: only these placements are rated again with their explanations. */
function withheldWithReasons(
  facts: SellerFacts,
  month: Month,
  withheld: SellerClose['withheld'],
  labels: ReadonlyMap<string, PlacementLabel>,
): MonthPreview['withheld'] {
  const ids = new Set(withheld.map((row) => row.placement))
  const placements = facts.placements.filter((placement) => ids.has(placement.id))
  const { months } = settleSeller({ ...facts, placements }, month, { explain: true })
  const ofMonth = new Map(months.flatMap((each) => (each.service_month === month ? [[each.placement, each.now]] : [])))
  return withheld.map(({ placement, reason, quantity }) => {
    const found = ofMonth.get(placement)?.rated.withheld.find((each) => each.reason === reason)
    return { ...labelled(placement, labels), reason, quantity, explanation: found?.explanation ?? null }
  })
}

/** Those that block first, each kind together. */
function inOrder(findings: readonly Finding[]): Finding[] {
  return findings.toSorted((a, b) => findingCodes.indexOf(a.code) - findingCodes.indexOf(b.code))
}

/** What a finding is about, as a page calls it: a case's token, an offer, an organisation. Never a person. */
function subjectOf(
  { placement_id, organisation_id, values }: Finding,
  labels: ReadonlyMap<string, PlacementLabel>,
  names: ReadonlyMap<string, string>,
): string | null {
  const label = placement_id === null ? undefined : labels.get(placement_id)
  if (label !== undefined) return label.token ?? label.offer_title
  return values.token ?? values.offer ?? values.provider ?? names.get(organisation_id ?? '') ?? null
}

function labelled(placement_id: string, labels: ReadonlyMap<string, PlacementLabel>) {
  const label = labels.get(placement_id)
  return { placement_id, token: label?.token ?? null, offer_title: label?.offer_title ?? '' }
}

function documentPreview(
  document: Document,
  buyer: { id: string; name: string },
  labels: ReadonlyMap<string, PlacementLabel>,
): MonthPreview['documents'][number] {
  const { type, corrects, net, vat, total } = document
  return {
    id: null,
    number: null,
    type,
    buyer,
    corrects,
    net,
    vat,
    total,
    lines: document.lines.map((line) => ({
      ...labelled(line.placement, labels),
      service_month: line.service_month,
      kind: line.kind,
      buyer_amount: line.buyer_amount,
      ...(line.kind === 'adjustment'
        ? {
            quantity: null,
            base_quantity: null,
            unit_price: null,
            percent: null,
            gross: null,
            shares: [],
            billed: line.billed,
            rated: line.rated,
          }
        : {
            quantity: line.quantity,
            base_quantity: line.base_quantity,
            unit_price: line.unit_price,
            percent: line.percent,
            gross: line.gross,
            shares: line.shares,
            billed: null,
            rated: null,
          }),
    })),
  }
}

/**
 * Closes a month of the own organisation: documents issued, amounts remembered, the month never changed again (R14 to R18).
 * One transaction: cut off at any point it leaves nothing, and run again it does the same. A closed month stays as it is
 * and is answered again (R17).
 * @param onStep told what is being done; it must not use the database before the promise resolves
 * @throws Refusal `not_permitted`, `month_not_over`, `month_out_of_order`, `month_has_findings` with those that block
 */
export async function closeMonth(
  ctx: Context,
  month: Month,
  onStep: (step: RunStep) => void = () => {},
): Promise<ClosedMonth> {
  permit(ctx.actor, 'settlement.close')
  const seller_id = organisationOf(ctx.actor)
  return carryOut(ctx, (tx) => closeInTransaction(tx, ctx, seller_id, month, onStep))
}

/** The same for any seller, by the program itself (the terminal, a job). */
export async function closeMonthOf(ctx: Context, seller_id: string, month: Month): Promise<ClosedMonth> {
  if (ctx.actor.kind !== 'system') refuse('not_permitted')
  return transact(ctx, (tx) => closeInTransaction(tx, ctx, seller_id, month))
}

async function closeInTransaction(
  tx: Tx,
  ctx: Context,
  seller_id: string,
  month: Month,
  onStep: (step: RunStep) => void = () => {},
): Promise<ClosedMonth> {
  const [outcome] = await closeWithin(tx, ctx, [seller_id], month, () => {}, onStep)
  if (outcome?.refused !== undefined) throw refusalOfRun(outcome.refused)
  return readClosedMonth(tx, seller_id, month)
}

/** A seller's refusal in a run, said as a refusal of its own: findings that block are listed. */
export function refusalOfRun({ code, values, findings = [] }: NonNullable<RunOutcome['refused']>): Refusal {
  return new Refusal(
    code,
    values,
    findings.map((finding, index) => ({
      path: `findings.${index}`,
      message: `month.finding.${finding.code}`,
      values: finding.values,
    })),
  )
}

/** A closed month as it was issued. @throws Refusal `not_found` where the seller has not closed it, or is not one's own to see */
export async function readClosedMonth(tx: Tx, seller_id: string, month: Month): Promise<ClosedMonth> {
  const [close] = await listCloses(tx, { month, seller_id })
  if (close === undefined) return refuse('not_found')
  const documents = await documentsOfClose(tx, seller_id, month)
  const funding = await fundingOfClose(tx, seller_id, month)
  const withheld = await withheldOfClose(tx, seller_id, month)
  const reasons = await explainWithheld(tx, seller_id, month, withheld)
  return {
    month,
    seller_id,
    closed_at: close.closed_at,
    own_use: close.own_use,
    documents: documents.map(({ buyer_id, buyer_name, seller_name: _, ...document }) => ({
      ...document,
      buyer: { id: buyer_id, name: buyer_name },
    })),
    withheld: withheld.map((row) => ({
      ...row,
      explanation: reasons.get(`${row.placement_id} ${row.reason}`) ?? null,
    })),
    funding: funding.map(({ buyer_id, buyer_name, ...sum }) => ({ ...sum, buyer: { id: buyer_id, name: buyer_name } })),
  }
}
