/** The month's dashboard for machines. */
import type { App } from '../http/app.ts'
import { answers, createRoute, needs, problems, z } from '../http/app.ts'
import { month } from '../http/fields.ts'
import { MonthOverview } from './overview.ts'
import { monthOverview } from './overview-commands.ts'

const route = createRoute({
  method: 'get',
  path: '/api/v1/months/{month}/overview',
  operationId: 'getMonthOverview',
  tags: ['months'],
  ...needs('settlement.read'),
  request: { params: z.object({ month: month().openapi({ param: { name: 'month', in: 'path' } }) }) },
  responses: {
    200: answers(MonthOverview, 'Sellers done and open, and who pays whom, of all that one sees'),
    ...problems(404, 422),
  },
})

export function overviewApi(app: App): void {
  app.openapi(route, async (c) => c.json(await monthOverview(c.get('ctx'), c.req.valid('param').month), 200))
}
