/** The verbs of a dispute: permission, one transaction, load, decide, save, tell. */
import { recordAudit } from '../audit/record.ts'
import type { PlainDate } from '../calendar.ts'
import { type Context, carryOut, organisationOf, permit, personOf } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import type { Permission } from '../identity/permissions.ts'
import { newId } from '../ids.ts'
import { announce } from '../jobs/outbox.ts'
import { mostFiles, type NewFile } from '../messages/file.ts'
import { centsOf, type Money, moneyOf } from '../money.ts'
import { notify } from '../notices/commands.ts'
import { refuse } from '../refusal.ts'
import { askedFor } from '../settlement/agreed.ts'
import { issueCredit } from '../settlement/credit-commands.ts'
import { readAsked } from '../settlement/credit-store.ts'
import {
  type AcceptInput,
  type DisputeInput,
  type DisputeNote,
  type DisputeStatus,
  type DisputeTerms,
  dueAfter,
  type Move,
  type ResolveInput,
  type Side,
  steps,
  takeStep,
  withVat,
} from './dispute.ts'
import * as store from './store.ts'

const permissionOf: Record<Side, Permission> = {
  seller: 'dispute.answer',
  buyer: 'dispute.raise',
  region: 'dispute.resolve',
}

/**
 * Puts a line of a received invoice in doubt, in part or whole. What is in doubt stays out of payment; the rest goes on.
 * @throws Refusal `not_permitted`, `not_found` (also for a line of two others, and for the seller’s own), `dispute_invoices_only`,
 *   `dispute_time_barred` with the last day, `dispute_more_than_line` with what is left
 */
export async function raiseDispute(ctx: Context, input: DisputeInput): Promise<store.ShownDispute> {
  permit(ctx.actor, 'dispute.raise')
  const own = organisationOf(ctx.actor)
  return carryOut(ctx, async (tx) => {
    const line = await store.getLine(tx, input.document_id, input.line_no)
    if (line.buyer_id !== own) refuse('not_found')
    if (line.type !== 'invoice') refuse('dispute_invoices_only')
    await store.lockPlacement(tx, line.placement_id)
    const { left, rated } = await leftOf(tx, line)
    const today = ctx.clock.today() as PlainDate
    if (today > line.object_until) refuse('dispute_time_barred', { date: line.object_until })
    if (centsOf(input.amount) > centsOf(left)) refuse('dispute_more_than_line', { left, field: 'amount' })
    const id = newId()
    const { seller_id, buyer_id, document_id, charge_id, line_no, placement_id, service_month } = line
    const terms = await store.termsOf(tx, seller_id)
    await store.insertDispute(tx, {
      ...{ seller_id, id, buyer_id, document_id, charge_id, line_no, placement_id, service_month, rated },
      reason: input.reason,
      amount: input.amount,
      in_doubt: withVat(input.amount, line.vat_rate),
      quantity: input.quantity,
      status: 'raised',
      raised_at: ctx.clock.now().toISOString(),
      raised_on: today,
      due_on: dueAfter('raised', today, terms),
    })
    await writeStep(tx, ctx, { seller_id, id, buyer_id }, 'raised', input.note, input.amount)
    const after = { document: line.number, line_no, reason: input.reason, amount: input.amount }
    await audit(tx, ctx, 'raiseDispute', { seller_id, id, buyer_id }, null, after)
    await announce(tx, ctx, 'invoice.disputed', [document_id], id)
    await tellDispute(tx, ctx, { seller_id, buyer_id, id, region_id: null }, 'dispute_raised', line.number)
    return store.getDispute(tx, id)
  })
}

/**
 * What of a line may be put in doubt yet, and what its placement and month comes to now. Less than the line where something
 * was given back or is in doubt already: nobody is given back more than was asked for.
 */
export async function leftOf(tx: Tx, line: store.DisputableLine): Promise<{ left: Money; rated: Money }> {
  const { of_line, of_month } = await store.disputedOf(tx, line)
  const asked = await readAsked(tx, line)
  const ofLine = centsOf(line.buyer_amount) - centsOf(of_line)
  const ofMonth = askedFor(asked.agreed, line.buyer_id, asked.rated_now) - centsOf(of_month)
  const left = ofLine < ofMonth ? ofLine : ofMonth
  return { left: moneyOf(left > 0n ? left : 0n), rated: asked.rated_now }
}

/** The seller says how it sees it, and has not decided yet. @throws Refusal as `step` */
export async function answerDispute(ctx: Context, id: string, { note }: DisputeNote): Promise<store.ShownDispute> {
  return step(ctx, id, 'answer', 'answerDispute', note)
}

/**
 * The seller agrees, to all that is in doubt or to a part of it: the credit note is issued at once.
 * @throws Refusal as `step`, `dispute_more_than_line` for more than is in doubt
 */
export async function acceptDispute(
  ctx: Context,
  id: string,
  { amount, note }: AcceptInput,
): Promise<store.ShownDispute> {
  return step(ctx, id, 'accept', 'acceptDispute', note ?? '', amount)
}

/** The seller does not agree, and says why. @throws Refusal as `step` */
export async function rejectDispute(ctx: Context, id: string, { note }: DisputeNote): Promise<store.ShownDispute> {
  return step(ctx, id, 'reject', 'rejectDispute', note)
}

/**
 * The buyer asks the region to decide: after a rejection, after an answer, or when the seller has let its time pass.
 * @throws Refusal as `step`, `dispute_not_overdue`, `dispute_too_late`, `dispute_without_region`
 */
export async function escalateDispute(ctx: Context, id: string, { note }: DisputeNote): Promise<store.ShownDispute> {
  return step(ctx, id, 'escalate', 'escalateDispute', note)
}

/** The region's coordinator decides what is given back, nothing included. @throws Refusal as `acceptDispute` */
export async function resolveDispute(
  ctx: Context,
  id: string,
  { amount, note }: ResolveInput,
): Promise<store.ShownDispute> {
  return step(ctx, id, 'resolve', 'resolveDispute', note, amount)
}

/** The buyer lets it be. @throws Refusal as `step` */
export async function withdrawDispute(ctx: Context, id: string, { note }: DisputeNote): Promise<store.ShownDispute> {
  return step(ctx, id, 'withdraw', 'withdrawDispute', note)
}

/**
 * One step of a dispute.
 * @throws Refusal `not_permitted` (also for the other side's step), `not_found`, `dispute_step_not_possible`
 */
async function step(
  ctx: Context,
  id: string,
  move: Move,
  action: string,
  note: string,
  given: Money | null = null,
): Promise<store.ShownDispute> {
  permit(ctx.actor, permissionOf[steps[move].side])
  return carryOut(ctx, async (tx) => {
    const dispute = await lockedFor(tx, ctx, id, steps[move].side)
    const today = ctx.clock.today() as PlainDate
    const status = takeStep(dispute, move, today)
    const settles = status === 'accepted' || status === 'resolved'
    const agreed = settles ? (given ?? dispute.amount) : null
    if (agreed !== null && centsOf(agreed) > centsOf(dispute.amount)) {
      refuse('dispute_more_than_line', { left: dispute.amount, field: 'amount' })
    }
    const region_id = status === 'escalated' ? await store.regionOf(tx, dispute) : dispute.region_id
    if (status === 'escalated' && region_id === null) refuse('dispute_without_region')
    const credit = agreed === null || centsOf(agreed) === 0n ? null : await credited(tx, ctx, dispute, agreed, move)
    const due_on = dueAfter(status, today, await store.termsOf(tx, dispute.seller_id))
    const settled_on = settles || status === 'withdrawn' ? today : null
    await writeStep(tx, ctx, dispute, status, note, agreed)
    const before = { status: dispute.status }
    await audit(tx, ctx, action, dispute, before, { status, ...(agreed === null ? {} : { amount: agreed }) })
    const kind = status === 'escalated' ? 'dispute_escalated' : 'dispute_answered'
    await tellDispute(tx, ctx, { ...dispute, region_id }, kind, (await store.getDispute(tx, id)).document_number)
    await store.updateDispute(tx, dispute, {
      status,
      due_on,
      region_id,
      agreed,
      credit_id: credit?.id ?? null,
      settled_on,
    })
    return store.getDispute(tx, id)
  })
}

function credited(tx: Tx, ctx: Context, dispute: store.DisputeRow, agreed: Money, move: Move) {
  const { id, seller_id, buyer_id, document_id, charge_id, placement_id, service_month, reason, amount, rated } =
    dispute
  const line = { document_id, charge_id, placement_id, service_month }
  const by = move === 'resolve' ? 'region' : 'seller'
  return issueCredit(tx, ctx, { id, seller_id, buyer_id, ...line, reason, amount, agreed, rated, by })
}

/** The dispute, for the side whose step it is. @throws Refusal `not_found` where it is not seen, `not_permitted` for another side */
async function lockedFor(tx: Tx, ctx: Context, id: string, side: Side): Promise<store.DisputeRow> {
  const seen = await store.getDispute(tx, id)
  if (sideOf(ctx, seen) !== side) refuse('not_permitted')
  return store.lockDispute(tx, id)
}

/** On which side of a dispute somebody stands; null for who only looks on. */
export function sideOf(
  ctx: Context,
  { seller_id, buyer_id, region_id }: Pick<store.DisputeRow, 'seller_id' | 'buyer_id' | 'region_id'>,
): Side | null {
  const own = ctx.actor.kind === 'member' ? ctx.actor.organisation_id : null
  if (own === null) return null
  return own === seller_id ? 'seller' : own === buyer_id ? 'buyer' : own === region_id ? 'region' : null
}

/**
 * A message on the thread, with a file or without; also when the dispute is settled, for words may still be needed.
 * @throws Refusal `not_found`, `not_permitted` for who only looks on, `dispute_too_many_files`
 */
export async function writeToDispute(
  ctx: Context,
  id: string,
  message: { note: string; files: readonly NewFile[] },
): Promise<store.ShownDispute> {
  permit(ctx.actor, 'dispute.read')
  return carryOut(ctx, async (tx) => {
    const seen = await store.getDispute(tx, id)
    const side = sideOf(ctx, seen)
    if (side === null) return refuse('not_permitted')
    permit(ctx.actor, permissionOf[side])
    const dispute = await store.lockDispute(tx, id)
    const step_id = await writeStep(tx, ctx, dispute, 'message', message.note, null)
    const sent_at = ctx.clock.now().toISOString()
    const there = await store.listFiles(tx, dispute)
    if (there.length + message.files.length > mostFiles) refuse('dispute_too_many_files', { maximum: mostFiles })
    const { seller_id, buyer_id } = dispute
    for (const file of message.files) {
      await store.insertFile(tx, { seller_id, dispute_id: id, id: newId(), buyer_id, step_id, sent_at }, file)
    }
    const files = message.files.map(({ name, content_type, size }) => ({ name, content_type, size }))
    await audit(tx, ctx, 'writeToDispute', dispute, null, { files })
    return store.getDispute(tx, id)
  })
}

async function writeStep(
  tx: Tx,
  ctx: Context,
  dispute: { seller_id: string; id: string; buyer_id: string },
  kind: DisputeStatus | 'message',
  note: string,
  amount: Money | null,
): Promise<string> {
  const id = newId()
  await store.insertStep(tx, {
    seller_id: dispute.seller_id,
    dispute_id: dispute.id,
    id,
    buyer_id: dispute.buyer_id,
    kind,
    organisation_id: organisationOf(ctx.actor),
    person_id: personOf(ctx.actor),
    at: ctx.clock.now().toISOString(),
    note,
    amount,
  })
  return id
}

/** Tells everybody of the dispute but the side that acts; the region only where it is to decide, or the other side has moved. */
async function tellDispute(
  tx: Tx,
  ctx: Context,
  { seller_id, buyer_id, id, region_id }: Pick<store.DisputeRow, 'seller_id' | 'buyer_id' | 'id' | 'region_id'>,
  kind: 'dispute_raised' | 'dispute_answered' | 'dispute_escalated',
  reference: string,
): Promise<void> {
  const own = organisationOf(ctx.actor)
  const of = { subject_type: 'dispute' as const, subject_id: id, seller_id, buyer_id, values: { reference } }
  const moved = kind === 'dispute_raised' ? kind : ('dispute_answered' as const)
  await notify(tx, ctx, [
    ...(own === seller_id ? [] : [{ organisation_id: seller_id, permission: permissionOf.seller, kind: moved, ...of }]),
    ...(own === buyer_id ? [] : [{ organisation_id: buyer_id, permission: permissionOf.buyer, kind: moved, ...of }]),
    ...(region_id === null || own === region_id
      ? []
      : [{ organisation_id: region_id, permission: permissionOf.region, kind: 'dispute_escalated' as const, ...of }]),
  ])
}

async function audit(
  tx: Tx,
  ctx: Context,
  action: string,
  { seller_id, id, buyer_id }: { seller_id: string; id: string; buyer_id: string },
  before: object | null,
  after: object,
): Promise<void> {
  await recordAudit(tx, ctx, { action, subject_type: 'dispute', subject_id: id, seller_id, buyer_id, before, after })
}

/** Sets the own days for disputes of the own invoices; those under way keep theirs. @throws Refusal `not_permitted` */
export async function setDisputeTerms(
  ctx: Context,
  terms: DisputeTerms,
): Promise<DisputeTerms & { seller_id: string; changed_at: string | null }> {
  permit(ctx.actor, 'settlement.close')
  const seller_id = organisationOf(ctx.actor)
  return carryOut(ctx, async (tx) => {
    const { changed_at: _, ...before } = await store.termsOf(tx, seller_id)
    await store.saveTerms(tx, seller_id, terms, {
      changed_at: ctx.clock.now().toISOString(),
      changed_by: personOf(ctx.actor),
    })
    const of = { subject_type: 'dispute_terms', subject_id: seller_id, seller_id }
    await recordAudit(tx, ctx, { action: 'setDisputeTerms', ...of, before, after: terms })
    return { seller_id, ...(await store.termsOf(tx, seller_id)) }
  })
}
