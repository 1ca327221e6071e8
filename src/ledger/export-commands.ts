/** Giving the own bookkeeping what is new, and the same again whenever it asks. */
import { recordAudit } from '../audit/record.ts'
import { type Context, carryOut, organisationOf, permit, personOf, transact } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { newId } from '../ids.ts'
import { centsOf, moneyOf } from '../money.ts'
import { sourceName } from '../placements/funding-words.ts'
import { refuse } from '../refusal.ts'
import { isTextKey, type Language, type Translate, translator } from '../ui/texts.ts'
import { ownAccounts } from './account-store.ts'
import { type Account, accountOf, chartOf } from './chart.ts'
import {
  contentOf,
  type ExportColumnsInput,
  type ExportFormat,
  type ExportInput,
  type ExportSubject,
  fileOf,
  type LedgerExport,
} from './export.ts'
import * as store from './export-store.ts'

type NewRow = { subject_id: string; on_date: string; cells: Record<string, string | null> }

/**
 * Takes what is new since the last export, and keeps it as it went out.
 * @throws Refusal `not_permitted`, `nothing_new`
 */
export async function exportLedger(ctx: Context, { what, language }: ExportInput): Promise<LedgerExport> {
  permit(ctx.actor, 'ledger.export')
  const organisation_id = organisationOf(ctx.actor)
  return carryOut(ctx, async (tx) => {
    await store.lockExports(tx, organisation_id)
    const columns = await store.columnsChosen(tx, organisation_id, what)
    const rows =
      what === 'journal'
        ? await journalRows(tx, organisation_id, language)
        : await documentRows(tx, organisation_id, language)
    if (rows.length === 0) refuse('nothing_new')
    const t = translator(language)
    const content = contentOf(
      columns,
      columns.map((column) => columnTitle(t, column)),
      rows.map((row) => row.cells),
    )
    const days = rows.map((row) => row.on_date).sort()
    const id = newId()
    const range = { first_on: days[0]!, last_on: days.at(-1)!, rows: rows.length }
    const made = { made_at: ctx.clock.now().toISOString(), made_by: personOf(ctx.actor) }
    await store.insertExport(
      tx,
      organisation_id,
      { id, what, ...range, columns, language, content: JSON.stringify(content), ...made },
      [...new Set(rows.map((row) => row.subject_id))],
    )
    const { content: _, ...after } = await store.getExport(tx, organisation_id, id)
    await recordAudit(tx, ctx, {
      action: 'exportLedger',
      subject_type: 'ledger_export',
      subject_id: id,
      after: { what, number: after.number, ...range },
    })
    return after
  })
}

/** What stands above a column. */
export function columnTitle(t: Translate, column: string): string {
  const key = `ledger.column.${column}`
  return isTextKey(key) ? t(key) : column
}

async function journalRows(tx: Tx, organisation_id: string, language: Language): Promise<NewRow[]> {
  const chart = chartOf(await ownAccounts(tx, organisation_id))
  const t = translator(language)
  return (await store.newLines(tx, organisation_id)).map((line) => {
    const { subject_id, on_date, role, kind_code, kind_lv, kind_en, amount, funder, source, line_no, ...cells } = line
    const account = accountOf(chart, role, kind_code)
    const less = centsOf(amount) < 0n
    return {
      subject_id,
      on_date,
      cells: {
        ...cells,
        line_no: String(line_no),
        amount,
        debit: less ? null : amount,
        credit: less ? moneyOf(-centsOf(amount)) : null,
        role,
        kind: language === 'lv' ? kind_lv : kind_en,
        funder: funder === null ? null : sourceName(funder, { t }),
        source: sourceWord(t, source),
        ...accountCells(account, t),
      },
    }
  })
}

function accountCells(account: Account, t: Translate): Record<string, string | null> {
  const { code, name, role, economic_code, functional_code } = account
  return { account_code: code, account_name: name ?? t(`ledger.role.${role}`), economic_code, functional_code }
}

/** What made an entry, in words. */
export function sourceWord(t: Translate, source: string): string {
  const key = `ledger.source.${source}`
  return isTextKey(key) ? t(key) : source
}

async function documentRows(tx: Tx, organisation_id: string, language: Language): Promise<NewRow[]> {
  const t = translator(language)
  return (await store.newDocuments(tx, organisation_id)).map(({ subject_id, on_date, issued, type, ...cells }) => ({
    subject_id,
    on_date,
    cells: {
      ...cells,
      direction: t(issued ? 'ledger.issued' : 'ledger.received'),
      type: t(`invoice.types.${type}`),
    },
  }))
}

/** Which columns the own bookkeeping wants from now on; what went out stays as it was. @throws Refusal `not_permitted` */
export async function setExportColumns(ctx: Context, input: ExportColumnsInput): Promise<ExportColumnsInput> {
  permit(ctx.actor, 'ledger.manage')
  const organisation_id = organisationOf(ctx.actor)
  return carryOut(ctx, async (tx) => {
    const before = await store.columnsChosen(tx, organisation_id, input.what)
    const by = { changed_at: ctx.clock.now().toISOString(), changed_by: personOf(ctx.actor) }
    await store.saveColumns(tx, organisation_id, input, by)
    const of = { subject_type: 'ledger_export', subject_id: input.what }
    await recordAudit(tx, ctx, {
      action: 'setExportColumns',
      ...of,
      before: { columns: before },
      after: { columns: input.columns },
    })
    return input
  })
}

/** The file of an export of the own organisation. @throws Refusal `not_permitted`, `not_found` */
export async function exportFile(
  ctx: Context,
  id: string,
  format: ExportFormat,
): Promise<{ name: string; bytes: Uint8Array }> {
  permit(ctx.actor, 'ledger.export')
  const found = await transact(ctx, (tx) => store.getExport(tx, organisationOf(ctx.actor), id))
  const { what, number, first_on, last_on, content } = found
  const bytes = await fileOf(format, found, JSON.parse(content))
  return { name: `${what}-${number}-${first_on}-${last_on}`, bytes }
}

/** For the page: what was taken, what waits, which columns are chosen. */
export async function readExports(ctx: Context): Promise<{
  exports: LedgerExport[]
  waiting: Record<ExportSubject, number>
  columns: Record<ExportSubject, string[]>
}> {
  permit(ctx.actor, 'ledger.export')
  const organisation_id = organisationOf(ctx.actor)
  return transact(ctx, async (tx) => ({
    exports: (await store.listExports(tx, organisation_id, { limit: 50, after: null })).slice(0, 50),
    waiting: await store.countNew(tx, organisation_id),
    columns: {
      journal: await store.columnsChosen(tx, organisation_id, 'journal'),
      documents: await store.columnsChosen(tx, organisation_id, 'documents'),
    },
  }))
}
