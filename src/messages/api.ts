/** Messages for machines. */
import { personOf, transact } from '../context.ts'
import type { App } from '../http/app.ts'
import { answers, createRoute, needs, problems, takes, z } from '../http/app.ts'
import { idPath, inPath } from '../http/fields.ts'
import { pageOf, pageQuery, pageSchema, readCursor } from '../http/paging.ts'
import { answerWithFile } from './answer-file.ts'
import { readThread, writeAbout, writeMessage } from './commands.ts'
import { checkFile } from './file.ts'
import { readFile } from './keep-commands.ts'
import { FirstMessageInput, MessageInput, note, Thread, ThreadSummary } from './message.ts'
import { getThread, listThreads } from './store.ts'

const bytes = { 'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) } }

const listRoute = createRoute({
  method: 'get',
  path: '/api/v1/messages',
  operationId: 'listMessageThreads',
  tags: ['messages'],
  ...needs('message.read'),
  request: { query: z.object({ ...pageQuery, unread: z.enum(['true', 'false'], 'validation.choice').optional() }) },
  responses: { 200: answers(pageSchema(ThreadSummary), 'Threads, the last written on first'), ...problems(422) },
})
const writeAboutRoute = createRoute({
  method: 'post',
  path: '/api/v1/messages',
  operationId: 'writeAbout',
  description:
    'A message about a referral, a stay or an offer, to the other party. There is one thread for each; of an offer one for each ' +
    'municipality that asks. Personal codes are refused.',
  tags: ['messages'],
  ...needs('message.write'),
  request: { body: takes(FirstMessageInput) },
  responses: { 201: answers(Thread, 'The thread'), ...problems(403, 404, 422) },
})
const getRoute = createRoute({
  method: 'get',
  path: '/api/v1/messages/{id}',
  operationId: 'readThread',
  tags: ['messages'],
  ...needs('message.read'),
  request: { params: idPath },
  responses: { 200: answers(Thread, 'The thread; a person has read it then'), ...problems(404) },
})
const writeRoute = createRoute({
  method: 'post',
  path: '/api/v1/messages/{id}',
  operationId: 'writeMessage',
  tags: ['messages'],
  ...needs('message.write'),
  request: { params: idPath, body: takes(MessageInput) },
  responses: { 201: answers(Thread, 'The thread with the message'), ...problems(403, 404, 422) },
})
const attachRoute = createRoute({
  method: 'post',
  path: '/api/v1/messages/{id}/files',
  operationId: 'attachToMessage',
  description:
    'The bytes of one file, up to 1.5 MB: PDF, PNG, JPEG, WebP, DOCX, XLSX, TXT, CSV or eDoc, told from the bytes.',
  tags: ['messages'],
  ...needs('message.write'),
  request: {
    params: idPath,
    query: z.object({ name: z.string().max(300), note: note().optional() }),
    body: { required: true, content: bytes },
  },
  responses: { 201: answers(Thread, 'The thread with the file'), ...problems(403, 404, 409, 413, 422, 503) },
})
const fileRoute = createRoute({
  method: 'get',
  path: '/api/v1/messages/{id}/files/{message_file_id}',
  operationId: 'getMessageFile',
  tags: ['messages'],
  ...needs('message.read'),
  request: {
    params: idPath.extend({ message_file_id: inPath('message_file_id') }),
  },
  responses: { 200: { description: 'The file, to be saved', content: bytes }, ...problems(404, 502, 503) },
})

export function messagesApi(app: App): void {
  app.openapi(listRoute, async (c) => {
    const { limit, cursor, unread } = c.req.valid('query')
    const after = readCursor(cursor, ['instant', 'id'])
    const { actor } = c.get('ctx')
    const of = { person_id: personOf(actor), unread: unread === 'true' }
    const rows = await transact(c.get('ctx'), (tx) => listThreads(tx, of, { limit, after }))
    return c.json(
      pageOf(rows, limit, (row) => [row.last_at, row.id]),
      200,
    )
  })
  app.openapi(writeAboutRoute, async (c) => {
    const { subject_type, subject_id, note: written } = c.req.valid('json')
    const id = await writeAbout(c.get('ctx'), subject_type, subject_id, { note: written })
    return c.json(await readThread(c.get('ctx'), id), 201)
  })
  app.openapi(getRoute, async (c) => c.json(await readThread(c.get('ctx'), c.req.valid('param').id), 200))
  app.openapi(writeRoute, async (c) => {
    const { id } = c.req.valid('param')
    await writeMessage(c.get('ctx'), id, c.req.valid('json'))
    return c.json(await readThread(c.get('ctx'), id), 201)
  })
  app.openapi(attachRoute, async (c) => {
    const ctx = c.get('ctx')
    const { id } = c.req.valid('param')
    const { name, note: written = '' } = c.req.valid('query')
    await transact(ctx, (tx) => getThread(tx, id, personOf(ctx.actor)))
    const file = checkFile({ name, content: new Uint8Array(await c.req.arrayBuffer()) }, 'body')
    await writeMessage(ctx, id, { note: written, files: [file] }, c.get('files'))
    return c.json(await readThread(ctx, id), 201)
  })
  app.openapi(fileRoute, async (c) => {
    const { id, message_file_id } = c.req.valid('param')
    return answerWithFile(await readFile(c.get('ctx'), c.get('files'), id, message_file_id))
  })
}
