/** Saved searches by the API, for a person's own programs. */
import { transact } from '../context.ts'
import type { App } from '../http/app.ts'
import { answers, createRoute, needs, problems, takes, z } from '../http/app.ts'
import { SavedSearch, SavedSearchInput } from './saved-search.ts'
import { readSaved, removeSearch, saveSearch } from './saved-search-commands.ts'

const listRoute = createRoute({
  method: 'get',
  path: '/api/v1/saved-searches',
  operationId: 'listSavedSearches',
  tags: ['catalogue'],
  ...needs('signed_in'),
  responses: {
    200: answers(z.object({ items: z.array(SavedSearch) }), 'The person’s own, by name; a machine has none'),
    ...problems(),
  },
})
const saveRoute = createRoute({
  method: 'post',
  path: '/api/v1/saved-searches',
  operationId: 'saveSearch',
  description: 'At most 20 for a person, who is told once of each offer that becomes free.',
  tags: ['catalogue'],
  ...needs('signed_in'),
  request: { body: takes(SavedSearchInput) },
  responses: { 201: answers(SavedSearch, 'The search'), ...problems(403, 409, 422) },
})
const removeRoute = createRoute({
  method: 'delete',
  path: '/api/v1/saved-searches/{id}',
  operationId: 'removeSearch',
  tags: ['catalogue'],
  ...needs('signed_in'),
  request: { params: z.object({ id: z.string().openapi({ param: { name: 'id', in: 'path' } }) }) },
  responses: { 204: { description: 'It is kept no longer' }, ...problems(403, 404) },
})

export function savedSearchApi(app: App): void {
  app.openapi(listRoute, async (c) => {
    const ctx = c.get('ctx')
    return c.json({ items: await transact(ctx, (tx) => readSaved(tx, ctx)) }, 200)
  })
  app.openapi(saveRoute, async (c) => c.json(await saveSearch(c.get('ctx'), c.req.valid('json')), 201))
  app.openapi(removeRoute, async (c) => {
    await removeSearch(c.get('ctx'), c.req.valid('param').id)
    return c.body(null, 204)
  })
}
