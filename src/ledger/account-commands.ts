/** Setting the codes under which the own bookkeeping keeps what Vieta books. */
import { recordAudit } from '../audit/record.ts'
import { type Context, carryOut, organisationOf, permit, personOf, transact } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { refuse, refuseFields } from '../refusal.ts'
import * as store from './account-store.ts'
import { type Account, type AccountInput, type AccountSubject, chartOf } from './chart.ts'

/** The own organisation's accounts. @throws Refusal `not_permitted` */
export async function readAccounts(ctx: Context): Promise<Account[]> {
  permit(ctx.actor, 'ledger.manage')
  return transact(ctx, async (tx) => chartOf(await store.ownAccounts(tx, organisationOf(ctx.actor))))
}

/** Sets one account's codes. @throws Refusal `not_permitted`, `invalid_input` for a kind that is not there */
export async function setAccount(ctx: Context, input: AccountInput): Promise<Account> {
  return change(ctx, 'setAccount', input, async (tx, organisation_id) => {
    const known = input.kind_code === null || (await store.kindsByName(tx)).some(({ code }) => code === input.kind_code)
    if (!known) refuseFields([{ path: 'kind_code', message: 'validation.choice' }])
    const by = { changed_at: ctx.clock.now().toISOString(), changed_by: personOf(ctx.actor) }
    await store.saveAccount(tx, organisation_id, input, by)
  })
}

/** Takes back what was set: the account is called as in the example, or as its whole role. @throws Refusal `not_permitted` */
export async function resetAccount(ctx: Context, subject: AccountSubject): Promise<Account> {
  return change(ctx, 'resetAccount', subject, (tx, organisation_id) =>
    store.deleteAccount(tx, organisation_id, subject),
  )
}

async function change(
  ctx: Context,
  action: 'setAccount' | 'resetAccount',
  subject: AccountSubject,
  act: (tx: Tx, organisation_id: string) => Promise<void>,
): Promise<Account> {
  permit(ctx.actor, 'ledger.manage')
  const organisation_id = organisationOf(ctx.actor)
  const find = (chart: Account[]) =>
    chart.find((row) => row.role === subject.role && row.kind_code === subject.kind_code) ??
    chart.find((row) => row.role === subject.role && row.kind_code === null)
  return carryOut(ctx, async (tx) => {
    const before = find(chartOf(await store.ownAccounts(tx, organisation_id)))
    await act(tx, organisation_id)
    const after = find(chartOf(await store.ownAccounts(tx, organisation_id))) ?? refuse('not_found')
    const subject_id = [subject.role, subject.kind_code].filter((part) => part !== null).join(' ')
    await recordAudit(tx, ctx, { action, subject_type: 'account', subject_id, before, after })
    return after
  })
}
