/** Notices for machines, and how a person is told by e-mail. */
import { transact } from '../context.ts'
import type { App } from '../http/app.ts'
import { answers, createRoute, needs, problems, takes, z } from '../http/app.ts'
import { id } from '../http/fields.ts'
import { pageOf, pageQuery, pageSchema, readCursor } from '../http/paging.ts'
import { readAllNotices, readerOf, readPreferences, setNoticePreferences } from './commands.ts'
import { PreferencesInput, subjectTypes, toldKindCodes } from './notice.ts'
import { listTold } from './store.ts'

const Told = z
  .object({
    id: id(),
    kind: z.enum(toldKindCodes),
    subject_type: z.enum(subjectTypes),
    subject_id: id(),
    said: z
      .object({
        party: z.string().optional(),
        reference: z.string().optional(),
        date: z.string().optional(),
        count: z.int().optional(),
        about: z.enum(['referral', 'placement', 'offer']).optional(),
      })
      .openapi({ description: 'Names of organisations, numbers and dates; never a person' }),
    created_at: z.string(),
    read_at: z.string().nullable(),
  })
  .openapi('News')

const listRoute = createRoute({
  method: 'get',
  path: '/api/v1/news',
  operationId: 'listNews',
  description: 'What has happened that concerns the caller’s roles. What falls due stands under `/notices`.',
  tags: ['notices'],
  ...needs('signed_in'),
  request: {
    query: z.object({ ...pageQuery, unread: z.enum(['true', 'false'], 'validation.choice').optional() }),
  },
  responses: { 200: answers(pageSchema(Told), 'The newest first'), ...problems(422) },
})
const readAllRoute = createRoute({
  method: 'post',
  path: '/api/v1/news/read',
  operationId: 'readAllNotices',
  tags: ['notices'],
  ...needs('signed_in'),
  responses: { 204: { description: 'All are read by this person' }, ...problems(403) },
})
const getPreferencesRoute = createRoute({
  method: 'get',
  path: '/api/v1/notice-preferences',
  operationId: 'getNoticePreferences',
  tags: ['notices'],
  ...needs('signed_in'),
  responses: { 200: answers(PreferencesInput, 'The wishes of the person signed in'), ...problems(403) },
})
const setPreferencesRoute = createRoute({
  method: 'put',
  path: '/api/v1/notice-preferences',
  operationId: 'setNoticePreferences',
  tags: ['notices'],
  ...needs('signed_in'),
  request: { body: takes(PreferencesInput) },
  responses: { 200: answers(PreferencesInput, 'The wishes as they are now'), ...problems(403, 422) },
})

export function noticesApi(app: App): void {
  app.openapi(listRoute, async (c) => {
    const { limit, cursor, unread } = c.req.valid('query')
    const after = readCursor(cursor, ['id'])?.[0] ?? null
    const ctx = c.get('ctx')
    const rows = await transact(ctx, (tx) => listTold(tx, readerOf(ctx), { unread: unread === 'true', limit, after }))
    return c.json(
      pageOf(rows, limit, (row) => [row.id]),
      200,
    )
  })
  app.openapi(readAllRoute, async (c) => {
    await readAllNotices(c.get('ctx'))
    return c.body(null, 204)
  })
  app.openapi(getPreferencesRoute, async (c) => c.json(await readPreferences(c.get('ctx')), 200))
  app.openapi(setPreferencesRoute, async (c) =>
    c.json(await setNoticePreferences(c.get('ctx'), c.req.valid('json')), 200),
  )
}
