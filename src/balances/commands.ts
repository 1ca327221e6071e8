/** The verbs of this module: balance confirmations, from sending to settled. */
import { recordAudit } from '../audit/record.ts'
import { type Context, carryOut, organisationOf, permit, personOf } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { brokeConstraint } from '../db/failure.ts'
import { json } from '../db/json.ts'
import { getOrganisation, type OrganisationRow } from '../identity/store.ts'
import { newId } from '../ids.ts'
import { centsOf, moneyOf } from '../money.ts'
import { notify } from '../notices/commands.ts'
import { refuse, refuseFields } from '../refusal.ts'
import type {
  Confirmation,
  ConfirmationAnswer,
  ConfirmationInput,
  ConfirmationSettling,
  Figures,
  Owed,
} from './balance.ts'
import {
  findConfirmation,
  getConfirmation,
  insertConfirmation,
  lockConfirmation,
  owedItems,
  updateConfirmation,
} from './store.ts'

/**
 * States what the own municipality and another owe each other at the end of a day, item by item, and sends it to the other side;
 * what stands under the names of those that merged into either is in it.
 * The figures are frozen.
 * @throws Refusal `not_permitted`; `invalid_input` for a day to come or a party that cannot be; `balance_confirmation_exists`
 */
export async function sendBalanceConfirmation(ctx: Context, input: ConfirmationInput): Promise<Confirmation> {
  permit(ctx.actor, 'balance.confirm')
  const own = organisationOf(ctx.actor)
  const { counterparty_id, stated_on, signer, note } = input
  if (stated_on > ctx.clock.today()) refuseFields([{ path: 'stated_on', message: 'validation.in_the_future' }])
  return carryOut(ctx, async (tx) => {
    const sender = await getOrganisation(tx, own)
    const other = await getOrganisation(tx, counterparty_id).catch(() => null)
    if (other === null || other.id === own || other.kind === 'region') {
      refuseFields([{ path: 'counterparty_id', message: 'validation.not_known' }])
    }
    const exists = await findConfirmation(tx, [own, other.id], stated_on)
    if (exists !== undefined) refuse('balance_confirmation_exists', { number: exists.number })
    const items = await owedItems(tx, { own, counterparty_id: other.id, as_of: stated_on })
    const [is_owed, owes] = [sumOf(items, true), sumOf(items, false)]
    const id = newId()
    await insertConfirmation(tx, {
      organisation_id: own,
      id,
      counterparty_id: other.id,
      number: `${sender.code}-${other.code}-${stated_on}`,
      stated_on,
      is_owed: moneyOf(is_owed),
      owes: moneyOf(owes),
      balance: moneyOf(is_owed - owes),
      figures: json(frozen(sender, other, items)),
      note,
      sent_at: ctx.clock.now().toISOString(),
      sent_by: personOf(ctx.actor),
      sender_signer: signer,
    })
    await notify(tx, ctx, [
      {
        organisation_id: other.id,
        permission: 'balance.confirm',
        kind: 'balance_to_answer',
        ...{ subject_type: 'balance_confirmation', subject_id: id, seller_id: sender.id, buyer_id: other.id },
        values: { date: stated_on },
      },
    ])
    return audited(tx, ctx, 'sendBalanceConfirmation', id, null)
  }).catch((error) => {
    if (brokeConstraint(error, 'balance_confirmation_once'))
      refuse('balance_confirmation_exists', { number: stated_on })
    throw error
  })
}

function sumOf(items: readonly Owed[], to_us: boolean): bigint {
  return items.reduce((sum, item) => sum + (item.to_us === to_us ? centsOf(item.open) : 0n), 0n)
}

function frozen(sender: OrganisationRow, other: OrganisationRow, items: readonly Owed[]): Figures {
  const party = ({ name, registration_number, address, locality, postal_code }: OrganisationRow) => ({
    name,
    registration_number,
    address: [address, locality, postal_code].filter(Boolean).join(', ') || null,
  })
  return {
    sender: party(sender),
    counterparty: party(other),
    items: items.map(({ counterparty_id: _, counterparty_name: _name, ...item }) => item),
  }
}

/**
 * The other side's word: the same, or its own balance with the items it sees otherwise.
 * @throws Refusal `not_permitted`, also for the sender; `not_found`; `balance_confirmation_answered`; `invalid_input` for an item
 * that was not sent
 */
export async function answerBalanceConfirmation(
  ctx: Context,
  id: string,
  answer: ConfirmationAnswer,
): Promise<Confirmation> {
  permit(ctx.actor, 'balance.confirm')
  return carryOut(ctx, async (tx) => {
    const before = await lockConfirmation(tx, id)
    if (before.counterparty_id !== organisationOf(ctx.actor)) refuse('not_permitted', { permission: 'balance.confirm' })
    if (before.status !== 'sent') refuse('balance_confirmation_answered')
    const said = {
      answered_at: ctx.clock.now().toISOString(),
      answered_by: personOf(ctx.actor),
      answer_signer: answer.signer,
      answer_note: answer.note,
    }
    if (answer.answer === 'confirmed') await updateConfirmation(tx, id, { status: 'confirmed', ...said })
    else {
      checkItems(before, answer.items)
      await updateConfirmation(tx, id, {
        status: 'differs',
        ...said,
        // What the answering side owes is what the sender is owed.
        answer_balance: moneyOf(centsOf(answer.owes) - centsOf(answer.is_owed)),
        answer_items: json(answer.items),
      })
    }
    return audited(tx, ctx, 'answerBalanceConfirmation', id, before)
  })
}

function checkItems({ figures }: Confirmation, items: readonly { id: string | null }[]): void {
  const sent = new Set(figures.items.map((item) => item.id))
  const wrong = items.flatMap((item, index) =>
    item.id === null || sent.has(item.id) ? [] : [{ path: `items.${index}.id`, message: 'validation.not_known' }],
  )
  if (wrong.length > 0) refuseFields(wrong)
}

/** Notes how differences were cleared. By either side. @throws Refusal `not_permitted`, `not_found`, `balance_confirmation_not_answered` */
export async function settleBalanceConfirmation(
  ctx: Context,
  id: string,
  { note }: ConfirmationSettling,
): Promise<Confirmation> {
  permit(ctx.actor, 'balance.confirm')
  return carryOut(ctx, async (tx) => {
    const before = await lockParty(tx, ctx, id)
    if (before.status !== 'differs') refuse('balance_confirmation_not_answered')
    const settled = { settled_at: ctx.clock.now().toISOString(), settled_by: personOf(ctx.actor), settled_note: note }
    await updateConfirmation(tx, id, { status: 'settled', ...settled })
    return audited(tx, ctx, 'settleBalanceConfirmation', id, before)
  })
}

/** Takes one back before it is answered: by its sender. @throws Refusal `not_permitted`, `not_found`, `balance_confirmation_answered` */
export async function withdrawBalanceConfirmation(ctx: Context, id: string): Promise<Confirmation> {
  permit(ctx.actor, 'balance.confirm')
  return carryOut(ctx, async (tx) => {
    const before = await lockParty(tx, ctx, id)
    if (before.organisation_id !== organisationOf(ctx.actor)) refuse('not_permitted', { permission: 'balance.confirm' })
    if (before.status !== 'sent') refuse('balance_confirmation_answered')
    await updateConfirmation(tx, id, { status: 'withdrawn' })
    return audited(tx, ctx, 'withdrawBalanceConfirmation', id, before)
  })
}

async function lockParty(tx: Tx, ctx: Context, id: string): Promise<Confirmation> {
  const found = await lockConfirmation(tx, id)
  const own = organisationOf(ctx.actor)
  if (own !== found.organisation_id && own !== found.counterparty_id) {
    refuse('not_permitted', { permission: 'balance.confirm' })
  }
  return found
}

async function audited(
  tx: Tx,
  ctx: Context,
  action: string,
  id: string,
  before: Confirmation | null,
): Promise<Confirmation> {
  const after = await getConfirmation(tx, id)
  const { organisation_id: seller_id, counterparty_id: buyer_id } = after
  const told = ({ number, stated_on, status, balance, answer_balance }: Confirmation) => ({
    number,
    stated_on,
    status,
    balance,
    answer_balance,
  })
  await recordAudit(tx, ctx, {
    action,
    subject_type: 'balance_confirmation',
    subject_id: id,
    seller_id,
    buyer_id,
    before: before && told(before),
    after: told(after),
  })
  return after
}
