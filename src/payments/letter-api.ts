/** Reminder letters for machines. */
import { transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { answers, createRoute, needs, problems, requires, takes, z } from '../http/app.ts'
import { choice, idPath } from '../http/fields.ts'
import { answerFile } from '../http/file.ts'
import { pageOf, pageQuery, pageSchema, readCursor } from '../http/paging.ts'
import type { Parts } from '../http/parts.ts'
import { LetterInput } from './letter.ts'
import { writeReminder } from './letter-commands.ts'
import { fileName } from './letter-delivery-commands.ts'
import { letterPdfMaker, type MakeLetterPdf } from './letter-pdf.ts'
import { getLetter, listLetters } from './letter-store.ts'

const tags = ['payments']
const Letter = z
  .object({
    id: z.string(),
    seller_id: z.string(),
    buyer_id: z.string(),
    number: z.int().openapi({ description: 'of the seller’s letters' }),
    written_on: z.string().openapi({ format: 'date' }),
    seller_name: z.string(),
    buyer_name: z.string(),
    documents: z.int().openapi({ description: 'how many invoices it reminds of' }),
    open: z.string().openapi({ description: 'what it asks for' }),
    interest: z.string().openapi({ description: 'what it says of interest until its day, which is no part of open' }),
    state: choice(['queued', 'sent', 'delivered', 'refused', 'given_up', 'download'])
      .nullable()
      .openapi({ description: 'how it went by e-mail; null where it did not, and to who is not its seller' }),
  })
  .openapi('ReminderLetter')

const letterRoutes = {
  list: createRoute({
    method: 'get',
    path: '/api/v1/reminder-letters',
    operationId: 'listReminderLetters',
    tags,
    ...needs('payment.read'),
    request: { query: z.object(pageQuery) },
    responses: { 200: answers(pageSchema(Letter), 'Letters written and received, newest first'), ...problems(422) },
  }),
  write: createRoute({
    method: 'post',
    path: '/api/v1/reminder-letters',
    operationId: 'writeReminder',
    description: 'One letter to one payer, of all that is late now; by e-mail too where the seller sends by e-mail.',
    tags,
    ...needs('payment.manage'),
    request: { body: takes(LetterInput) },
    responses: {
      201: answers(z.object({ id: z.string(), number: z.int() }), 'The letter, to be had as a file'),
      ...problems(403, 409, 422),
    },
  }),
}
const { middleware: _, ...letterFile } = createRoute({
  method: 'get',
  path: '/api/v1/reminder-letters/{id}.pdf',
  operationId: 'getReminderLetterPdf',
  tags,
  ...needs('payment.read'),
  request: { params: idPath },
  responses: {
    200: {
      description: 'The letter on paper; the same bytes on any day',
      content: { 'application/pdf': { schema: z.string().openapi({ format: 'binary' }) } },
    },
    ...problems(404),
  },
})

export function letterApi(app: App, parts: Parts): void {
  const makePdf = letterPdfMaker(parts.loadAsset)
  app.openapi(letterRoutes.list, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const after = readCursor(cursor, ['id'])
    const rows = await transact(c.get('ctx'), (tx) => listLetters(tx, { limit, after }))
    return c.json(
      pageOf(rows, limit, (row) => [row.id]),
      200,
    )
  })
  app.openapi(letterRoutes.write, async (c) => {
    const { id, number } = await writeReminder(c.get('ctx'), c.req.valid('json'))
    return c.json({ id, number }, 201)
  })
  app.openAPIRegistry.registerPath(letterFile)
  app.get('/api/v1/reminder-letters/:file{[^/]+\\.pdf}', requires('payment.read'), (c) =>
    answerLetter(c, c.req.param('file'), makePdf, 'attachment'),
  )
}

/** The file of the letter whose id stands before `.pdf`, in the letter's own language. */
export async function answerLetter(
  c: C,
  file: string,
  makePdf: MakeLetterPdf,
  disposition: 'attachment' | 'inline',
): Promise<Response> {
  const letter = await transact(c.get('ctx'), (tx) => getLetter(tx, file.replace(/\.pdf$/, '')))
  return answerFile(c, fileName(letter), 'pdf', await makePdf(letter.record), disposition)
}
