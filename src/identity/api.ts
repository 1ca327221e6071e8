/** Organisations and people for machines. */

import { transact } from '../context.ts'
import type { App } from '../http/app.ts'
import { answers, createRoute, needs, problems, takes, z } from '../http/app.ts'
import { pageOf, pageQuery, pageSchema, readCursor } from '../http/paging.ts'
import { changeOrganisation } from './commands.ts'
import { Organisation, OrganisationChange } from './organisation.ts'
import { getOrganisation, listOrganisations } from './store.ts'

const organisationPath = z.object({ id: z.string().openapi({ param: { name: 'id', in: 'path' } }) })

const listRoute = createRoute({
  method: 'get',
  path: '/api/v1/organisations',
  operationId: 'listOrganisations',
  tags: ['organisations'],
  ...needs('organisation.read'),
  request: { query: z.object(pageQuery) },
  responses: { 200: answers(pageSchema(Organisation), 'Organisations by name'), ...problems(422) },
})
const getRoute = createRoute({
  method: 'get',
  path: '/api/v1/organisations/{id}',
  operationId: 'getOrganisation',
  tags: ['organisations'],
  ...needs('organisation.read'),
  request: { params: organisationPath },
  responses: { 200: answers(Organisation, 'The organisation'), ...problems(404) },
})
const changeRoute = createRoute({
  method: 'put',
  path: '/api/v1/organisations/{id}',
  operationId: 'changeOrganisation',
  tags: ['organisations'],
  ...needs('organisation.manage'),
  request: { params: organisationPath, body: takes(OrganisationChange) },
  responses: { 200: answers(Organisation, 'The organisation as it is now'), ...problems(403, 404, 409, 422) },
})

export function identityApi(app: App): void {
  app.openapi(listRoute, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const after = readCursor(cursor, 2)
    const rows = await transact(c.get('ctx'), (tx) => listOrganisations(tx, { limit, after }))
    return c.json(pageOf(rows, limit, (row) => [row.name, row.id]) as never, 200)
  })
  app.openapi(getRoute, async (c) => {
    const row = await transact(c.get('ctx'), (tx) => getOrganisation(tx, c.req.valid('param').id))
    return c.json(row as never, 200)
  })
  app.openapi(changeRoute, async (c) => {
    const row = await changeOrganisation(c.get('ctx'), c.req.valid('param').id, c.req.valid('json'))
    return c.json(row as never, 200)
  })
}
