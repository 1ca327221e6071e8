/** The codes that organisations have set. */
import type { Tx } from '../db/connect.ts'
import type { AccountRole } from './book.ts'
import type { Account, AccountInput, AccountSubject } from './chart.ts'

/** What the organisation has set itself; the rest is as in `chart.ts`. */
export async function ownAccounts(tx: Tx, organisation_id: string): Promise<Account[]> {
  const rows = await tx
    .selectFrom('account')
    .select(['role', 'kind_code', 'code', 'name', 'economic_code', 'functional_code'])
    .where('organisation_id', '=', organisation_id)
    .orderBy('role')
    .orderBy('kind_code')
    .execute()
  return rows.map(({ role, kind_code, name, ...row }) => ({
    ...row,
    role: role as AccountRole,
    kind_code: kind_code === '' ? null : kind_code,
    name,
    usual: false,
  }))
}

export async function saveAccount(
  tx: Tx,
  organisation_id: string,
  { role, kind_code, code, name, economic_code, functional_code }: AccountInput,
  by: { changed_at: string; changed_by: string | null },
): Promise<void> {
  const figures = { code, name, economic_code, functional_code, ...by }
  await tx
    .insertInto('account')
    .values({ organisation_id, role, kind_code: kind_code ?? '', ...figures })
    .onConflict((conflict) => conflict.columns(['organisation_id', 'role', 'kind_code']).doUpdateSet(figures))
    .execute()
}

export async function deleteAccount(
  tx: Tx,
  organisation_id: string,
  { role, kind_code }: AccountSubject,
): Promise<void> {
  await tx
    .deleteFrom('account')
    .where('organisation_id', '=', organisation_id)
    .where('role', '=', role)
    .where('kind_code', '=', kind_code ?? '')
    .execute()
}

/** The service kinds by name, for choosing one and for saying one. */
export async function kindsByName(tx: Tx): Promise<{ code: string; name_lv: string; name_en: string }[]> {
  return tx.selectFrom('service_kind').select(['code', 'name_lv', 'name_en']).orderBy('name_lv').execute()
}
