/** How buyers want their documents, for machines. */
import { organisationOf, transact } from '../context.ts'
import type { App } from '../http/app.ts'
import { answers, createRoute, needs, problems, takes, z } from '../http/app.ts'
import { id } from '../http/fields.ts'
import { pageSchema } from '../http/paging.ts'
import { WishInput, WishShown } from './wish.ts'
import { removeDocumentWishes, setDocumentWishes } from './wish-commands.ts'
import { listWishes } from './wish-store.ts'

const Listed = WishShown.extend({ seller_name: z.string().nullable() }).openapi('DocumentWishListed')
const forSeller = z.object({
  seller_id: id()
    .toLowerCase()
    .optional()
    .openapi({ description: 'Left out: for all sellers nothing else was said for' }),
})

const listRoute = createRoute({
  method: 'get',
  path: '/api/v1/document-wishes',
  operationId: 'listDocumentWishes',
  tags: ['invoices'],
  ...needs('wish.manage'),
  responses: {
    200: answers(pageSchema(Listed), 'What the own organisation has said, for all sellers first'),
    ...problems(403),
  },
})
const setRoute = createRoute({
  method: 'put',
  path: '/api/v1/document-wishes',
  operationId: 'setDocumentWishes',
  tags: ['invoices'],
  ...needs('wish.manage'),
  request: { query: forSeller, body: takes(WishInput) },
  responses: { 200: answers(WishShown, 'What holds from now on'), ...problems(403, 422) },
})
const removeRoute = createRoute({
  method: 'delete',
  path: '/api/v1/document-wishes',
  operationId: 'removeDocumentWishes',
  tags: ['invoices'],
  ...needs('wish.manage'),
  request: { query: z.object({ seller_id: id().toLowerCase() }) },
  responses: { 204: { description: 'What holds for all sellers holds for this one' }, ...problems(403, 404, 422) },
})

export function wishApi(app: App): void {
  app.openapi(listRoute, async (c) => {
    const ctx = c.get('ctx')
    const items = await transact(ctx, (tx) => listWishes(tx, organisationOf(ctx.actor)))
    return c.json({ items, next_cursor: null }, 200)
  })
  app.openapi(setRoute, async (c) => {
    const { seller_id = null } = c.req.valid('query')
    return c.json(await setDocumentWishes(c.get('ctx'), seller_id, c.req.valid('json')), 200)
  })
  app.openapi(removeRoute, async (c) => {
    await removeDocumentWishes(c.get('ctx'), c.req.valid('query').seller_id)
    return c.body(null, 204)
  })
}
