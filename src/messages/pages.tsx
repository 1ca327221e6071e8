/** Messages for people: all threads, and one with the form to write on it. */
import type { Child } from 'hono/jsx'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { may, organisationOf, personOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires, z } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { pageOf, readCursor, rowsOnPage, waysOf } from '../http/paging.ts'
import { referenceOf } from '../notices/notice.ts'
import { refuseFields } from '../refusal.ts'
import { Empty, Section } from '../ui/blocks.tsx'
import { Actions, Button, LinkButton } from '../ui/button.tsx'
import { FileField, TextAreaField } from '../ui/field.tsx'
import { emptyForm, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Badge } from '../ui/status-badge.tsx'
import { Table, TwoLines } from '../ui/table.tsx'
import { Timeline } from '../ui/timeline.tsx'
import type { View } from '../ui/view.ts'
import { Pagination, Tabs } from '../ui/ways.tsx'
import { answerWithFile } from './answer-file.ts'
import { type ReadThread, readThread, writeAbout, writeMessage } from './commands.ts'
import { checkFile, type NewFile } from './file.ts'
import { readFile } from './keep-commands.ts'
import { note, type SubjectType, subjectPage } from './message.ts'
import { getSubject, listThreads, type Subject, type ThreadRow, threadsAbout } from './store.ts'

export function messagesPages(app: App): void {
  app.get('/messages', requires('message.read'), async (c) => show(c, await listPage(c)))
  for (const type of ['referral', 'placement', 'offer'] as const) aboutPages(app, type)
  app.get('/messages/:id', requires('message.read'), async (c) => show(c, await threadPage(c, c.req.param('id'))))
  app.post('/messages/:id', requires('message.write'), async (c) => {
    const { id } = c.req.param()
    await readThread(c.get('ctx'), id)
    return answerMessage(c, {
      act: async (written) => {
        await writeMessage(c.get('ctx'), id, written, c.get('files'))
        return `/messages/${id}?done=message_sent`
      },
      page: (state) => threadPage(c, id, state),
    })
  })
  app.get('/messages/:id/files/:message_file_id', requires('message.read'), async (c) => {
    const { id, message_file_id } = c.req.param()
    return answerWithFile(await readFile(c.get('ctx'), c.get('files'), id, message_file_id))
  })
}

/** The thread about a record, wherever it is; before the first word, the form for it. */
function aboutPages(app: App, type: SubjectType): void {
  const address = `/messages/about/${type}s/:id`
  app.get(address, requires('message.read'), async (c) => {
    const { actor } = c.get('ctx')
    const rows = await transact(c.get('ctx'), (tx) => threadsAbout(tx, type, c.req.param('id') ?? '', personOf(actor)))
    if (rows.length === 1) return c.redirect(`/messages/${rows[0]!.id}`, 303)
    if (rows.length > 1) return show(c, <ListPage view={viewFor(c)} own={ownOf(c)} rows={rows} />)
    const subject = await readSubject(c, type)
    return show(c, <FirstPage view={viewFor(c)} subject={subject} writes={writes(c, subject)} />)
  })
  app.post(address, requires('message.write'), async (c) => {
    const subject = await readSubject(c, type)
    return answerMessage(c, {
      act: async (written) => {
        const id = await writeAbout(c.get('ctx'), type, subject.subject_id, written, c.get('files'))
        return `/messages/${id}?done=message_sent`
      },
      page: (state) => <FirstPage view={viewFor(c)} subject={subject} writes state={state} />,
    })
  })
}

async function readSubject(c: C, type: SubjectType): Promise<Subject> {
  return transact(c.get('ctx'), (tx) => getSubject(tx, type, c.req.param('id') ?? '', ownOf(c)))
}

const ownOf = (c: C) => organisationOf(c.get('ctx').actor)

function writes(c: C, { seller_id, buyer_id }: { seller_id: string; buyer_id: string }): boolean {
  return may(c.get('ctx').actor, 'message.write') && [seller_id, buyer_id].includes(ownOf(c))
}

type Answered = {
  act: (written: { note: string; files: NewFile[] }) => Promise<string>
  page: (state: FormState) => JSX.Element | Promise<JSX.Element>
}

/** A message has words, a file, or both. */
function answerMessage(c: C, { act, page }: Answered) {
  return answerForm(c, {
    schema: z.object({ note: note().optional() }),
    kinds: {},
    act: async ({ note: written = '' }) => {
      const { file } = await c.req.parseBody()
      const sent = file instanceof File && file.name !== '' ? file : null
      if (written === '' && sent === null) refuseFields([{ path: 'note', message: 'validation.required' }])
      const content = sent === null ? null : new Uint8Array(await sent.arrayBuffer())
      return act({ note: written, files: content === null ? [] : [checkFile({ name: sent!.name, content })] })
    },
    page,
  })
}

// ---- the list

async function listPage(c: C) {
  const { actor } = c.get('ctx')
  const { unread, cursor } = c.req.query()
  const after = readCursor(cursor, ['instant', 'id'])
  const of = { person_id: personOf(actor), unread: unread === 'true' }
  const rows = await transact(c.get('ctx'), (tx) => listThreads(tx, of, { limit: rowsOnPage, after }))
  const { items, next_cursor } = pageOf(rows, rowsOnPage, (row) => [row.last_at, row.id])
  const ways = waysOf(of.unread ? '/messages?unread=true' : '/messages', after, next_cursor)
  return <ListPage view={viewFor(c)} own={ownOf(c)} rows={items} unread={of.unread} ways={ways} />
}

type ListProps = {
  view: View
  own: string
  rows: ThreadRow[]
  unread?: boolean
  ways?: { first: string | null; next: string | null }
}

function ListPage({ view, own, rows, unread = false, ways }: ListProps) {
  const { t, format } = view
  return (
    <Layout view={view} active="/messages" title={t('message.list')} lead={t('message.list_lead')}>
      {ways && (
        <Tabs
          label={t('message.list')}
          tabs={[
            { href: '/messages', text: t('message.all'), current: !unread },
            { href: '/messages?unread=true', text: t('message.unread_only'), current: unread },
          ]}
        />
      )}
      <Table
        caption={t('message.list')}
        captionHidden
        rows={rows}
        columns={[
          {
            header: t('message.about'),
            names: true,
            cell: (row) => (
              <TwoLines under={[row.offer_title, row.token].filter(Boolean).join(', ')}>
                <a href={`/messages/${row.id}`}>{titleOf(view, row)}</a>
              </TwoLines>
            ),
          },
          { header: t('message.with'), cell: (row) => othersOf(row, own) },
          { header: t('message.last_at'), cell: (row) => format.instant(row.last_at) },
          {
            header: t('common.status'),
            cell: (row) =>
              row.unread === 0 ? '–' : <Badge tone="attention">{t('message.unread', { count: row.unread })}</Badge>,
          },
        ]}
        empty={
          <Empty title={t(unread ? 'message.none_unread' : 'message.none')} icon="messages">
            {t('message.none_text')}
          </Empty>
        }
      />
      {ways && <Pagination first={ways.first} next={ways.next} />}
    </Layout>
  )
}

/** Of an offer its name, of the others what they are called. */
function titleOf({ t }: View, { subject_type, subject_id, offer_title }: Subject): string {
  const reference = subject_type === 'offer' ? offer_title : referenceOf(subject_type, subject_id)
  return t(`message.title.${subject_type}`, { reference })
}

function othersOf({ seller_id, seller_name, buyer_id, buyer_name }: Subject, own: string): string {
  if (own === seller_id) return buyer_name
  return own === buyer_id ? seller_name : `${buyer_name}, ${seller_name}`
}

// ---- one thread

async function threadPage(c: C, id: string, state: FormState = emptyForm) {
  const thread = await readThread(c.get('ctx'), id)
  return <ThreadPage view={viewFor(c)} own={ownOf(c)} thread={thread} writes={writes(c, thread)} state={state} />
}

type ThreadProps = { view: View; own: string; thread: ReadThread; writes: boolean; state: FormState }

function ThreadPage({ view, own, thread, writes: mayWrite, state }: ThreadProps) {
  const { t, format } = view
  return (
    <ThreadFrame view={view} subject={thread} with_whom={othersOf(thread, own)}>
      <Section title={t('message.thread')}>
        <Timeline
          steps={thread.messages.map((message) => ({
            title:
              message.person_name === null
                ? message.organisation_name
                : `${message.person_name}, ${message.organisation_name}`,
            state: 'done' as const,
            at: `${format.instant(message.at)}${message.organisation_id === own ? ` · ${t(message.read ? 'message.read' : 'message.not_read')}` : ''}`,
            text: (
              <>
                {message.note.split('\n').map((paragraph) => paragraph !== '' && <p>{paragraph}</p>)}
                {message.files.map((file) => (
                  <p>
                    <a href={`/messages/${thread.id}/files/${file.id}`} download>
                      {file.name}
                    </a>{' '}
                    <span class="muted">
                      ({t('message.kilobytes', { size: Math.max(1, Math.round(file.size / 1000)) })})
                    </span>
                  </p>
                ))}
              </>
            ),
          }))}
        />
        {mayWrite ? (
          <MessageForm view={view} action={`/messages/${thread.id}`} state={state} />
        ) : (
          <Notice kind="info">{t('message.only_reads')}</Notice>
        )}
      </Section>
    </ThreadFrame>
  )
}

type FirstProps = { view: View; subject: Subject; writes: boolean; state?: FormState }

function FirstPage({ view, subject, writes: mayWrite, state = emptyForm }: FirstProps) {
  const { t } = view
  const { subject_type, subject_id } = subject
  const own = view.organisation?.id ?? ''
  return (
    <ThreadFrame view={view} subject={subject} with_whom={othersOf(subject, own)}>
      <Section title={t('message.thread')}>
        {mayWrite ? (
          <>
            <p>{t('message.empty')}</p>
            <MessageForm view={view} action={`/messages/about/${subject_type}s/${subject_id}`} state={state} />
          </>
        ) : (
          <Notice kind="info">{t('message.only_reads')}</Notice>
        )}
      </Section>
    </ThreadFrame>
  )
}

function ThreadFrame(props: { view: View; subject: Subject; with_whom: string; children: Child }) {
  const { view, subject, with_whom } = props
  const { t } = view
  const { subject_type, subject_id } = subject
  const permission = { referral: 'referral.read', placement: 'placement.read', offer: 'catalogue.read' }[subject_type]
  return (
    <Layout
      view={view}
      active="/messages"
      title={titleOf(view, subject)}
      lead={[with_whom, subject_type === 'offer' ? '' : subject.offer_title, subject.token].filter(Boolean).join(' · ')}
      breadcrumbs={[{ href: '/messages', text: t('message.list') }]}
      actions={
        view.can(permission) && (
          <LinkButton href={subjectPage(subject_type, subject_id)}>{t(`message.open.${subject_type}`)}</LinkButton>
        )
      }
    >
      {props.children}
    </Layout>
  )
}

function MessageForm({ view, action, state }: { view: View; action: string; state: FormState }) {
  const { t } = view
  return (
    <Form action={action} state={state} files>
      <TextAreaField name="note" label={t('message.text')} hint={t('message.text_hint')} rows={5} />
      <FileField
        name="file"
        label={t('message.file')}
        hint={t('message.file_hint')}
        accept=".pdf,.png,.jpg,.jpeg,.webp,.docx,.xlsx,.txt,.csv,.edoc,.asice"
        optional
      />
      <Actions>
        <Button>{t('message.send')}</Button>
      </Actions>
    </Form>
  )
}
