/** Bridging stays for machines: asking for one is asking for places (`bridges`), and it ends by itself. */
import { transact } from '../context.ts'
import type { App } from '../http/app.ts'
import { answers, createRoute, needs, problems, z } from '../http/app.ts'
import { id } from '../http/fields.ts'
import { pageOf, pageQuery, pageSchema, readCursor } from '../http/paging.ts'
import { Bridge } from '../placements/bridge.ts'
import { listBridges } from '../placements/bridge-store.ts'

const listRoute = createRoute({
  tags: ['requests'],
  method: 'get',
  path: '/api/v1/bridges',
  operationId: 'listBridges',
  ...needs('referral.read'),
  request: { query: z.object({ ...pageQuery, resident_id: id().optional() }) },
  responses: {
    200: answers(
      pageSchema(Bridge),
      'Places asked for until another begins, the newest first; the buyer alone sees them',
    ),
    ...problems(422),
  },
})

export function bridgesApi(app: App): void {
  app.openapi(listRoute, async (c) => {
    const { limit, cursor, resident_id } = c.req.valid('query')
    const after = readCursor(cursor, 1)
    const rows = await transact(c.get('ctx'), (tx) => listBridges(tx, { resident_id }, { limit, after }))
    const { items, next_cursor } = pageOf(rows, limit, (row) => [row.id])
    const shown = items.map(({ resident_id: _, seller_id: __, place_seller_id: ___, created_by: ____, ...row }) => row)
    return c.json({ items: shown, next_cursor }, 200)
  })
}
