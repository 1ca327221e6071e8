/** Paying: proposals of what is due, a second person's approval, the file for the bank; accounts and settings. */
import { isValidBIC, isValidIBAN } from 'ibantools'
import { recordAudit } from '../audit/record.ts'
import { type Context, carryOut, organisationOf, permit, personOf } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { brokeConstraint } from '../db/failure.ts'
import { disputedAmounts } from '../disputes/store.ts'
import { standsFor } from '../identity/succession-store.ts'
import { newId } from '../ids.ts'
import { isCreditorReference } from '../invoicing/creditor-reference.ts'
import { settleDocuments } from '../ledger/commands.ts'
import { lockDocuments, openItems } from '../ledger/store.ts'
import { centsOf, moneyOf } from '../money.ts'
import { nettingsOf, transfersToPay } from '../netting/store.ts'
import { type PayableReceived, payableReceived } from '../receiving/store.ts'
import { refuse, refuseFields } from '../refusal.ts'
import { bankId } from './bank-text.ts'
import { announcePaid } from './booking-commands.ts'
import { type Grouping, ordersOf } from './orders.ts'
import type { PainVersion, PaymentParty } from './pain.ts'
import type { AccountInput, ProposalInput, SettingsInput } from './payment.ts'
import type { CsvMapping } from './statement-csv.ts'
import * as store from './store.ts'

/** What is to be paid, with what of it may be paid now: open, less what is in doubt. */
export type PayableItem = Omit<store.ItemRow, 'amount' | 'chosen'> & {
  total: string
  open: string
  disputed: string
  payable: string
}

/**
 * What an organisation can pay: invoices due until a date, and all credit notes it got, which are taken off; transfers that
 * nettings left; accepted invoices from outside. Left out is what stands in a proposal that is still to be carried out, and what a
 * netting that waits for its answers holds.
 */
export async function payableItems(tx: Tx, organisation_id: string, due_on: string): Promise<PayableItem[]> {
  const proposed = await store.itemsInProposals(tx, organisation_id)
  const due = (item: PayableItem) => item.type === 'credit_note' || item.due_on === null || item.due_on <= due_on
  return (await everyPayable(tx, organisation_id)).filter(
    (item) => due(item) && !proposed.has(item.item_id) && centsOf(item.payable) > 0n,
  )
}

async function everyPayable(tx: Tx, organisation_id: string): Promise<PayableItem[]> {
  const documents = await payableDocuments(tx, organisation_id)
  const transfers = await transfersToPay(tx, organisation_id)
  const received = await payableReceived(tx, organisation_id)
  const whole = (amount: string) => ({ total: amount, open: amount, disputed: '0.00', payable: amount })
  return [
    ...documents,
    ...transfers.map(
      ({ id, netting_id, reference, creditor_id, creditor_name, due_on, amount }): PayableItem => ({
        ...{ kind: 'transfer', item_id: id, type: 'invoice', number: reference, netting_id },
        ...{ seller_id: creditor_id, seller_name: creditor_name, due_on: due_on as PayableItem['due_on'] },
        ...whole(amount),
      }),
    ),
    ...received.map(
      ({ id, number, seller_name, due_on, open }): PayableItem => ({
        ...{ kind: 'received', item_id: id, type: 'invoice', number, netting_id: null },
        ...{ seller_id: null, seller_name, due_on },
        ...whole(open),
      }),
    ),
  ]
}

/** Documents issued here that are open, also to those who merged into this one, less what is in doubt; of what a waiting netting holds nothing. */
async function payableDocuments(tx: Tx, organisation_id: string): Promise<PayableItem[]> {
  const own = await standsFor(tx, organisation_id)
  const open = (await openItems(tx, { buyer_id: own })).filter((item) => !own.includes(item.seller_id))
  const ids = open.map((item) => item.document_id)
  const disputed = await disputedAmounts(tx, ids)
  const nettings = await nettingsOf(tx, ids)
  const held = new Set(nettings.filter((each) => each.status === 'proposed').map((each) => each.document_id))
  return open.map((item): PayableItem => {
    const { document_id, type, number, seller_id, seller_name, due_on, total } = item
    const doubt = disputed.get(document_id) ?? '0.00'
    const left = held.has(document_id) ? 0n : centsOf(item.open) - centsOf(doubt)
    return {
      ...{ kind: 'document', item_id: document_id, type, number, seller_id, seller_name, due_on, netting_id: null },
      ...{ total, open: item.open, disputed: doubt, payable: moneyOf(left > 0n ? left : 0n) },
    }
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
    const chosen = input.item_ids === null ? payable : payable.filter((item) => input.item_ids!.includes(item.item_id))
    if (!chosen.some((item) => item.type === 'invoice')) refuse('nothing_to_pay')
    const sellers = new Set(chosen.filter((item) => item.type === 'invoice').map((item) => item.seller_id))
    const items = chosen.filter((item) => item.type === 'invoice' || sellers.has(item.seller_id))
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
      items.map(({ kind, item_id, seller_id, payable: amount }) => ({ kind, item_id, seller_id, amount })),
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
  item_ids: readonly string[],
): Promise<store.ProposalRow> {
  return onProposal(ctx, id, 'payment.manage', 'choosePayments', ['drafted'], async (tx, { organisation_id }) => {
    const items = await store.itemsOf(tx, organisation_id, id)
    const known = new Set(items.map((item) => item.item_id))
    if (!item_ids.every((each) => known.has(each)))
      refuseFields([{ path: 'item_ids', message: 'validation.not_known' }])
    const taken = await store.itemsInProposals(tx, organisation_id)
    const again = items.find((item) => !item.chosen && item_ids.includes(item.item_id) && taken.has(item.item_id))
    if (again !== undefined) refuse('proposal_changed', { document: again.number, amount: again.amount })
    await store.chooseItems(tx, { organisation_id, proposal_id: id }, item_ids)
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
    await lockPaid(tx, items)
    await stillPayable(tx, organisation_id, items)
    const parties = await store.partiesOf(tx, [organisation_id, ...items.flatMap((item) => item.seller_id ?? [])])
    const own = parties.get(organisation_id)!
    const account = await debtorAccount(tx, organisation_id, proposal.debtor_iban)
    const { orders, covered } = ordersOf(
      items.flatMap(({ kind, item_id, seller_id, due_on, ...item }) =>
        kind === 'document' ? [{ ...item, document_id: item_id, seller_id: seller_id!, due_on: due_on! }] : [],
      ),
      proposal.grouping as Grouping,
      messageId(own.code, proposal),
    )
    const made = [
      ...orders.map(({ seller_id, items: parts, ...order }) => ({
        ...order,
        id: newId(),
        creditor_id: seller_id,
        creditor: creditorOf(parties.get(seller_id)!),
        items: parts.map(({ document_id, amount }) => ({ kind: 'document' as const, item_id: document_id, amount })),
      })),
      ...items.filter((item) => item.kind === 'transfer').map((item) => transferOrder(item, parties)),
      ...outsideOrders(items, await payableReceived(tx, organisation_id)),
    ]
    if (made.length === 0 && covered.length === 0) refuse('nothing_to_pay')
    if (made.length > 0) await store.insertOrders(tx, { organisation_id, proposal_id: id }, made)
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

/** A transfer of a netting is a payment of its own: its reference says what it is, and both sides find it by that. */
function transferOrder(item: store.ItemRow, parties: ReadonlyMap<string, Party>): store.NewOrder {
  const { item_id, number, seller_id, amount } = item
  return {
    ...{ id: newId(), creditor_id: seller_id, creditor: creditorOf(parties.get(seller_id!)!) },
    ...{ end_to_end_id: bankId(number, 35), amount, reference: null, text: number },
    items: [{ kind: 'transfer', item_id, amount }],
  }
}

/** Each invoice from outside is paid by itself, to the account and with the reference that it asks for. */
function outsideOrders(items: readonly store.ItemRow[], received: readonly PayableReceived[]): store.NewOrder[] {
  return items.flatMap(({ kind, item_id, number, amount }) => {
    const invoice = received.find((each) => each.id === item_id)
    if (kind !== 'received' || invoice === undefined) return []
    const asked = invoice.reference.replace(/\s/g, '').toUpperCase()
    const reference = isCreditorReference(asked) ? asked : null
    return [
      {
        ...{ id: newId(), creditor_id: null, creditor: outsideCreditor(invoice) },
        ...{ end_to_end_id: bankId(number, 35), amount, reference, text: invoice.reference },
        items: [{ kind: 'received' as const, item_id, amount }],
      },
    ]
  })
}

function outsideCreditor({ seller_name, iban, seller }: PayableReceived): PaymentParty {
  const { registration_number, address, locality, postal_code, country, bic } = seller
  if (iban === null || !isValidIBAN(iban)) return refuse('creditor_without_account', { name: seller_name })
  const known = { registration_number, address, locality, postal_code, country: country ?? iban.slice(0, 2) }
  return { name: seller_name, ...known, iban, bic: bic !== null && isValidBIC(bic) ? bic : null }
}

/** Nobody settles, nets or disputes these documents until the transaction ends. */
async function lockPaid(tx: Tx, items: readonly { kind: store.ItemKind; item_id: string }[]): Promise<void> {
  await lockDocuments(
    tx,
    items.filter((item) => item.kind === 'document').map((item) => item.item_id),
  )
}

/** What was chosen can still be paid. @throws Refusal `proposal_changed` */
async function stillPayable(
  tx: Tx,
  organisation_id: string,
  items: readonly { item_id: string; number?: string; amount: string }[],
): Promise<void> {
  const now = new Map((await everyPayable(tx, organisation_id)).map((item) => [item.item_id, item]))
  for (const { item_id, number, amount } of items) {
    const item = now.get(item_id)
    if (item === undefined || centsOf(item.payable) < centsOf(amount)) {
      refuse('proposal_changed', { document: item?.number ?? number ?? item_id, amount })
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
      const items = await store.orderItems(tx, organisation_id, id)
      await lockPaid(tx, items)
      await stillPayable(tx, organisation_id, items)
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
      text_days: input.text_days ?? before.text_days,
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
