/** The verbs of this module: permission, one transaction, load, decide, save, audit. */
import { recordAudit } from '../audit/record.ts'
import { type Context, carryOut, organisationOf, permit, personOf } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { brokeConstraint } from '../db/failure.ts'
import { getOrganisation } from '../identity/store.ts'
import { newId } from '../ids.ts'
import { refuse, refuseFields } from '../refusal.ts'
import {
  type Agreement,
  type AgreementEnd,
  type AgreementInput,
  checkEnd,
  refuseUnlessOpen,
  type Side,
  type Signature,
  statusAfterSigning,
  type TemplateInput,
} from './agreement.ts'
import { findTemplate, getAgreement, insertAgreement, lockAgreement, saveTemplate, updateAgreement } from './store.ts'

/** The last guard of "one in force for a pair and direction on a day" is the database's. */
function explainOverlap(error: unknown): never {
  if (brokeConstraint(error, 'agreement_one_in_force')) refuse('agreements_overlap', { field: 'valid_from' })
  throw error
}

/**
 * Writes down an agreement that the own municipality will propose. Until it is signed by one side nobody else sees it.
 * @throws Refusal `not_permitted`; `invalid_input` where neither party is one's own, both are, or the other is no buyer or seller
 */
export async function draftAgreement(ctx: Context, input: AgreementInput): Promise<Agreement> {
  permit(ctx.actor, 'agreement.manage')
  const own = organisationOf(ctx.actor)
  return carryOut(ctx, async (tx) => {
    await checkParties(tx, own, input)
    const id = newId()
    const now = ctx.clock.now().toISOString()
    const kept = { created_at: now, changed_at: now, changed_by: personOf(ctx.actor) }
    await insertAgreement(tx, { ...input, ...kept, id, drafted_by_id: own })
    return audited(tx, ctx, 'draftAgreement', id, null)
  })
}

async function checkParties(tx: Tx, own: string, input: AgreementInput): Promise<void> {
  const { seller_id, buyer_id } = input
  if (seller_id === buyer_id) refuseFields([{ path: 'buyer_id', message: 'validation.two_parties' }])
  if (own !== seller_id && own !== buyer_id) refuseFields([{ path: 'seller_id', message: 'validation.own_party' }])
  const path = own === seller_id ? 'buyer_id' : 'seller_id'
  const other = await getOrganisation(tx, input[path]).catch(() => null)
  if (other === null || other.kind === 'region') refuseFields([{ path, message: 'validation.not_known' }])
}

/**
 * Writes the terms anew before both have signed. Signatures that stood under the old terms are gone: both sign again.
 * @throws Refusal `not_permitted`, `not_found`, `agreement_not_open`; `invalid_input` where the parties are others
 */
export async function changeAgreement(ctx: Context, id: string, input: AgreementInput): Promise<Agreement> {
  permit(ctx.actor, 'agreement.manage')
  return carryOut(ctx, async (tx) => {
    const { agreement: before, own } = await lockOwn(tx, ctx, id)
    refuseUnlessOpen(before)
    if (input.seller_id !== before.seller_id) refuseFields([{ path: 'seller_id', message: 'validation.parties_stay' }])
    if (input.buyer_id !== before.buyer_id) refuseFields([{ path: 'buyer_id', message: 'validation.parties_stay' }])
    await updateAgreement(tx, before, {
      ...input,
      ...unsigned,
      ...changed(ctx),
      status: 'drafted',
      drafted_by_id: own,
      version: before.version + 1,
    })
    return audited(tx, ctx, 'changeAgreement', id, before)
  })
}

const unsigned = { seller_signed_on: null, seller_signer: null, buyer_signed_on: null, buyer_signer: null }

/**
 * Signs the terms for the own side, as of today. The first signature proposes them to the other side; with the second they
 * are an agreement.
 * @throws Refusal `not_permitted`, `not_found`, `agreement_not_open`; `changed_meanwhile` where the terms are no longer the
 * version that was read; `agreement_signed_already`; `agreements_overlap` where another is in force for the pair
 */
export async function signAgreement(ctx: Context, id: string, { signer, version }: Signature): Promise<Agreement> {
  permit(ctx.actor, 'agreement.manage')
  return carryOut(ctx, async (tx) => {
    const { agreement: before, side } = await lockOwn(tx, ctx, id)
    refuseUnlessOpen(before)
    if (version !== before.version) refuse('changed_meanwhile')
    if (before[`${side}_signed_on`] !== null) refuse('agreement_signed_already')
    const now = ctx.clock.now().toISOString()
    const on = ctx.clock.today()
    const signature =
      side === 'seller'
        ? { seller_signed_on: on, seller_signer: signer }
        : { buyer_signed_on: on, buyer_signer: signer }
    await updateAgreement(tx, before, {
      ...signature,
      ...changed(ctx),
      status: statusAfterSigning(before, side),
      proposed_at: before.proposed_at ?? now,
    })
    return audited(tx, ctx, 'signAgreement', id, before)
  }).catch(explainOverlap)
}

/**
 * Puts a draft or a proposal aside: its author takes it back, or the other side does not want it.
 * @throws Refusal `not_permitted`, `not_found`, `agreement_not_open`
 */
export async function withdrawAgreement(ctx: Context, id: string): Promise<Agreement> {
  permit(ctx.actor, 'agreement.manage')
  return carryOut(ctx, async (tx) => {
    const { agreement: before } = await lockOwn(tx, ctx, id)
    refuseUnlessOpen(before)
    await updateAgreement(tx, before, { ...changed(ctx), status: 'withdrawn' })
    return audited(tx, ctx, 'withdrawAgreement', id, before)
  })
}

/**
 * Ends a signed agreement early, from today on. Either side may; the other one sees the reason.
 * @throws Refusal `not_permitted`, `not_found`, `agreement_not_in_force`, `agreement_end_past`, `agreement_end_too_late`,
 * `end_before_start`
 */
export async function endAgreement(ctx: Context, id: string, { valid_to, reason }: AgreementEnd): Promise<Agreement> {
  permit(ctx.actor, 'agreement.manage')
  return carryOut(ctx, async (tx) => {
    const { agreement: before } = await lockOwn(tx, ctx, id)
    checkEnd(before, valid_to, ctx.clock.today())
    await updateAgreement(tx, before, { ...changed(ctx), status: 'ended', valid_to, end_reason: reason })
    return audited(tx, ctx, 'endAgreement', id, before)
  })
}

/** Sets the own municipality's usual terms, with which new agreements with it begin. @throws Refusal `not_permitted` */
export async function setAgreementTemplate(
  ctx: Context,
  input: TemplateInput,
): Promise<TemplateInput & { seller_id: string }> {
  permit(ctx.actor, 'agreement.manage')
  const seller_id = organisationOf(ctx.actor)
  return carryOut(ctx, async (tx) => {
    const before = await findTemplate(tx, seller_id)
    await saveTemplate(tx, { ...input, seller_id, ...changed(ctx) })
    const after = (await findTemplate(tx, seller_id))!
    await recordAudit(tx, ctx, {
      action: 'setAgreementTemplate',
      subject_type: 'agreement_template',
      subject_id: seller_id,
      seller_id,
      before,
      after,
    })
    return after
  })
}

function changed(ctx: Context) {
  return { changed_at: ctx.clock.now().toISOString(), changed_by: personOf(ctx.actor) }
}

/** An agreement of one's own, locked. @throws Refusal `not_found`, `not_permitted` for who only oversees it */
async function lockOwn(tx: Tx, ctx: Context, id: string): Promise<{ agreement: Agreement; own: string; side: Side }> {
  const own = organisationOf(ctx.actor)
  const agreement = await lockAgreement(tx, id)
  if (own !== agreement.seller_id && own !== agreement.buyer_id)
    refuse('not_permitted', { permission: 'agreement.manage' })
  return { agreement, own, side: own === agreement.seller_id ? 'seller' : 'buyer' }
}

async function audited(tx: Tx, ctx: Context, action: string, id: string, before: Agreement | null): Promise<Agreement> {
  const after = await getAgreement(tx, id)
  const { seller_id, buyer_id } = after
  // Until it is proposed an agreement is its author's alone, and so is what is written about it.
  const parties = after.proposed_at === null ? {} : { seller_id, buyer_id }
  const kept = [before, after].map((row) => row && withoutNames(row))
  await recordAudit(tx, ctx, {
    action,
    subject_type: 'agreement',
    subject_id: id,
    ...parties,
    before: kept[0],
    after: kept[1],
  })
  return after
}

/** The log never holds the names of people. */
function withoutNames({ seller_signer: _s, buyer_signer: _b, ...rest }: Agreement) {
  return rest
}
