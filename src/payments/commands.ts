/** Paying: proposals of what is due, a second person's approval, the file for the bank; accounts and settings. */
import { recordAudit } from '../audit/record.ts'
import { type Context, carryOut, organisationOf, permit, personOf } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { brokeConstraint } from '../db/failure.ts'
import { disputedAmounts } from '../disputes/store.ts'
import { newId } from '../ids.ts'
import { settleDocuments } from '../ledger/commands.ts'
import { lockDocuments, type OpenItem, openItems } from '../ledger/store.ts'
import { centsOf, moneyOf } from '../money.ts'
import { refuse, refuseFields } from '../refusal.ts'
import { type Grouping, ordersOf } from './orders.ts'
import type { PainVersion, PaymentParty } from './pain.ts'
import type { AccountInput, ProposalInput, SettingsInput } from './payment.ts'
import { announcePaid } from './statement-commands.ts'
import type { CsvMapping } from './statement-csv.ts'
import * as store from './store.ts'

/** A document with what of it may be paid now: open, less what is in doubt. */
export type PayableItem = OpenItem & { disputed: string; payable: string }

/**
 * What an organisation can pay: invoices due until a date, and all credit notes it got, which are taken off. Left out is what
 * stands in a proposal that is still to be carried out.
 */
export async function payableItems(tx: Tx, organisation_id: string, due_on: string): Promise<PayableItem[]> {
  const open = (await openItems(tx, { buyer_id: organisation_id })).filter(
    (item) => item.seller_id !== organisation_id && (item.type === 'credit_note' || item.due_on <= due_on),
  )
  const proposed = await store.documentsInProposals(tx, organisation_id)
  const free = open.filter((item) => !proposed.has(item.document_id))
  return (await withPayable(tx, free)).filter((item) => centsOf(item.payable) > 0n)
}

async function withPayable(tx: Tx, items: readonly OpenItem[]): Promise<PayableItem[]> {
  const disputed = await disputedAmounts(
    tx,
    items.map((item) => item.document_id),
  )
  return items.map((item) => {
    const doubt = disputed.get(item.document_id) ?? '0.00'
    const left = centsOf(item.open) - centsOf(doubt)
    return { ...item, disputed: doubt, payable: moneyOf(left > 0n ? left : 0n) }
  })
}

/**
 * Makes a proposal of what is due, for one of the organisation's accounts: one file for the bank.
 * @throws Refusal `not_permitted`, `nothing_to_pay`, `debtor_account_unknown`, `invalid_input` for a day that is over
 */
export async function proposePayments(ctx: Context, input: ProposalInput): Promise<store.ProposalRow> {
  permit(ctx.actor, 'payment.manage')
  const organisation_id = organisationOf(ctx.actor)
  if (input.execution_on < ctx.clock.today())
    refuseFields([{ path: 'execution_on', message: 'validation.in_the_past' }])
  return carryOut(ctx, async (tx) => {
    await store.lockProposals(tx, organisation_id)
    const settings = await store.getSettings(tx, organisation_id)
    const account = await debtorAccount(tx, organisation_id, input.debtor_iban)
    const payable = await payableItems(tx, organisation_id, input.due_on)
    const chosen =
      input.document_ids === null ? payable : payable.filter((item) => input.document_ids!.includes(item.document_id))
    if (!chosen.some((item) => item.type === 'invoice')) refuse('nothing_to_pay')
    const sellers = new Set(chosen.filter((item) => item.type === 'invoice').map((item) => item.seller_id))
    const items = chosen.filter((item) => sellers.has(item.seller_id))
    const id = newId()
    await store.insertProposal(tx, {
      organisation_id,
      id,
      number: await store.nextProposalNumber(tx, organisation_id),
      status: 'drafted',
      due_on: input.due_on,
      execution_on: input.execution_on,
      debtor_iban: account.iban,
      grouping: input.grouping ?? settings.grouping,
      version: input.version ?? settings.version,
      made_at: ctx.clock.now().toISOString(),
      made_by: personOf(ctx.actor),
    })
    await store.insertItems(
      tx,
      { organisation_id, proposal_id: id },
      items.map(({ document_id, seller_id, payable: amount }) => ({ document_id, seller_id, amount })),
    )
    return audited(tx, ctx, 'proposePayments', id, { due_on: input.due_on, items: items.length })
  })
}

async function debtorAccount(tx: Tx, organisation_id: string, iban: string | null): Promise<store.AccountRow> {
  const accounts = (await store.accountsOf(tx, organisation_id)).filter((account) => account.closed_on === null)
  const found = iban === null ? accounts[0] : accounts.find((account) => account.iban === iban)
  return found ?? refuse('debtor_account_unknown', { field: 'debtor_iban' })
}

/**
 * Says which items of a drafted proposal are paid; the others are free to be proposed again.
 * @throws Refusal `not_permitted`, `not_found`, `proposal_not_open`, `proposal_changed` for one that another proposal has now
 */
export async function choosePayments(
  ctx: Context,
  id: string,
  document_ids: readonly string[],
): Promise<store.ProposalRow> {
  return onProposal(ctx, id, 'payment.manage', 'choosePayments', ['drafted'], async (tx, { organisation_id }) => {
    const items = await store.itemsOf(tx, organisation_id, id)
    const known = new Set(items.map((item) => item.document_id))
    if (!document_ids.every((each) => known.has(each)))
      refuseFields([{ path: 'document_ids', message: 'validation.not_known' }])
    const taken = await store.documentsInProposals(tx, organisation_id)
    const again = items.find(
      (item) => !item.chosen && document_ids.includes(item.document_id) && taken.has(item.document_id),
    )
    if (again !== undefined) refuse('proposal_changed', { document: again.number, amount: again.amount })
    await store.chooseItems(tx, { organisation_id, proposal_id: id }, document_ids)
  })
}

/**
 * Approves a proposal and fixes its payments. Above the organisation's limit it takes somebody else than who made it.
 * Invoices that credit notes cover wholly are settled at once, since no money moves for them.
 * @throws Refusal `not_permitted`, `not_found`, `proposal_not_open`, `approval_by_second_person`, `proposal_changed`,
 *   `nothing_to_pay`, `creditor_without_account`
 */
export async function approvePayments(ctx: Context, id: string): Promise<store.ProposalRow> {
  return onProposal(ctx, id, 'payment.approve', 'approvePayments', ['drafted'], async (tx, proposal) => {
    const { organisation_id } = proposal
    const person = personOf(ctx.actor)
    const { approval_limit } = await store.getSettings(tx, organisation_id)
    const alone = person === null || proposal.made_by === null || proposal.made_by === person
    if (alone && centsOf(proposal.total) > centsOf(approval_limit)) {
      refuse('approval_by_second_person', { limit: approval_limit })
    }
    const items = (await store.itemsOf(tx, organisation_id, id)).filter((item) => item.chosen)
    await lockDocuments(
      tx,
      items.map((item) => item.document_id),
    )
    await stillPayable(tx, items)
    const parties = await store.partiesOf(tx, [organisation_id, ...items.map((item) => item.seller_id)])
    const own = parties.get(organisation_id)!
    const account = await debtorAccount(tx, organisation_id, proposal.debtor_iban)
    const { orders, covered } = ordersOf(items, proposal.grouping as Grouping, messageId(own.code, proposal))
    if (orders.length === 0 && covered.length === 0) refuse('nothing_to_pay')
    if (orders.length > 0) {
      const made = orders.map((order) => ({
        ...order,
        id: newId(),
        creditor: creditorOf(parties.get(order.seller_id)!),
      }))
      await store.insertOrders(tx, { organisation_id, proposal_id: id }, made)
    }
    await store.keepDebtor(tx, organisation_id, id, { ...partyOf(own), iban: account.iban, bic: account.bic })
    const booked_on = ctx.clock.today()
    await settleDocuments(
      tx,
      ctx,
      covered.flatMap(({ credit_note_id, invoice_id, amount }) =>
        [invoice_id, credit_note_id].map((document_id) => ({
          document_id,
          amount,
          way: 'credit' as const,
          source_id: credit_note_id,
          booked_on,
        })),
      ),
    )
    await announcePaid(
      tx,
      ctx,
      covered.map((each) => each.invoice_id),
    )
    const approved_at = ctx.clock.now().toISOString()
    await store.changeProposal(tx, organisation_id, id, { status: 'approved', approved_at, approved_by: person })
  })
}

/** What was chosen can still be paid. @throws Refusal `proposal_changed` */
async function stillPayable(tx: Tx, items: readonly { document_id: string; amount: string }[]): Promise<void> {
  const open = await openItems(tx, { document_ids: items.map((item) => item.document_id) })
  const now = new Map((await withPayable(tx, open)).map((item) => [item.document_id, item]))
  for (const { document_id, amount } of items) {
    const item = now.get(document_id)
    if (item === undefined || centsOf(item.payable) < centsOf(amount)) {
      refuse('proposal_changed', { document: item?.number ?? document_id, amount })
    }
  }
}

/** `REZ-20260430-12`: the organisation, the day, and which of its proposals. */
export function messageId(code: string, { execution_on, number }: { execution_on: string; number: number }): string {
  return `${code}-${execution_on.replaceAll('-', '')}-${number}`
}

type Party = Omit<PaymentParty, 'iban'> & { iban: string | null }

function partyOf({ name, registration_number, address, locality, postal_code, country, bic }: Party) {
  return { name, registration_number, address, locality, postal_code, country, bic }
}

function creditorOf(party: Party): PaymentParty {
  const { iban } = party
  if (iban === null) return refuse('creditor_without_account', { name: party.name })
  return { ...partyOf(party), iban }
}

/**
 * Hands a proposal's file out to the bank; from then on the creditors see what the payments are for.
 * @throws Refusal `not_permitted`, `not_found`, `proposal_not_open`, `proposal_changed`, `nothing_to_pay` where there is no payment
 */
export async function handOutPayments(ctx: Context, id: string): Promise<store.ProposalRow> {
  return onProposal(
    ctx,
    id,
    'payment.manage',
    'handOutPayments',
    ['approved'],
    async (tx, { organisation_id, payments }) => {
      if (payments === 0) refuse('nothing_to_pay')
      await stillPayable(tx, await store.orderItems(tx, organisation_id, id))
      const handed_out_at = ctx.clock.now().toISOString()
      const handed_out_by = personOf(ctx.actor)
      await store.changeProposal(tx, organisation_id, id, { status: 'handed_out', handed_out_at, handed_out_by })
      await store.handOutOrders(tx, organisation_id, id, true)
    },
  )
}

/**
 * Ends a proposal that is not booked: what it held may be proposed again. The bank is not told; a file that was handed out is
 * taken back there.
 * @throws Refusal `not_permitted`, `not_found`, `proposal_not_open`
 */
export async function cancelPayments(ctx: Context, id: string): Promise<store.ProposalRow> {
  const open = ['drafted', 'approved', 'handed_out'] as const
  return onProposal(ctx, id, 'payment.manage', 'cancelPayments', open, async (tx, { organisation_id }) => {
    const cancelled_at = ctx.clock.now().toISOString()
    await store.changeProposal(tx, organisation_id, id, { status: 'cancelled', cancelled_at })
    await store.handOutOrders(tx, organisation_id, id, false)
  })
}

async function onProposal(
  ctx: Context,
  id: string,
  permission: 'payment.manage' | 'payment.approve',
  action: string,
  from: readonly store.ProposalStatus[],
  act: (tx: Tx, proposal: store.ProposalRow & { organisation_id: string }) => Promise<void>,
): Promise<store.ProposalRow> {
  permit(ctx.actor, permission)
  const organisation_id = organisationOf(ctx.actor)
  return carryOut(ctx, async (tx) => {
    await store.lockProposals(tx, organisation_id)
    const proposal = await store.getProposal(tx, id)
    if (proposal.organisation_id !== organisation_id) refuse('not_found')
    if (!from.includes(proposal.status)) refuse('proposal_not_open')
    await act(tx, proposal)
    return audited(tx, ctx, action, id)
  })
}

async function audited(
  tx: Tx,
  ctx: Context,
  action: string,
  id: string,
  said: object = {},
): Promise<store.ProposalRow> {
  const proposal = await store.getProposal(tx, id)
  const after = { status: proposal.status, total: proposal.total, ...said }
  await recordAudit(tx, ctx, { action, subject_type: 'payment_proposal', subject_id: id, after })
  return proposal
}

// ---- accounts and settings

/** Adds an account of the organisation's own. @throws Refusal `not_permitted`, `bank_account_taken` */
export async function addBankAccount(ctx: Context, input: AccountInput): Promise<store.AccountRow[]> {
  permit(ctx.actor, 'payment.settings')
  const organisation_id = organisationOf(ctx.actor)
  const changed = { changed_at: ctx.clock.now().toISOString(), changed_by: personOf(ctx.actor) }
  try {
    return await carryOut(ctx, async (tx) => {
      await store.insertAccount(tx, { organisation_id, ...input, ...changed })
      await recordAudit(tx, ctx, {
        action: 'addBankAccount',
        subject_type: 'organisation',
        subject_id: organisation_id,
        after: { iban: input.iban },
      })
      return store.accountsOf(tx, organisation_id)
    })
  } catch (error) {
    if (brokeConstraint(error, 'bank_account_of_one') || brokeConstraint(error, 'bank_account_pkey'))
      refuse('bank_account_taken', { field: 'iban' })
    throw error
  }
}

/** Nothing is paid from the account any more; its old statements can still be read. @throws Refusal `not_permitted`, `not_found` */
export async function closeBankAccount(ctx: Context, iban: string): Promise<store.AccountRow[]> {
  permit(ctx.actor, 'payment.settings')
  const organisation_id = organisationOf(ctx.actor)
  return carryOut(ctx, async (tx) => {
    if (!(await store.closeAccount(tx, organisation_id, iban, ctx.clock.today()))) refuse('not_found')
    await recordAudit(tx, ctx, {
      action: 'closeBankAccount',
      subject_type: 'organisation',
      subject_id: organisation_id,
      after: { iban },
    })
    return store.accountsOf(tx, organisation_id)
  })
}

/**
 * Changes how the organisation pays and what its statements' columns are called. The limit above which a second person approves
 * is the administrator's: who pays does not loosen the check on paying.
 * @throws Refusal `not_permitted`
 */
export async function savePaymentSettings(ctx: Context, input: SettingsInput): Promise<store.SettingsRow> {
  permit(ctx.actor, 'payment.settings')
  const organisation_id = organisationOf(ctx.actor)
  return carryOut(ctx, async (tx) => {
    const before = await store.getSettings(tx, organisation_id)
    const approval_limit = input.approval_limit ?? before.approval_limit
    if (centsOf(approval_limit) !== centsOf(before.approval_limit)) permit(ctx.actor, 'organisation.manage')
    const after = {
      approval_limit,
      grouping: input.grouping ?? before.grouping,
      version: (input.version ?? before.version) as PainVersion,
      csv_columns: (input.csv_columns ?? before.csv_columns) as CsvMapping,
    }
    await store.saveSettings(tx, organisation_id, after, {
      changed_at: ctx.clock.now().toISOString(),
      changed_by: personOf(ctx.actor),
    })
    await recordAudit(tx, ctx, {
      action: 'savePaymentSettings',
      subject_type: 'organisation',
      subject_id: organisation_id,
      before,
      after,
    })
    return store.getSettings(tx, organisation_id)
  })
}
