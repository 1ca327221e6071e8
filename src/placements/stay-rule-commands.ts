/** Who says how long a stay may last and on which papers it rests, and what that forbids. */
import { recordAudit } from '../audit/record.ts'
import { type Context, carryOut, organisationOf, permit, personOf } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { newId } from '../ids.ts'
import { refuse } from '../refusal.ts'
import type { PaperInput, PaperSetting } from './paper.ts'
import { latestEnd, type StayRuleInput } from './stay-rule.ts'
import {
  beginOfChain,
  findSharedDay,
  insertPaper,
  lockPaper,
  type PaperRow,
  papersBlock,
  papersOf,
  removeRule,
  ruleOfKind,
  ruleOfOffer,
  savePaperSetting,
  saveRule,
  saveRuleOfKind,
  withdrawPaperRow,
} from './stay-rule-store.ts'
import { getOfferFacts, lockPlacement, type PlacementRow } from './store.ts'

/**
 * Refuses a stay that would be longer than its offer's rule allows. Stays of the same kind that it goes on from count on.
 * @param stay a placement that is there, or one that begins; `reason` as given with the decision
 * @throws Refusal `stay_too_long` where the rule refuses; `stay_longer_needs_reason` where it wants a reason and there is none
 */
export async function refuseTooLongStay(
  tx: Tx,
  stay: { offer_id: string; valid_from: string; valid_to: string | null; seller_id: string; id?: string },
  reason: string | null | undefined,
): Promise<void> {
  const rule = await ruleOfOffer(tx, stay.offer_id)
  if (rule.longest_months === null) return
  const { seller_id, id } = stay
  const begin = id === undefined ? stay.valid_from : await beginOfChain(tx, { seller_id, id })
  const last = latestEnd(rule, begin, await getOfferFacts(tx, stay.offer_id))!
  if (stay.valid_to !== null && stay.valid_to <= last) return
  const facts = { months: rule.longest_months, date: last }
  if (rule.beyond === 'refused') refuse('stay_too_long', { ...facts, field: 'valid_to' })
  if (!reason) refuse('stay_longer_needs_reason', { ...facts, field: 'longer_reason' })
}

/**
 * Refuses dates by which a stay and the one before or after it in its chain would both be paid for a day.
 * @throws Refusal `day_of_other_stay` with that day
 */
export async function refuseSharedDay(
  tx: Tx,
  stay: { seller_id: string; id: string; valid_from: string; valid_to: string | null },
): Promise<void> {
  const date = await findSharedDay(tx, stay)
  if (date !== null) refuse('day_of_other_stay', { date, field: 'valid_to' })
}

/** Says what holds for all offers of a kind that say nothing else. @throws Refusal `not_permitted`, `not_found` */
export async function setStayRuleOfKind(ctx: Context, kind_code: string, input: StayRuleInput) {
  permit(ctx.actor, 'kind.manage')
  return carryOut(ctx, async (tx) => {
    const before = await ruleOfKind(tx, kind_code)
    await saveRuleOfKind(tx, kind_code, { ...input, ...changed(ctx) })
    const after = await ruleOfKind(tx, kind_code)
    await recordAudit(tx, ctx, {
      action: 'setStayRuleOfKind',
      subject_type: 'service_kind',
      subject_id: kind_code,
      before,
      after,
    })
    return after
  })
}

/** Says what holds at one's own offer; null lets its kind's rule hold again. @throws Refusal `not_permitted`, `not_found` */
export async function setStayRule(ctx: Context, offer_id: string, input: StayRuleInput | null) {
  permit(ctx.actor, 'offer.manage')
  return carryOut(ctx, async (tx) => {
    const before = await ruleOfOffer(tx, offer_id)
    if (before.seller_id !== organisationOf(ctx.actor)) refuse('not_permitted', { permission: 'offer.manage' })
    const key = { seller_id: before.seller_id, offer_id }
    if (input === null) await removeRule(tx, key)
    else await saveRule(tx, key, { ...input, ...changed(ctx) })
    const after = await ruleOfOffer(tx, offer_id)
    await recordAudit(tx, ctx, { action: 'setStayRule', subject_type: 'offer', subject_id: offer_id, before, after })
    return after
  })
}

/** Says whether days without papers hold up one's own close. @throws Refusal `not_permitted` */
export async function setPaperSetting(ctx: Context, { blocks }: PaperSetting): Promise<PaperSetting> {
  permit(ctx.actor, 'settlement.close')
  const seller_id = organisationOf(ctx.actor)
  return carryOut(ctx, async (tx) => {
    const before = { blocks: await papersBlock(tx, seller_id) }
    await savePaperSetting(tx, seller_id, { blocks, ...changed(ctx) })
    const after = { blocks }
    await recordAudit(tx, ctx, {
      action: 'setPaperSetting',
      subject_type: 'organisation',
      subject_id: seller_id,
      before,
      after,
    })
    return after
  })
}

/**
 * Notes a paper of a stay, by either social service. The audit log keeps its kind and validity, not its number.
 * @throws Refusal `not_permitted`, `not_found`; `paper_of_nobody` for reserved places
 */
export async function recordPaper(ctx: Context, placement_id: string, input: PaperInput): Promise<PaperRow> {
  permit(ctx.actor, 'resident.read')
  return carryOut(ctx, async (tx) => {
    const placement = await lockOwnStay(tx, ctx, placement_id)
    if (placement.resident_id === null) refuse('paper_of_nobody')
    const { seller_id, buyer_id } = placement
    const id = newId()
    await insertPaper(tx, {
      ...input,
      seller_id,
      placement_id: placement.id,
      id,
      buyer_id,
      recorded_at: ctx.clock.now().toISOString(),
      recorded_by: personOf(ctx.actor),
    })
    await auditPaper(tx, ctx, 'recordPaper', placement, null, input)
    return (await papersOf(tx, placement)).find((paper) => paper.id === id)!
  })
}

/** Takes back a paper that was noted by mistake. @throws Refusal `not_permitted`, `not_found`, also for one withdrawn before */
export async function withdrawPaper(ctx: Context, id: string): Promise<void> {
  permit(ctx.actor, 'resident.read')
  await carryOut(ctx, async (tx) => {
    const paper = await lockPaper(tx, id)
    const placement = await lockOwnStay(tx, ctx, paper.placement_id)
    await withdrawPaperRow(tx, paper, {
      withdrawn_at: ctx.clock.now().toISOString(),
      withdrawn_by: personOf(ctx.actor),
    })
    await auditPaper(tx, ctx, 'withdrawPaper', placement, paper, null)
  })
}

/** A stay of which one's own organisation is a party. @throws Refusal `not_found` otherwise */
async function lockOwnStay(tx: Tx, ctx: Context, id: string): Promise<PlacementRow> {
  const placement = await lockPlacement(tx, id)
  const own = organisationOf(ctx.actor)
  if (placement.seller_id !== own && placement.buyer_id !== own) refuse('not_found')
  return placement
}

async function auditPaper(
  tx: Tx,
  ctx: Context,
  action: string,
  { id, seller_id, buyer_id }: PlacementRow,
  before: PaperInput | null,
  after: PaperInput | null,
): Promise<void> {
  const shown = (paper: PaperInput | null) => paper && { valid_from: paper.valid_from, valid_to: paper.valid_to }
  await recordAudit(tx, ctx, {
    action,
    subject_type: 'placement',
    subject_id: id,
    seller_id,
    buyer_id,
    before: shown(before),
    after: shown(after),
  })
}

function changed(ctx: Context) {
  return { changed_at: ctx.clock.now().toISOString(), changed_by: personOf(ctx.actor) }
}
