/** How far a close is, for machines. */
import { parseMonth } from '../calendar.ts'
import type { App } from '../http/app.ts'
import { answers, createRoute, needs, problems, z } from '../http/app.ts'
import { month } from '../http/fields.ts'
import { CloseProgress } from './close-run.ts'
import { readProgress } from './close-run-commands.ts'

const route = createRoute({
  method: 'get',
  path: '/api/v1/months/{month}/progress',
  operationId: 'getCloseProgress',
  tags: ['months'],
  ...needs('settlement.read'),
  request: { params: z.object({ month: month().openapi({ param: { name: 'month', in: 'path' } }) }) },
  responses: { 200: answers(CloseProgress, 'How far the own close that was begun on a page is'), ...problems(422) },
})

export function progressApi(app: App): void {
  app.openapi(route, async (c) => c.json(await readProgress(c.get('ctx'), parseMonth(c.req.valid('param').month)), 200))
}
