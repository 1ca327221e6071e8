/** The log for machines. */
import { transact } from '../context.ts'
import type { App } from '../http/app.ts'
import { answers, createRoute, needs, problems, z } from '../http/app.ts'
import { inOrder } from '../http/fields.ts'
import { pageOf, pageQuery, pageSchema, readCursor } from '../http/paging.ts'
import { auditQuery, filterOf } from './query.ts'
import { listAuditEvents } from './store.ts'

const AuditEvent = z
  .object({
    id: z.string(),
    at: z.string(),
    organisation_id: z.string().nullable(),
    organisation_name: z.string().nullable(),
    person_id: z.string().nullable(),
    person_name: z.string().nullable(),
    token_id: z.string().nullable(),
    token_name: z.string().nullable(),
    /** the command’s name, which is the `operationId` of its route */
    action: z.string(),
    subject_type: z.string(),
    subject_id: z.string(),
    subject_name: z.string().nullable(),
    seller_id: z.string().nullable(),
    seller_name: z.string().nullable(),
    buyer_id: z.string().nullable(),
    buyer_name: z.string().nullable(),
    before: z.unknown(),
    after: z.unknown(),
    part_of: z.string().nullable().openapi({
      description: 'Of an act that touched many records alike: the entry that stands for all of them',
    }),
    parts: z.int().openapi({ description: 'How many entries it stands for beside itself' }),
  })
  .openapi('AuditEvent')

const listRoute = createRoute({
  method: 'get',
  path: '/api/v1/audit-events',
  operationId: 'listAuditEvents',
  tags: ['audit'],
  ...needs('audit.read'),
  request: {
    query: z.object({ ...pageQuery, ...auditQuery }).refine(...inOrder('from', 'to')),
  },
  responses: { 200: answers(pageSchema(AuditEvent), 'What was done, the newest first'), ...problems(422) },
})

export function auditApi(app: App): void {
  app.openapi(listRoute, async (c) => {
    const { limit, cursor, ...asked } = c.req.valid('query')
    const after = readCursor(cursor, ['instant', 'id'])
    const rows = await transact(c.get('ctx'), (tx) => listAuditEvents(tx, filterOf(asked, false), { limit, after }))
    return c.json(
      pageOf(rows, limit, (row) => [row.at, row.id]),
      200,
    )
  })
}
