/** The region's counts for machines, and the same as files for spreadsheets. */
import type { App, C } from '../http/app.ts'
import { answers, createRoute, needs, problems, z } from '../http/app.ts'
import { choice } from '../http/fields.ts'
import { fileTypes } from '../http/file.ts'
import { readQuery } from '../http/pages.tsx'
import { registerFiles } from '../invoicing/register-api.ts'
import { formatFor } from '../ui/format.ts'
import { translator } from '../ui/texts.ts'
import { serviceCounts } from './commands.ts'
import { CountsQuery, countColumns, ServiceCount } from './counts.ts'

const FileQuery = CountsQuery.extend({ decimal: choice(['comma', 'point']).default('comma') })

const listRoute = createRoute({
  method: 'get',
  path: '/api/v1/service-counts',
  operationId: 'listServiceCounts',
  tags: ['region'],
  description:
    'What was granted, prolonged, declined and queued, by period, municipality and kind of service: counted from the decisions and ' +
    'the lines, never typed. A municipality sees its own figures, the region those of all. Nothing to tell of is left out.',
  ...needs('counts.read'),
  request: { query: CountsQuery },
  responses: {
    200: answers(
      z.object({ items: z.array(ServiceCount), next_cursor: z.null() }),
      'The counts, the oldest period first',
    ),
    ...problems(404, 422),
  },
})

const described = (ending: 'csv' | 'xlsx', operationId: string, type: string) => {
  const { middleware: _, ...route } = createRoute({
    method: 'get',
    path: `/api/v1/service-counts.${ending}`,
    operationId,
    tags: ['region'],
    description: 'The same counts as a table, a line for each period, municipality and kind of service.',
    ...needs('counts.read'),
    request: { query: FileQuery },
    responses: {
      200: { description: 'The table', content: { [type]: { schema: z.string().openapi({ format: 'binary' }) } } },
      ...problems(404, 422),
    },
  })
  return route
}

export function regionApi(app: App): void {
  app.openapi(listRoute, async (c) => {
    const { items } = await serviceCounts(c.get('ctx'), c.req.valid('query'))
    return c.json({ items, next_cursor: null }, 200)
  })
  app.openAPIRegistry.registerPath(described('csv', 'downloadServiceCountsCsv', 'text/csv'))
  app.openAPIRegistry.registerPath(described('xlsx', 'downloadServiceCountsXlsx', fileTypes.xlsx))
  countFiles(app, '/api/v1')
}

/** The files, under the API's addresses and the page's. */
export function countFiles(app: App, base: '' | '/api/v1'): void {
  registerFiles(app, `${base}/service-counts`, 'counts.read', asked)
}

/** @throws Refusal `invalid_input`, `not_found` */
async function asked(c: C) {
  const { decimal, ...query } = readQuery(c, FileQuery)
  const { items } = await serviceCounts(c.get('ctx'), query)
  const language = c.get('language')
  const t = translator(language)
  const span = [...new Set([items[0]?.period, items.at(-1)?.period])].filter((period) => period !== undefined)
  return {
    rows: items,
    columns: countColumns(query.side, language, t, formatFor(language).month),
    name: ['vieta-counts', ...span, query.side].join('-'),
    sheet: t('counts.sheet'),
    decimal,
  }
}
