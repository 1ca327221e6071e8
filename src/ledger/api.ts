/** The ledger for machines. */

import { type Context, organisationOf, permit, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { answers, createRoute, needs, problems, requires, takes, z } from '../http/app.ts'
import { date, id, idPath, inPath } from '../http/fields.ts'
import { answerFile, fileTypes, idBefore } from '../http/file.ts'
import { cursorOf, pageOf, pageQuery, pageSchema, readCursor } from '../http/paging.ts'
import { refuse, refuseFields } from '../refusal.ts'
import { readAccounts, resetAccount, setAccount } from './account-commands.ts'
import { bookAsked, EntriesQuery, entryCursor, LedgerQuery } from './asked.ts'
import { BetweenParties } from './between.ts'
import { readBetweenParties } from './between-commands.ts'
import { accountRoles } from './book.ts'
import { type BookFilter, getTransaction, listEntries, trialBalance } from './book-store.ts'
import { Account, AccountInput, AccountSubject } from './chart.ts'
import { LedgerCheck } from './check.ts'
import { checkLedger } from './check-commands.ts'
import {
  ExportColumnsInput,
  type ExportFormat,
  ExportInput,
  exportFormats,
  exportSubjects,
  LedgerExport,
} from './export.ts'
import { exportFile, exportLedger, readExports, setExportColumns } from './export-commands.ts'
import { listExports } from './export-store.ts'
import { openItems } from './store.ts'
import { BooksTogether } from './together.ts'
import { readTogether } from './together-store.ts'
import { WriteOff, WriteOffInput } from './write-off.ts'
import { reverseWriteOff, writeOff } from './write-off-commands.ts'
import { getWriteOff, listWriteOffs } from './write-off-store.ts'

const amount = z.string().openapi({ example: '1383.00' })
const day = z.string().openapi({ format: 'date' })

const Turnover = z
  .object({
    role: z.enum(accountRoles),
    kind_code: z.string().nullable(),
    opening: amount,
    debit: amount,
    credit: amount,
    closing: amount,
  })
  .openapi('LedgerTurnover')

const Entry = z
  .object({
    organisation_id: z.string(),
    transaction_id: z.string(),
    line_no: z.int(),
    booked_on: day,
    role: z.enum(accountRoles),
    counterparty_id: z.string(),
    counterparty_name: z.string(),
    kind_code: z.string().nullable(),
    funder: z.string().nullable(),
    document_id: z.string().nullable(),
    document_number: z.string().nullable(),
    source: z
      .string()
      .openapi({ description: 'what made it: document, funding, credit, payment, set_off, write_off …' }),
    source_id: z.string(),
    amount: amount.openapi({ description: 'above zero is debit, below is credit' }),
    recorded_at: z.string().openapi({ format: 'date-time' }),
  })
  .openapi('LedgerEntry')

const OpenItem = z
  .object({
    document_id: z.string(),
    type: z.enum(['invoice', 'credit_note']),
    number: z.string(),
    seller_id: z.string(),
    seller_name: z.string(),
    buyer_id: z.string(),
    buyer_name: z.string(),
    corrects_id: z.string().nullable(),
    close_month: z.string(),
    issued_on: day,
    due_on: day,
    total: amount,
    settled: amount,
    open: amount,
  })
  .openapi('OpenItem')

const tags = ['ledger']

const routes = {
  balances: createRoute({
    method: 'get',
    path: '/api/v1/ledger/balances',
    operationId: 'getTrialBalance',
    tags,
    description: 'The trial balance of a book: balances and turnover by account. All together come to zero.',
    ...needs('ledger.read'),
    request: { query: LedgerQuery },
    responses: { 200: answers(z.object({ items: z.array(Turnover) }), 'By account'), ...problems(404, 422) },
  }),
  together: createRoute({
    method: 'get',
    path: '/api/v1/ledger/together',
    operationId: 'getBooksTogether',
    tags,
    description:
      'After a merger: the trial balances of the own book and of the predecessors’ at the end of a day, and what they come to as one.',
    ...needs('ledger.read'),
    request: { query: z.object({ organisation_id: id().optional(), on: date().optional() }) },
    responses: {
      200: answers(BooksTogether, 'By account; by itself of the day before the last merger'),
      ...problems(404, 422),
    },
  }),
  entries: createRoute({
    method: 'get',
    path: '/api/v1/ledger/entries',
    operationId: 'listLedgerEntries',
    tags,
    ...needs('ledger.read'),
    request: { query: EntriesQuery },
    responses: { 200: answers(pageSchema(Entry), 'Entries, newest first'), ...problems(404, 422) },
  }),
  transaction: createRoute({
    method: 'get',
    path: '/api/v1/ledger/transactions/{id}',
    operationId: 'getLedgerTransaction',
    tags,
    ...needs('ledger.read'),
    request: { params: idPath, query: z.object({ organisation_id: id().optional() }) },
    responses: { 200: answers(z.object({ items: z.array(Entry) }), 'Its lines, which come to zero'), ...problems(404) },
  }),
  openItems: createRoute({
    method: 'get',
    path: '/api/v1/open-items',
    operationId: 'listOpenItems',
    tags,
    description: 'Documents with what is open of them, those due first; of a credit note it is what the seller owes.',
    ...needs('ledger.read'),
    request: {
      query: z.object({
        seller_id: id().optional(),
        buyer_id: id().optional(),
        party_id: id().optional(),
        as_of: date().optional(),
        limit: pageQuery.limit,
        cursor: pageQuery.cursor,
      }),
    },
    responses: { 200: answers(pageSchema(OpenItem), 'Open items, those due first'), ...problems(422) },
  }),
  check: createRoute({
    method: 'get',
    path: '/api/v1/ledger/check',
    operationId: 'checkLedger',
    tags,
    description: 'Proves the books that the actor sees, all of them again at each request.',
    ...needs('ledger.read'),
    responses: { 200: answers(LedgerCheck, 'What was looked at, and each difference by name'), ...problems() },
  }),
  between: createRoute({
    method: 'get',
    path: '/api/v1/ledger/with/{party}',
    operationId: 'getBetweenParties',
    tags,
    description: 'Both sides at a glance: what our book and their book say of what is between two parties in a period.',
    ...needs('ledger.read'),
    request: {
      params: z.object({ party: inPath('party') }),
      query: z.object({ from: date(), to: date(), organisation_id: id().optional() }),
    },
    responses: { 200: answers(BetweenParties, 'Both books side by side'), ...problems(404, 422) },
  }),
  accounts: createRoute({
    method: 'get',
    path: '/api/v1/ledger/accounts',
    operationId: 'listAccounts',
    tags,
    ...needs('ledger.manage'),
    responses: {
      200: answers(z.object({ items: z.array(Account) }), 'One for each role, then those of single kinds'),
      ...problems(403),
    },
  }),
  setAccount: createRoute({
    method: 'put',
    path: '/api/v1/ledger/accounts',
    operationId: 'setAccount',
    tags,
    ...needs('ledger.manage'),
    request: { body: takes(AccountInput) },
    responses: { 200: answers(Account, 'The account as it is now'), ...problems(403, 422) },
  }),
  resetAccount: createRoute({
    method: 'delete',
    path: '/api/v1/ledger/accounts',
    operationId: 'resetAccount',
    tags,
    ...needs('ledger.manage'),
    request: { body: takes(AccountSubject) },
    responses: { 200: answers(Account, 'What holds instead'), ...problems(403, 422) },
  }),
  exports: createRoute({
    method: 'get',
    path: '/api/v1/ledger/exports',
    operationId: 'listLedgerExports',
    tags,
    ...needs('ledger.export'),
    request: { query: z.object(pageQuery) },
    responses: { 200: answers(pageSchema(LedgerExport), 'Exports, newest first'), ...problems(403, 422) },
  }),
  makeExport: createRoute({
    method: 'post',
    path: '/api/v1/ledger/exports',
    operationId: 'exportLedger',
    tags,
    description: 'Takes what is new since the last export and keeps it. 409 `nothing_new` where there is nothing.',
    ...needs('ledger.export'),
    request: { body: takes(ExportInput) },
    responses: { 201: answers(LedgerExport, 'The export'), ...problems(403, 409, 422) },
  }),
  columns: createRoute({
    method: 'get',
    path: '/api/v1/ledger/export-columns',
    operationId: 'getExportColumns',
    tags,
    ...needs('ledger.export'),
    responses: {
      200: answers(
        z.object({ items: z.array(z.object({ what: z.enum(exportSubjects), columns: z.array(z.string()) })) }),
        'Chosen columns',
      ),
      ...problems(403),
    },
  }),
  setColumns: createRoute({
    method: 'put',
    path: '/api/v1/ledger/export-columns',
    operationId: 'setExportColumns',
    tags,
    ...needs('ledger.manage'),
    request: { body: takes(ExportColumnsInput) },
    responses: {
      200: answers(
        z.object({ what: z.enum(exportSubjects), columns: z.array(z.string()) }),
        'The columns of the next files',
      ),
      ...problems(403, 422),
    },
  }),
  writeOffs: createRoute({
    method: 'get',
    path: '/api/v1/ledger/write-offs',
    operationId: 'listWriteOffs',
    tags,
    ...needs('ledger.read'),
    request: { query: z.object(pageQuery) },
    responses: { 200: answers(pageSchema(WriteOff), 'What was written off, newest first'), ...problems(422) },
  }),
  getWriteOff: createRoute({
    method: 'get',
    path: '/api/v1/ledger/write-offs/{id}',
    operationId: 'getWriteOff',
    tags,
    ...needs('ledger.read'),
    request: { params: idPath },
    responses: { 200: answers(WriteOff, 'What was written off, and why'), ...problems(404) },
  }),
  writeOff: createRoute({
    method: 'post',
    path: '/api/v1/ledger/write-offs',
    operationId: 'writeOff',
    tags,
    description: 'The creditor gives up a part of an open item: the seller of an invoice, the buyer of a credit note.',
    ...needs('ledger.write_off'),
    request: { body: takes(WriteOffInput) },
    responses: { 201: answers(WriteOff, 'Written off'), ...problems(403, 404, 409, 422) },
  }),
  reverseWriteOff: createRoute({
    method: 'post',
    path: '/api/v1/ledger/write-offs/{id}/reverse',
    operationId: 'reverseWriteOff',
    tags,
    ...needs('ledger.write_off'),
    request: { params: idPath },
    responses: { 200: answers(WriteOff, 'Owed again'), ...problems(403, 404, 409) },
  }),
}

const fileRoutes = exportFormats.map((format) => {
  const { middleware: _, ...route } = createRoute({
    method: 'get',
    path: `/api/v1/ledger/exports/{id}.${format}`,
    operationId: `getLedgerExport${format === 'csv' ? 'Csv' : format === 'xlsx' ? 'Xlsx' : 'Json'}`,
    tags,
    description: 'The file of an export; the same bytes on any day.',
    ...needs('ledger.export'),
    request: { params: idPath },
    responses: {
      200: {
        description: 'The file',
        content: { [fileTypes[format]]: { schema: z.string().openapi({ format: 'binary' }) } },
      },
      ...problems(403, 404),
    },
  })
  return route
})

export function ledgerApi(app: App): void {
  app.openapi(routes.balances, async (c) => {
    const ctx = c.get('ctx')
    const filter = bookFilter(ctx, c.req.valid('query'))
    const items = filter === null ? [] : await transact(ctx, (tx) => trialBalance(tx, filter))
    return c.json({ items }, 200)
  })
  app.openapi(routes.together, async (c) => {
    const ctx = c.get('ctx')
    const { organisation_id, on } = c.req.valid('query')
    const own = bookAsked(ctx, organisation_id) ?? organisationOf(ctx.actor)
    return c.json(await transact(ctx, (tx) => readTogether(tx, own, on, ctx.clock.today())), 200)
  })
  app.openapi(routes.entries, async (c) => {
    const ctx = c.get('ctx')
    const { limit, cursor, ...asked } = c.req.valid('query')
    const after = readCursor(cursor, entryCursor)
    const filter = bookFilter(ctx, asked)
    const rows = filter === null ? [] : await transact(ctx, (tx) => listEntries(tx, filter, { limit, after }))
    return c.json(
      pageOf(rows, limit, (row) => [row.booked_on, row.transaction_id, row.line_no]),
      200,
    )
  })
  app.openapi(routes.transaction, async (c) => {
    const ctx = c.get('ctx')
    const book = bookAsked(ctx, c.req.valid('query').organisation_id) ?? organisationOf(ctx.actor)
    const items = await transact(ctx, (tx) => getTransaction(tx, book, c.req.valid('param').id))
    return c.json({ items }, 200)
  })
  app.openapi(routes.openItems, async (c) => {
    const { limit, cursor, seller_id, buyer_id, party_id, as_of } = c.req.valid('query')
    const after = readCursor(cursor, ['id'])
    const filter = {
      ...(seller_id !== undefined && { seller_id }),
      ...(buyer_id !== undefined && { buyer_id }),
      ...(party_id !== undefined && { party_id }),
      ...(as_of !== undefined && { as_of }),
    }
    const all = await transact(c.get('ctx'), (tx) => openItems(tx, filter))
    const from = after === null ? 0 : all.findIndex((item) => item.document_id === after[0]) + 1
    const items = all.slice(from, from + limit)
    const more = all.length > from + limit
    return c.json({ items, next_cursor: more ? cursorOf([items.at(-1)!.document_id]) : null }, 200)
  })
  app.openapi(routes.check, async (c) => c.json(await checkLedger(c.get('ctx')), 200))
  app.openapi(routes.between, async (c) => {
    const ctx = c.get('ctx')
    const { from, to, organisation_id } = c.req.valid('query')
    if (to < from) refuseFields([{ path: 'to', message: 'validation.end_before_start' }])
    const own = bookAsked(ctx, organisation_id) ?? refuse('not_found')
    const asked = { own, party: c.req.valid('param').party, from, to }
    return c.json(await readBetweenParties(ctx, asked, c.get('disputed')), 200)
  })
  app.openapi(routes.accounts, async (c) => c.json({ items: await readAccounts(c.get('ctx')) }, 200))
  app.openapi(routes.setAccount, async (c) => c.json(await setAccount(c.get('ctx'), c.req.valid('json')), 200))
  app.openapi(routes.resetAccount, async (c) => c.json(await resetAccount(c.get('ctx'), c.req.valid('json')), 200))
  exportRoutes(app)
  writeOffRoutes(app)
}

function exportRoutes(app: App): void {
  app.openapi(routes.exports, async (c) => {
    const ctx = c.get('ctx')
    permit(ctx.actor, 'ledger.export')
    const { limit, cursor } = c.req.valid('query')
    const after = readCursor(cursor, ['id'])
    const rows = await transact(ctx, (tx) => listExports(tx, organisationOf(ctx.actor), { limit, after }))
    return c.json(
      pageOf(rows, limit, (row) => [row.id]),
      200,
    )
  })
  app.openapi(routes.makeExport, async (c) => c.json(await exportLedger(c.get('ctx'), c.req.valid('json')), 201))
  app.openapi(routes.columns, async (c) => {
    const { columns } = await readExports(c.get('ctx'))
    return c.json({ items: exportSubjects.map((what) => ({ what, columns: columns[what] })) }, 200)
  })
  app.openapi(routes.setColumns, async (c) => c.json(await setExportColumns(c.get('ctx'), c.req.valid('json')), 200))
  for (const route of fileRoutes) app.openAPIRegistry.registerPath(route)
  for (const format of exportFormats) {
    app.get(`/api/v1/ledger/exports/:file{[^/]+\\.${format}}`, requires('ledger.export'), (c) =>
      answerExport(c, format),
    )
  }
}

/** The file of the export whose id stands before its ending. */
export async function answerExport(c: C, format: ExportFormat): Promise<Response> {
  const { name, bytes } = await exportFile(c.get('ctx'), idBefore(c, format) ?? '', format)
  return answerFile(c, name, format, bytes)
}

function writeOffRoutes(app: App): void {
  app.openapi(routes.writeOffs, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const after = readCursor(cursor, ['id'])
    const rows = await transact(c.get('ctx'), (tx) => listWriteOffs(tx, { limit, after }))
    return c.json(
      pageOf(rows, limit, (row) => [row.id]),
      200,
    )
  })
  app.openapi(routes.getWriteOff, async (c) =>
    c.json(await transact(c.get('ctx'), (tx) => getWriteOff(tx, c.req.valid('param').id)), 200),
  )
  app.openapi(routes.writeOff, async (c) => c.json(await writeOff(c.get('ctx'), c.req.valid('json')), 201))
  app.openapi(routes.reverseWriteOff, async (c) =>
    c.json(await reverseWriteOff(c.get('ctx'), c.req.valid('param').id), 200),
  )
}

/** Which lines of whose book are asked for; null for somebody of a region who has not said whose. */
export function bookFilter(
  ctx: Context,
  { organisation_id: asked, ...filter }: Omit<BookFilter, 'organisation_id'> & { organisation_id?: string | undefined },
): BookFilter | null {
  const organisation_id = bookAsked(ctx, asked)
  return organisation_id === null ? null : { organisation_id, ...filter }
}
