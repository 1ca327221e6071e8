/** Who is told of what: the endpoints of an organisation and what was sent to them. */
import { organisationOf, transact } from '../context.ts'
import type { App } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { pageOf, readCursor, rowsOnPage, waysOf } from '../http/paging.ts'
import type { Parts } from '../http/parts.ts'
import { ShownOnce } from '../identity/shown-once.tsx'
import { webhookEvents } from '../jobs/outbox.ts'
import { Empty, Section } from '../ui/blocks.tsx'
import { Actions, Button, Confirm, LinkButton, PostButton } from '../ui/button.tsx'
import { CodeBlock } from '../ui/code-block.tsx'
import { CheckboxesField, TextField } from '../ui/field.tsx'
import { DescriptionList, Unbroken } from '../ui/figures.tsx'
import { emptyForm, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Badge } from '../ui/status-badge.tsx'
import { Table } from '../ui/table.tsx'
import { isTextKey, type Translate } from '../ui/texts.ts'
import type { View } from '../ui/view.ts'
import { Pagination } from '../ui/ways.tsx'
import { meansOf } from './api.ts'
import { addWebhook, removeWebhook, resendWebhook, testWebhook } from './commands.ts'
import { reasonText, StateBadge } from './fate.tsx'
import { type DeliveryRow, type EndpointRow, getEndpoint, listDeliveries, listEndpoints } from './store.ts'
import { EndpointInput } from './webhook.ts'

export function webhookPages(app: App, parts: Parts): void {
  const means = meansOf(parts)
  app.get('/webhooks', requires('webhook.manage'), async (c) => {
    const ctx = c.get('ctx')
    const rows = await transact(ctx, (tx) => listEndpoints(tx, organisationOf(ctx.actor)))
    return show(c, <EndpointsPage view={viewFor(c)} rows={rows} />)
  })
  app.get('/webhooks/new', requires('webhook.manage'), (c) => show(c, <AddPage view={viewFor(c)} state={emptyForm} />))
  app.post('/webhooks/new', requires('webhook.manage'), (c) =>
    answerForm(c, {
      schema: EndpointInput,
      kinds: { events: 'list' },
      act: async (input, ctx) => {
        const { endpoint, secret } = await addWebhook(ctx, means, input)
        c.header('cache-control', 'no-store')
        return show(c, <MadePage view={viewFor(c)} endpoint={endpoint} secret={secret} />, 201)
      },
      page: (state) => <AddPage view={viewFor(c)} state={state} />,
    }),
  )
  app.get('/webhooks/:id', requires('webhook.manage'), async (c) => {
    const ctx = c.get('ctx')
    const after = readCursor(c.req.query('cursor'), ['instant', 'id'])
    const found = await transact(ctx, async (tx) => {
      const endpoint = await getEndpoint(tx, organisationOf(ctx.actor), c.req.param('id'))
      return { endpoint, rows: await listDeliveries(tx, endpoint, { limit: rowsOnPage, after }) }
    })
    return show(c, <EndpointPage view={viewFor(c)} {...found} after={after} />)
  })
  app.post('/webhooks/:id/test', requires('webhook.manage'), async (c) => {
    const id = c.req.param('id')
    await testWebhook(c.get('ctx'), id)
    return c.redirect(`/webhooks/${id}?done=webhook_tested`, 303)
  })
  app.post('/webhooks/:id/send-again', requires('webhook.manage'), async (c) => {
    const id = c.req.param('id')
    await resendWebhook(c.get('ctx'), id)
    return c.redirect(`/webhooks/${id}?done=webhook_resent`, 303)
  })
  app.post('/webhooks/:id/remove', requires('webhook.manage'), async (c) => {
    await removeWebhook(c.get('ctx'), c.req.param('id'))
    return c.redirect('/webhooks?done=webhook_removed', 303)
  })
}

function eventText(t: Translate, event: string): string {
  const key = `webhook.event.${event}`
  return isTextKey(key) ? t(key) : event
}

function InUse({ view, endpoint }: { view: View; endpoint: EndpointRow }) {
  const removed = endpoint.removed_at !== null
  return <Badge tone={removed ? 'quiet' : 'good'}>{view.t(removed ? 'webhook.removed' : 'webhook.active')}</Badge>
}

function EndpointsPage({ view, rows }: { view: View; rows: EndpointRow[] }) {
  const { t, format } = view
  const add = { href: '/webhooks/new', text: t('webhook.add') }
  return (
    <Layout
      view={view}
      title={t('webhook.list')}
      lead={t('webhook.lead')}
      actions={
        rows.length > 0 && (
          <LinkButton href={add.href} kind="primary" icon="plus">
            {add.text}
          </LinkButton>
        )
      }
    >
      <Table
        caption={t('webhook.list_caption')}
        rows={rows}
        empty={
          <Empty icon="api" title={t('webhook.none')} action={add}>
            {t('webhook.none_text')}
          </Empty>
        }
        columns={[
          { header: t('webhook.url'), names: true, cell: (row) => <a href={`/webhooks/${row.id}`}>{row.url}</a> },
          { header: t('webhook.events'), cell: (row) => row.events.map((event) => eventText(t, event)).join(', ') },
          { header: t('webhook.state'), cell: (row) => <InUse view={view} endpoint={row} /> },
          { header: t('webhook.created'), cell: (row) => format.instant(row.created_at) },
        ]}
      />
    </Layout>
  )
}

function AddPage({ view, state }: { view: View; state: FormState }) {
  const { t } = view
  return (
    <Layout
      view={view}
      title={t('webhook.add')}
      lead={t('webhook.lead')}
      breadcrumbs={[{ href: '/webhooks', text: t('webhook.list') }]}
    >
      <Form action="/webhooks/new" state={state}>
        <TextField name="url" label={t('webhook.url')} hint={t('webhook.url_hint')} type="url" width="full" />
        <CheckboxesField
          name="events"
          label={t('webhook.events')}
          value={[...webhookEvents]}
          options={webhookEvents.map((event) => ({ value: event, label: eventText(t, event) }))}
        />
        <Actions>
          <Button>{t('webhook.add')}</Button>
          <LinkButton href="/webhooks" kind="quiet">
            {t('action.cancel')}
          </LinkButton>
        </Actions>
      </Form>
    </Layout>
  )
}

function MadePage({ view, endpoint, secret }: { view: View; endpoint: EndpointRow; secret: string }) {
  const { t } = view
  return (
    <Layout view={view} title={t('webhook.made')} breadcrumbs={[{ href: '/webhooks', text: t('webhook.list') }]}>
      <ShownOnce
        warning={t('webhook.once')}
        items={[
          { term: t('webhook.url'), text: endpoint.url },
          { term: t('webhook.events'), text: endpoint.events.map((event) => eventText(t, event)).join(', ') },
        ]}
      >
        <CodeBlock text={secret} label={t('webhook.secret')} />
        <p>{t('webhook.how')}</p>
        <Actions>
          <LinkButton href="/webhooks">{t('webhook.to_list')}</LinkButton>
        </Actions>
      </ShownOnce>
    </Layout>
  )
}

type EndpointProps = { view: View; endpoint: EndpointRow; rows: DeliveryRow[]; after: string[] | null }

function EndpointPage({ view, endpoint, rows, after }: EndpointProps) {
  const { t, format } = view
  const here = `/webhooks/${endpoint.id}`
  const { items: shown, next_cursor } = pageOf(rows, rowsOnPage, (row) => [row.queued_at, row.id])
  return (
    <Layout
      view={view}
      title={t('webhook.one')}
      status={<InUse view={view} endpoint={endpoint} />}
      breadcrumbs={[{ href: '/webhooks', text: t('webhook.list') }]}
      actions={
        endpoint.removed_at === null && (
          <>
            <PostButton action={`${here}/test`} label={t('webhook.test')} kind="primary" />
            <Confirm action={`${here}/remove`} label={t('webhook.remove')}>
              {t('webhook.remove_text', { url: endpoint.url })}
            </Confirm>
          </>
        )
      }
    >
      <DescriptionList
        items={[
          { term: t('webhook.url'), text: endpoint.url },
          { term: t('webhook.events'), text: endpoint.events.map((event) => eventText(t, event)).join(', ') },
          { term: t('webhook.created'), text: format.instant(endpoint.created_at) },
        ]}
      />
      <Section title={t('webhook.deliveries')}>
        {endpoint.removed_at === null && shown.some(({ state }) => state === 'given_up' || state === 'refused') && (
          <PostButton action={`${here}/send-again`} label={t('webhook.send_again')} />
        )}
        <Table
          caption={t('webhook.deliveries')}
          captionHidden
          rows={shown}
          empty={
            <Empty icon="api" title={t('webhook.no_deliveries')}>
              {t('webhook.no_deliveries_text')}
            </Empty>
          }
          columns={[
            { header: t('webhook.event'), names: true, cell: (row) => eventText(t, row.event) },
            { header: t('sending.document'), cell: (row) => <DocumentLink row={row} /> },
            { header: t('sending.since'), cell: (row) => format.instant(row.delivered_at ?? row.queued_at) },
            { header: t('webhook.state'), cell: (row) => <StateBadge state={row.state} /> },
            { header: t('sending.attempts'), numeric: true, cell: (row) => String(row.attempts) },
            {
              header: t('sending.answer'),
              cell: (row) => [reasonText(view, row.reason), row.answer].filter(Boolean).join(' ') || '–',
            },
          ]}
        />
        <Pagination {...waysOf(here, after, next_cursor)} />
      </Section>
    </Layout>
  )
}

function DocumentLink({ row }: { row: DeliveryRow }) {
  if (row.document_id === null || row.number === null) return <>–</>
  return (
    <a href={`/invoices/${row.document_id}`}>
      <Unbroken text={row.number} />
    </a>
  )
}
