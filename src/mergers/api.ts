/** Mergers for machines. */
import { transact } from '../context.ts'
import type { App } from '../http/app.ts'
import { answers, createRoute, needs, problems, takes, z } from '../http/app.ts'
import { dryRunQuery } from '../http/dry-run.ts'
import { pageOf, pageQuery, pageSchema, readCursor } from '../http/paging.ts'
import { previewMerger, readMerger, recordMerger, withdrawMerger } from './commands.ts'
import { Merger, MergerInput, MergerWithMoves, Moves } from './merger.ts'
import { listMergers } from './store.ts'

const tags = ['mergers']
const idPath = z.object({ id: z.string().openapi({ param: { name: 'id', in: 'path' } }) })

const routes = {
  list: createRoute({
    method: 'get',
    path: '/api/v1/mergers',
    operationId: 'listMergers',
    tags,
    ...needs('merger.read'),
    request: { query: z.object(pageQuery) },
    responses: {
      200: answers(pageSchema(Merger), 'Mergers that one has a part in, the newest first'),
      ...problems(422),
    },
  }),
  get: createRoute({
    method: 'get',
    path: '/api/v1/mergers/{id}',
    operationId: 'getMerger',
    tags,
    ...needs('merger.read'),
    request: { params: idPath },
    responses: { 200: answers(MergerWithMoves, 'The merger, and what goes over'), ...problems(404) },
  }),
  record: createRoute({
    method: 'post',
    path: '/api/v1/mergers',
    operationId: 'recordMerger',
    tags,
    ...needs('merger.record', { dry_run: true }),
    request: { query: dryRunQuery, body: takes(MergerInput) },
    responses: {
      200: answers(Moves, 'With dry_run: what would go over; nothing is saved'),
      201: answers(MergerWithMoves, 'Recorded; carried out on the day, or at once where it has come'),
      ...problems(403, 409, 422),
    },
  }),
  withdraw: createRoute({
    method: 'post',
    path: '/api/v1/mergers/{id}/withdraw',
    operationId: 'withdrawMerger',
    tags,
    ...needs('merger.record'),
    request: { params: idPath },
    responses: { 200: answers(MergerWithMoves, 'Taken back before its day'), ...problems(403, 404, 409) },
  }),
}

export function mergersApi(app: App): void {
  app.openapi(routes.list, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const rows = await transact(c.get('ctx'), (tx) => listMergers(tx, { limit, after: readCursor(cursor, 1) }))
    const { items, next_cursor } = pageOf(rows, limit, (row) => [row.id])
    return c.json({ items: items.map(({ moved: _, ...merger }) => merger), next_cursor }, 200)
  })
  app.openapi(routes.get, async (c) => c.json(await readMerger(c.get('ctx'), c.req.valid('param').id), 200))
  app.openapi(routes.record, async (c) => {
    const input = c.req.valid('json')
    if (c.req.valid('query').dry_run === 'true') return c.json(await previewMerger(c.get('ctx'), input), 200)
    return c.json(await recordMerger(c.get('ctx'), input), 201)
  })
  app.openapi(routes.withdraw, async (c) => c.json(await withdrawMerger(c.get('ctx'), c.req.valid('param').id), 200))
}
